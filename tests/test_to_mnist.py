"""MNIST's form of a picture: its authors' own digits must come out of any drawing of them."""

import numpy as np
import pytest
from all_digits import mnist

from dlscratch.mnist import to_mnist


def test_ink_is_averaged_over_the_area_of_each_pixel():
    ink = np.zeros((280, 280))
    ink[40:240, 100:145] = 1  # 200 x 45: scaled by 10 to 20 x 4.5
    for picture in (to_mnist(ink), to_mnist(ink.T).T):  # a wide one is 20 wide
        columns = picture[14, picture[14] > 0]
        np.testing.assert_allclose(columns, [1, 1, 1, 1, 0.5], atol=1e-6)
        assert picture.sum() == pytest.approx(20 * 4.5)


@pytest.mark.parametrize(
    ("factor", "top", "left"), [(1, 0, 0), (10, 0, 0), (3, 41, 170), (6, 9, 3)]
)
def test_mnists_own_digits_come_back_from_wherever_they_are_drawn(factor, top, left):
    """They are 20 high or wide and have their mass in the middle."""
    _, (x_test, _) = mnist()
    for digit in x_test[:20].reshape(-1, 28, 28):
        large = np.kron(digit, np.ones((factor, factor), np.float32))
        np.testing.assert_allclose(to_mnist(large, centre=False), digit, atol=1e-6)
        drawn = to_mnist(np.pad(large, [(top, 13), (left, 2)]))
        np.testing.assert_allclose(drawn, digit, atol=1e-6)
        assert drawn.dtype == np.float32 and drawn.min() == 0


def test_a_dot_and_an_empty_pad_are_pictures_too():
    dot = np.zeros((280, 280))
    assert not to_mnist(dot).any()
    dot[3, 270] = 0.5
    picture = to_mnist(dot)
    assert np.ptp(np.nonzero(picture), axis=1).tolist() == [19, 19]  # 20 x 20 pixels
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
