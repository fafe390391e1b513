"""The plain loop on functions whose central difference is known, and the comparison's verdicts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dlscratch.gradient import compare_gradients, numerical_gradient

FLOATS = hnp.arrays(
    float, hnp.array_shapes(min_dims=0, min_side=0, max_side=4), elements=st.floats(-10, 10)
)


@given(FLOATS, st.floats(1e-4, 1))
def test_gradient_of_cubes_is_their_central_difference(x, h):
    """((x + h)^3 - (x - h)^3) / 2h is 3 x^2 + h^2, exactly; x is put back to the last bit."""
    before = x.copy()
    grad = numerical_gradient(lambda x: np.sum(x**3), x, h)
    np.testing.assert_array_equal(x, before)
    assert grad.shape == x.shape
    np.testing.assert_allclose(grad, 3 * x**2 + h**2, rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
@pytest.mark.parametrize("call", range(1, 9))
def test_x_is_put_back_when_f_breaks_off(call, error):
    x = np.array([[0.1, 0.2], [0.3, 0.4]])
    before = x.copy()
    calls = iter(range(1, 9))

    def f(x):
        if next(calls) == call:
            raise error
        return x.sum()

    with pytest.raises(error):
        numerical_gradient(f, x)
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize(
    ("x", "h", "error", "message"),
    [
        (np.array([3, 4]), 1e-4, TypeError, "array of dtype int64; expected an array of floats"),
        ([3.0, 4.0], 1e-4, TypeError, "x is list"),
        (np.broadcast_to(1.0, 2), 1e-4, ValueError, "x is read-only"),
        (np.ones(2), 0, ValueError, "h is 0; expected a positive number"),
    ],
)
def test_what_cannot_be_moved_by_h_is_told(x, h, error, message):
    with pytest.raises(error, match=message):
        numerical_gradient(np.sum, x, h)


# at -2048 only the step away from 0 is lost
@pytest.mark.parametrize(("x", "dtype"), [(5000, np.float32), (-2048, np.float32), (1e13, float)])
def test_h_that_the_dtype_rounds_away_is_an_error(x, dtype):
    with pytest.raises(ValueError, match="h is 0.0001: added to x it changes nothing"):
        numerical_gradient(np.sum, np.array([0, x], dtype))


@pytest.mark.parametrize(
    ("result", "kind"), [(np.zeros(2), r"array of shape \(2,\)"), (None, "NoneType")]
)
def test_f_that_returns_no_single_number_is_named(result, kind):
    x = np.array([3.0, 4.0])
    with pytest.raises(TypeError, match=f"the result of f is of type {kind}; expected one number"):
        numerical_gradient(lambda x: result, x)
    np.testing.assert_array_equal(x, [3, 4])


@pytest.mark.parametrize("kind", [np.uint8, np.array])
def test_result_of_f_may_be_any_kind_of_number(kind):
    """1 at +h and 3 at -h: unsigned numbers must not wrap around."""
    assert numerical_gradient(lambda x: kind(2 - np.sign(x[0])), np.zeros(1), h=0.5) == -2


@pytest.mark.parametrize(("x", "dtype"), [(1000, np.float32), (0.1, np.float16), (1e11, float)])
def test_slope_is_right_where_the_array_rounds_the_move(x, dtype):
    """The array holds x + h rounded, a move that is wrong by up to a third."""
    x = np.array([x], dtype)
    x0 = float(x[0])
    grad = numerical_gradient(lambda x: 3 * (float(x[0]) - x0), x)
    assert grad.dtype == dtype
    np.testing.assert_allclose(grad, [3], rtol=np.finfo(dtype).eps)


def test_comparison_measures_the_largest_difference():
    a = {"W1": np.array([[1.0, -4.0]]), "b1": np.array([0.0, 0.5])}
    b = {"W1": np.array([[1.0, -4.5]]), "b1": np.array([0.0, 0.5])}
    W1, b1 = compared = compare_gradients(a, b)
    assert not compared.same
    assert (W1.name, W1.absolute, W1.relative, W1.same) == ("W1", 0.5, 0.5 / 4.5, False)
    assert (b1.name, b1.absolute, b1.relative, b1.same) == ("b1", 0, 0, True)


@pytest.mark.parametrize(("other", "same"), [(1 - 0.99e-5, True), (1 - 1.01e-5, False)])
def test_gradients_are_the_same_up_to_a_hundred_thousandth(other, same):
    assert compare_gradients({"b": [1.0]}, {"b": [other]}).same is same


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("other", [1.0, np.nan, np.inf])
def test_gradient_that_is_not_finite_is_never_the_same(value, other):
    assert not compare_gradients({"b": [value, 1.0]}, {"b": [other, 1.0]}).same


def test_comparison_prints_as_a_table():
    a = {"W1": [1.0], "b1": [2.0], "W2": [0.0], "b2": [1.0]}
    b = {"W1": [1.0 + 3e-7], "b1": [1.0], "W2": [0.0], "b2": [1.0 + 1e-12]}
    assert str(compare_gradients(a, b)) == (
        "parameter   largest difference    relative   verdict\n"
        "W1                     < 1e-06     < 1e-06   same\n"
        "b1                     < 1e+01     < 1e+00   DIFFERENT\n"
        "W2                           0           0   same\n"
        "b2                     < 1e-08     < 1e-08   same"  # no more than rounding allows
    )


@pytest.mark.parametrize(
    ("a", "b", "error", "message"),
    [
        ({"W1": [1]}, {"W1": [1], "b1": [1]}, ValueError, "{'W1': .1,.}, but b has .* 'b1':"),
        ({"b1": [0, 0]}, {"b1": [[0, 0]]}, ValueError, r"\(2,\)}, but b has .*\(1, 2\)"),
        ({"b1": [1.0]}, {"b1": ["a"]}, TypeError, "b1 of b has dtype <U1; expected numbers"),
        ([1.0], [1.0], TypeError, "a is a list; expected a dict"),
    ],
)
def test_gradients_that_cannot_be_compared_are_an_error(a, b, error, message):
    with pytest.raises(error, match=message):
        compare_gradients(a, b)
