"""Activation and loss functions (book 3.2, 3.5, 4.2).

Numbers too large or too small for a float become inf and 0 here, which leads to the right
result. So NumPy is told to be quiet about them, whatever the caller has told it.
"""

import sys

import numpy as np

from dlscratch.checks import as_batch, as_floats, as_probabilities, as_rows

__all__ = [
    "cross_entropy_error",
    "identity_function",
    "mean_squared_error",
    "np",  # the book's star import brings it, and classes written against the book rely on it
    "relu",
    "sigmoid",
    "sigmoid_grad",
    "softmax",
    "softmax_with_loss",
    "step_function",
    "sum_squared_error",
]


def identity_function(x):
    """Return x as it is: the output function of a regression (book 3.5).

    Parameters
    ----------
    x : array_like
        Any shape.
    """
    return x


def step_function(x):
    """Return 1 for every number above 0, else 0: an integer array of the shape of x (book 3.2).

    Parameters
    ----------
    x : array_like
        Any shape.
    """
    return (as_floats(x, "x") > 0).astype(int)


def relu(x):
    """Return every number above 0 as it is, and 0 for the others (book 3.2.7).

    Parameters
    ----------
    x : array_like
        Any shape.
    """
    return np.maximum(0, as_floats(x, "x"))


@np.errstate(over="ignore", under="ignore")
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
    Book 3.2. Where exp(-a) is too large for a float it is inf, and 1 / inf is 0.
    """
    a = as_floats(a, "a")
    return 1 / (1 + np.exp(-a))


@np.errstate(under="ignore")
def sigmoid_grad(a):
    """Compute the slope of `sigmoid` at every number.

    Parameters
    ----------
    a : array_like
        Any shape: what goes into the sigmoid, not what comes out of it.

    Returns
    -------
    ndarray
        The shape and float dtype of `a`.

    Notes
    -----
    Book 5.5.2; the book's code of 4.5.1 uses it.
    """
    y = sigmoid(a)
    return (1 - y) * y


@np.errstate(over="ignore", under="ignore")
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
    a = as_floats(a, "a")
    if a.ndim == 0 or a.shape[-1] == 0:
        raise ValueError(f"a has shape {a.shape}; expected (..., classes), not empty")
    exp_a = np.exp(a - a.max(axis=-1, keepdims=True))
    return exp_a / exp_a.sum(axis=-1, keepdims=True)


@np.errstate(over="ignore", under="ignore")
def mean_squared_error(y, t):
    """Return half the sum of the squared differences (book 4.2.1).

    Parameters
    ----------
    y, t : array_like
        What the network says, and the target; one shape, such as (classes,).

    Notes
    -----
    Newer printings of the book call it by what it computes, `sum_squared_error`.
    """
    y, t = as_floats(y, "y"), as_floats(t, "t")
    if y.shape != t.shape:
        raise ValueError(f"y has shape {y.shape} and t has shape {t.shape}; expected one shape")
    return 0.5 * np.sum((y - t) ** 2)


sum_squared_error = mean_squared_error


@np.errstate(under="ignore")
def cross_entropy_error(y, t):
    """Compute the mean over the samples of -sum_k t_k log y_k.

    Parameters
    ----------
    y : array_like, shape (n, classes) or (classes,)
        Probabilities, for a batch or a single sample.
    t : array_like
        Targets: integer labels (n,) or rows of non-negative values (n, classes), such as
        one-hot rows; for a single sample a label or one row.

    Returns
    -------
    float
        The loss; the float dtype of `y`.

    Raises
    ------
    ValueError, TypeError
        If `y` does not hold probabilities of at least two classes, or `t` has neither form.

    Notes
    -----
    Book 4.2.2 to 4.2.4, without the 1e-7 that the book adds to every y: here only a
    probability of 0, or too near to it for a float of full precision, is replaced by the
    smallest of those, 2e-308 (1e-38 in float32).
    """
    y = as_probabilities(y, "y")
    t = as_rows(t, "t", n=len(y), classes=y.shape[1], dtype=y.dtype)
    y = np.maximum(y, np.finfo(y.dtype).tiny)
    return -np.sum(t * np.log(y)) / len(y)


@np.errstate(over="ignore", under="ignore")
def softmax_with_loss(a, t):
    """Compute the cross-entropy error of softmax(a) from the scores themselves.

    Parameters
    ----------
    a : array_like, shape (n, classes) or (classes,)
        Scores (logits). A class whose score is -inf is left out.
    t : array_like
        Targets, as in `cross_entropy_error`.

    Returns
    -------
    float
        cross_entropy_error(softmax(a), t); the float dtype of `a`.

    Raises
    ------
    ValueError, TypeError
        If `a` is not a batch of scores of at least two classes, or `t` has neither form.

    Notes
    -----
    Book 5.6.3 names the pair so. log y_k = a_k - log sum_j exp(a_j) stays exact where a
    probability is too small to be stored. Only classes with t_k > 0 are added up: 0 times a
    log y_k of -inf would be nan.
    """
    a = as_batch(a, "a")
    t = as_rows(t, "t", n=len(a), classes=a.shape[1], dtype=a.dtype)
    a = a - a.max(axis=1, keepdims=True)
    log_y = a - np.log(np.exp(a).sum(axis=1, keepdims=True))
    counted = t > 0
    return -np.sum(t[counted] * log_y[counted]) / len(a)


@np.errstate(under="ignore")
def dot(a, b):
    """Multiply two large matrices, a @ b, in the dtype of b."""
    a = a.astype(b.dtype, copy=False)
    if sys.platform == "emscripten":  # in a browser NumPy has no BLAS, and einsum is faster
        return np.einsum("ij,jk->ik", a, np.asfortranarray(b))
    return a @ b
