"""The checks of notebook 4.5.2, in its order."""

import numpy as np

from dlscratch.exercises.check import Wrong, call, compare, exercise, filled, judge_line, numbers
from dlscratch.training import Trainer
from dlscratch.two_layer_net import TwoLayerNet


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
        _rows_of_x(batch, 0, batch_size=5)
        batches = [_rows_of_x(batch, seed) for seed in range(100)]
        if all(rows == batches[0] for rows in batches):
            rows = batches[0]
            raise Wrong("every call gives the rows {rows}: draw them with rng.", rows=rows)
        if _rows_of_x(batch, 0) != batches[0]:
            raise Wrong(
                "the same seed gives two different batches: draw with the rng that is given."
            )
        report.right("the same seed draws the same pictures")
        never = sorted(set(range(N_ROWS)).difference(*batches))
        if never:
            sentence = "of {n} rows, row {row} is never drawn: from how many do you draw?"
            raise Wrong(sentence, n=N_ROWS, row=never[-1])
        report.right("every picture can be drawn")
    with report.part("t_batch is next: the rows of t with the row numbers of x_batch."):
        _rows_of_t(batch, 0, batch_size=5)
        if any(_rows_of_t(batch, seed) != rows for seed, rows in enumerate(batches)):
            raise Wrong(
                "the answers belong to other pictures: draw the row numbers once, and use them "
                "for x and for t."
            )
        report.right("the pictures keep their answers")


N_ROWS = 30  # of the data for `check_batch`: row i is [i, i * i], and its answer 100 + i


def _drawn(batch, place, name, seed, batch_size):
    """Return x_batch (place 0) or t_batch (place 1), if it has the right number of rows."""
    rows = np.arange(N_ROWS)
    x = np.stack([rows, rows**2], axis=1).astype(float)
    pair = call(batch, x, 100 + rows, batch_size, np.random.default_rng(seed))
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        filled(pair)
        raise Wrong("return two arrays: return x_batch, t_batch")
    drawn = filled(pair[place])
    if np.shape(drawn)[:1] != (batch_size,):
        raise Wrong(
            "with batch_size={batch_size}, {name} has the shape {shape}: how many rows?",
            batch_size=batch_size,
            name=name,
            shape=np.shape(drawn),
        )
    return drawn


def _rows_of_x(batch, seed, batch_size=8):
    x_batch = _drawn(batch, 0, "x_batch", seed, batch_size)
    x_batch = numbers(x_batch, (batch_size, 2), "x_batch")
    return [int(row) for row in x_batch[:, 0]]


def _rows_of_t(batch, seed, batch_size=8):
    t_batch = _drawn(batch, 1, "t_batch", seed, batch_size)
    return [int(label) - 100 for label in numbers(t_batch, (batch_size,), "t_batch")]


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
    with report.part("losses is next: two losses for each parameter. How many parameters?"):
        mistakes = {
            "losses: that is the number of parameters. How many losses does each take?": 79_510,
            "losses: the biases are parameters too.": 2 * 79_400,
            "losses: that is for 50 hidden units; this network has 100.": 79_520,
        }
        otherwise = "losses: how many parameters are there, and how many losses does each take?"
        compare(numbers(losses, (), "losses"), 159_020, mistakes, otherwise)
        report.right("losses")
    with report.part("hours is next: how many seconds does one iteration take?"):
        seconds = 159_020 * 0.0003
        mistakes = {
            "hours: that is the time in seconds.": 1000 * seconds,
            "hours: that is the time in minutes.": 1000 * seconds / 60,
            "hours: that is the seconds of one iteration.": seconds,
            "hours: that is the time of 10,000 iterations.": 10_000 * seconds / 3600,
        }
        otherwise = "hours: how many seconds does one iteration take, and how many do 1,000 take?"
        hours = numbers(hours, (), "hours")
        compare(hours, 1000 * seconds / 3600, mistakes, otherwise, rtol=0.02)
        report.right("hours, about 13 for 1,000 iterations, and the book asks for 10,000")


