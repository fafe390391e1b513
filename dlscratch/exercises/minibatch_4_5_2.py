"""The checks of notebook 4.5.2, in its order."""

import numpy as np

from dlscratch.exercises.check import Wrong, call, exercise, filled, number, numbers, shape_of
from dlscratch.training import Trainer
from dlscratch.two_layer_net import TwoLayerNet
from dlscratch.words import say


@exercise(
    "Draw row numbers first: rng.choice(how_many, batch_size). How many rows are there?",
    "Each picture must keep its answer: the same row numbers for x and for t.",
    "Keep the row numbers in batch_mask, index both arrays with it, and return the two results.",
)
def check_batch(report, batch):
    """Check a function that draws a mini-batch.

    Parameters
    ----------
    batch : callable
        batch(x, t, batch_size, rng) returns x_batch and t_batch, drawn with the generator rng.
    """
    with report.part("x_batch is next: rows of x, with row numbers drawn by rng."):
        _rows_drawn(batch, "x_batch", seed=0, batch_size=5)
        batches = [_rows_drawn(batch, "x_batch", seed) for seed in range(400)]
        _judge_chance(batches)
        if _rows_drawn(batch, "x_batch", seed=0) != batches[0]:
            raise Wrong(
                "the same seed gives two different batches: draw with the rng that is given."
            )
        report.right("every picture has the same chance")
        report.right("the same seed draws the same pictures")
    with report.part("t_batch is next: the rows of t with the row numbers of x_batch."):
        _rows_drawn(batch, "t_batch", seed=0, batch_size=5)
        for seed, rows in enumerate(batches[:100]):
            if _rows_drawn(batch, "t_batch", seed) != rows:
                raise Wrong(
                    "the answers belong to other pictures: draw the row numbers once, and use "
                    "them for x and for t."
                )
        report.right("the pictures keep their answers")


ROWS = np.arange(30.0)
X = np.stack([ROWS, ROWS**2], axis=1)
T = np.stack([ROWS, 100 - ROWS], axis=1)


def _rows_drawn(batch, name, seed, batch_size=8):
    """Return the row numbers of the x_batch or the t_batch that the learner's function draws."""
    pair = call(batch, X.copy(), T.copy(), batch_size, np.random.default_rng(seed))
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        filled(pair)
        raise Wrong("return two arrays: return x_batch, t_batch")
    drawn, source = (pair[0], X) if name == "x_batch" else (pair[1], T)
    shape = shape_of(drawn)
    if shape is None or shape[:1] != (batch_size,):
        values = {"batch_size": batch_size, "name": name, "shape": shape}
        raise Wrong(
            "with batch_size={batch_size}, {name} has the shape {shape}: how many rows?", **values
        )
    drawn = numbers(drawn, (batch_size, 2), name)
    equal = (drawn[:, np.newaxis] == source).all(axis=2)
    if not equal.any(axis=1).all():
        raise Wrong("{name} has a row that is not in {source}.", name=name, source=name[0])
    return equal.argmax(axis=1).tolist()


def _judge_chance(batches):
    """Say what is wrong if not every row has the same chance, in every place of a batch."""
    first, n = batches[0], len(ROWS)
    if all(rows == first for rows in batches):
        raise Wrong("every call gives the rows {rows}: draw them with rng.", rows=first)
    drawn = np.bincount(np.ravel(batches), minlength=n)
    if drawn.min() == 0:
        never = int(np.flatnonzero(drawn == 0)[-1])
        raise Wrong(
            "of {n} rows, row {never} is never drawn: from how many do you draw?", n=n, never=never
        )
    if all(len(set(rows)) < len(rows) for rows in batches):
        raise Wrong(
            "every batch has a picture twice, as in the rows {rows}: draw each row by itself.",
            rows=first,
        )
    if all(len(set(np.diff(rows) % n)) == 1 for rows in batches):
        raise Wrong(
            "a batch is a block of neighbours, as the rows {rows}: draw each row by itself.",
            rows=first,
        )
    if drawn.min() < 0.5 * drawn.mean() or drawn.max() > 1.7 * drawn.mean():  # 5 sigma
        raise Wrong(
            "row {often} is drawn far more often than row {rarely}: all need the same chance.",
            often=int(drawn.argmax()),
            rarely=int(drawn.argmin()),
        )


