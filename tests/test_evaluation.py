import numpy as np
import pytest
from sklearn import metrics

from dlscratch.evaluation import (
    confusion_matrix,
    least_certain,
    most_confident_errors,
    running_mean,
    smoothing,
)


def test_confusion_matrix_is_scikit_learns():
    rng = np.random.default_rng(0)
    labels, predictions = rng.integers(10, size=(2, 500)).astype(np.uint8)
    np.testing.assert_array_equal(
        confusion_matrix(labels, predictions), metrics.confusion_matrix(labels, predictions)
    )


def test_confusion_matrix_has_a_row_for_classes_that_did_not_come():
    counts = confusion_matrix([0, 0, 1], [0, 2, 1], classes=4)
    assert counts.tolist() == [[1, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]


@pytest.mark.parametrize(
    ("labels", "predictions", "error", "message"),
    [
        ([0, 1], [0, 1, 2], ValueError, r"labels \(2,\) and predictions \(3,\)"),
        ([0], [0, 1, 2], ValueError, r"labels \(1,\) and predictions \(3,\)"),
        (np.eye(3, dtype=int), [0, 1, 2], ValueError, r"labels \(3, 3\) and predictions \(3,\)"),
        ([0, -1], [0, 1], ValueError, "labels hold -1 to 0; expected 0 to 9"),
        ([0, 1], [0, 10], ValueError, "predictions hold 0 to 10; expected 0 to 9"),
        ([0.0, 1.0], [0, 1], TypeError, "labels are float64; expected integers"),
        ([0, 1], [True, False], TypeError, "predictions are bool; expected integers"),
    ],
)
def test_confusion_of_what_are_no_labels_is_an_error(labels, predictions, error, message):
    with pytest.raises(error, match=message):
        confusion_matrix(labels, predictions)


def test_hard_digits_are_found_and_put_in_order():
    probabilities = np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.55, 0.45]])
    assert most_confident_errors(probabilities, np.array([0, 0, 0, 1])) == [2, 1, 3]
    assert least_certain(probabilities) == [3, 1, 2, 0]


@pytest.mark.parametrize("n, window", [(20, 5), (5, 5), (3, 1)])
def test_running_mean_is_the_mean_of_each_window(n, window):
    losses = np.random.default_rng(0).uniform(size=n)
    iterations, means = running_mean(losses, window)
    assert iterations.tolist() == list(range(window, n + 1))
    np.testing.assert_allclose(means, [losses[k - window : k].mean() for k in iterations])


def test_too_few_losses_have_no_running_mean():
    iterations, means = running_mean([1.0, 2.0], 3)
    assert iterations.size == means.size == 0


@pytest.mark.parametrize("window", [0, -1])
def test_window_of_no_iterations_is_an_error(window):
    with pytest.raises(ValueError, match=f"window is {window}; expected 1 or more"):
        running_mean([1.0, 2.0], window)


@pytest.mark.parametrize("n, window", [(0, 1), (99, 1), (100, 2), (4_999, 99), (10**6, 100)])
def test_smoothing_is_over_a_fiftieth_a_hundred_at_most(n, window):
    assert smoothing(n) == window
