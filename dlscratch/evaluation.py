"""Numbers about a training run and about what a network reads (book 4.5.3)."""

import numpy as np


def confusion_matrix(labels, predictions, classes=10):
    """Count how often each class was read as each class.

    Parameters
    ----------
    labels, predictions : sequence of int, shape (n,)
        What the samples are, and what they were read as.
    classes : int
        Number of classes.

    Returns
    -------
    ndarray of int, shape (classes, classes)
        Row: what it is; column: what it was read as.
    """
    labels, predictions = np.asarray(labels), np.asarray(predictions)
    if labels.ndim != 1 or labels.shape != predictions.shape:
        raise ValueError(
            f"expected one label and one prediction a sample, not the shapes labels "
            f"{labels.shape} and predictions {predictions.shape}"
        )
    for name, digits in (("labels", labels), ("predictions", predictions)):
        if digits.dtype.kind not in "iu":
            raise TypeError(f"{name} are {digits.dtype}; expected integers")
        low, high = digits.min(initial=0), digits.max(initial=0)
        if low < 0 or high >= classes:
            raise ValueError(f"{name} hold {low} to {high}; expected 0 to {classes - 1}")
    counts = np.zeros((classes, classes), dtype=int)
    np.add.at(counts, (labels, predictions), 1)
    return counts


def most_confident_errors(probabilities, labels):
    """Find the samples that were read wrongly, the most confident mistake first.

    Parameters
    ----------
    probabilities : ndarray, shape (n, classes)
        From `net.predict`.
    labels : ndarray of int, shape (n,)
        What the samples are.

    Returns
    -------
    list of int
        Their row numbers.
    """
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return wrong[np.argsort(-probabilities[wrong].max(axis=1), kind="stable")].tolist()


def least_certain(probabilities):
    """Put all samples in order, the one whose highest probability is lowest first.

    Parameters
    ----------
    probabilities : ndarray, shape (n, classes)
        From `net.predict`.

    Returns
    -------
    list of int
        Their row numbers.
    """
    return np.argsort(probabilities.max(axis=1), kind="stable").tolist()


def running_mean(losses, window):
    """Smooth a curve of losses.

    Parameters
    ----------
    losses : sequence of float
        Loss after each iteration, the first one first.
    window : int
        How many losses each mean is of, 1 or more.

    Returns
    -------
    iterations, means : ndarray
        The mean of every `window` losses in a row, and the iteration that it ends with; both
        empty if there are fewer losses.
    """
    if window < 1:
        raise ValueError(f"window is {window}; expected 1 or more")
    if window > len(losses):
        return np.empty(0), np.empty(0)
    means = np.convolve(losses, np.full(window, 1 / window), mode="valid")
    return np.arange(window, len(losses) + 1), means


def smoothing(iterations):
    """Choose the window of a run's running mean: a 50th of its iterations, 100 at the most."""
    return min(max(iterations // 50, 1), 100)
