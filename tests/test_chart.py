"""The panel's charts: what has grown bit by bit shows what is drawn at once."""

import io

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.image import imread

from dlscratch import History
from dlscratch.widgets.chart import PINNED, PRESENT, AccuracyChart, LossChart
from dlscratch.widgets.experiment import Experiment


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


def sized(kind, width=420):
    chart = kind()
    chart.resize(width)
    return chart


def pixels(png):
    return imread(io.BytesIO(png))[..., :3]


def count(picture, color):
    """How many pixels have about this colour."""
    return int((np.abs(picture - to_rgb(color)).max(axis=2) < 0.1).sum())


def falling(n):
    return [2.3 * 0.99**k for k in range(n)]


@pytest.mark.parametrize("chart_of", [LossChart, AccuracyChart])
def test_curves_that_grow_look_like_curves_drawn_at_once(chart_of):
    shares = [(0.1 + 0.08 * k, 0.1 + 0.07 * k) for k in range(11)]
    run = experiment(goal=100)
    chart = sized(chart_of)
    empty = pixels(chart.draw(run, []))
    for k in range(10):
        add(run, falling(100)[10 * k : 10 * k + 10], shares[k : k + 1])
        grown = pixels(chart.grow(run, []))
    at_once = pixels(sized(chart_of).draw(run, []))
    assert np.abs(empty - at_once).mean() > 5 * np.abs(grown - at_once).mean()
    assert chart.grow(run, []) is None  # nothing is new


def test_a_curve_that_leaves_the_picture_gets_room():
    run, chart = experiment([2.3, 2.2]), sized(LossChart)
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
    run, chart = experiment(falling(10), [(0.1, 0.1)], goal=10), sized(AccuracyChart)
    add(run, [], [(0.9, 0.9)])
    run.history.epoch_list[-1] = 0.5
    chart.draw(run, [])
    run.history.epoch_list[-1] = 1.0
    grown = chart.grow(run, [])
    np.testing.assert_array_equal(pixels(grown), pixels(sized(AccuracyChart).draw(run, [])))


@pytest.mark.parametrize("pins", [1, 2, 6])
@pytest.mark.parametrize("chart_of", [LossChart, AccuracyChart])
def test_a_curve_that_lies_under_another_is_seen(chart_of, pins):
    run = experiment(falling(10), [(0.1, 0.1), (0.9, 0.9)])
    picture = pixels(sized(chart_of).draw(run, [run.frozen()] * pins))
    for _, color, _ in [PRESENT, *PINNED[:pins]]:
        if (color, chart_of) != (PRESENT[1], AccuracyChart):  # where test data lie on training
            assert count(picture, color) > 10


@pytest.mark.parametrize("chart_of", [LossChart, AccuracyChart])
def test_no_words_lie_on_the_curves(chart_of):
    chart = sized(chart_of)
    run = experiment(falling(10), [(0.1, 0.1)])
    chart.draw(run, [run.frozen()] * 8)
    legend = chart.axes.get_legend()
    assert legend.get_window_extent().y0 >= chart.axes.get_window_extent().y1
    assert len(legend.get_texts()) <= 2  # pinned runs are named in the table


@pytest.mark.parametrize("width", [340, 420, 900])
def test_a_picture_has_the_dots_asked_for_and_room_for_all_its_words(width):
    chart = sized(LossChart, width)
    chart.resize(width, 2)
    run = experiment(falling(10_000)[:10], goal=10_000)
    assert pixels(chart.draw(run, [])).shape == (640, 2 * width, 3)
    inside = chart.axes.get_tightbbox()
    assert inside.x0 >= 0 and inside.y0 >= 0 and inside.x1 <= 2 * width and inside.y1 <= 640


def test_a_chart_that_takes_another_size_is_like_one_of_that_size():
    run, chart = experiment(falling(10)), sized(LossChart, 420)
    chart.draw(run, [])
    chart.resize(600)
    np.testing.assert_array_equal(
        pixels(chart.draw(run, [])), pixels(sized(LossChart, 600).draw(run, []))
    )


def test_one_iteration_is_a_dot():
    run, chart = experiment(goal=1), sized(LossChart)
    empty = chart.draw(run, [])
    add(run, [2.3])
    assert count(pixels(chart.grow(run, [])), PRESENT[1]) > count(pixels(empty), PRESENT[1])
    assert run.history != History()
