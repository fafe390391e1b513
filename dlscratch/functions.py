"""Activation and loss functions (book 3.2, 3.5 and 4.2)."""

import numpy as np


def sigmoid(a):
    """Squash every number into 0..1.

    Parameters
    ----------
    a : array_like
        Any shape.

    Returns
    -------
    ndarray
        1 / (1 + exp(-a)), element by element; the shape and float dtype of `a`.

    Notes
    -----
    Book 3.2. Where exp(-a) is too large for a float it is inf, and 1 / inf is 0: the right
    answer, so there is nothing to warn of.
    """
    a = as_float(a, "a")
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-a))


def softmax(a):
    """Turn scores into probabilities, row by row.

    Parameters
    ----------
    a : array_like, shape (..., classes)
        Scores (logits).

    Returns
    -------
    ndarray, shape (..., classes)
        Non-negative, summing to 1 along the last axis; the float dtype of `a`.

    Raises
    ------
    ValueError, TypeError
        If there are no classes, or `a` does not hold numbers.

    Notes
    -----
    Book 3.5. The largest score is subtracted first: it cancels, and exp cannot overflow.
    """
    a = as_float(a, "a")
    if a.shape[-1:] in [(), (0,)]:
        raise ValueError(f"a has shape {a.shape}; expected (..., classes), at least one class")
    exp_a = np.exp(a - a.max(axis=-1, keepdims=True))
    return exp_a / exp_a.sum(axis=-1, keepdims=True)


def cross_entropy_error(y, t):
    """Mean over the samples of -sum_k t_k log y_k.

    Parameters
    ----------
    y : array_like, shape (n, classes) or (classes,)
        Probabilities, for a batch or a single sample.
    t : array_like
        Targets: integer labels (n,) or rows of non-negative weights (n, classes), such as
        one-hot rows; for a single sample a label or one row.

    Returns
    -------
    float
        The loss, in nats; the dtype of `y`.

    Raises
    ------
    ValueError, TypeError
        If `t` fits neither form (see `target_rows`), or a probability is negative.

    Notes
    -----
    Book 4.2.2 to 4.2.4, without the 1e-7 that the book adds to every y: here only a
    probability of 0, or too near to it for a float of full precision, is replaced by the
    smallest of those, 2e-308 (1e-38 in float32).
    """
    y = as_float(y, "y")
    t = target_rows(t, y)
    if y.min() < 0:
        raise ValueError(f"y holds {y.min()}; probabilities are 0 or more")
    y = np.maximum(np.atleast_2d(y), np.finfo(y.dtype).tiny)
    return -np.sum(t * np.log(y)) / len(y)


def softmax_with_loss(a, t):
    """Cross-entropy error of softmax(a), computed from the scores themselves.

    Parameters
    ----------
    a : array_like, shape (n, classes) or (classes,)
        Scores (logits).
    t : array_like
        Targets, as in `cross_entropy_error`.

    Returns
    -------
    float
        cross_entropy_error(softmax(a), t); the dtype of `a`.

    Notes
    -----
    Book 5.6.3 names the pair so. log y_k = a_k - log sum_j exp(a_j) stays exact where a
    probability is too small to be stored.
    """
    a = as_float(a, "a")
    t = target_rows(t, a)
    a = np.atleast_2d(a)
    a = a - a.max(axis=-1, keepdims=True)
    log_y = a - np.log(np.exp(a).sum(axis=-1, keepdims=True))
    return -np.sum(t * log_y) / len(a)


def target_rows(t, y):
    """Bring targets into one form: a row of weights for each sample.

    Parameters
    ----------
    t : array_like
        Integer labels (n,), or rows (n, classes) of any non-negative weights. For a single
        sample also a label () or one row (classes,).
    y : ndarray, shape (n, classes) or (classes,)
        What the targets are to be compared with: its shape and dtype count.

    Returns
    -------
    ndarray, shape (n, classes)
        The weights in the dtype of `y`; one-hot rows if labels were given.

    Raises
    ------
    ValueError
        If the shape of `t` fits neither form, a label is not one of 0..classes-1, or a
        weight is negative or not finite.
    TypeError
        If labels are not integers or weights are not numbers.
    """
    t = np.asarray(t)
    if y.ndim not in (1, 2) or y.size == 0:
        raise ValueError(f"y has shape {y.shape}; expected (n, classes) or (classes,), not empty")
    n, classes = np.atleast_2d(y).shape
    given = t.shape
    if n == 1 and given in [(), (classes,)]:
        t = t[np.newaxis]
    if t.shape == (n, classes):
        t = as_float(t, "t")
        if not (t.min() >= 0 and t.max() < np.inf):
            raise ValueError(
                f"t holds weights from {t.min()} to {t.max()}; expected 0 or more, and finite"
            )
        return t.astype(y.dtype, copy=False)
    if t.shape != (n,):
        raise ValueError(
            f"t has shape {given}; for scores of shape {y.shape} it must be labels of shape "
            f"({n},) or rows of shape ({n}, {classes})"
        )
    if t.dtype.kind not in "iu":
        raise TypeError(f"t holds labels of dtype {t.dtype}; labels are integers")
    if t.min() < 0 or t.max() >= classes:
        raise ValueError(f"t holds labels from {t.min()} to {t.max()}; expected 0 to {classes - 1}")
    return np.eye(classes, dtype=y.dtype)[t]


def as_float(a, name):
    """Return `a` as a floating-point array: float dtypes stay, integers become float64."""
    a = np.asarray(a)
    if a.dtype.kind == "f":
        return a
    if a.dtype.kind in "iub":
        return a.astype(np.float64)
    raise TypeError(f"{name} has dtype {a.dtype}; expected numbers")
