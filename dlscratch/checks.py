"""Every check of an argument, so that the formulas stand alone: one function for each kind.

A function `as_...` returns the argument in the form that is needed, or raises a ValueError or
TypeError that names the argument, what was given and what was expected.
"""

import numbers
import os
from pathlib import Path

import numpy as np


def as_array(a, name):
    """Return whatever holds numbers (a list, a Series, a tensor) as an array."""
    if type(a) is np.ndarray and a.dtype.kind != "O":
        return a
    if np.ma.is_masked(a):
        raise ValueError(f"{name} has masked entries; an array would show the numbers under them")
    if hasattr(a, "toarray"):  # as SciPy's have
        raise TypeError(f"{name} is a sparse matrix; make an array of it with .toarray()")
    try:
        a = np.asarray(a)  # of objects where pandas hands out integers that may be missing
        return np.asarray(a.tolist()) if a.dtype == object else a
    except ValueError as error:
        raise ValueError(f"{name} cannot be made an array: {error}") from None


def as_numbers(a, name):
    """Return numbers as an array of their own dtype."""
    a = as_array(a, name)
    if a.dtype.kind not in "fiub":
        raise TypeError(f"{name} has dtype {a.dtype}; expected numbers")
    return a


def as_floats(a, name):
    """Return numbers as an array of floats: float32 and wider stay, integers become float64.

    float16 becomes float32: a sum of many float16 numbers would overflow.
    """
    a = as_numbers(a, name)
    if a.dtype.kind == "f":
        return a.astype(np.float32) if a.dtype.itemsize < 4 else a
    return a.astype(np.float64)


def as_batch(a, name):
    """Return scores or probabilities of a batch, or of one sample, as floats (n, classes)."""
    a = as_floats(a, name)
    if a.ndim not in (1, 2) or a.size == 0:
        raise ValueError(f"{name} has shape {a.shape}; expected (n, classes) or (classes,)")
    if a.shape[-1] == 1:
        raise ValueError(f"{name} has shape {a.shape}, one class; a classifier has at least two")
    return np.atleast_2d(a)


def as_probabilities(y, name):
    """Return probabilities of a batch, or of one sample, as floats (n, classes) in 0..1."""
    y = as_batch(y, name)
    if not (y.min() >= 0 and y.max() <= 1.001):  # half precision rounds to 1.00098
        raise ValueError(
            f"{name} holds {y.min():.4g} to {y.max():.4g}; probabilities are 0 to 1. Scores go "
            "through softmax first"
        )
    return y


def as_labels(t, name, *, n=None, classes=None):
    """Return targets of any form as integer labels (n,).

    Parameters
    ----------
    t : array_like
        Labels (n,) or a column of them (n, 1), or rows (n, classes): one-hot, soft, or
        probabilities, of which the largest counts. For one sample also a label () or one
        row (classes,). A list, a pandas Series or a tensor is as good as an array.
    name : str
        What the error calls `t`.
    n, classes : int or None
        How many samples and classes there are, if that is known.

    Returns
    -------
    ndarray of intp, shape (n,)

    Raises
    ------
    ValueError
        If the shape of `t` fits no form, a label is not one of 0..classes-1, or a value of a
        row is negative or not finite.
    TypeError
        If labels are not integers or a row holds no numbers.
    """
    t = _as_targets(t, name, n, classes)
    if t.ndim == 2:
        return t.argmax(axis=1)
    if t.size and (t.min() < 0 or t.max() >= (classes or np.inf)):
        raise _no_class(t, name, classes)
    return t.astype(np.intp)


def as_rows(t, name, *, n, classes, dtype):
    """Return targets of any form, as in `as_labels`, as rows (n, classes); one-hot for labels."""
    t = _as_targets(t, name, n, classes)
    if t.ndim == 1:
        labels, t = t, t[:, np.newaxis] == np.arange(classes)
        if np.count_nonzero(t) < n:  # quicker than a look at the labels, twice an iteration
            raise _no_class(labels, name, classes)
    return t.astype(dtype, copy=False)


