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
    """((x + h)^3 - (x - h)^3) / 2h is 3 x^2 + h^2, exactly."""
    grad = numerical_gradient(lambda x: np.sum(x**3), x, h)
    assert grad.shape == x.shape
    np.testing.assert_allclose(grad, 3 * x**2 + h**2, rtol=1e-9, atol=1e-6)


def test_gradient_is_the_books_example():
    grad = numerical_gradient(lambda x: x[0] ** 2 + x[1] ** 2, np.array([3.0, 4.0]))
    np.testing.assert_allclose(grad, [6, 8], rtol=1e-9)


def test_f_may_read_x_from_outside():
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_allclose(numerical_gradient(lambda _: (x**2).sum(), x), 2 * x, rtol=1e-9)


def test_f_is_called_twice_for_each_number():
    calls = []
    numerical_gradient(lambda x: calls.append(x) or 0.0, np.zeros((2, 3)))
    assert len(calls) == 12


def test_only_part_of_an_array_can_be_moved():
    x = np.arange(12.0).reshape(3, 4)
    np.testing.assert_allclose(
        numerical_gradient(lambda _: np.sum(x**2), x[:, ::2]), 2 * x[:, ::2], atol=1e-8
    )


def test_float32_is_kept():
    assert numerical_gradient(np.sum, np.ones(3, np.float32)).dtype == np.float32


@given(FLOATS)
def test_x_is_put_back_to_the_last_bit(x):
    before = x.copy()
    numerical_gradient(np.sum, x)
    np.testing.assert_array_equal(x, before)


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
    ("x", "message"),
    [
        (np.array([3, 4]), "array of dtype int64; expected an array of floats"),
        (np.array([3, 4], np.uint8), "array of dtype uint8"),
        (np.array([True]), "array of dtype bool"),
        (np.array([1j]), "array of dtype complex128"),
        (np.array([1.0], object), "array of dtype object"),
        ([3.0, 4.0], "x is list"),
        (3.0, "x is float;"),
        (None, "x is NoneType"),
    ],
)
def test_what_cannot_hold_a_small_move_is_a_type_error(x, message):
    with pytest.raises(TypeError, match=message):
        numerical_gradient(np.sum, x)


def test_read_only_array_is_an_error():
    x = np.zeros(2)
    x.flags.writeable = False
    with pytest.raises(ValueError, match="x is read-only"):
        numerical_gradient(np.sum, x)


@pytest.mark.parametrize("h", [0, -1e-4, np.nan, np.inf])
def test_h_that_is_no_step_is_an_error(h):
    with pytest.raises(ValueError, match=f"h is {h}; expected a positive number"):
        numerical_gradient(np.sum, np.zeros(2), h)


@pytest.mark.parametrize(("x", "dtype"), [(5000, np.float32), (1, np.float16), (1e13, float)])
def test_h_that_the_dtype_rounds_away_is_an_error(x, dtype):
    with pytest.raises(ValueError, match="h is 0.0001; too small"):
        numerical_gradient(np.sum, np.array([0, x], dtype))


def test_f_that_returns_no_single_number_is_an_error():
    with pytest.raises((TypeError, ValueError)):
        numerical_gradient(lambda x: x**2, np.array([3.0, 4.0]))


def test_comparison_measures_the_largest_difference():
    a = {"W1": np.array([[1.0, -4.0]]), "b1": np.array([0.0, 0.5])}
    b = {"W1": np.array([[1.0, -4.5]]), "b1": np.array([0.0, 0.5])}
    W1, b1 = compare_gradients(a, b)
    assert (W1.name, W1.absolute, W1.relative, W1.same) == ("W1", 0.5, 0.5 / 4.5, False)
    assert (b1.name, b1.absolute, b1.relative, b1.same) == ("b1", 0, 0, True)


@pytest.mark.parametrize(("tolerance", "same"), [(1.01e-4, True), (0.99e-4, False)])
def test_verdict_is_the_tolerances(tolerance, same):
    comparison = compare_gradients({"b": [1.0]}, {"b": [1.0001]}, tolerance=tolerance)
    assert comparison.same is same


def test_one_parameter_that_differs_makes_gradients_differ():
    assert not compare_gradients({"a": [1.0], "b": [1.0]}, {"a": [1.0], "b": [2.0]}).same


def test_gradients_of_zero_are_the_same():
    assert compare_gradients({"b": np.zeros(3)}, {"b": np.zeros(3)}).same


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("other", [1.0, np.nan, np.inf])
def test_gradient_that_is_not_finite_is_never_the_same(value, other):
    assert not compare_gradients({"b": [value, 1.0]}, {"b": [other, 1.0]}).same
    assert not compare_gradients({"b": [other, 1.0]}, {"b": [value, 1.0]}).same


def test_comparison_prints_as_a_table():
    a = {"W1": np.array([1.0]), "b1": np.array([2.0]), "W2": np.array([0.0])}
    b = {"W1": np.array([1.0 + 3e-7]), "b1": np.array([1.0]), "W2": np.array([0.0])}
    assert str(compare_gradients(a, b)) == (
        "parameter   largest difference    relative   verdict\n"
        "W1                     < 1e-06     < 1e-06   same\n"
        "b1                     < 1e+01     < 1e+00   DIFFERENT\n"
        "W2                           0           0   same"
    )


def test_gradients_of_other_parameters_are_an_error():
    with pytest.raises(ValueError, match=r"different parameters: \['W1'\] and \['W1', 'b1'\]"):
        compare_gradients({"W1": [1.0]}, {"W1": [1.0], "b1": [1.0]})


def test_gradients_of_other_shapes_are_an_error():
    with pytest.raises(ValueError, match=r"b1 has shape \(3,\) in one gradient and \(1, 3\)"):
        compare_gradients({"b1": np.zeros(3)}, {"b1": np.zeros((1, 3))})