@exercise(
    "The numerical gradient needs two losses for each parameter, biases included.",
    "The network has 79,510 parameters. What do the losses of one iteration take together?",
    "Multiply by 1,000 iterations, and divide by the 3,600 seconds of an hour. 0.3 ms is 0.0003 s.",
)
def check_run_time(report, losses, hours):
    """Check how long 1,000 iterations of the plain loop take for a 784-100-10 network.

    Parameters
    ----------
    losses : int
        Losses that one numerical gradient computes.
    hours : float
        Time of 1,000 iterations if one loss takes 0.3 ms.
    """
    with report.part(
        "losses is next: two losses for each parameter. How many parameters?", "losses"
    ):
        losses = number("losses", losses, 159_020)
        losses.mistake("that is the number of parameters. How many losses does each take?", 79_510)
        losses.mistake("the biases are parameters too.", 2 * 79_400)
        losses.mistake("that is for 50 hidden units; this network has 100.", 79_520)
        losses.otherwise("how many parameters are there, and how many losses does each take?")
    with report.part("hours is next: how many seconds does one iteration take?"):
        seconds = 159_020 * 0.0003
        hours = number("hours", hours, 1000 * seconds / 3600, rtol=0.01)
        if hours.value != 13:  # whole hours are good enough
            hours.mistake("that is the time in seconds.", 1000 * seconds)
            hours.mistake("that is the time in minutes.", 1000 * seconds / 60)
            hours.mistake("that is the seconds of one iteration.", seconds)
            hours.mistake("that is the time of 10,000 iterations.", 10_000 * seconds / 3600)
            hours.otherwise("how many seconds does one iteration take, and how many do 1,000 take?")
        report.right("hours, about 13 for 1,000 iterations, and the book asks for 10,000")


@exercise(
    "Draw loss_curve(0.1), then go up and down in factors of 10.",
    "A very small step changes the loss very little: go down from 0.1 for the one that crawls.",
    "A step that is far too large jumps over the lowest point and ends higher: go up "
    "from 1 in factors of 10, and look at the end of the curve.",
)
def check_learning_rates(report, crawls, diverges, train):
    """Check a learning rate that is too small and one that is too large.

    Parameters
    ----------
    crawls : float
        With it, 200 iterations change the loss by less than 0.1.
    diverges : float
        With it, the loss after 200 iterations is higher than at the start.
    train : (x, t)
        The training data; the first 6,000 samples are used.
    """
    if not isinstance(train, (tuple, list)) or len(train) != 2:
        raise ValueError("train must be a pair of arrays: (x_train, t_train)")
    with report.part("crawls is next: go down from 0.1 in factors of 10."):
        start, peak, end = _losses("crawls", crawls, train)
        path, item = _said("crawls", start, end)
        if end > start + 0.1:
            raise Wrong(path, say("Are the two in the right order?"))
        if end < start - 0.1:
            raise Wrong(path, say("With this rate it learns: try a smaller one."))
        report.right(item)
    with report.part("diverges is next: go up from 1 in factors of 10."):
        start, peak, end = _losses("diverges", diverges, train)
        path, item = _said("diverges", start, end)
        if abs(end - start) < 0.1 and peak > start + 1:
            flat = say(
                "On its way it rises to {peak:.1f}: the steps are too long, and then the "
                "sigmoids are flat, so that nothing moves. Try a far larger one.",
                peak=peak,
            )
            raise Wrong(path, flat)
        if abs(end - start) < 0.1:
            raise Wrong(path, say("With this rate it crawls: try a far larger one."))
        if end < start:
            raise Wrong(path, say("With this rate it still learns: try a larger one."))
        report.right(item)


def _said(name, start, end):
    """Say where a learning rate leads: as a sentence, and as an item of a list."""
    far = {"name": name, "start": start, "end": end}
    path = say("{name}: in 200 iterations the loss goes from {start:.2f} to {end:.2f}.", **far)
    return path, say("{name}, the loss goes from {start:.2f} to {end:.2f}", **far)


def _losses(name, rate, train):
    """Loss before the first of 200 iterations, the highest, and the mean of the last 20."""
    rate = float(numbers(rate, (), name))
    if not 0 < rate < np.inf:
        raise Wrong(
            "{name} is {rate:g}; a learning rate is a number above 0.", name=name, rate=rate
        )
    x, t = (np.asarray(part)[:6000] for part in train)
    trainer = Trainer(TwoLayerNet(x.shape[1], 50, 10, rng=0), (x, t), learning_rate=rate, rng=0)
    start = trainer.net.loss(x, t)
    try:
        losses = [trainer.step() for _ in range(200)]
        return start, max(losses), np.mean(losses[-20:])
    except FloatingPointError:
        return start, np.inf, np.inf
