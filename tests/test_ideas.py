"""What each picture of an idea shows: the numbers in its lines and texts."""

import numpy as np
import pytest

from dlscratch import ideas

MOVES = np.linspace(-4, 4, 81)
VALLEY = (MOVES + 1) ** 2
SHADOWS = {0.1: np.array([[0, 0], [1, 1], [2, 1]]), 10: np.array([[0, 0], [3, 2], [4, 2]])}
LANDSCAPE = MOVES, MOVES, 1 + VALLEY + VALLEY[:, np.newaxis], SHADOWS
FIGURES = {  # test_plots.py draws them all
    "plot_error": lambda **ax: ideas.plot_error([0.1, 0.5], **ax),
    "plot_loss_and_accuracy": lambda **ax: ideas.plot_loss_and_accuracy(
        MOVES, VALLEY, MOVES > 0, at=1, **ax
    ),
    "plot_slope": lambda **ax: ideas.plot_slope(MOVES, VALLEY, **ax),
    "plot_sigmoid": lambda **ax: ideas.plot_sigmoid(2, **ax),
    "plot_hidden_answers": lambda **ax: ideas.plot_hidden_answers({"0.1": VALLEY / 25}, **ax),
    "plot_landscape": lambda **ax: ideas.plot_landscape(*LANDSCAPE, **ax),
}


def points(ax, marker):
    """Give the places of all points with this marker."""
    lines = [line for line in ax.lines if line.get_marker() == marker]
    return np.concatenate([line.get_xydata() for line in lines])


def test_error_of_each_probability_is_written_at_its_point(ax):
    ideas.plot_error([0.1, 0.5, 0.99], ax=ax)
    expected = [[0.1, 2.3026], [0.5, 0.6931], [0.99, 0.01005]]
    np.testing.assert_allclose(points(ax, "o"), expected, rtol=1e-3)
    assert [text.get_text() for text in ax.texts] == [
        "-log(0.1) = 2.30",
        "-log(0.5) = 0.69",
        "-log(0.99) = 0.01",
    ]


def test_marked_move_has_its_loss_and_its_accuracy(ax):
    ideas.plot_loss_and_accuracy(MOVES, VALLEY, np.where(MOVES > 0, 0.05, 0.11), at=-2, ax=ax)
    left, right = ax.figure.axes
    np.testing.assert_allclose(points(left, "o"), [[-2, 1]])
    np.testing.assert_allclose(points(right, "s"), [[-2, 11]])
    assert ax.get_title() == "loss 1.000, accuracy 11 %"


@pytest.mark.parametrize(("at", "step"), [(1, -1), (-3, 1)])
@pytest.mark.parametrize("h", [0.5, 1])
def test_slope_is_the_central_difference_and_the_arrow_goes_down(ax, at, h, step):
    ideas.plot_slope(MOVES, VALLEY, at=at, h=h, ax=ax)
    (line,) = (line for line in ax.lines if line.get_linestyle() == "--")
    (x0, x1), (y0, y1) = line.get_data()
    assert (y1 - y0) / (x1 - x0) == pytest.approx(2 * (at + 1))  # that of a parabola, for any h
    assert ax.get_title().startswith(f"slope {2 * (at + 1):+.3f}")
    np.testing.assert_allclose(points(ax, "o")[:, 0], [at - h, at + h])
    (arrow,) = ax.texts
    assert np.sign(arrow.xy[0] - at) == step


def test_at_the_bottom_there_is_no_arrow(ax):
    ideas.plot_slope(MOVES, VALLEY, at=-1, ax=ax)
    assert not ax.texts
    assert ax.get_title().startswith(("slope +0.000", "slope -0.000"))


def test_slope_of_sigmoid_is_that_of_its_tangent_and_of_its_own_curve(ax):
    ideas.plot_sigmoid(2, ax=ax)
    curve, slopes, tangent = ax.lines[:3]
    here = np.interp(2, *slopes.get_data())
    near = np.diff(np.interp([1.95, 2.05], *curve.get_data())).item() / 0.1
    assert here == pytest.approx(near, abs=1e-3)
    (x0, x1), (y0, y1) = tangent.get_data()
    assert (y1 - y0) / (x1 - x0) == pytest.approx(here, abs=1e-6)
    assert ax.get_title() == "a = 2.0: z = 0.881, slope 0.105"


def test_answers_are_counted_in_percent(ax):
    ideas.plot_hidden_answers({"0.1": np.full((3, 5), 0.52), "10": [0, 0, 1, 1]}, ax=ax)
    first, second = (patch.get_data() for patch in ax.patches)
    assert first.values[10] == 100 and first.edges[10] == pytest.approx(0.5)
    assert second.values[0] == second.values[-1] == 50
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["0.1", "10"]
    assert len({patch.get_linestyle() for patch in ax.patches}) == 2  # told apart without colour


def test_landscape_has_each_path_up_to_the_step_asked_for(ax):
    across, up = np.linspace(-1, 5, 7), np.linspace(-1, 3, 5)
    losses = 1 + across**2 + up[:, np.newaxis] ** 2
    ideas.plot_landscape(across, up, losses, SHADOWS, steps=1, ax=ax)
    labelled = {line.get_label(): line for line in ax.lines}
    for rate, path in SHADOWS.items():
        drawn = np.transpose(labelled[f"learning rate {rate:g}"].get_data())
        np.testing.assert_array_equal(drawn, path[:2])
    assert len({line.get_marker() for line in labelled.values()}) >= 3  # told apart without colour
