"""The functions against plain Python arithmetic, in fifty decimals where floats would not do."""

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dlscratch.functions import (
    cross_entropy_error,
    sigmoid,
    sigmoid_grad,
    softmax,
    softmax_with_loss,
)

SCORES = st.floats(-1000, 1000)
BATCHES = st.tuples(st.integers(1, 8), st.integers(2, 8))
LOSSES = [cross_entropy_error, softmax_with_loss]


def exact_log_softmax(row):
    with localcontext(prec=50):
        total = sum(Decimal(float(a)).exp() for a in row).ln()
        return [Decimal(float(a)) - total for a in row]


def plain_loss(y, rows):
    """The book's formula, sample by sample."""
    terms = (-w * math.log(p) for p, w in zip(np.ravel(y), np.ravel(rows), strict=True))
    return math.fsum(terms) / len(y)


@given(SCORES | st.sampled_from([np.inf, -np.inf]))
def test_sigmoid_and_its_slope_are_their_formulas_over_the_whole_range(a):
    with localcontext(prec=50):
        y = 1 / (1 + (-Decimal(float(a))).exp())
        slope = y * (1 - y)
    np.testing.assert_allclose(sigmoid(a), float(y), rtol=1e-14, atol=1e-300)
    np.testing.assert_allclose(sigmoid_grad(a), float(slope), rtol=1e-12, atol=1e-15)


