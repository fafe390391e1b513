"""The checks of notebook 4.5.1, exercises 1 to 3: softmax, its error, and the shapes."""

import numpy as np

from dlscratch.exercises.check import (
    Answer,
    Wrong,
    call,
    exercise,
    filled,
    named,
    number,
    numbers,
    same,
    shape_of,
)
from dlscratch.functions import softmax as right_softmax
from dlscratch.two_layer_net import TwoLayerNet
from dlscratch.words import say


@exercise(
    "Divide exp(a) by its sum. What is the largest number that exp can take?",
    "softmax stays the same when one number is subtracted from all scores of a row. "
    "Which number makes the largest exponent 0?",
    "For a batch, take the maximum and the sum of each row: axis=-1 and keepdims=True.",
)
def check_softmax(report, softmax):
    """Check a softmax for one row of scores and for a batch.

    Parameters
    ----------
    softmax : callable
        softmax(a) takes scores (classes,) or (n, classes) and returns probabilities.
    """
    with report.part("one row of scores is next: divide exp(a) by its sum."):
        y = _probabilities(softmax, [1, 2, 3])
        values = {"total": y.value.sum(), "y": y.value.round(3), "right": y.right.round(3)}
        if not same(y.value.sum(), 1):
            raise Wrong(
                "the probabilities of [1, 2, 3] sum to {total:.4g}: divide by their sum.", **values
            )
        if not y.is_right:
            raise Wrong("[1, 2, 3] gives {y}; expected {right}. Where is exp?", **values)
        report.right("[1, 2, 3] gives probabilities that sum to 1")

    with report.part("large scores are next: what is exp(1000)?"):
        for scores in [1000, 1000], [-1000, -1000], [0, 2000], [0, -2000]:
            y = _probabilities(softmax, scores)
            if np.isnan(y.value).any():
                raise Wrong(
                    "{scores} gives {y}. What does exp do there, and what is the sum?",
                    say("Subtract a number from all scores, so that no exponent is above 0."),
                    **y.values,
                )
            y.otherwise("{scores} gives {y}; expected {right}.")
        report.right("scores of 1000 do not overflow")

    with report.part("a batch is next: each row by itself, with axis=-1 and keepdims=True."):
        for scores in [[1, 2, 3], [3, 1, 0]], [[1, 2, 3]], np.diag([1, 2, 3]):
            y = _probabilities(softmax, scores)
            if same(y.value.sum(), 1) and len(scores) > 1:
                raise Wrong("in a batch all rows together sum to 1, not each of them: which axis?")
            if same(y.value.sum(axis=0), 1):
                raise Wrong("in a batch the columns sum to 1, not the rows: which axis?")
            y.otherwise("the rows of a batch are not what they are alone.")
        y = _probabilities(softmax, [[0, 0], [2000, 2000]])
        y.otherwise(
            "in the batch [[0, 0], [2000, 2000]] the first row gives {y[0]}: subtract from each "
            "row the largest score of that row."
        )
        y = _probabilities(softmax, [[0, 5000], [3000, 0]])
        if not y.is_right:
            raise Wrong(
                "the batch [[0, 5000], [3000, 0]] gives {y}; expected [[0, 1], [1, 0]].",
                y=y.value.tolist(),
            )
        report.right("each row of a batch gives what it gives alone")


def _probabilities(softmax, scores):
    """Return what the learner's function gives, beside the right probabilities."""
    a = np.array(scores, dtype=float)
    what = f"softmax({np.array(scores).tolist()})"
    y = numbers(call(softmax, a), a.shape, what)
    return Answer(y, right_softmax(a), scores=scores, y=y)


@exercise(
    "The error of one picture is -log of the probability of its right class. Take the mean.",
    "One-hot rows: t * np.log(y) leaves one number in each row. Add up, and divide by n.",
    "Labels have t.ndim 1: y[np.arange(n), t] picks from each row the column that t names.",
)
def check_cross_entropy(report, cross_entropy):
    """Check a cross-entropy error for one-hot rows and for integer labels.

    Parameters
    ----------
    cross_entropy : callable
        cross_entropy(y, t) takes probabilities (n, classes) and targets, one-hot rows
        (n, classes) or labels (n,), and returns one number.
    """
    y = np.array([[0.7, 0.2, 0.1], [0.15, 0.6, 0.25], [0.35, 0.25, 0.4], [0.8, 0.12, 0.08]])
    t = np.array([0, 1, 2, 1])
    with report.part("one-hot rows are next: t * np.log(y) leaves one number in each row."):
        one_hot = np.eye(3, dtype=int)[t]
        # As many pictures as classes: argmax(axis=0) raises no error here.
        loss = call(cross_entropy, y[:3], one_hot[[1, 2, 0]])
        if isinstance(loss, float) and same(loss, -np.log(y[[0, 1, 2], [2, 0, 1]]).mean()):
            raise Wrong(
                "t.argmax(axis=0) looks down a column, over all pictures: the 1 of a picture "
                "is in its row, axis=1."
            )
        _judge_error(call(cross_entropy, y, one_hot), y, t, one_hot)
        report.right("one-hot rows")
    with report.part("labels are next: pick from each row of y the column that t names."):
        loss = call(cross_entropy, y[:3], t[:3])
        if same(numbers(loss, (), "cross_entropy(y, t)"), -(t[:3] * np.log(y[:3])).sum() / 3):
            why = say(
                "No error is raised, since 3 labels fit 3 classes: but what does t * "
                "np.log(y) do here?"
            )
            values = {"loss": loss, "three": -np.log([0.7, 0.6, 0.4]).mean()}
            raise Wrong(
                "the error for t = [0, 1, 2] is {loss:.4g}; expected {three:.4g}.", why, **values
            )
        _judge_error(loss, y[:3], t[:3], t[:3])
        _judge_error(call(cross_entropy, y, t), y, t, t)
        report.right("labels")
    with report.part("a probability of 0 is next: add 1e-7 before the logarithm."):
        for answer, right in ([[1, 0]], 0), ([[0, 1]], -np.log(1e-7)), ([1], -np.log(1e-7)):
            loss = call(cross_entropy, np.array([[1.0, 0.0]]), np.array(answer))
            loss = numbers(loss, (), "cross_entropy(y, t)")
            values = {"answer": answer, "loss": loss, "right": right}
            if not np.isfinite(loss):
                raise Wrong(
                    "y = [[1, 0]], t = {answer} gives {loss}: log(0) is -inf, and 0 * "
                    "log(0) is nan.",
                    say("Add 1e-7 to y before the logarithm, as the book does."),
                    **values,
                )
            if abs(loss - right) > 0.001:
                raise Wrong(
                    "y = [[1, 0]], t = {answer} gives {loss:.4g}; with y + 1e-7 it is {right:.4g}.",
                    **values,
                )
        report.right("a probability of 0")


