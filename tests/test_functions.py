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
    softmax,
    softmax_with_loss,
    target_rows,
)

SCORES = st.floats(-1000, 1000)
BATCHES = hnp.array_shapes(min_dims=2, max_dims=2, max_side=8)
LOSSES = [cross_entropy_error, softmax_with_loss]


def exact_sigmoid(a):
    with localcontext(prec=50):
        return float(1 / (1 + (-Decimal(float(a))).exp()))


def exact_log_softmax(row):
    with localcontext(prec=50):
        total = sum(Decimal(float(a)).exp() for a in row).ln()
        return [Decimal(float(a)) - total for a in row]


def plain_loss(y, rows):
    """The book's formula, sample by sample."""
    terms = (-w * math.log(p) for p, w in zip(np.ravel(y), np.ravel(rows), strict=True))
    return math.fsum(terms) / len(y)


@given(SCORES)
def test_sigmoid_is_its_formula_over_the_whole_range(a):
    np.testing.assert_allclose(sigmoid(a), exact_sigmoid(a), rtol=1e-14, atol=1e-300)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_sigmoid_of_any_finite_number_is_a_share(a):
    assert 0 <= sigmoid(a) <= 1


@given(hnp.arrays(float, BATCHES, elements=SCORES))
def test_softmax_is_its_formula_over_the_whole_range(a):
    exact = [[float(log_y.exp()) for log_y in exact_log_softmax(row)] for row in a]
    np.testing.assert_allclose(softmax(a), exact, rtol=1e-12, atol=1e-300)


@given(hnp.arrays(float, BATCHES, elements=st.floats(-8e307, 8e307)))
def test_softmax_of_huge_scores_sums_to_one(a):
    np.testing.assert_allclose(softmax(a).sum(axis=1), 1, rtol=1e-12)


def test_softmax_is_the_books_example():
    np.testing.assert_allclose(
        softmax([0.3, 2.9, 4.0]), [0.01821127, 0.24519181, 0.73659691], rtol=1e-6
    )


