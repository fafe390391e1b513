"""The network of the chapter: one hidden layer, sigmoid, softmax (book 4.5.1)."""

import numbers
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from dlscratch.functions import sigmoid, softmax, softmax_with_loss, target_rows
from dlscratch.perturbation import perturbation_steps, perturbed_gradient
from dlscratch.threads import core_count

SLICE = 2_000  # samples worked on at a time: a few MB, whatever the size of x


class TwoLayerNet:
    """A network with one hidden layer: x -> a1 -> z1 = sigmoid(a1) -> a2 -> y = softmax(a2).

    Parameters
    ----------
    input_size, hidden_size, output_size : int
        Numbers in one sample (784 pixels), hidden units, and classes (10 digits).
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
        If a size is not a positive integer, `weight_init_std` is negative or not finite, or
        `dtype` is neither float64 nor float32.

    Notes
    -----
    Book 4.5.1. In every method `x` is (n, input_size), or (input_size,) for one sample, and
    `t` is integer labels (n,) or rows (n, output_size) of non-negative weights, such as
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
        sizes = {"input_size": input_size, "hidden_size": hidden_size, "output_size": output_size}
        for name, size in sizes.items():
            if isinstance(size, bool) or not isinstance(size, (int, np.integer)):
                raise TypeError(f"{name} is {size!r}; expected an integer")
            if size < 1:
                raise ValueError(f"{name} is {size}; expected 1 or more")
        if not isinstance(weight_init_std, numbers.Real):
            raise TypeError(f"weight_init_std is {weight_init_std!r}; expected a number")
        if not 0 <= weight_init_std < np.inf:
            raise ValueError(
                f"weight_init_std is {weight_init_std}; expected 0 or more, and finite"
            )
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
        return softmax(self._logits(x))

    def loss(self, x, t):
        """Cross-entropy error of the predictions for `x`, averaged over the samples."""
        return softmax_with_loss(self._logits(x), t)

    def accuracy(self, x, t):
        """Share of the samples whose most probable class is the target's, 0..1."""
        x = np.atleast_2d(self._samples(x))
        parts = [x[start : start + SLICE] for start in range(0, len(x), SLICE)]
        with ThreadPoolExecutor(core_count()) as pool:
            each = pool.map if len(parts) > 1 and core_count() > 1 else map
            logits = np.concatenate([*each(self._logits, parts)])
        if np.isnan(logits).any():
            raise ValueError("the scores hold nan: x or the parameters are not finite")
        labels = target_rows(t, logits).argmax(axis=1)
        return float(np.mean(logits.argmax(axis=1) == labels))

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
        W1, b1, W2, b2 = self._weights()
        x = np.atleast_2d(self._samples(x)).astype(W1.dtype, copy=False)
        n = len(x)

        a1 = x @ W1 + b1
        z1 = sigmoid(a1)
        a2 = z1 @ W2 + b2
        y = softmax(a2)

        t = target_rows(t, a2)
        da2 = (t.sum(axis=1, keepdims=True) * y - t) / n
        da1 = (da2 @ W2.T) * z1 * (1 - z1)
        return {"W1": x.T @ da1, "b1": da1.sum(axis=0), "W2": z1.T @ da2, "b2": da2.sum(axis=0)}

    def numerical_gradient(self, x, t):
        """Gradient of the loss for every parameter, by central differences.

        The numbers of `dlscratch.gradient.numerical_gradient` applied to every parameter
        (to 1e-9), far sooner; `dlscratch.perturbation` says how. Always float64.

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
        return perturbed_gradient(*self._for_perturbation(x, t))

    def numerical_gradient_slices(self, x, t):
        """Compute `numerical_gradient` in slices of a few hidden units, to pause between them.

        A generator; it yields the share that is done, 0..1, and returns the gradient.
        """
        return perturbation_steps(*self._for_perturbation(x, t))

    def _for_perturbation(self, x, t):
        x = np.atleast_2d(self._samples(x))
        W1, b1, W2, b2 = self._weights()
        t = target_rows(t, np.empty((len(x), len(b2))))
        return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}, x, t

    def _logits(self, x):
        """Scores a2 before softmax, a slice of samples at a time: no copy of all of x."""
        W1, b1, W2, b2 = self._weights()
        x = self._samples(x)
        rows = np.atleast_2d(x)
        a2 = np.empty((len(rows), len(b2)), W1.dtype)
        for start in range(0, len(rows), SLICE):
            part = slice(start, start + SLICE)
            z1 = sigmoid(rows[part].astype(W1.dtype, copy=False) @ W1 + b1)
            a2[part] = z1 @ W2 + b2
        return a2.reshape(*x.shape[:-1], len(b2))

    def _weights(self):
        """Give W1, b1, W2 and b2, which may have been set by hand, in one float dtype."""
        weights = [np.asarray(self.params[name]) for name in ("W1", "b1", "W2", "b2")]
        W1, b1, W2, b2 = (w.shape for w in weights)
        if len(W1) != 2 or b1 != W1[1:] or W2 != b1 + b2:
            raise ValueError(f"params do not fit together: W1 {W1}, b1 {b1}, W2 {W2}, b2 {b2}")
        dtype = np.result_type(np.float32, *weights)  # integers would cut the pixels off
        return [w.astype(dtype, copy=False) for w in weights]

    def _samples(self, x):
        """Check that `x` is samples of this network, in whatever number type they are."""
        x = np.asarray(x)
        input_size = len(self.params["W1"])
        if x.dtype.kind not in "fiub":
            raise TypeError(f"x has dtype {x.dtype}; expected numbers")
        if x.ndim not in (1, 2) or x.shape[-1] != input_size or x.size == 0:
            raise ValueError(
                f"x has shape {x.shape}; this network takes (n, {input_size}) or ({input_size},)"
            )
        return x
