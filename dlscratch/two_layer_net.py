"""The network of the chapter: one hidden layer, sigmoid, softmax (book 4.5.1)."""

import warnings
from functools import wraps
from time import perf_counter

import numpy as np

from dlscratch.checks import as_integer, as_labels, as_layers, as_positive, as_rows, as_samples
from dlscratch.functions import cross_entropy_error, dot, sigmoid, softmax, softmax_with_loss
from dlscratch.gradient import plain_loop
from dlscratch.perturbation import perturbed_gradient
from dlscratch.threads import map_slices
from dlscratch.words import say


def in_slices(net, x, choose):
    """Run a network on 1,000 samples at a time, so that no copy of all of x is made.

    `choose` takes a1, z1, a2 and y, and returns the one whose rows are wanted for all samples.
    """
    samples = as_samples(x, "x", len(net.params["W1"]))
    parts = map_slices(lambda some: choose(*net.forward(some)), np.atleast_2d(samples))
    return np.concatenate([*parts]).reshape(*samples.shape[:-1], -1)


def giving_y(predict):
    """Let `predict` show its four arrays, and give whoever calls it the last one, in slices."""

    @wraps(predict)
    def given(net, x):
        return in_slices(net, x, lambda a1, z1, a2, y: y)

    return given


class TwoLayerNet:
    """A network with one hidden layer: x -> a1 -> z1 = sigmoid(a1) -> a2 -> y = softmax(a2).

    Parameters
    ----------
    input_size, hidden_size, output_size : int
        Numbers in one sample (784 pixels), hidden units, and classes (10 digits), of which
        there are at least two.
    weight_init_std : float
        Standard deviation of the first, random weights; biases start at 0.
    rng : numpy.random.Generator, int or None
        Where the random weights come from; a seed makes them the same every time.
    dtype : dtype
        float64 or float32; everything but `numerical_gradient` is computed in it.

    Attributes
    ----------
    params : dict of str to ndarray
        "W1" (input_size, hidden_size), "b1" (hidden_size,), "W2" (hidden_size, output_size)
        and "b2" (output_size,).

    Raises
    ------
    ValueError, TypeError
        If a size is not a positive integer, there is one class only, `weight_init_std` is
        negative or not finite, or `dtype` is neither float64 nor float32.

    Notes
    -----
    Book 4.5.1. In every method `x` is (n, input_size), or (input_size,) for one sample, and
    `t` is integer labels (n,) or rows (n, output_size) of non-negative values, such as
    one-hot rows; a ValueError names the shapes that do not fit.

    Examples
    --------
    >>> net = TwoLayerNet(784, 50, 10, rng=0)
    >>> net.params["W1"].shape
    (784, 50)
    """

    def __init__(
        self,
        input_size,
        hidden_size,
        output_size,
        weight_init_std=0.01,
        *,
        rng=None,
        dtype=np.float64,
    ):
        input_size = as_integer(input_size, "input_size", least=1)
        hidden_size = as_integer(hidden_size, "hidden_size", least=1)
        output_size = as_integer(output_size, "output_size", least=2)
        as_positive(weight_init_std, "weight_init_std", or_zero=True)
        if np.dtype(dtype) not in (np.float32, np.float64):
            raise TypeError(f"dtype is {np.dtype(dtype)}; expected float64 or float32")
        rng = np.random.default_rng(rng)
        W1 = weight_init_std * rng.standard_normal((input_size, hidden_size))
        W2 = weight_init_std * rng.standard_normal((hidden_size, output_size))
        self.params = {
            "W1": W1.astype(dtype),
            "b1": np.zeros(hidden_size, dtype),
            "W2": W2.astype(dtype),
            "b2": np.zeros(output_size, dtype),
        }

    @giving_y
    def predict(self, x):
        """Probability of each class for each sample: (n, output_size), rows summing to 1."""
        W1, b1, W2, b2 = as_layers(self.params)
        a1 = dot(x, W1) + b1
        z1 = sigmoid(a1)
        a2 = dot(z1, W2) + b2
        y = softmax(a2)
        return a1, z1, a2, y

    forward = predict.__wrapped__  # all four, of an array (n, input_size)

    def loss(self, x, t):
        """Cross-entropy error of the predictions for `x`, averaged over the samples."""
        if self._overrides("predict"):
            return cross_entropy_error(self.predict(x), t)
        scores = in_slices(self, x, lambda a1, z1, a2, y: a2)
        return softmax_with_loss(scores, t)  # exact where a probability is near 0

    def accuracy(self, x, t):
        """Share of the samples whose most probable class is the target's, 0..1."""
        y = np.atleast_2d(self.predict(x))
        if np.isnan(y).any():
            raise ValueError("the predictions hold nan: x or the parameters are not finite")
        t = as_labels(t, "t", n=len(y), classes=y.shape[1])
        return np.count_nonzero(y.argmax(axis=1) == t) / len(y)

    @np.errstate(under="ignore")
    def gradient(self, x, t):
        """Gradient of the loss for every parameter, by backpropagation.

        Parameters
        ----------
        x : array_like, shape (n, input_size)
        t : array_like
            Labels (n,) or rows (n, output_size).

        Returns
        -------
        dict of str to ndarray
            The names and shapes of `params`, in the network's dtype.

        Notes
        -----
        Book 4.5.1 and 5.7. The derivative of exactly what `loss` computes: with rows that
        sum to s instead of 1, that of the scores is s y - t.
        """
        W1, b1, W2, b2 = as_layers(self.params)
        x = np.atleast_2d(as_samples(x, "x", len(W1))).astype(W1.dtype, copy=False)
        t = as_rows(t, "t", n=len(x), classes=len(b2), dtype=W1.dtype)
        a1, z1, a2, y = self.forward(x)

        da2 = (t.sum(axis=1, keepdims=True) * y - t) / len(x)
        da1 = (da2 @ W2.T) * z1 * (1 - z1)
        return {"W1": dot(x.T, da1), "b1": da1.sum(axis=0), "W2": z1.T @ da2, "b2": da2.sum(axis=0)}

    def numerical_gradient(self, x, t):
        """Gradient of the loss for every parameter, by central differences.

        The numbers of `dlscratch.gradient.numerical_gradient` applied to every parameter
        (to 1e-9), but much faster; `dlscratch.perturbation` says how. Always float64. A
        subclass with a `predict` or `loss` of its own gets that plain loop, of its own loss.

        Parameters
        ----------
        x : array_like, shape (n, input_size)
        t : array_like
            Labels (n,) or rows (n, output_size).

        Returns
        -------
        dict of str to ndarray
            The names and shapes of `params`.
        """
        if self.takes_plain_loop:
            self._warn_of_the_time(x, t)
            return plain_loop(self, x, t)
        W1, b1, W2, b2 = as_layers(self.params)
        x = np.atleast_2d(as_samples(x, "x", len(W1)))
        t = as_rows(t, "t", n=len(x), classes=len(b2), dtype=np.float64)
        return perturbed_gradient(self, x, t)

    def _warn_of_the_time(self, x, t):
        start = perf_counter()
        self.loss(x, t)
        losses = 2 * sum(W.size for W in self.params.values())
        said = say(
            "This network has a predict or a loss of its own, so its numerical gradient is the "
            "plain loop, which computes {losses:,} losses: about {seconds:,.0f} s.",
            losses=losses,
            seconds=losses * (perf_counter() - start),
        )
        warnings.warn(said, stacklevel=3)  # Python shows it once for each line that calls

    @property
    def takes_plain_loop(self):
        """Whether `numerical_gradient` runs the whole network twice for each parameter."""
        return self._overrides("predict") or self._overrides("loss")

    def _overrides(self, method):
        """Whether a subclass, or the learner, has put another method in place of the class's."""
        return getattr(getattr(self, method), "__func__", None) is not vars(TwoLayerNet)[method]