def test_cross_entropy_error_is_the_books_example():
    t = [0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
    assert cross_entropy_error([0.1, 0.05, 0.6, 0, 0.05, 0.1, 0, 0.1, 0, 0], t) == pytest.approx(
        -math.log(0.6)
    )


@given(st.data(), BATCHES)
def test_cross_entropy_error_is_the_formula_for_rows_of_any_weights(data, shape):
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
@pytest.mark.parametrize("dtype", [np.int64, np.uint8])
@pytest.mark.parametrize("n", [1, 7, 10, 100])
def test_loss_of_labels_is_that_of_one_hot_rows(loss, n, dtype):
    """At 10 samples of 10 classes (10,) and (10, 10) broadcast, and a wrong loss goes unseen."""
    rng = np.random.default_rng(n)
    y = softmax(rng.standard_normal((n, 10)))
    labels = rng.integers(10, size=n)
    one_hot = [[float(k == label) for k in range(10)] for label in labels]
    assert loss(y, labels.astype(dtype)) == loss(y, one_hot)
    assert cross_entropy_error(y, labels) == pytest.approx(plain_loss(y, one_hot))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("t", [2, [2], [[0, 0, 1]], [0, 0, 1]])
@pytest.mark.parametrize("y", [[0.2, 0.3, 0.5], [[0.2, 0.3, 0.5]]])
def test_single_sample_takes_each_form_of_target(loss, y, t):
    assert loss(y, t) == loss([[0.2, 0.3, 0.5]], [[0.0, 0.0, 1.0]])


def test_single_sample_is_a_batch_of_one():
    np.testing.assert_array_equal(softmax([1.0, 2.0]), softmax([[1.0, 2.0]])[0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_float_dtype_is_kept(dtype):
    a = np.linspace(-1000, 1000, 12, dtype=dtype).reshape(3, 4)
    assert sigmoid(a).dtype == softmax(a).dtype == dtype
    assert cross_entropy_error(softmax(a), [0, 1, 2]).dtype == dtype
    assert cross_entropy_error(softmax(a), np.ones((3, 4))).dtype == dtype
    assert softmax_with_loss(a, [0, 1, 2]).dtype == dtype


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, bool])
@pytest.mark.parametrize("function", [sigmoid, softmax])
def test_integers_are_counted_as_floats(function, dtype):
    a = np.array([[0, 1, 1], [1, 0, 0]], dtype)
    np.testing.assert_array_equal(function(a), function(a.astype(float)))


def test_uint8_scores_do_not_wrap_around():
    np.testing.assert_allclose(softmax(np.array([0, 255], np.uint8)), [0, 1], atol=1e-100)
    assert sigmoid(np.uint8(2)) == pytest.approx(exact_sigmoid(2))


@pytest.mark.parametrize("function", [sigmoid, softmax])
def test_arguments_are_not_changed(function):
    a = np.array([[1.0, -2.0], [0.5, 3.0]])
    a.flags.writeable = False
    function(a)


def test_nan_is_not_hidden():
    assert np.isnan(sigmoid(np.nan))
    assert np.isnan(softmax([1.0, np.nan])).all()
    assert np.isnan(cross_entropy_error([0.5, np.nan], [0.5, 0.5]))
    assert np.isnan(softmax_with_loss([0.5, np.nan], 0))


@pytest.mark.parametrize(
    ("t", "error", "message"),
    [
        ([0, 1, 2], ValueError, r"t has shape \(3,\).* \(2,\) or rows of shape \(2, 3\)"),
        ([[0, 1], [1, 0]], ValueError, r"t has shape \(2, 2\).* \(2,\) or rows of shape \(2, 3\)"),
        ([[0], [1]], ValueError, r"t has shape \(2, 1\)"),
        ([[0, 0, 1]], ValueError, r"t has shape \(1, 3\)"),
        (1, ValueError, r"t has shape \(\)"),
        (None, ValueError, r"t has shape \(\)"),
        ([], ValueError, r"t has shape \(0,\)"),
        ([0, 3], ValueError, "labels from 0 to 3; expected 0 to 2"),
        ([-1, 0], ValueError, "labels from -1 to 0; expected 0 to 2"),
        ([0.0, 1.0], TypeError, "labels of dtype float64; labels are integers"),
        ([True, False], TypeError, "labels of dtype bool; labels are integers"),
        (["1", "2"], TypeError, "labels of dtype <U1"),
        ([[0, 0, -1], [0, 1, 0]], ValueError, "weights from -1.0 to 1.0; expected 0 or more"),
        ([[0, 0, np.nan], [0, 1, 0]], ValueError, "weights from nan to nan"),
        ([[0, 0, np.inf], [0, 1, 0]], ValueError, "weights from 0.0 to inf"),
        ([["a", "b", "c"]] * 2, TypeError, "t has dtype <U1; expected numbers"),
        ([[0, 0, 1j]] * 2, TypeError, "t has dtype complex128; expected numbers"),
    ],
)
@pytest.mark.parametrize("loss", LOSSES)
def test_target_that_fits_neither_form_is_an_error(loss, t, error, message):
    with pytest.raises(error, match=message):
        loss(np.full((2, 3), 1 / 3), t)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(
    ("y", "message"),
    [
        (1.0, r"y has shape \(\); expected \(n, classes\)"),
        ([], r"y has shape \(0,\)"),
        (np.empty((0, 3)), r"y has shape \(0, 3\)"),
        (np.ones((2, 3, 4)), r"y has shape \(2, 3, 4\)"),
    ],
)
def test_scores_of_another_shape_are_an_error(loss, y, message):
    with pytest.raises(ValueError, match=message):
        loss(y, [0])


def test_scores_taken_for_probabilities_are_an_error():
    with pytest.raises(ValueError, match="y holds -1.5; probabilities are 0 or more"):
        cross_entropy_error([[2.0, -1.5]], [0])


@pytest.mark.parametrize("a", ["text", [1j, 2], [None, 1.0], [object()]])
@pytest.mark.parametrize("function", [sigmoid, softmax])
def test_what_holds_no_numbers_is_a_type_error(function, a):
    with pytest.raises(TypeError, match="a has dtype .*; expected numbers"):
        function(a)


def test_target_rows_are_one_hot_in_the_dtype_of_the_scores():
    rows = target_rows([2, 0], np.zeros((2, 3), np.float32))
    assert rows.dtype == np.float32
    np.testing.assert_array_equal(rows, [[0, 0, 1], [1, 0, 0]])
