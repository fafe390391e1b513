"""The checks of notebook 4.5.3, in its order."""

import numpy as np

from dlscratch.exercises.check import Answer, Wrong, call, exercise, filled, number, numbers
from dlscratch.words import say


@exercise(
    "An epoch is over when as many pictures have been drawn as there are.",
    "1,000 pictures in batches of 300: three batches are 900 pictures, so it takes a fourth.",
    "np.ceil rounds up, and int(...) makes an int of its result. complete: divide "
    "10,000 by the iterations of one epoch, and leave out the epoch that is only begun.",
)
def check_epochs(report, iterations_per_epoch, complete):
    """Check the arithmetic of epochs.

    Parameters
    ----------
    iterations_per_epoch : callable
        iterations_per_epoch(n, batch_size) returns the iterations of an epoch, an int.
    complete : int
        Epochs that 10,000 iterations complete, with 60,000 samples in batches of 100.
    """
    with report.part(
        "iterations_per_epoch is next: how many batches hold all pictures?", "iterations_per_epoch"
    ):
        cases = [(60_000, 100), (60_000, 128), (60_000, 70), (10, 20), (100_001, 50_000)]
        for given in [_iterations(iterations_per_epoch, *case) for case in cases]:
            if not isinstance(given, (int, np.integer)):
                kind = type(given).__name__
                raise Wrong("the numbers are right, but of type {kind}; make them int.", kind=kind)
    with report.part("complete is next: how often do 600 iterations fit into 10,000?"):
        complete = number("complete", complete, 16, rtol=0.001)
        complete.mistake("the 17th epoch has begun, but is it complete?", 17)
        complete.mistake("only whole epochs count.", 10_000 / 600)
        complete.mistake("you divided by the batch size; how many iterations are an epoch?", 100)
        complete.otherwise("how often do 600 iterations fit into 10,000?")
        report.right("complete, 16 epochs, and 400 iterations of the next")