@given(hnp.arrays(float, BATCHES, elements=SCORES))
def test_softmax_is_its_formula_over_the_whole_range(a):
    exact = [[float(log_y.exp()) for log_y in exact_log_softmax(row)] for row in a]
    np.testing.assert_allclose(softmax(a), exact, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("low", [-np.inf, -1e308])
def test_class_that_is_left_out_changes_no_loss(low):
    """A masked class: the others' probabilities are those of a softmax without it."""
    a, rows = [[1e308 if low == -1e308 else 2.0, low, 1.0]], [[0.25, 0, 0.75]]
    without = [[a[0][0], 1.0]]
    assert softmax_with_loss(a, [0]) == softmax_with_loss(without, [0])
    assert softmax_with_loss(a, rows) == softmax_with_loss(without, [[0.25, 0.75]])
    assert softmax_with_loss([[2.0, -np.inf]], [1]) == np.inf


@given(st.data(), BATCHES)
def test_cross_entropy_error_is_the_formula_for_rows_of_any_values(data, shape):
    y = data.draw(hnp.arrays(float, shape, elements=st.floats(1e-300, 1)))
    rows = data.draw(hnp.arrays(float, shape, elements=st.floats(0, 10)))
    assert cross_entropy_error(y, rows) == pytest.approx(plain_loss(y, rows), rel=1e-12)


@given(st.data(), BATCHES)
def test_softmax_with_loss_is_exact_where_probabilities_underflow(data, shape):
    a = data.draw(hnp.arrays(float, shape, elements=SCORES))
    rows = data.draw(hnp.arrays(float, shape, elements=st.floats(0, 10)))
    with localcontext(prec=50):
        terms = [
            -Decimal(float(w)) * log_y
            for scores, weights in zip(a, rows, strict=True)
            for log_y, w in zip(exact_log_softmax(scores), weights, strict=True)
        ]
        exact = float(sum(terms) / len(a))
    assert softmax_with_loss(a, rows) == pytest.approx(exact, rel=1e-12, abs=1e-12)


def test_loss_of_impossible_target_is_finite():
    assert cross_entropy_error([[1.0, 0.0]], [1]) == pytest.approx(-math.log(2.0**-1022))
    assert softmax_with_loss([[1000.0, -1000.0]], [1]) == 2000


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("n", [1, 7, 10])
def test_loss_of_labels_is_that_of_one_hot_rows(loss, n):
    """At 10 samples of 10 classes (10,) and (10, 10) broadcast, and a wrong loss goes unseen."""
    rng = np.random.default_rng(n)
    y = softmax(rng.standard_normal((n, 10)))
    labels = rng.integers(10, size=n)
    one_hot = [[float(k == label) for k in range(10)] for label in labels]
    assert loss(y, labels) == loss(y, one_hot)
    assert cross_entropy_error(y, labels) == pytest.approx(plain_loss(y, one_hot))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("t", [2, [2], [[2]], [[0, 0, 1]], [0, 0, 1]])
@pytest.mark.parametrize("y", [[0.2, 0.3, 0.5], [[0.2, 0.3, 0.5]]])
def test_single_sample_takes_each_form_of_target(loss, y, t):
    assert loss(y, t) == loss([[0.2, 0.3, 0.5]], [[0.0, 0.0, 1.0]])
    np.testing.assert_array_equal(softmax([1.0, 2.0]), softmax([[1.0, 2.0]])[0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_float_dtype_is_kept(dtype):
    a = np.linspace(-1000, 1000, 12, dtype=dtype).reshape(3, 4)
    assert sigmoid(a).dtype == softmax(a).dtype == dtype
    assert cross_entropy_error(softmax(a), [0, 1, 2]).dtype == dtype
    assert cross_entropy_error(softmax(a), np.ones((3, 4))).dtype == dtype
    assert softmax_with_loss(a, [0, 1, 2]).dtype == dtype


@pytest.mark.parametrize("function", [sigmoid, softmax])
def test_integers_are_counted_as_floats(function):
    a = np.array([[0, 255, 1], [2, 0, 0]], np.uint8)
    np.testing.assert_array_equal(function(a), function(a.astype(float)))


def test_nan_is_not_hidden():
    assert np.isnan(sigmoid(np.nan))
    assert np.isnan(softmax([1.0, np.nan])).all()
    assert np.isnan(softmax_with_loss([0.5, np.nan], 0))


@pytest.mark.parametrize("loss", LOSSES)
def test_target_that_fits_neither_form_is_an_error(loss):
    """As one of another number; test_checks.py has all that targets may not be."""
    with pytest.raises(ValueError, match=r"t has shape \(3,\).* \(2,\) or rows of shape \(2, 3\)"):
        loss(np.full((2, 3), 1 / 3), [0, 1, 2])
    with pytest.raises(ValueError, match="labels from 0 to 3; expected 0 to 2"):
        loss(np.full((2, 3), 1 / 3), [0, 3])


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(
    ("y", "message"),
    [
        (1.0, r"has shape \(\); expected \(n, classes\)"),
        ([], r"has shape \(0,\)"),
        (np.ones((2, 3, 4)), r"has shape \(2, 3, 4\)"),
        (np.ones((3, 1)), r"has shape \(3, 1\), one class; a classifier has at"),
    ],
)
def test_scores_of_another_shape_are_an_error(loss, y, message):
    with pytest.raises(ValueError, match=message):
        loss(y, [0])


@pytest.mark.parametrize("a", [1.0, []])
def test_softmax_of_no_classes_is_an_error(a):
    with pytest.raises(ValueError, match=r"a has shape .*; expected \(..., classes\), not empty"):
        softmax(a)


@pytest.mark.parametrize("function", [sigmoid, softmax])
def test_what_holds_no_numbers_is_a_type_error(function):
    with pytest.raises(TypeError, match="a has dtype .*; expected numbers"):
        function([None, 1.0])


@pytest.mark.parametrize("y", [[[0.5, -0.1]], [[0.5, np.nan]], [[1.01, 0]]])
def test_scores_taken_for_probabilities_are_an_error(y):
    with pytest.raises(ValueError, match=r"y holds .*; probabilities are 0 to 1. Scores go thr"):
        cross_entropy_error(y, [0] * len(y))


def test_probabilities_above_1_by_rounding_are_taken():
    y = np.array([[1, 0], [0, 1]], np.float16) * np.float16(1.001)
    assert cross_entropy_error(y, [0, 1]) == pytest.approx(0, abs=1e-2)
    assert cross_entropy_error([[1 + 1e-7, 1e-7]], [0]) == pytest.approx(0, abs=1e-6)


def test_numpy_told_to_raise_does_not_hear_of_harmless_underflow():
    a = np.array([[-800.0, 800.0], [1e-310, 0.0]])
    with np.errstate(all="raise"):
        y = softmax(a)
        sigmoid(a), sigmoid_grad(a), softmax_with_loss(a, [0, 1])
        assert cross_entropy_error(y, [[1e-310, 1.0], [0.5, 0.5]]) > 0
    np.testing.assert_array_equal(y, [[0, 1], [0.5, 0.5]])
