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

import numpy as np

from dlscratch.functions import sigmoid, softmax_with_loss
from dlscratch.gradient import numerical_gradient
from dlscratch.threads import core_count

GROUP = 20_000  # numbers other than 0 worked on together: a few MB, whatever the size of x
BLOCK = 300_000  # exponentials in one call of NumPy: more calls, and threads wait for one another
THREADED = 2_000_000  # exponentials from which threads gain, if no two pixels were equal
LARGEST_MOVE = 100  # of a score: exp of much more would overflow


def perturbed_gradient(params, x, t, h=1e-4):
    """Central differences of the loss for every parameter of a two-layer network.

    Parameters
    ----------
    params : dict of str to ndarray
        "W1" (input, hidden), "b1" (hidden,), "W2" (hidden, output), "b2" (output,); any
        float dtype. Never changed, not even for a moment.
    x : ndarray, shape (n, input)
        Samples.
    t : ndarray, shape (n, output)
        Targets as rows of non-negative weights; see `dlscratch.functions.target_rows`.
    h : float
        How far each parameter is moved, up and down.

    Returns
    -------
    dict of str to ndarray
        The names and shapes of `params`; float64, as is all of the computation.

    Notes
    -----
    Book 4.3.2, 4.4 and 4.5.1.
    """
    steps = perturbation_steps(params, x, t, h)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def perturbation_steps(params, x, t, h=1e-4):
    """Do the work of `perturbed_gradient` in steps of a few hidden units.

    Parameters
    ----------
    params, x, t, h
        As in `perturbed_gradient`.

    Yields
    ------
    float
        Share of the work that is done, 0..1, after every step: the place to pause, or to
        close the generator and stop.

    Returns
    -------
    dict of str to ndarray
        What `perturbed_gradient` returns.
    """
    params = {name: np.array(weights, dtype=np.float64) for name, weights in params.items()}
    n = len(x)
    largest = max(1, np.abs(params["W2"]).max()) * max(1, float(x.max()), -float(x.min()))
    if h * largest > LARGEST_MOVE:
        return _plain_loop(params, x, t, h)

    total = {name: np.zeros_like(weights) for name, weights in params.items()}
    lit = np.count_nonzero(x)
    rows = max(1, GROUP * n // max(1, lit))
    helpers = core_count() - 1 if 2 * params["W2"].size * lit >= THREADED else 0
    with ThreadPoolExecutor(max(1, helpers)) as pool:  # it starts no thread before it needs one
        for start in range(0, n, rows):
            part = slice(start, start + rows)
            group = x[part].astype(np.float64)
            for share in _add_group(total, params, group, t[part], h, pool, helpers):
                yield (start + share * len(group)) / n
    return {name: differences / (2 * h * n) for name, differences in total.items()}


def _add_group(total, params, x, t, h, pool, helpers):
    """Add loss(+h) - loss(-h), summed over one group of samples, for every parameter."""
    W1, b1, W2, b2 = (params[name] for name in ("W1", "b1", "W2", "b2"))
    hidden, classes = W2.shape
    x_and_1 = np.column_stack([x, np.ones(len(x))])  # b1 is the weight of a pixel always 1
    pairs = pool.submit(_pairs, x_and_1).result if helpers else lambda: _pairs(x_and_1)
    a1 = W1.T @ x.T + b1[:, np.newaxis]  # (hidden, n)
    with np.errstate(over="ignore"):  # exp(-a1) = inf is right: it makes z1 = 0
        exp_a1 = np.exp(-a1)
    z1 = 1 / (1 + exp_a1)
    a2 = z1.T @ W2 + b2
    exp_a2 = np.exp(a2 - a2.max(axis=1, keepdims=True)).T.copy()  # (classes, n)
    W2_and_b2 = _move_scores(z1, exp_a2, t, h)

    # W1[i, j] and b1[j] move hidden unit j
    sample, value, pair_of, first, pixels = pairs()
    exp_move = np.exp([-h * value, h * value])  # up and down
    # What is added to all scores alike changes no loss: less dz W2[j, 0], score 0 stands still
    V2 = W2[:, 1:] - W2[:, :1]
    t_V2 = V2 @ t[:, 1:].T
    exp_a2_of, t_sum_of = np.take(exp_a2, sample, axis=1), t.sum(axis=1)[sample]
    block = max(1, BLOCK // (2 * exp_a2_of.size))  # hidden units moved at once
    spare = []  # arrays no thread works in: to make new ones takes longer than to fill them

    def move_units(start):
        """Add up loss(+h) - loss(-h) of some hidden units by pixel.

        With dz = sigmoid(a1 +- h x) - z1 a loss is log(sum_k exp(a2 + dz V2)) - dz (t @ V2.T).
        """
        units = slice(start, min(start + block, hidden))
        arrays = spare.pop() if spare else _arrays(block, classes - 1, len(value), len(pair_of))
        scores, dz, exp_sum, loss, other, by_pixel = (a[: units.stop - start] for a in arrays)
        np.take(exp_a1[units], sample, axis=1, out=other, mode="clip")
        np.multiply(exp_move, other[:, np.newaxis], out=dz)
        dz += 1
        np.divide(1, dz, out=dz)  # sigmoid(a1 + h x) and sigmoid(a1 - h x)
        dz -= np.take(z1[units], sample, axis=1, out=other, mode="clip")[:, np.newaxis]
        np.multiply(V2[units, np.newaxis, :, np.newaxis], dz[:, :, np.newaxis], out=scores)
        np.exp(scores, out=scores)
        np.einsum("kp,uskp->usp", exp_a2_of[1:], scores, out=exp_sum)
        exp_sum += exp_a2_of[0]  # now sum_k exp(a2 + dz V2)
        np.divide(exp_sum[:, 0], exp_sum[:, 1], out=loss)
        np.log(loss, out=loss)
        loss *= t_sum_of
        dz[:, 0] -= dz[:, 1]
        dz[:, 0] *= np.take(t_V2[units], sample, axis=1, out=other, mode="clip")
        loss -= dz[:, 0]
        np.take(loss, pair_of, axis=1, out=by_pixel, mode="clip")
        spare.append(arrays)
        return units, np.add.reduceat(by_pixel, first, axis=1)

    W1_and_b1 = np.zeros((len(W1) + 1, hidden))
    starts = iter(range(0, hidden, block))  # each thread takes the next one that is left

    def move_the_rest():
        for start in starts:
            units, by_pixel = move_units(start)
            W1_and_b1[pixels, units] = by_pixel.T
            yield units.stop / hidden

    helping = [pool.submit(list, move_the_rest()) for _ in range(helpers)]
    try:
        yield from move_the_rest()
    finally:
        list(starts)  # where this is closed, nothing is left to the helpers
    for helper in helping:
        helper.result()
    for layer, moved in ("1", W1_and_b1), ("2", W2_and_b2):
        total["W" + layer] += moved[:-1]
        total["b" + layer] += moved[-1]


def _move_scores(z1, exp_a2, t, h):
    """Add up loss(+h) - loss(-h) for W2[j, k] and b2[k], which move score k by h z1[j] and h."""
    z = np.vstack([z1, np.ones(len(t))])
    move, rest = h * z[:, np.newaxis], exp_a2.sum(axis=0) - exp_a2
    ratio = (rest + exp_a2 * np.exp(move)) / (rest + exp_a2 * np.exp(-move))
    return np.log(ratio) @ t.sum(axis=1) - 2 * h * (z @ t)


def _arrays(units, classes, pairs, lit):
    """Make the arrays in which some hidden units are moved, all at once."""
    shapes = [(2, classes, pairs), (2, pairs), (2, pairs), (pairs,), (pairs,), (lit,)]
    return [np.empty((units, *shape)) for shape in shapes]


def _pairs(x):
    """Find the pairs (sample, value) in x, and where each is needed.

    Returns sample and value of every pair; then, for each number of x that is not 0, pixel
    by pixel, its pair; where each pixel's numbers begin; and the pixels that have any.
    """
    n = len(x)
    by_pixel = x.T.ravel()
    lit = np.flatnonzero(by_pixel != 0)
    pixel, sample = np.divmod(lit, n)
    values, rank = np.unique(by_pixel[lit], return_inverse=True)
    place = sample * len(values) + rank
    needed = np.zeros(n * len(values), dtype=bool)
    needed[place] = True
    pair_of = np.cumsum(needed)[place] - 1
    pair_sample, pair_rank = np.divmod(np.flatnonzero(needed), len(values))
    first = np.flatnonzero(np.diff(pixel, prepend=-1))
    return pair_sample, values[pair_rank], pair_of, first, pixel[first]


def _plain_loop(params, x, t, h):
    def loss(_):
        z1 = sigmoid(x @ params["W1"] + params["b1"])
        return softmax_with_loss(z1 @ params["W2"] + params["b2"], t)

    return {name: numerical_gradient(loss, weights, h) for name, weights in params.items()}