def _iterations(iterations_per_epoch, n, batch_size):
    """Return the number of iterations of one epoch, if it is right."""
    given = call(iterations_per_epoch, n, batch_size)
    value = float(numbers(given, (), f"iterations_per_epoch({n}, {batch_size})"))
    right = -(-n // batch_size)
    values = {"n": n, "batch_size": batch_size, "value": value}
    case = say("{n:,} samples in batches of {batch_size:,} give {value:g} iterations.", **values)
    missing = n - batch_size * (right - 1)
    answer = Answer(value, right, rtol=0, label=f"{case}\n", missing=missing)
    answer.mistake("Samples that are still missing to an epoch: {missing}.", right - 1)
    answer.mistake("That is one too many.", right + 1)
    answer.mistake("Can an iteration be done in part?", n / batch_size)
    answer.otherwise("Expected {right}.")
    return given


@exercise(
    "In each run, compare the last numbers of the two losses.",
    "A run that is bad on both has not learned enough; in one that overfits, the two move apart.",
    "stop_at is the iteration at which the smallest of that run's test losses stands: "
    "iterations[np.argmin(test_losses)].",
)
def check_overfitting(report, runs, overfits, stop_at):
    """Check which run overfits, and when it should have been stopped.

    Parameters
    ----------
    runs : dict of str to (list, list, list)
        For each run some iterations, and the loss on training and on test data after them.
    overfits : str
        The run that overfits.
    stop_at : int
        The iteration after which its loss on test data rises.
    """
    if not isinstance(runs, dict) or not runs:
        raise ValueError("runs must be a dict with a name and three lists for each run")
    runs = {name: _losses(name, lists) for name, lists in runs.items()}
    gap = {name: test[-1] - train[-1] for name, (_, train, test) in runs.items()}
    right = max(gap, key=gap.get)
    iterations, train, test = runs[right]
    with report.part("overfits is next: in which run do the two losses end furthest apart?"):
        _judge_run(filled(overfits), right, runs, gap)
        report.right("overfits, its two losses end {gap:.2f} apart", gap=gap[right])
    with report.part("stop_at is next: at which iteration is the loss on test data lowest?"):
        best = int(iterations[test.argmin()])
        stop_at = number("stop_at", stop_at, best)
        stop_at.mistake("that is a place in the list; which iteration stands there?", test.argmin())
        stop_at.mistake(
            "there the training loss is lowest; is it the best for new digits?",
            iterations[train.argmin()],
        )
        stop_at.mistake("that is the loss; at which iteration is it so low?", test.min())
        stop_at.otherwise("at which iteration is the loss on test data lowest?")
        report.right("stop_at, after iteration {best} only the training loss falls", best=best)


def _losses(name, lists):
    """Return the three lists of a run as an array (3, moments)."""
    try:
        iterations, train, test = (np.asarray(values, dtype=float) for values in lists)
        if train.ndim == 1 and iterations.shape == train.shape == test.shape and train.size:
            return np.stack([iterations, train, test])
    except (TypeError, ValueError):
        pass
    raise ValueError(
        f"runs[{name!r}] is {lists!r}; expected three lists of as many numbers: iterations, and "
        "the losses on training and on test data"
    )


def _judge_run(given, right, runs, gap):
    """Judge the name of the run that overfits."""
    if not isinstance(given, str) or given not in runs:
        names = ", ".join(map(repr, runs))
        raise Wrong("overfits: expected one of {names}.", names=names)
    if given == right:
        return
    if given == max(runs, key=lambda name: runs[name][1, -1]):
        raise Wrong(
            "overfits: run {name} is bad on training data too: it has not learned enough.",
            name=given,
        )
    raise Wrong(
        "overfits: at the end of run {name} the two are {gap:.2f} apart, and in another run "
        "they are further apart.",
        name=given,
        gap=gap[given],
    )


@exercise(
    "A row is what the digit is, a column is what it was read as. On the diagonal they agree.",
    "pair: leave out the diagonal. share: of the pictures that are a 2, look at row 2 only.",
    "accuracy: the sum of the diagonal, divided by the sum of all. share: one number of "
    "row 2, divided by the sum of row 2.",
)
def check_confusion(report, counts, accuracy, pair, share):
    """Check what was read from a confusion matrix.

    Parameters
    ----------
    counts : array_like of int, shape (classes, classes)
        The matrix. Row: what it is; column: what it was read as.
    accuracy : float
        Share of all pictures that were read correctly.
    pair : (int, int)
        The most frequent mistake: what it is, what it was read as.
    share : float
        Share of the pictures of a 2 that were read as a 2.
    """
    counts = np.asarray(counts)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or len(counts) < 3:
        raise ValueError(
            f"counts has shape {counts.shape}; expected (classes, classes), at least 3 classes"
        )
    if counts.dtype.kind not in "iuf" or not (counts.sum(axis=1) > 0).all():
        raise ValueError("counts must hold numbers, and at least one picture in every row")
    total, good = counts.sum(), counts.trace()
    with report.part("accuracy is next: the right answers are on the diagonal.", "accuracy"):
        right = good / total
        accuracy = number("accuracy", accuracy, right, rtol=0.0007)
        accuracy.mistake("that is the number of right answers; what is their share?", good)
        accuracy.mistake("that is in percent; a share is between 0 and 1.", 100 * right)
        accuracy.mistake("that is the share of the wrong answers.", 1 - right)
        accuracy.mistake(
            "that is the mean of the shares of the rows; but a row with more pictures counts more.",
            np.mean(counts.diagonal() / counts.sum(axis=1)),
        )
        accuracy.mistake(
            "give three digits after the point, or let Python divide.", round(right, 2)
        )
        accuracy.otherwise("the right answers are on the diagonal. What is their share of all?")
    with report.part("pair is next: look for the largest number beside the diagonal.", "pair"):
        given = numbers(pair, (2,), "pair")
        if given[0] == given[1]:
            raise Wrong("pair: that is on the diagonal, where nothing is wrong.")
        wrong = counts - np.diag(counts.diagonal())
        most_frequent = np.argwhere(wrong == wrong.max()).tolist()
        if given.tolist() not in most_frequent:
            if given[::-1].tolist() in most_frequent:
                raise Wrong("pair: these two are the other way round; the row comes first.")
            raise Wrong("pair: beside the diagonal there is a larger number.")
    with report.part("share is next: look at row 2 only.", "share"):
        twos, row, column = counts[2, 2], counts[2].sum(), counts[:, 2].sum()
        right = twos / row
        share = number("share", share, right, rtol=0.0007)
        share.mistake("that is the share of 2s among all that was read as a 2.", twos / column)
        share.mistake("you divided by all pictures; only row 2 counts.", twos / total)
        share.mistake("that is in percent; a share is between 0 and 1.", 100 * right)
        share.mistake("give three digits after the point, or let Python divide.", round(right, 2))
        share.otherwise("look at row 2. Which of its numbers are right, and what is its sum?")