def _as_targets(t, name, n, classes):
    """Check targets and return them as labels (n,) or rows (n, classes)."""
    t = as_array(t, name)
    shape = t.shape
    if t.ndim == 0:
        t = t.reshape(1)
    elif t.ndim == 2 and shape[1] == 1:
        t = t[:, 0]
    elif n == 1 and t.ndim == 1 and len(t) > 1:
        t = _as_one_row(t, name)
    fits = t.ndim == 1 or (t.ndim == 2 and t.size > 0 and classes in (None, t.shape[1]))
    if not fits or n not in (None, len(t)):
        n, classes = n or "n", classes or "classes"
        raise ValueError(
            f"{name} has shape {shape}; expected labels of shape ({n},) or rows of shape "
            f"({n}, {classes})"
        )
    if t.ndim == 2:
        t = as_floats(t, name)
        if not (t.min() >= 0 and t.max() < np.inf):
            raise ValueError(
                f"{name} holds values from {t.min()} to {t.max()}; expected 0 or more, and finite"
            )
    elif t.dtype.kind not in "iu":
        raise TypeError(
            f"{name} holds labels of dtype {t.dtype}; labels are integers, such as t.astype(int)"
        )
    return t


def _no_class(labels, name, classes):
    """Make the error for labels of which one is no class."""
    most = f"0 to {classes - 1}" if classes else "0 or more"
    return ValueError(f"{name} holds labels from {labels.min()} to {labels.max()}; expected {most}")


def _as_one_row(t, name):
    """Take (classes,) for the row of one sample; integers only if they are one-hot."""
    if t.dtype.kind in "iu" and not (t.sum() == t.max() == 1 and t.min() == 0):
        raise ValueError(
            f"{name} has {len(t)} integers, not one-hot, for one sample; expected one label, or a "
            "row of floats"
        )
    return t[np.newaxis]


def as_samples(x, name, input_size):
    """Return samples (n, input_size), or one sample (input_size,), as an array of numbers."""
    x = as_numbers(x, name)
    if x.ndim not in (1, 2) or x.shape[-1] != input_size or x.size == 0:
        raise ValueError(
            f"{name} has shape {x.shape}; this network takes (n, {input_size}) or ({input_size},)"
        )
    return x


def as_pictures(x, name):
    """Return flat samples (n, pixels), which must be square, or (n, 1, height, width) as pictures.

    They are floats (n, height, width), which is taken too.
    """
    x = as_floats(x, name)
    shape = x.shape
    if x.ndim == 4 and shape[1] == 1:
        x = x[:, 0]
    elif x.ndim == 2:
        side = round(shape[1] ** 0.5)
        x = x.reshape(len(x), side, side) if side**2 == shape[1] else x
    if x.ndim != 3 or x.size == 0:
        raise ValueError(
            f"{name} has shape {shape}; expected square pictures (n, pixels) or others "
            "(n, 1, height, width)"
        )
    return x


def as_layers(params):
    """Return W1, b1, W2 and b2, which may have been set by hand, in one float dtype."""
    arrays = [np.asarray(params[name]) for name in ("W1", "b1", "W2", "b2")]
    W1, b1, W2, b2 = (array.shape for array in arrays)
    if len(W1) != 2 or b1 != W1[1:] or W2 != b1 + b2 or b2 == (1,):
        raise ValueError(
            f"params do not fit together: W1 {W1}, b1 {b1}, W2 {W2}, b2 {b2}; expected (input, "
            "hidden), (hidden,), (hidden, output), (output,), at least two outputs"
        )
    dtype = np.result_type(np.float32, *arrays)  # integer weights would cut the pixels off
    return [array.astype(dtype, copy=False) for array in arrays]


def as_integer(number, name, least):
    """Return a whole number, `least` or more, as an int."""
    if isinstance(number, bool) or not isinstance(number, (int, np.integer)):
        raise TypeError(f"{name} is {number!r}; expected an integer")
    if number < least:
        raise ValueError(f"{name} is {number}; expected {least} or more")
    return int(number)


