"""The numerical gradient of the two-layer network, without the work that changes nothing.

The plain loop of `dlscratch.gradient` runs the whole network twice for every parameter.
Three facts leave its numbers as they are and most of that work out:

1. One weight W1[i, j] moves one hidden unit: a1[n, j] by h x[n, i]. Of sample n, z1[n, j]
   changes, and the scores by (z1_new - z1) W2[j]; the rest of the network stands still.
2. A pixel that is 0 moves nothing, and four fifths of MNIST's pixels are 0.
3. Equal pixels of one sample move the unit equally: one pair of losses serves them all.

It stays a central difference of evaluated losses: no derivative, no series.
"""

import copy

import numpy as np

from dlscratch.checks import as_layers
from dlscratch.gradient import plain_loop
from dlscratch.threads import core_count, thread_map

PIXELS_AT_ONCE = 20_000  # that are not 0: a few MB of arrays, whatever the size of x
UNITS_AT_ONCE = 5  # hidden units in one call of NumPy: fewer, and threads wait for one another
UNITS_IN_A_BLOCK = 10  # hidden units that a thread works on: with more, one waits for the other
WORTH_THREADS = 1_000_000  # weights of W2 times pixels that are not 0
LARGEST_MOVE = 100  # of a score: exp of much more would overflow


def perturbed_gradient(net, x, t, h=1e-4):
    """Compute central differences of the loss for every parameter of a two-layer network.

    Parameters
    ----------
    net : TwoLayerNet
        With parameters of any float dtype. Never changed, not even for a moment.
    x : ndarray, shape (n, input)
        Samples.
    t : ndarray, shape (n, output)
        Targets as rows of non-negative values.
    h : float
        How far each parameter is moved, up and down.

    Returns
    -------
    dict of str to ndarray
        "W1", "b1", "W2", "b2"; float64, as is all of the computation.

    Notes
    -----
    Book 4.3.2, 4.4 and 4.5.1.
    """
    net, layers = copy.copy(net), as_layers(net.params)
    net.params = {
        name: W.astype(np.float64) for name, W in zip(("W1", "b1", "W2", "b2"), layers, strict=True)
    }
    largest = max(1, np.abs(net.params["W2"]).max()) * max(1, float(x.max()), -float(x.min()))
    if h * largest > LARGEST_MOVE:
        return plain_loop(net, x, t, h)

    total = [np.zeros_like(weights) for weights in net.params.values()]
    n = len(x)
    rows = max(1, PIXELS_AT_ONCE * n // max(1, np.count_nonzero(x)))
    for start in range(0, n, rows):
        group = slice(start, start + rows)
        moved = _differences(net, x[group].astype(np.float64), t[group], h)
        for sums, differences in zip(total, moved, strict=True):
            sums += differences
    with np.errstate(under="ignore"):
        grads = [differences / (2 * h * n) for differences in total]
    return dict(zip(net.params, grads, strict=True))


def _differences(net, x, t, h):
    """Compute loss(+h) - loss(-h), summed over the samples, for every parameter."""
    W1, b1, W2, b2 = net.params.values()
    a1, z1, a2, y = net.forward(x)
    a2 = a2 - a2.max(axis=1, keepdims=True)  # as in softmax
    of_W2_and_b2 = _move_scores(z1, a2, t, h)

    x_and_1 = np.column_stack([x, np.ones(len(x))])  # b1 is the weight of a pixel always 1
    pairs, pixels = _pairs(x_and_1)
    move_block = _prepare_move(pairs, a1, z1, a2, t, W2, h)
    threads = core_count() if W2.size * np.count_nonzero(x) >= WORTH_THREADS else 1
    size = min(UNITS_IN_A_BLOCK, -(-len(b1) // threads))
    blocks = [range(len(b1))[start : start + size] for start in range(0, len(b1), size)]
    of_W1_and_b1 = np.zeros((x_and_1.shape[1], len(b1)))
    with thread_map(threads) as map_in_threads:
        for block, differences in zip(blocks, map_in_threads(move_block, blocks), strict=True):
            of_W1_and_b1[np.ix_(pixels, block)] = np.transpose(differences)
    return of_W1_and_b1[:-1], of_W1_and_b1[-1], of_W2_and_b2[:-1], of_W2_and_b2[-1]


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


@np.errstate(over="ignore", under="ignore")
def _prepare_move(pairs, a1, z1, a2, t, W2, h):
    """Return a function that moves hidden units by h times every pixel's value, up and down.

    With dz = sigmoid(a1 +- h x) - z1 and W2 of unit j, a sample's loss is
    sum(t) log(sum_k exp(a2[k]) exp(dz W2[k])) - dz (W2 @ t) + what stays. Subtracting the same
    number from all scores changes no loss: dz W2[0] is subtracted, and score 0 stands still.
    """
    sample, value, pair_of, first = pairs
    W2 = W2 - W2[:, :1]
    # sigmoid(a1 +- h x) is 1 / (1 + exp(-a1) exp(-+h x)): far fewer exponentials
    exp_step = np.exp([-h * value, h * value])
    exp_a1, z1, t_W2 = np.exp(-a1.T), z1.T.copy(), W2 @ t.T
    exp_a2 = np.exp(a2).T.take(sample, axis=1)
    t_sum = t.sum(axis=1)[sample]

    @np.errstate(over="ignore", under="ignore")
    def move(units, factor):
        exp_a1_of, z1_of, t_W2_of = (
            values[units].take(sample, axis=1) for values in (exp_a1, z1, t_W2)
        )
        dz = 1 / (1 + exp_a1_of[:, np.newaxis] * exp_step) - z1_of[:, np.newaxis]
        np.multiply(W2[units, np.newaxis, 1:, np.newaxis], dz[:, :, np.newaxis], out=factor)
        np.exp(factor, out=factor)
        exp_sum = exp_a2[0] + np.einsum("kp,uskp->usp", exp_a2[1:], factor)
        loss = t_sum * np.log(exp_sum[:, 0] / exp_sum[:, 1]) - t_W2_of * (dz[:, 0] - dz[:, 1])
        return np.add.reduceat(loss.take(pair_of, axis=1), first, axis=1)

    def move_block(block):
        factor = np.empty((UNITS_AT_ONCE, 2, *exp_a2[1:].shape))  # a new one takes longer to fill
        some = [block[start:][:UNITS_AT_ONCE] for start in range(0, len(block), UNITS_AT_ONCE)]
        return np.concatenate([move(units, factor[: len(units)]) for units in some])

    return move_block


def _pairs(x):
    """Find the pairs (sample, value) of x, by a mark for each in a table (sample, rank of value).

    Returns sample and value of every pair; then, for each number of x that is not 0, pixel by
    pixel, its pair, and where the numbers of each pixel begin; and, apart, those pixels.
    """
    by_pixel = x.T.ravel()
    not_0 = np.flatnonzero(by_pixel)
    pixel, sample = np.divmod(not_0, len(x))
    values, rank = np.unique(by_pixel[not_0], return_inverse=True)
    place = sample * len(values) + rank
    needed = np.zeros(len(x) * len(values), dtype=bool)
    needed[place] = True
    pair_of = np.cumsum(needed) - 1
    pair_sample, pair_rank = np.divmod(np.flatnonzero(needed), len(values))
    first = np.flatnonzero(np.diff(pixel, prepend=-1))
    return (pair_sample, values[pair_rank], pair_of[place], first), pixel[first]
