"""The network of the chapter: one hidden layer, sigmoid, softmax (book 4.5.1)."""

import sys

import numpy as np

from dlscratch.checks import as_integer, as_labels, as_layers, as_non_negative, as_rows, as_samples
from dlscratch.functions import sigmoid, softmax, softmax_with_loss
from dlscratch.gradient import numerical_gradient
from dlscratch.perturbation import perturbed_gradient_slices
from dlscratch.threads import finish, map_slices


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
        as_non_negative(weight_init_std, "weight_init_std")
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

    def predict(self, x):
        """Probability of each class for each sample: (n, output_size), rows summing to 1."""
        a2 = self._scores(x)
        y = softmax(a2)
        return y

    def loss(self, x, t):
        """Cross-entropy error of the predictions for `x`, averaged over the samples."""
        a2 = self._scores(x)
        return softmax_with_loss(a2, t)

    def accuracy(self, x, t):
        """Share of the samples whose most probable class is the target's, 0..1."""
        return finish(self.accuracy_slices(x, t))

    def accuracy_slices(self, x, t):
        """Compute `accuracy` in slices, to pause between them.

        A generator; it yields the share that is done, 0..1, and returns the accuracy.
        """
        layers = as_layers(self.params)
        x = self._samples(x)
        labels = as_labels(t, "t", n=len(x), classes=len(layers[-1]))
        done = right = 0
        for _, a2 in map_slices(lambda some: forward(some, *layers), x):
            if np.isnan(a2).any():
                raise ValueError("the scores hold nan: x or the parameters are not finite")
            right += np.count_nonzero(a2.argmax(axis=1) == labels[done : done + len(a2)])
            done += len(a2)
            yield done / len(x)
        return right / len(x)

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
        x = self._samples(x).astype(W1.dtype, copy=False)
        t = as_rows(t, "t", n=len(x), classes=len(b2), dtype=W1.dtype)

        z1, a2 = forward(x, W1, b1, W2, b2)
        y = softmax(a2)

        da2 = (t.sum(axis=1, keepdims=True) * y - t) / len(x)
        da1 = (da2 @ W2.T) * z1 * (1 - z1)
        return {"W1": dot(x.T, da1), "b1": da1.sum(axis=0), "W2": z1.T @ da2, "b2": da2.sum(axis=0)}

    def numerical_gradient(self, x, t):
        """Gradient of the loss for every parameter, by central differences.

        The numbers of `dlscratch.gradient.numerical_gradient` applied to every parameter
        (to 1e-9), but much faster; `dlscratch.perturbation` says how. Always float64.

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
        return finish(self.numerical_gradient_slices(x, t))

    def numerical_gradient_slices(self, x, t):
        """Compute `numerical_gradient` in slices of a few hidden units, to pause between them.

        A generator; it yields the share that is done, 0..1, and returns the gradient.
        """
        W1, b1, W2, b2 = as_layers(self.params)
        x = self._samples(x)
        t = as_rows(t, "t", n=len(x), classes=len(b2), dtype=np.float64)
        return perturbed_gradient_slices({"W1": W1, "b1": b1, "W2": W2, "b2": b2}, x, t)

    def _scores(self, x):
        """Scores a2 before softmax, a slice of samples at a time: no copy of all of x."""
        layers = as_layers(self.params)
        slices = map_slices(lambda some: forward(some, *layers)[1], self._samples(x))
        return np.concatenate([*slices]).reshape(*np.shape(x)[:-1], -1)

    def _samples(self, x):
        return np.atleast_2d(as_samples(x, "x", len(self.params["W1"])))


class PlainLoopNet(TwoLayerNet):
    """A `TwoLayerNet` whose numerical gradient is the book's loop over every parameter."""

    def numerical_gradient_slices(self, x, t):
        """Apply `dlscratch.gradient.numerical_gradient` to one parameter after another.

        A generator; it yields the share that is done, 0..1, and returns the gradient.
        """
        grads = {name: np.zeros_like(W) for name, W in self.params.items()}
        done, size = 0, sum(W.size for W in self.params.values())
        for name, W in self.params.items():
            for idx in np.ndindex(W.shape):
                one = W[(*idx, np.newaxis)]  # a view of one number: moving it moves W
                grads[name][idx] = numerical_gradient(lambda _: self.loss(x, t), one)[0]
                done += 1
                yield done / size
        return grads


@np.errstate(under="ignore")
def forward(x, W1, b1, W2, b2):
    """Run samples through both layers; return z1 and the scores a2."""
    a1 = dot(x.astype(W1.dtype, copy=False), W1) + b1
    z1 = sigmoid(a1)
    a2 = z1 @ W2 + b2
    return z1, a2


def dot(a, b):
    """Multiply two large matrices: a @ b."""
    if sys.platform == "emscripten":  # in a browser NumPy has no BLAS, and einsum is faster
        return np.einsum("ij,jk->ik", a, np.asfortranarray(b))
    return a @ b
