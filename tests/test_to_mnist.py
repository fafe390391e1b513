"""MNIST's form of a picture: the rule of its authors on drawn digits, and on its own digits."""

import numpy as np
import pytest
from all_digits import mnist

from dlscratch.mnist import to_mnist


def arc(x, y, rx, ry, begin, end):
    """Points of an ellipse around (x, y), angles in degrees, clockwise from the right."""
    angles = np.radians(np.linspace(begin, end, 24))
    return [(x + rx * np.cos(a), y + ry * np.sin(a)) for a in angles]


# Some digits as strokes of points (x, y), in a box about 1 high and 0.6 wide.
STROKES = {
    0: [arc(0.3, 0.5, 0.3, 0.5, -90, 270)],
    1: [[(0.3, 0), (0.3, 1)]],
    4: [[(0.15, 0), (0, 0.6), (0.6, 0.6)], [(0.5, 0.1), (0.45, 1)]],
    6: [[(0.5, 0)] + arc(0.3, 0.7, 0.28, 0.3, -180, 180)],
    7: [[(0, 0), (0.6, 0), (0.25, 1)]],
}


def draw(strokes, size=160, at=(50, 50), pen=20):
    """Ink (280, 280) of strokes drawn `size` high, their box's corner at (x, y)."""
    y, x = np.mgrid[:280, :280] + 0.5
    ink = np.zeros((280, 280))
    for stroke in strokes:
        points = np.multiply(stroke, size) + at
        for (x0, y0), (dx, dy) in zip(points[:-1], np.diff(points, axis=0), strict=True):
            length = max(dx * dx + dy * dy, 1e-9)
            along = np.clip(((x - x0) * dx + (y - y0) * dy) / length, 0, 1)
            away = np.hypot(x - x0 - along * dx, y - y0 - along * dy)
            ink = np.maximum(ink, np.clip(pen / 2 + 0.5 - away, 0, 1))
    return ink


def extent(picture):
    """Height and width of the ink's bounding box; what rounding leaves over is no ink."""
    return tuple(np.ptp(np.flatnonzero((picture > 1e-6).any(axis=axis))) + 1 for axis in (1, 0))


def mass_at(picture):
    """Row and column of the centre of mass."""
    return [np.average(place, weights=picture) for place in np.indices(picture.shape)]


@pytest.mark.parametrize("digit", STROKES)
@pytest.mark.parametrize("size, at", [(60, (5, 200)), (220, (30, 20))])
def test_a_drawn_digit_is_twenty_high_and_has_its_mass_in_the_middle(digit, size, at):
    ink = draw(STROKES[digit], size, at)
    picture = to_mnist(ink)
    assert picture.shape == (28, 28) and picture.dtype == np.float32
    assert picture.min() == 0 and 0.5 < picture.max() <= 1
    height, width = extent(picture)
    assert height == 20  # all of these digits are taller than wide
    expected = 20 * extent(ink)[1] / extent(ink)[0]
    assert expected <= width < expected + 1  # in whole pixels
    assert np.abs(np.subtract(mass_at(picture), 14)).max() <= 0.50001


@pytest.mark.parametrize("digit", STROKES)
def test_where_a_digit_is_drawn_changes_nothing(digit):
    here = to_mnist(draw(STROKES[digit], 120, (20, 30)))
    there = to_mnist(draw(STROKES[digit], 120, (140, 131)))
    np.testing.assert_allclose(there, here, atol=1e-6)


def test_ink_is_averaged_over_the_area_of_each_pixel():
    ink = np.zeros((280, 280))
    ink[40:240, 100:145] = 1  # 200 x 45: scaled by 10 to 20 x 4.5
    for picture in (to_mnist(ink), to_mnist(ink.T).T):  # a wide one is 20 wide
        columns = picture[14, picture[14] > 0]
        np.testing.assert_allclose(columns, [1, 1, 1, 1, 0.5], atol=1e-6)
        assert picture.sum() == pytest.approx(20 * 4.5)


@pytest.mark.parametrize("factor", [1, 10])
def test_mnists_own_digits_come_back_unchanged(factor):
    _, (x_test, _) = mnist()
    for picture in x_test[:5].reshape(-1, 28, 28):
        large = np.kron(picture, np.ones((factor, factor), np.float32))
        np.testing.assert_allclose(to_mnist(large), picture, atol=1e-6)
        np.testing.assert_allclose(to_mnist(large, centre=False), picture, atol=1e-6)


def test_a_dot_and_an_empty_pad_are_pictures_too():
    dot = np.zeros((280, 280))
    assert not to_mnist(dot).any()
    dot[3, 270] = 0.5
    picture = to_mnist(dot)
    assert extent(picture) == (20, 20)
    np.testing.assert_allclose(picture[picture > 0], 0.5)


@pytest.mark.parametrize(
    "drawing, error, words",
    [
        (np.zeros(784), ValueError, r"\(784,\)"),
        (np.full((9, 9), 255), ValueError, "255"),
        (np.full((9, 9), -0.1), ValueError, "-0.1"),
        ([["a", "b"]], TypeError, "dtype"),
    ],
)
def test_a_drawing_that_is_none_is_refused(drawing, error, words):
    with pytest.raises(error, match=words):
        to_mnist(drawing)
