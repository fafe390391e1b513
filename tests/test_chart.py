"""The panel's charts: what has grown bit by bit shows what is drawn at once."""

import io

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.image import imread

from dlscratch import History
from dlscratch.widgets.chart import PINNED, PRESENT, AccuracyChart, LossChart
from dlscratch.widgets.experiment import Experiment

SIZE = 4.2, 3.2


def experiment(losses=(), accuracies=(), goal=10):
    """An experiment with these losses, and an accuracy after every tenth of them."""
    settings = [goal, 1, 0.1, 2, "backprop", 0]
    names = ["iterations", "batch_size", "learning_rate", "hidden_size", "gradient", "seed"]
    made = Experiment(
        dict(zip(names, settings, strict=True)), *[(np.zeros((10, 4)), np.zeros(10, int))] * 2
    )
    add(made, losses, accuracies)
    return made


def add(experiment, losses=(), accuracies=()):
    history = experiment.history
    history.train_loss_list += losses
    for train, test in accuracies:
        history.epoch_list.append(len(history.epoch_list))
        history.train_acc_list.append(train)
        history.test_acc_list.append(test)


def pixels(png):
    return imread(io.BytesIO(png))[..., :3]


def count(picture, color):
    """How many pixels have this colour, unmixed."""
    return int((np.abs(picture - to_rgb(color)).max(axis=2) < 0.02).sum())


def falling(n):
    return [2.3 * 0.99**k for k in range(n)]


@pytest.mark.parametrize("chart_of", [LossChart, AccuracyChart])
def test_curves_that_grow_look_like_curves_drawn_at_once(chart_of):
    shares = [(0.1 + 0.08 * k, 0.1 + 0.07 * k) for k in range(11)]
    run = experiment(goal=100)
    chart = chart_of(SIZE)
    empty = pixels(chart.draw(run, []))
    for k in range(10):
        add(run, falling(100)[10 * k : 10 * k + 10], shares[k : k + 1])
        grown = pixels(chart.grow(run, []))
    at_once = pixels(chart_of(SIZE).draw(run, []))
    assert np.abs(empty - at_once).mean() > 5 * np.abs(grown - at_once).mean()
    assert chart.grow(run, []) is None  # nothing is new


def test_a_curve_that_leaves_the_picture_gets_room():
    run, chart = experiment([2.3, 2.2]), LossChart(SIZE)
    chart.draw(run, [])
    for loss in (2.4, 80.0, 3.0):
        add(run, [loss])
        assert chart.grow(run, [])
        assert chart.axes.get_ylim()[1] > max(run.history.train_loss_list)
    wide = experiment([1.0], goal=500).frozen()
    wide.goal = 500
    chart.draw(run, [wide])
    assert chart.axes.get_xlim()[1] >= 500


def test_a_point_that_was_replaced_is_not_left_in_the_picture():
    """A run that ends inside an epoch has a point there until it goes on."""
    run, chart = experiment(falling(10), [(0.1, 0.1)], goal=10), AccuracyChart(SIZE)
    add(run, [], [(0.9, 0.9)])
    run.history.epoch_list[-1] = 0.5
    chart.draw(run, [])
    run.history.epoch_list[-1] = 1.0
    grown = chart.grow(run, [])
    np.testing.assert_array_equal(pixels(grown), pixels(AccuracyChart(SIZE).draw(run, [])))


@pytest.mark.parametrize("pins", [1, 2, 6])
@pytest.mark.parametrize("chart_of", [LossChart, AccuracyChart])
def test_a_curve_that_lies_under_another_is_seen(chart_of, pins):
    run = experiment(falling(10), [(0.1, 0.1), (0.9, 0.9)])
    picture = pixels(chart_of(SIZE).draw(run, [run.frozen()] * pins))
    for _, color, _ in [PRESENT, *PINNED[:pins]]:
        if (color, chart_of) != (PRESENT[1], AccuracyChart):  # where test data lie on training
            assert count(picture, color) > 10


@pytest.mark.parametrize("chart_of", [LossChart, AccuracyChart])
def test_no_words_lie_on_the_curves(chart_of):
    chart = chart_of(SIZE)
    run = experiment(falling(10), [(0.1, 0.1)])
    chart.draw(run, [run.frozen()] * 8)
    legend = chart.axes.get_legend()
    assert legend.get_window_extent().y0 >= chart.axes.get_window_extent().y1
    assert len(legend.get_texts()) <= 2  # pinned runs are named in the table


def test_one_iteration_is_a_dot():
    run, chart = experiment(goal=1), LossChart(SIZE)
    empty = chart.draw(run, [])
    add(run, [2.3])
    assert count(pixels(chart.grow(run, [])), PRESENT[1]) > count(pixels(empty), PRESENT[1])
    assert run.history != History()
