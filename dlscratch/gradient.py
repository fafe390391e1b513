"""The numerical gradient of any function, and a comparison of two gradients (book 4.3, 4.4)."""

from dataclasses import dataclass

import numpy as np

from dlscratch.checks import as_gradient, as_movable, as_number, as_positive, shapes
from dlscratch.words import say

SAME = 1e-5  # relative difference; central differences (h = 1e-4, float64) come well under it


def numerical_diff(f, x):
    """Compute the slope of f at the number x by a central difference (book 4.3.1).

    Parameters
    ----------
    f : callable
        f(x) returns a number.
    x : float
        Where to take the slope.
    """
    h = 1e-4
    return (f(x + h) - f(x - h)) / (2 * h)


@np.errstate(under="ignore")
def numerical_gradient(f, x, h=1e-4):
    """Compute the gradient of f at x by central differences, one number at a time.

    Parameters
    ----------
    f : callable
        f(x) returns a number. It is called with `x` itself, one number of it moved.
    x : ndarray of floats, any shape
        Where to take the gradient. Changed in place while the loop runs, and put back
        whatever happens: an error in `f` or Ctrl-C leaves `x` as it was.
    h : float
        How far each number is moved, up and down.

    Returns
    -------
    ndarray
        (f(x + h) - f(x - h)) / 2h for every number of x; the shape and dtype of `x`.

    Raises
    ------
    TypeError
        If `x` is not an array of floats: in an integer array x + h would be cut back to x.
        If `h` is not a number, or `f` does not return one.
    ValueError
        If `x` is read-only, or `h` is not a positive number, or so small that adding it
        changes nothing: 5000 + 1e-4 is 5000 in float32, and 1e13 + 1e-4 is 1e13 in float64.

    Notes
    -----
    Book 4.3.2 and 4.4. An x of N numbers takes 2N calls of f. The array rounds x + h and
    x - h, in float32 coarsely, so the division is by the way between what it then holds. An f
    that computes in float32 is itself rounded, by about 1e-7 of its value, and divided by 2h
    that is an error in the gradient which nothing here can mend: use float64.
    """
    as_movable(x, "x")
    as_positive(h, "h")
    if np.any(x + h == x) or np.any(x - h == x):
        raise ValueError(
            f"h is {h}: added to x it changes nothing, since x holds {np.abs(x).max():.3g} as "
            f"{x.dtype}. If a gradient descent led there, its learning rate is too large"
        )
    grad = np.zeros_like(x)
    for idx in np.ndindex(x.shape):
        value = x[idx]
        try:
            x[idx] = value + h
            x_plus, f_plus = x[idx], as_number(f(x), "the result of f")
            x[idx] = value - h
            x_minus, f_minus = x[idx], as_number(f(x), "the result of f")
        finally:
            x[idx] = value
        grad[idx] = (f_plus - f_minus) / (x_plus - x_minus)
    return grad


def plain_loop(net, x, t, h=1e-4):
    """Compute the gradient of a network's own loss for all its parameters (book 4.4.2).

    Parameters
    ----------
    net : object
        Has a dict `params` of float arrays, which are moved and put back, and `loss(x, t)`.
    x, t : array_like
        What its loss takes.
    h : float
        How far each number is moved, up and down.
    """
    return {
        name: numerical_gradient(lambda _: net.loss(x, t), weights, h)
        for name, weights in net.params.items()
    }


@dataclass(frozen=True)
class ParameterDifference:
    """How far two gradients of one parameter lie apart.

    Attributes
    ----------
    name : str
        The parameter, such as "W1".
    absolute : float
        Largest difference of two entries.
    relative : float
        `absolute` divided by the largest entry of either gradient.
    same : bool
        Whether `relative` is at most 1e-5.
    """

    name: str
    absolute: float
    relative: float
    same: bool


class GradientComparison(tuple):
    """A `ParameterDifference` for each parameter; prints as a table."""

    @property
    def same(self):
        """Whether every parameter's gradients are the same."""
        return all(row.same for row in self)

    def __repr__(self):
        lines = [say("parameter   largest difference    relative   verdict")]
        for row in self:
            absolute, relative = _size(row.absolute), _size(row.relative)
            verdict = say("same") if row.same else say("DIFFERENT")
            lines.append(f"{row.name:<10}{absolute:>20}{relative:>12}   {verdict}")
        return "\n".join(lines)


def compare_gradients(a, b):
    """Compare two gradients parameter by parameter; up to 1e-5 of the largest they are the same.

    Parameters
    ----------
    a, b : dict of str to array_like
        Two gradients of the same network: the same names, with arrays of the same shapes.

    Returns
    -------
    GradientComparison
        A row for each parameter, in the order of `a`.

    Raises
    ------
    ValueError
        If the names or the shapes of the two differ.
    TypeError
        If one of them is no dict, or does not hold numbers.

    Notes
    -----
    Book 5.7.3 (gradient check). A gradient with nan or inf in it is never the same.
    """
    a, b = as_gradient(a, "a"), as_gradient(b, "b")
    if shapes(a) != shapes(b):
        raise ValueError(f"a has the shapes {shapes(a)}, but b has {shapes(b)}")
    return GradientComparison(_difference(name, a[name], b[name]) for name in a)


@np.errstate(invalid="ignore", over="ignore", under="ignore")  # inf and nan get their verdict
def _difference(name, a, b):
    a, b = a.astype(np.float64), b.astype(np.float64)
    absolute = np.max(np.abs(a - b), initial=0)
    scale = max(np.max(np.abs(a), initial=0), np.max(np.abs(b), initial=0))
    relative = absolute / scale if scale > 0 else absolute
    return ParameterDifference(name, float(absolute), float(relative), bool(relative <= SAME))


def _size(number):
    """Say how large a difference is, as the next power of ten; below 1e-8 all is rounding."""
    if number == 0 or not np.isfinite(number):
        return "0" if number == 0 else str(number)
    power = max(int(np.floor(np.log10(number))) + 1, -8)
    return f"< 1e{power:+03d}"
