"""The numerical gradient of the two-layer network, without the work that changes nothing.

The plain loop of `dlscratch.gradient` runs the whole network twice for every parameter.
Three facts leave its numbers as they are and most of that work out:

1. One weight W1[i, j] moves one hidden unit: a1[n, j] by h x[n, i]. Of sample n, z1[n, j]
   changes, and the scores by (z1_new - z1) W2[j]; the rest of the network stands still.
2. A pixel that is 0 moves nothing, and four fifths of MNIST's pixels are 0.
3. Equal pixels of one sample move the unit equally: one pair of losses serves them all.

It stays a central difference of evaluated losses: no derivative, no series.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from dlscratch.functions import sigmoid, softmax_with_loss
from dlscratch.gradient import numerical_gradient
from dlscratch.threads import core_count

PIXELS_AT_ONCE = 20_000  # that are not 0: a few MB of arrays, whatever the size of x
UNITS_AT_ONCE = 5  # hidden units between two pauses, and in one call of a thread
WORTH_THREADS = 500_000  # moved scores, from which two threads are faster than one
LARGEST_MOVE = 100  # of a score: exp of much more would overflow


def perturbed_gradient_slices(params, x, t, h=1e-4):
    """Compute central differences of the loss for every parameter of a two-layer network.

    Parameters
    ----------
    params : dict of str to ndarray
        "W1" (input, hidden), "b1" (hidden,), "W2" (hidden, output), "b2" (output,); any
        float dtype. Never changed, not even for a moment.
    x : ndarray, shape (n, input)
        Samples.
    t : ndarray, shape (n, output)
        Targets as rows of non-negative values.
    h : float
        How far each parameter is moved, up and down.

    Yields
    ------
    float
        Share of the work that is done, 0..1, after a few hidden units: the place to pause,
        or to close the generator and stop.

    Returns
    -------
    dict of str to ndarray
        The names and shapes of `params`; float64, as is all of the computation.

    Notes
    -----
    Book 4.3.2, 4.4 and 4.5.1.
    """
    params = {name: np.array(weights, dtype=np.float64) for name, weights in params.items()}
    largest = max(1, np.abs(params["W2"]).max()) * max(1, float(x.max()), -float(x.min()))
    if h * largest > LARGEST_MOVE:
        return _plain_loop(params, x, t, h)

    total = {name: np.zeros_like(weights) for name, weights in params.items()}
    n = len(x)
    rows = max(1, PIXELS_AT_ONCE * n // max(1, np.count_nonzero(x)))
    for start in range(0, n, rows):
        group = slice(start, start + rows)
        for share in _add_group(total, params, x[group].astype(np.float64), t[group], h):
            yield (start + share * len(x[group])) / n
    with np.errstate(under="ignore"):
        return {name: differences / (2 * h * n) for name, differences in total.items()}


def _add_group(total, params, x, t, h):
    """Add loss(+h) - loss(-h), summed over a group of samples, for every parameter."""
    W1, b1, W2, b2 = (params[name] for name in ("W1", "b1", "W2", "b2"))
    a1, z1, a2 = _forward(x, W1, b1, W2, b2)
    moved = _move_scores(z1, a2, t, h)
    total["W2"] += moved[:-1]
    total["b2"] += moved[-1]

    x_and_1 = np.column_stack([x, np.ones(len(x))])  # b1 is the weight of a pixel always 1
    pairs = _pairs(x_and_1)
    move_units = _prepare_move(pairs, a1, z1, a2, t, W2, h)
    units = range(len(b1))
    blocks = [units[start : start + UNITS_AT_ONCE] for start in units[::UNITS_AT_ONCE]]
    threads = core_count() if W2.size * len(pairs.value) >= WORTH_THREADS else 1
    moved = np.zeros((x_and_1.shape[1], len(b1)))
    with ThreadPoolExecutor(threads) as pool:  # it starts no thread before it needs one
        results = (pool.map if threads > 1 else map)(move_units, blocks)
        for block, differences in zip(blocks, results, strict=True):
            moved[np.ix_(pairs.pixels, block)] = np.transpose(differences)
            yield block.stop / len(b1)
    total["W1"] += moved[:-1]
    total["b1"] += moved[-1]


@np.errstate(under="ignore")
def _forward(x, W1, b1, W2, b2):
    """Run the network; the largest score of each sample is subtracted, as in softmax."""
    a1 = x @ W1 + b1
    z1 = sigmoid(a1)
    a2 = z1 @ W2 + b2
    return a1, z1, a2 - a2.max(axis=1, keepdims=True)


@np.errstate(under="ignore")
def _move_scores(z1, a2, t, h):
    """Move score k by h z1[j], as W2[j, k] does, and by h, as b2[k] does.

    Of the sum of exp(a2) one term changes.
    """
    z1_and_1 = np.column_stack([z1, np.ones(len(z1))])
    exp_a2 = np.exp(a2)[:, np.newaxis]
    rest = exp_a2.sum(axis=2, keepdims=True) - exp_a2
    up, down = (rest + exp_a2 * np.exp(move * z1_and_1[:, :, np.newaxis]) for move in (h, -h))
    return np.tensordot(t.sum(axis=1), np.log(up / down), 1) - 2 * h * (z1_and_1.T @ t)


@np.errstate(under="ignore")
def _prepare_move(pairs, a1, z1, a2, t, W2, h):
    """Return a function that moves hidden units by h times every pixel's value, up and down.

    With dz = sigmoid(a1 +- h x) - z1 and W2 of unit j, a sample's loss is
    sum(t) log(sum_k exp(a2[k]) exp(dz W2[k])) - dz (W2 @ t) + what stays. Subtracting the same
    number from all scores changes no loss: dz W2[0] is subtracted, and score 0 stands still.
    """
    W2 = W2 - W2[:, :1]
    step = h * np.stack([pairs.value, -pairs.value])
    a1, z1, t_W2 = a1.T.copy(), z1.T.copy(), W2 @ t.T
    exp_a2 = np.exp(a2).T.take(pairs.sample, axis=1)
    t_sum = t.sum(axis=1)[pairs.sample]

    @np.errstate(under="ignore")
    def move(j):
        dz = sigmoid(a1[j].take(pairs.sample) + step) - z1[j].take(pairs.sample)
        factor = W2[j, 1:, np.newaxis] * dz[:, np.newaxis]
        np.exp(factor, out=factor)  # in place: another array of this size takes longer to fill
        up, down = exp_a2[0] + np.einsum("kp,skp->sp", exp_a2[1:], factor)
        loss = t_sum * np.log(up / down) - t_W2[j].take(pairs.sample) * (dz[0] - dz[1])
        return np.add.reduceat(loss.take(pairs.of_number), pairs.first, axis=0)

    return lambda units: [move(j) for j in units]


class _Pairs(NamedTuple):
    """The pairs (sample, value) among the numbers of x that are not 0, and where each goes."""

    sample: np.ndarray  # of each pair
    value: np.ndarray  # of each pair
    of_number: np.ndarray  # the pair of each number of x that is not 0, pixel by pixel
    first: np.ndarray  # where in this order the numbers of a pixel begin
    pixels: np.ndarray  # those that are not 0 everywhere


def _pairs(x):
    """Find the pairs of x, by a mark in a table (sample, rank of the value)."""
    pixel, sample = x.T.nonzero()
    values, rank = np.unique(x[sample, pixel], return_inverse=True)
    needed = np.zeros((len(x), len(values)), dtype=bool)
    needed[sample, rank] = True
    pair_of = np.cumsum(needed).reshape(needed.shape) - 1
    pair_sample, pair_rank = needed.nonzero()
    first = np.flatnonzero(np.diff(pixel, prepend=-1))
    return _Pairs(pair_sample, values[pair_rank], pair_of[sample, rank], first, pixel[first])


def _plain_loop(params, x, t, h):
    def loss(_):
        z1 = sigmoid(x @ params["W1"] + params["b1"])
        return softmax_with_loss(z1 @ params["W2"] + params["b2"], t)

    return {name: numerical_gradient(loss, weights, h) for name, weights in params.items()}