@exercise(
    "Draw loss_curve(0.1), then go up and down in factors of 10.",
    "A very small step changes the loss very little: go down from 0.1 for the one that crawls.",
    "A step that is far too large jumps across the valley and lands higher up: go up from 1 in "
    "factors of 10, and look at the end of the curve.",
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
    path = "{name}: in 200 iterations the loss goes from {start:.2f} to {end:.2f}."
    item = "{name}, the loss goes from {start:.2f} to {end:.2f}"
    with report.part("crawls is next: go down from 0.1 in factors of 10."):
        start, end = _losses("crawls", crawls, train)
        values = {"name": "crawls", "start": start, "end": end}
        if end > start + 0.1:
            raise Wrong(path, "Are the two in the right order?", **values)
        if end < start - 0.1:
            raise Wrong(path, "With this rate it learns: try a smaller one.", **values)
        report.right(item, **values)
    with report.part("diverges is next: go up from 1 in factors of 10."):
        start, end = _losses("diverges", diverges, train)
        values = {"name": "diverges", "start": start, "end": end}
        if abs(end - start) < 0.1:
            raise Wrong(path, "With this rate it crawls: try a far larger one.", **values)
        if end < start:
            raise Wrong(path, "With this rate it still learns: try a larger one.", **values)
        report.right(item, **values)


def _losses(name, rate, train):
    """Loss before the first of 200 iterations, and the mean of the last 20 losses."""
    rate = float(numbers(rate, (), name))
    if not 0 < rate < np.inf:
        sentence = "{name} is {rate:g}; a learning rate is a number above 0."
        raise Wrong(sentence, name=name, rate=rate)
    x, t = (np.asarray(part)[:6000] for part in train)
    trainer = Trainer(TwoLayerNet(x.shape[1], 50, 10, rng=0), (x, t), learning_rate=rate, rng=0)
    start = trainer.net.loss(x, t)
    try:
        return start, np.mean([trainer.step() for _ in range(200)][-20:])
    except FloatingPointError:
        return start, np.inf


@exercise(
    "With 9 pictures the same function stops with an error. In which line?",
    "Print the shapes of y and t. What does NumPy do with (10, 10) and (10,)?",
    "NumPy takes t for one row, the same for all pictures. Which line combines y and t?",
)
def check_label_bug(report, line):
    """Check which line is silently wrong for integer labels at a batch of 10."""
    judge_line(
        *(report, line, 7, 9),
        near={
            6: "y is right: ten rows that sum to 1. The labels come in later.",
            8: "this line is right if da2 is, and t does not appear in it.",
            9: "this line is right if da1 and da2 are, and t does not appear in it.",
        },
        look="In which line are the labels used, and which shapes meet?",
        right=(
            "t is (10,), so NumPy subtracts the label of picture k from column k of every row of y",
            "make rows of it first, t = np.eye(10)[t], and every batch size is right",
        ),
    )


@exercise(
    "Compare x before and after: which number is another one, and by how much?",
    "The interruption came out of a call of f. Which lines after that call were not reached?",
    "Only one of these lines repairs x. It belongs into a finally block, which always runs.",
)
def check_interrupt_bug(report, line):
    """Check which line of a numerical gradient an interruption must not skip."""
    judge_line(
        *(report, line, 9, 11),
        near={
            5: "this line has to move the number. Which line should undo it?",
            6: "an interruption may come in f at any time. What is not done after it?",
            7: "this line has to move the number back and down. Which line should undo it?",
            8: "an interruption may come in f at any time. What is not done after it?",
        },
        look="Which line should have run, and was skipped?",
        right=(
            "the line that puts the number back was skipped, and the weight keeps the h",
            "try: ... finally: x[idx] = value puts it back whatever happens",
        ),
    )


@exercise(
    "Print iter_per_epoch. Is it a number of iterations?",
    "i is 0, 1, 2, ... When is the remainder of i divided by 468.75 exactly 0?",
    "A number of iterations is whole. Which line makes one that is not?",
)
def check_epoch_bug(report, line):
    """Check which line makes epochs of a training loop go missing."""
    judge_line(
        *(report, line, 2, 7),
        near={
            4: "i counts the iterations, 0, 1, 2, ..., as it should.",
            5: "this line is right for a whole number of iterations. Is iter_per_epoch one?",
            6: "i is recorded whenever line 5 says so. Why does it say so too seldom?",
        },
        look="Print iter_per_epoch, and i % iter_per_epoch for some i.",
        right=(
            "60,000 / 128 is 468.75, so the remainder is 0 only every fourth time, at 1875, 3750, "
            "...",
            "round up, int(np.ceil(train_size / batch_size)), and no epoch is lost",
        ),
    )
