"""What the picture of a digit and its reading shows, and what a page gets of a picture."""

import io

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from PIL import Image

from dlscratch.pictures import draw_digit, draw_unit, png_bytes, thumbnail
from dlscratch.plots import BLUE, ORANGE

DIGIT = np.random.default_rng(0).uniform(size=784)


def texts(ax):
    return [text.get_text() for text in ax.texts]


@pytest.mark.parametrize("shape", [(784,), (28, 28), (1, 28, 28)])
def test_the_figure_of_a_digit_says_what_it_is_and_what_was_read(shape):
    figure = Figure()
    draw_digit(DIGIT.reshape(shape), np.eye(10)[3], 7, figure=figure)
    left, right = figure.axes
    assert texts(left) == ["7>3"]
    drawn = np.ma.getdata(left.images[0].get_array())
    np.testing.assert_array_equal(drawn[-28:, :28], DIGIT.reshape(28, 28))
    assert [tick.get_text() for tick in right.get_xticklabels()] == list("0123456789")


@pytest.mark.parametrize("label", [1, [0.2, 0.5, 0.3]])
def test_the_label_of_a_digit_may_have_every_form(label):
    figure = draw_digit(DIGIT, [0.7, 0.2, 0.1], label)
    assert texts(figure.axes[0]) == ["1>0"]


@pytest.mark.parametrize(
    "probabilities, label, words",
    [
        ([3.0, -1.0, 0.5], 0, "probabilities holds -1 to 3"),
        (np.full((2, 3), 1 / 3), 0, "probabilities has shape \\(2, 3\\); expected one row"),
        ([0.5, 0.5], 7, "label holds labels from 7 to 7; expected 0 to 1"),
    ],
)
def test_a_digit_with_what_is_no_reading_is_refused(probabilities, label, words):
    with pytest.raises(ValueError, match=words):
        draw_digit(DIGIT, probabilities, label)


def test_bars_are_the_probabilities_and_the_right_class_is_orange():
    _, right = draw_digit(DIGIT, [0.5, 0.3, 0.2, 0, 0], 1).axes
    np.testing.assert_allclose([bar.get_height() for bar in right.patches], [50, 30, 20, 0, 0])
    colors = [to_hex(bar.get_facecolor()).upper() for bar in right.patches]
    assert colors == [BLUE, ORANGE, BLUE, BLUE, BLUE]
    (value,) = right.texts
    assert (value.get_text(), *value.get_position()) == ("50.0", 0, 52)
    assert right.get_ylim()[0] == 0 and right.get_ylim()[1] > 115  # room for a value over 100
    assert list(right.get_yticks()) == [0, 50, 100]
    assert (right.get_xlabel(), right.get_ylabel()) == ("digit", "probability (%)")


@pytest.mark.parametrize("low, high", [(0, 1), (0, 255), (-3, 5)])
def test_a_thumbnail_has_no_ink_at_the_lowest_number_and_all_at_the_highest(low, high):
    picture = np.linspace(low, high, 12).reshape(3, 4)
    button = thumbnail(picture)
    assert (button["height"], button["width"]) == (3, 4)
    ink = np.frombuffer(button["ink"], np.uint8)
    np.testing.assert_allclose(ink, np.linspace(0, 255, 12), atol=1)


def test_a_picture_has_twice_the_pixels_of_the_page():
    png = png_bytes(Figure(figsize=(4, 3)))
    assert Image.open(io.BytesIO(png)).size == (720, 540)


@pytest.mark.parametrize("unit", [0, 3])
def test_unit_shows_its_sum_its_answer_and_its_votes(unit):
    """The numbers by plain loops: a1 over 9 pixels, z1, and the votes for five classes."""
    rng = np.random.default_rng(0)
    params = {"W1": rng.standard_normal((9, 4)), "b1": rng.standard_normal(4)}
    params |= {"W2": rng.standard_normal((4, 5)), "b2": rng.standard_normal(5)}
    x = rng.random(9)
    figure = draw_unit(params, x, unit)
    a1 = sum(x[i] * params["W1"][i, unit] for i in range(9)) + params["b1"][unit]
    z1 = 1 / (1 + np.exp(-a1))
    picture, weights, products, votes = figure.axes
    assert products.get_title() == f"product: a1 = {a1:.1f}"
    assert votes.get_title() == f"votes: z1 = {z1:.2f} times W2[{unit}]"
    heights = [bar.get_height() for bar in votes.patches]
    np.testing.assert_allclose(heights, z1 * params["W2"][unit])
    drawn = np.ma.getdata(products.images[0].get_array()).ravel()
    np.testing.assert_allclose(drawn, [x[i] * params["W1"][i, unit] for i in range(9)])
    assert np.isin(x, np.ma.getdata(picture.images[0].get_array())).all()
    assert (picture.get_title(), weights.get_title()) == ("x", f"W1[:, {unit}]")
    low, high = weights.images[0].get_clim()
    assert -low == high == np.abs(params["W1"][:, unit]).max()  # white is 0