def as_positive(number, name, *, or_zero=False):
    """Return a finite number above 0, or 0 if that is meant too, as it is."""
    expected = "0 or more, and finite" if or_zero else "a positive number"
    if isinstance(number, bool) or not isinstance(number, numbers.Real):
        raise TypeError(f"{name} is {number!r}; expected {expected}")
    if not (0 < number < np.inf or (or_zero and number == 0)):
        raise ValueError(f"{name} is {number}; expected {expected}")
    return number


def as_movable(x, name):
    """Return an array of floats whose numbers can be changed in place, as it is."""
    if not isinstance(x, np.ndarray) or x.dtype.kind != "f":
        kind = f"an array of dtype {x.dtype}" if isinstance(x, np.ndarray) else type(x).__name__
        raise TypeError(f"{name} is {kind}; expected an array of floats, such as x.astype(float)")
    if not x.flags.writeable:
        raise ValueError(f"{name} is read-only; its numbers must be changed in place")
    return x


def as_number(value, name):
    """Return what a function returned as one NumPy float, float64 or wider."""
    number = np.asarray(value)
    if number.ndim or number.dtype.kind not in "fiub":
        kind = f"array of shape {number.shape}" if number.ndim else type(value).__name__
        raise TypeError(f"{name} is of type {kind}; expected one number")
    return number.astype(np.result_type(number, np.float64))[()]


def as_path(path, name):
    """Return a file or folder as a Path, where ~ is the user's own folder."""
    try:
        return Path(os.path.expanduser(path))  # Path's own one refuses a file called ~run.npz
    except TypeError:
        raise TypeError(f"{name} is {path!r}; expected the path of a file or folder") from None


def as_data(data, name):
    """Return a pair (x, t) of samples and as many targets as two arrays of finite numbers."""
    try:
        x, t = data
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be a pair (x, t) of samples and targets") from None
    x, t = as_numbers(x, f"x of {name}"), as_numbers(t, f"t of {name}")
    if x.ndim == 0 or t.ndim == 0 or len(x) != len(t) or len(x) == 0:
        raise ValueError(
            f"{name} has samples of shape {x.shape} and targets of shape {t.shape}; expected as "
            "many targets as samples, at least one"
        )
    for kind, values in (("samples", x), ("targets", t)):
        if not np.isfinite([values.min(), values.max()]).all():
            raise ValueError(f"{name} holds nan or inf among its {kind}; expected finite numbers")
    return x, t


def as_net(net, gradient_method):
    """Return a network that a Trainer can train, as it is."""
    for name in ("params", "loss", "accuracy", gradient_method):
        if not hasattr(net, name):
            raise TypeError(f"net is a {type(net).__name__} without {name}; a Trainer needs it")
    as_params(net.params)
    return net


def as_params(params):
    """Return a network's parameters, which are changed in place, as they are."""
    if not isinstance(params, dict):
        raise TypeError(f"net.params is a {type(params).__name__}; expected a dict of arrays")
    if not params:
        raise ValueError("net.params is empty; expected at least one array")
    for name, weights in params.items():
        as_movable(weights, f"{name} of net.params")
    return params


def as_gradient(grads, name):
    """Return a gradient of a network, a dict of array_likes, as a dict of arrays of numbers."""
    if not isinstance(grads, dict):
        raise TypeError(f"{name} is a {type(grads).__name__}; expected a dict of arrays")
    return {key: as_numbers(grad, f"{key} of {name}") for key, grad in grads.items()}


def as_gradient_of(params, grads, name):
    """Return the gradient that a network gave, as arrays of the shapes of its `params`."""
    grads = as_gradient(grads, name)
    if shapes(grads) != shapes(params):
        raise ValueError(f"{name} has the shapes {shapes(grads)}; expected {shapes(params)}")
    return grads


def shapes(arrays):
    """Return the shape of each array of a dict."""
    return {name: array.shape for name, array in arrays.items()}
