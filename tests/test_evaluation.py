import numpy as np
import pytest
from label_forms import FORMS
from sklearn import metrics

from dlscratch import TwoLayerNet
from dlscratch.evaluation import (
    as_vector,
    confusion_matrix,
    least_certain,
    loss_landscape,
    most_confident_errors,
    running_mean,
    smoothing,
)


@pytest.mark.parametrize("classes", [10, 27])
def test_confusion_matrix_is_scikit_learns(classes):
    rng = np.random.default_rng(0)
    labels, predictions = rng.integers(classes, size=(2, 500)).astype(np.uint8)
    expected = metrics.confusion_matrix(labels, predictions, labels=range(classes))
    np.testing.assert_array_equal(confusion_matrix(labels, predictions, classes), expected)


def test_confusion_matrix_has_a_row_for_classes_that_did_not_come():
    counts = confusion_matrix([0, 0, 1], [0, 2, 1], classes=4)
    assert counts.tolist() == [[1, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]


@pytest.mark.parametrize(
    ("labels", "predictions", "error", "message"),
    [
        ([0, 1], [0, 1, 2], ValueError, r"predictions has shape \(3,\); expected .*\(2,\)"),
        ([0, 1], [0, 10], ValueError, "predictions holds labels from 0 to 10; expected 0 to 9"),
        (["a", "b"], [0, 1], TypeError, "labels holds labels of dtype <U1"),
    ],
)
def test_confusion_of_what_are_no_labels_is_an_error(labels, predictions, error, message):
    with pytest.raises(error, match=message):
        confusion_matrix(labels, predictions)


@pytest.mark.parametrize("form", ["series", "column", "soft rows"])  # test_checks.py has all
def test_labels_of_every_form_are_counted_and_found_alike(form):
    labels = FORMS[form]
    counts = confusion_matrix(labels([2, 0, 1, 1]), labels([2, 1, 1, 0]), classes=3)
    assert counts.tolist() == [[0, 1, 0], [1, 1, 0], [0, 0, 1]]
    probabilities = [[0.5, 0.3, 0.2], [0.1, 0.2, 0.7], [0.6, 0.4, 0.0]]
    assert most_confident_errors(probabilities, labels([1, 2, 1])) == [2, 0]


def test_scores_have_no_certainty():
    scores = [[5.0, -2.0], [1.0, 0.5]]
    with pytest.raises(ValueError, match="probabilities holds -2 to 5"):
        most_confident_errors(scores, [0, 1])
    with pytest.raises(ValueError, match="probabilities holds -2 to 5"):
        least_certain(scores)


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


def test_window_of_no_iterations_is_an_error():
    with pytest.raises(ValueError, match="window is 0; expected 1 or more"):
        running_mean([1.0, 2.0], 0)


@pytest.mark.parametrize("n, window", [(0, 1), (99, 1), (100, 2), (4_999, 99), (10**6, 100)])
def test_smoothing_is_over_a_fiftieth_a_hundred_at_most(n, window):
    assert smoothing(n) == window


def test_landscape_is_the_loss_of_the_network_at_each_place():
    """Every place of the plane, written out: start plus the two perpendicular directions."""
    rng = np.random.default_rng(0)
    net = TwoLayerNet(4, 3, 2, weight_init_std=1, rng=0)
    x, t = rng.standard_normal((9, 4)), rng.integers(2, size=9)
    start, before = as_vector(net.params), as_vector(net.params).copy()
    steps = rng.standard_normal((2, len(start)))
    paths = {
        name: start + np.arange(4)[:, np.newaxis] * step
        for name, step in zip("ab", steps, strict=True)
    }
    across, up, losses, shadows = loss_landscape(net, paths, x, t, points=5)
    np.testing.assert_array_equal(as_vector(net.params), before)
    q, _ = np.linalg.qr(steps.T)  # an orthonormal basis of the same plane, up to signs
    q *= np.sign(np.sum(q.T @ steps.T * np.eye(2), axis=1))
    for (i, j), loss in np.ndenumerate(losses):
        moved = start + q @ [across[j], up[i]]
        net.params = {
            "W1": moved[:12].reshape(4, 3),
            "b1": moved[12:15],
            "W2": moved[15:21].reshape(3, 2),
            "b2": moved[21:],
        }
        assert loss == pytest.approx(net.loss(x, t))
    for name, path in paths.items():
        np.testing.assert_allclose(shadows[name] @ q.T, path - start, atol=1e-9)
    ends = np.concatenate([*shadows.values()])
    assert across[0] < ends[:, 0].min() and across[-1] > ends[:, 0].max()
    assert up[0] < ends[:, 1].min() and up[-1] > ends[:, 1].max()
