"""Numbers about a training run and about what a network reads (book 4.5.3)."""

import copy

import numpy as np

from dlscratch.checks import as_floats, as_integer, as_labels, as_probabilities


def confusion_matrix(labels, predictions, classes=10):
    """Count how often each class was read as each class.

    Parameters
    ----------
    labels, predictions : array_like, shape (n,) or (n, classes)
        What the samples are, and what they were read as: integers, or rows such as one-hot
        labels and the probabilities of `net.predict`, of which the largest counts.
    classes : int
        Number of classes.

    Returns
    -------
    ndarray of int, shape (classes, classes)
        Row: what it is; column: what it was read as.

    Raises
    ------
    ValueError, TypeError
        If there are not as many predictions as labels, or one of them is no class.
    """
    classes = as_integer(classes, "classes", least=1)
    labels = as_labels(labels, "labels", classes=classes)
    predictions = as_labels(predictions, "predictions", n=len(labels), classes=classes)
    counts = np.zeros((classes, classes), dtype=int)
    np.add.at(counts, (labels, predictions), 1)
    return counts


def most_confident_errors(probabilities, labels):
    """Find the samples that were read wrongly, the most confident mistake first.

    Parameters
    ----------
    probabilities : array_like, shape (n, classes)
        From `net.predict`.
    labels : array_like, shape (n,) or (n, classes)
        What the samples are.

    Returns
    -------
    list of int
        Their row numbers.
    """
    probabilities = as_probabilities(probabilities, "probabilities")
    n, classes = probabilities.shape
    labels = as_labels(labels, "labels", n=n, classes=classes)
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return wrong[np.argsort(-probabilities[wrong].max(axis=1), kind="stable")].tolist()


def least_certain(probabilities):
    """Put all samples in order, the one whose highest probability is lowest first.

    Parameters
    ----------
    probabilities : array_like, shape (n, classes)
        From `net.predict`.

    Returns
    -------
    list of int
        Their row numbers.
    """
    probabilities = as_probabilities(probabilities, "probabilities")
    return np.argsort(probabilities.max(axis=1), kind="stable").tolist()


def running_mean(losses, window):
    """Smooth a curve of losses.

    Parameters
    ----------
    losses : array_like, shape (n,)
        Loss after each iteration, the first one first.
    window : int
        How many losses go into each mean, 1 or more.

    Returns
    -------
    iterations, means : ndarray
        The mean of every `window` losses in a row, and the iteration that it ends with; both
        empty if there are fewer losses.
    """
    window = as_integer(window, "window", least=1)
    losses = as_floats(losses, "losses")
    if losses.ndim != 1:
        raise ValueError(f"losses has shape {losses.shape}; expected (n,)")
    if window > len(losses):
        return np.empty(0), np.empty(0)
    means = np.convolve(losses, np.full(window, 1 / window), mode="valid")
    return np.arange(window, len(losses) + 1), means


def smoothing(iterations):
    """Choose the window of a run's running mean: a 50th of its iterations, 100 at the most."""
    return min(max(iterations // 50, 1), 100)


def as_vector(params):
    """Put all parameters of a network into one long row of numbers.

    Parameters
    ----------
    params : dict of str to ndarray
        Such as `net.params`.

    Returns
    -------
    ndarray, shape (number of parameters,)
    """
    return np.concatenate([np.ravel(weights) for weights in params.values()])


def loss_landscape(net, paths, x, t, *, points=25):
    """Compute the loss on a plane through the parameters, and the shadows of paths on it.

    Parameters
    ----------
    net : network
        Says which parameters there are; it is not changed.
    paths : dict of object to array_like, shape (steps, parameters)
        Two paths or more, which begin in one point, by any names: rows of `as_vector`. The plane
        goes through the beginning and through the ends of the last two.
    x, t : array_like
        Samples and targets of the loss.
    points : int
        How many losses are computed in each direction.

    Returns
    -------
    across, up : ndarray, shape (points,)
        Places along the two directions, which are perpendicular; the beginning is (0, 0).
    losses : ndarray, shape (points, points)
        losses[i, j] is the loss at (across[j], up[i]).
    shadows : dict of object to ndarray, shape (steps, 2)
        The place on the plane that is nearest to each point of the paths.
    """
    points = as_integer(points, "points", least=2)
    paths = {name: as_floats(path, "paths") for name, path in paths.items()}
    *_, first, second = paths.values()
    start = first[0]
    right = (first[-1] - start) / np.linalg.norm(first[-1] - start)
    ahead = second[-1] - start - right * ((second[-1] - start) @ right)
    directions = np.stack([right, ahead / np.linalg.norm(ahead)])
    shadows = {name: (path - start) @ directions.T for name, path in paths.items()}

    places = np.concatenate([*shadows.values()])
    margin = 0.15 * (places.max(axis=0) - places.min(axis=0))
    across, up = np.linspace(places.min(axis=0) - margin, places.max(axis=0) + margin, points).T
    trial = copy.deepcopy(net)
    losses = np.empty((points, points))
    for i, j in np.ndindex(losses.shape):
        _fill(trial.params, start + directions.T @ [across[j], up[i]])
        losses[i, j] = trial.loss(x, t)
    return across, up, losses, shadows


def _fill(params, vector):
    """Put a row of `as_vector` back into the parameters."""
    begin = 0
    for weights in params.values():
        weights[...] = vector[begin : begin + weights.size].reshape(weights.shape)
        begin += weights.size