def _judge_error(loss, y, t, answer):
    """Judge the error of a batch whose right classes are t, in the form `answer`."""
    n, right = len(y), -np.log(y[np.arange(len(y)), t]).mean()
    if shape_of(loss) == (n,):
        raise Wrong("{n} pictures give {n} numbers: the error of a batch is their mean.", n=n)
    loss = numbers(loss, (), "cross_entropy(y, t)")
    for slip, taken in {"y[:, t]": y[:, t], "y[t]": y[t]}.items():
        errors = -np.log(taken)
        if same(loss, errors.sum() / n) or same(loss, errors.mean()):
            raise Wrong(
                "{slip} takes more than one number from each row of y: y[np.arange(n), t] "
                "takes the one that t names.",
                slip=slip,
            )
    error = Answer(loss, right, loss=loss, answer=answer.tolist(), n=n, size=y.size)
    error.mistake(
        "the error is negative, since a probability's log is negative: change the sign.", -right
    )
    error.mistake(
        "the error of {n} pictures is {n} times too large: it is a mean, not a sum.", right * n
    )
    error.mistake(
        "the sum is divided by all {size} numbers of y: divide it by the {n} pictures.",
        right * n / y.size,
    )
    error.mistake(
        "this is a logarithm to base 2; the error takes the natural one.", right / np.log(2)
    )
    error.mistake(
        "this is a logarithm to base 10; the error takes the natural one.", right / np.log(10)
    )
    error.otherwise("the error for t = {answer} is {loss:.4g}; expected {right:.4g}.")


@exercise(
    "x is (n, 784), and x @ W1 is (n, 100). Which shape must W1 have?",
    "A bias is added to every row of x @ W1: one number for each unit, and one axis only.",
    "An array of shape (rows, columns) holds rows * columns numbers. Add up all four arrays.",
)
def check_shapes(report, shapes, count):
    """Check the shapes and the number of the parameters of a 784-100-10 network.

    Parameters
    ----------
    shapes : dict of str to tuple
        The shapes of "W1", "b1", "W2" and "b2".
    count : int
        How many numbers they hold together.
    """
    right = {name: values.shape for name, values in TwoLayerNet(784, 100, 10).params.items()}
    for name, given in named(shapes, right, "shapes").items():
        with report.part("{name} is next: how many rows, how many columns?", name):
            _judge_shape(name, filled(given), right[name])
    with report.part("count is next: how many numbers do the four arrays hold together?"):
        total = number("count", count, 79_510)
        total.mistake("the biases are parameters too.", 79_400)
        total.mistake("the second layer is missing.", 78_500)
        total.mistake("for the size of W1, multiply its rows by its columns.", 1_104)
        total.otherwise("add up the sizes of all four arrays.")
        report.right("count, 784 * 100 + 100 + 100 * 10 + 10 = 79,510, most of it in W1")


def _judge_shape(name, given, right):
    """Say what is wrong with one of the four shapes."""
    bias = len(right) == 1
    if not isinstance(given, tuple):
        raise Wrong("the shape of {name} must be a tuple; with one axis, write it (3,).", name=name)
    values = {"name": name, "axes": len(given)}
    if len(given) != len(right) and bias:
        raise Wrong("{name} is one number for each unit: it has one axis, not {axes}.", **values)
    if len(given) != len(right):
        raise Wrong("{name} is a table from units to units: rows and columns, two axes.", **values)
    given = numbers(given, (len(right),), f'shapes["{name}"]')
    shape = Answer(given, right, name=name)
    shape.mistake(
        "{name} has rows and columns exchanged: in x @ {name} its rows meet the columns of x.",
        right[::-1],
    )
    if bias:
        shape.otherwise("{name} has another size: it needs one number for each unit of its layer.")
    shape.otherwise(
        "{name} has another size: it needs one number for each pair of units it connects."
    )
