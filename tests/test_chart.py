"""The panel's charts: what has grown bit by bit shows what is drawn at once."""

import io

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.image import imread

from dlscratch.widgets.chart import PINNED, PRESENT, AccuracyChart, LossChart
from dlscratch.widgets.experiment import Experiment

CHARTS = [LossChart, AccuracyChart]
NONE = (np.zeros((10, 4)), np.zeros(10, int))


def experiment(n=0, goal=10, test=NONE):
    """An experiment whose loss has fallen and whose accuracy has risen n times."""
    settings = dict(iterations=goal, digits=10, batch_size=1, learning_rate=0.1)
    made = Experiment(settings | dict(hidden_size=2, gradient="backprop", seed=0), NONE, test)
    add(made, 0)
    for k in range(1, n + 1):
        add(made, k)
    return made


def add(experiment, k, loss=None):
    """Let the experiment have these numbers after iteration k, with a loss a batch."""
    curves = experiment.curves
    loss = 2.3 * 0.8**k if loss is None else loss
    curves.iterations.append(k)
    curves.train_loss.append(loss)
    curves.train_acc.append(1 - 0.9**k)
    if experiment.test is not None:
        curves.test_loss.append(1.1 * loss)
        curves.test_acc.append(0.8 * curves.train_acc[-1])
    if k:
        experiment.history.train_loss_list.append(0.9 * loss)


def pinned(run, count):
    return [run.pinned(look, []) for look in PINNED[:count]]


def pixels(png):
    """The colours of a picture on a white page."""
    picture = imread(io.BytesIO(png))
    return 1 - picture[..., 3:] * (1 - picture[..., :3])


def count(picture, color):
    """How many pixels have about this colour."""
    return int((np.abs(picture - to_rgb(color)).max(axis=2) < 0.1).sum())


@pytest.mark.parametrize("test", [NONE, None])
@pytest.mark.parametrize("chart_of", CHARTS)
def test_curves_that_grow_look_like_curves_drawn_at_once(chart_of, test):
    run, chart = experiment(goal=10, test=test), chart_of()
    empty = chart.draw(run, [])
    for k in range(1, 11):
        add(run, k)
        grown = chart.grow(run, [])
    assert grown == chart_of().draw(run, []) != empty


def test_a_curve_that_leaves_the_picture_gets_room():
    run, chart = experiment(2), LossChart()
    chart.draw(run, [])
    add(run, 3, loss=80)
    grown = chart.grow(run, [])
    assert chart.axes.get_ylim()[1] > 88
    assert grown == LossChart().draw(run, [])
    long, chart = experiment(300, goal=300), LossChart()
    chart.draw(run, pinned(long, 1))
    assert chart.axes.get_xlim() == (0, 300) and chart.axes.get_ylim()[1] > 88
    chart.draw(experiment(2), pinned(run, 1))
    assert chart.axes.get_ylim()[1] > 88  # the pinned run's


def test_the_loss_of_a_batch_does_not_press_the_curves_flat():
    run, chart = experiment(5), LossChart()
    run.history.train_loss_list[2] = 300
    chart.draw(run, [])
    assert chart.axes.get_ylim()[1] < 3


@pytest.mark.parametrize("chart_of", CHARTS)
def test_a_curve_that_lies_behind_another_is_seen(chart_of):
    run = experiment(10)
    picture = pixels(chart_of().draw(run, pinned(run, 6)))
    for _, color, _ in [PRESENT, *PINNED]:
        assert count(picture, color) > 10


@pytest.mark.parametrize("chart_of", CHARTS)
def test_no_words_lie_on_the_curves(chart_of):
    chart, run = chart_of(), experiment(10)
    chart.draw(run, pinned(run, 6))
    legend = chart.axes.get_legend()
    assert legend.get_window_extent().y0 >= chart.axes.get_window_extent().y1
    assert len(legend.get_texts()) <= 3  # pinned runs are named in the table


@pytest.mark.parametrize("chart_of", CHARTS)
@pytest.mark.parametrize("width", [240, 900])
def test_a_picture_has_the_dots_asked_for_and_room_for_all_its_words(width, chart_of):
    chart = chart_of()
    chart.resize(width, 2)
    run = experiment(10, goal=10_000)
    assert pixels(chart.draw(run, [])).shape == (520, 2 * width, 3)
    inside = chart.axes.get_tightbbox()
    assert inside.x0 >= 0 and inside.y0 >= 0 and inside.x1 <= 2 * width and inside.y1 <= 520


@pytest.mark.parametrize("chart_of", CHARTS)
def test_words_have_the_colour_of_the_page_which_is_seen_through(chart_of):
    chart = chart_of()
    chart.resize(420, 1, (1, 1, 0, 1))
    picture = imread(io.BytesIO(chart.draw(experiment(10), [])))
    assert (picture[..., 3] == 0).mean() > 0.7
    drawn = picture[picture[..., 3] > 0.9]
    assert (np.abs(drawn[:, :3] - (1, 1, 0)).max(axis=1) < 0.1).sum() > 500
    assert not (drawn[:, :3].max(axis=1) < 0.1).any()  # no black word
