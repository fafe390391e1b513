"""The checks of notebook 4.5.1, in its order."""

import copy

import numpy as np

from dlscratch.exercises.check import (
    Wrong,
    call,
    compare,
    exercise,
    filled,
    numbers,
    same,
    shape_of,
    unfilled,
)
from dlscratch.functions import sigmoid
from dlscratch.functions import softmax as right_softmax
from dlscratch.gradient import numerical_gradient
from dlscratch.two_layer_net import TwoLayerNet
from dlscratch.words import say


@exercise(
    lambda: [
        say("Divide exp(a) by its sum. What is the largest number that exp can take?"),
        say(
            "softmax stays the same when one number is subtracted from all scores of a row. "
            "Which number makes the largest exponent 0?"
        ),
        say("For a batch, take the maximum and the sum of each row: axis=-1 and keepdims=True."),
    ]
)
def check_softmax(report, softmax):
    """Check a softmax for one row of scores and for a batch.

    Parameters
    ----------
    softmax : callable
        softmax(a) takes scores (classes,) or (n, classes) and returns probabilities.
    """
    with report.part(say("one row of scores is next: divide exp(a) by its sum.")):
        y = _softmax_of(softmax, [1, 2, 3])
        if not same(y.sum(), 1):
            total = y.sum()
            raise Wrong(
                say(
                    "the probabilities of [1, 2, 3] sum to {total:.4g}: divide by their sum.",
                    total=total,
                )
            )
        right = right_softmax([1, 2, 3])
        otherwise = say(
            "[1, 2, 3] gives {y}; expected {right}. Where is exp?",
            y=y.round(3),
            right=right.round(3),
        )
        compare(y, right, {}, otherwise)
        report.right(say("[1, 2, 3] gives probabilities that sum to 1"))

    with report.part(say("large scores are next: what is exp(1000)?")):
        for scores in [1000, 1000], [-1000, -1000], [0, 2000], [0, -2000]:
            y, right = _softmax_of(softmax, scores), right_softmax(scores)
            if np.isnan(y).any():
                raise Wrong(
                    say(
                        "{scores} gives {y}. What does exp do there, and what is the sum?",
                        scores=scores,
                        y=y,
                    ),
                    say("Subtract a number from all scores, so that no exponent is above 0."),
                )
            otherwise = say(
                "{scores} gives {y}; expected {right}.", scores=scores, y=y, right=right
            )
            compare(y, right, {}, otherwise)
        report.right(say("scores of 1000 do not overflow"))

    with report.part(say("a batch is next: each row by itself, with axis=-1 and keepdims=True.")):
        for scores in [[1, 2, 3], [3, 1, 0]], [[1, 2, 3]], np.diag([1, 2, 3]):
            y, right = _softmax_of(softmax, scores), right_softmax(scores)
            if same(y.sum(), 1) and len(y) > 1:
                raise Wrong(
                    say("in a batch all rows together sum to 1, not each of them: which axis?")
                )
            if same(y.sum(axis=0), 1):
                raise Wrong(say("in a batch the columns sum to 1, not the rows: which axis?"))
            compare(y, right, {}, say("the rows of a batch are not what they are alone."))
        y = _softmax_of(softmax, [[0, 0], [2000, 2000]])
        otherwise = say(
            "in the batch [[0, 0], [2000, 2000]] the first row gives {y}: subtract from each row "
            "the largest score of that row.",
            y=y[0],
        )
        compare(y, np.full((2, 2), 0.5), {}, otherwise)
        y = _softmax_of(softmax, [[0, 5000], [3000, 0]])
        otherwise = say(
            "the batch [[0, 5000], [3000, 0]] gives {y}; expected [[0, 1], [1, 0]].", y=y.tolist()
        )
        compare(y, np.array([[0, 1], [1, 0]]), {}, otherwise)
        report.right(say("each row of a batch gives what it gives alone"))


def _softmax_of(softmax, scores):
    a = np.array(scores, dtype=float)
    return numbers(call(softmax, a), a.shape, f"softmax({np.array(scores).tolist()})")


@exercise(
    lambda: [
        say(
            "The error of one picture is -log of the probability of its right class. Take the mean."
        ),
        say("One-hot rows: t * np.log(y) leaves one number in each row. Add up, and divide by n."),
        say(
            "Labels have t.ndim 1: y[np.arange(n), t] picks from each row the column that t names."
        ),
    ]
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
    with report.part(say("one-hot rows are next: t * np.log(y) leaves one number in each row.")):
        one_hot = np.eye(3, dtype=int)[t]
        _judge_error(call(cross_entropy, y, one_hot), y, t, one_hot)
        report.right(say("one-hot rows"))
    with report.part(say("labels are next: pick from each row of y the column that t names.")):
        loss, three = call(cross_entropy, y[:3], t[:3]), -np.log([0.7, 0.6, 0.4]).mean()
        if same(numbers(loss, (), "cross_entropy(y, t)"), -(t[:3] * np.log(y[:3])).sum() / 3):
            raise Wrong(
                say(
                    "the error for t = [0, 1, 2] is {loss:.4g}; expected {three:.4g}.",
                    loss=loss,
                    three=three,
                ),
                say(
                    "No error is raised, since 3 labels fit 3 classes: but what does t * "
                    "np.log(y) do here?"
                ),
            )
        _judge_error(loss, y[:3], t[:3], t[:3])
        _judge_error(call(cross_entropy, y, t), y, t, t)
        report.right(say("labels"))
    with report.part(say("a probability of 0 is next: add 1e-7 before the logarithm.")):
        for answer, right in ([[1, 0]], 0), ([[0, 1]], -np.log(1e-7)), ([1], -np.log(1e-7)):
            loss = call(cross_entropy, np.array([[1.0, 0.0]]), np.array(answer))
            loss = numbers(loss, (), "cross_entropy(y, t)")
            values = {"answer": answer, "loss": loss, "right": right}
            if not np.isfinite(loss):
                raise Wrong(
                    say(
                        "y = [[1, 0]], t = {answer} gives {loss}: log(0) is -inf, and 0 * "
                        "log(0) is nan.",
                        **values,
                    ),
                    say("Add 1e-7 to y before the logarithm, as the book does."),
                )
            otherwise = say(
                "y = [[1, 0]], t = {answer} gives {loss:.4g}; with y + 1e-7 it is {right:.4g}.",
                **values,
            )
            if abs(loss - right) > 0.001:
                raise Wrong(otherwise)
        report.right(say("a probability of 0"))


def _judge_error(loss, y, t, answer):
    """Judge the error of a batch whose right classes are t, in the form `answer`."""
    n, right = len(y), -np.log(y[np.arange(len(y)), t]).mean()
    if shape_of(loss) == (n,):
        raise Wrong(say("{n} pictures give {n} numbers: the error of a batch is their mean.", n=n))
    loss = numbers(loss, (), "cross_entropy(y, t)")
    for slip, taken in {"y[:, t]": y[:, t], "y[t]": y[t]}.items():
        errors = -np.log(taken)
        if same(loss, errors.sum() / n) or same(loss, errors.mean()):
            raise Wrong(
                say(
                    "{slip} takes more than one number from each row of y: y[np.arange(n), t] "
                    "takes the one that t names.",
                    slip=slip,
                )
            )
    mistakes = {
        say(
            "the error is negative, since a probability's log is negative: change the sign."
        ): -right,
        say("the error of {n} pictures is {n} times too large: it is a mean, not a sum.", n=n): n
        * right,
        say(
            "the sum is divided by all {size} numbers of y: divide it by the {n} pictures.",
            n=n,
            size=y.size,
        ): (right * n / y.size),
        say("this is a logarithm to base 2; the error takes the natural one."): right / np.log(2),
        say("this is a logarithm to base 10; the error takes the natural one."): right / np.log(10),
    }
    values = {"answer": answer.tolist(), "loss": loss, "right": right}
    otherwise = say("the error for t = {answer} is {loss:.4g}; expected {right:.4g}.", **values)
    compare(loss, right, mistakes, otherwise)


@exercise(
    lambda: [
        say("x is (n, 784), and x @ W1 is (n, 100). Which shape must W1 have?"),
        say("A bias is added to every row of x @ W1: one number for each unit, and one axis only."),
        say(
            "An array of shape (rows, columns) holds rows * columns numbers. Add up all four "
            "arrays."
        ),
    ]
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
    for name, given in _named(shapes, right, "shapes").items():
        with report.part(say("{name} is next: how many rows, how many columns?", name=name)):
            _judge_shape(name, filled(given), right[name])
            report.right(name)
    with report.part(say("count is next: how many numbers do the four arrays hold together?")):
        mistakes = {
            say("count: the biases are parameters too."): 79_400,
            say("count: the second layer is missing."): 78_500,
            say("count: for the size of W1, multiply its rows by its columns."): 784
            + 3 * 100
            + 2 * 10,
        }
        otherwise = say("count: add up the sizes of all four arrays.")
        compare(numbers(count, (), "count"), 79_510, mistakes, otherwise)
        report.right(say("count, 784 * 100 + 100 + 100 * 10 + 10 = 79,510, most of it in W1"))


def _named(answer, right, what):
    """Return the learner's dict if it has the right names; each part may still be `...`."""
    if isinstance(answer, dict) and answer.keys() == right.keys():
        return {name: answer[name] for name in right}
    if answer is None or unfilled(answer):
        return dict.fromkeys(right, ...)
    raise Wrong(
        say("{what} must be a dict with the names {names}.", what=what, names=", ".join(right))
    )


def _judge_shape(name, given, right):
    """Say what is wrong with one of the four shapes."""
    bias = len(right) == 1
    if not isinstance(given, tuple):
        raise Wrong(
            say("the shape of {name} must be a tuple; with one axis, write it (3,).", name=name)
        )
    if len(given) != len(right):
        sentence = say(
            "{name} is a table from units to units: rows and columns, two axes.", name=name
        )
        if bias:
            sentence = say(
                "{name} is one number for each unit: it has one axis, not {axes}.",
                name=name,
                axes=len(given),
            )
        raise Wrong(sentence)
    given = tuple(numbers(given, (len(right),), f'shapes["{name}"]'))
    if given == right:
        return
    if given == right[::-1]:
        raise Wrong(
            say(
                "{name} has rows and columns exchanged: in x @ {name} its rows meet the columns "
                "of x.",
                name=name,
            )
        )
    sentence = say(
        "{name} has another size: it needs one number for each pair of units it connects.",
        name=name,
    )
    if bias:
        sentence = say(
            "{name} has another size: it needs one number for each unit of its layer.", name=name
        )
    raise Wrong(sentence)


@exercise(
    lambda: [
        say(
            "First keep the number that you are going to move: W = net.params[name], then W[index]."
        ),
        say("Write W[index] = value + h and take net.loss(x, t); then the same with value - h."),
        say(
            "Put W[index] = value back. Divide the difference of the losses by the way from -h "
            "to +h."
        ),
    ]
)
def check_one_weight(report, slope):
    """Check a central difference for one parameter of a network.

    Parameters
    ----------
    slope : callable
        slope(net, x, t, name, index, h) moves net.params[name][index] by h up and down and
        returns the slope of net.loss(x, t).
    """
    x = np.array([[1.0, -2.0, 0.5], [0.5, 1.0, 2.0], [-1.0, 0.5, 1.5]])
    t = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    # h is so large that the forward and the central difference are not the same.
    places = [("W1", (2, 3), 0.2), ("b2", (1,), 0.3), ("W2", (0, 1), 0.2), ("b1", (2,), 0.1)]
    nets = [TwoLayerNet(3, 4, 2, weight_init_std=1.0, rng=0) for _ in places]
    before = copy.deepcopy(nets[0].params)
    with report.part(
        say("the slope is next: the two losses, then their difference divided by 2 * h.")
    ):
        for net, (name, index, h) in zip(nets, places, strict=True):
            down, here, up = (_loss_moved(net, x, t, name, index, move) for move in (-h, 0, h))
            right = (up - down) / (2 * h)
            given = numbers(
                call(slope, net, x, t, name, index, h), (), "slope(net, x, t, name, index, h)"
            )
            mistakes = {
                say("/ 2 * h divides by 2 and then multiplies by h: write / (2 * h)."): right
                * h
                * h,
                say(
                    "the slope is 0: value + h is a new number; W[index] = ... changes the net."
                ): 0,
                say("the slope is twice too large: how far is it from -h to +h?"): 2 * right,
                say("the sign is wrong: take the loss at +h minus the loss at -h."): -right,
                say("this compares +h with no move at all; compare it with -h."): (up - here) / h,
                say("this compares -h with no move at all; compare it with +h."): (here - down) / h,
                say("the two losses are right, but their difference is not divided."): up - down,
            }
            otherwise = say(
                "{name}[{index}], h={h}: {given:.6f}; expected {right:.6f}.",
                name=name,
                index=", ".join(map(str, index)),
                h=h,
                given=given,
                right=right,
            )
            compare(given, right, mistakes, otherwise)
        report.right(say("the slope is the central difference"))
        for net, (name, index, _) in zip(nets, places, strict=True):
            _judge_restored(net.params, before, name, index)
        report.right(say("the network is what it was before"))


def _loss_moved(net, x, t, name, index, move):
    """Loss of a copy of the network with one parameter moved."""
    net = copy.deepcopy(net)
    net.params[name][index] += move
    return net.loss(x, t)


def _judge_restored(params, before, name, index):
    """Say how the parameters differ from what they were before the learner's function."""
    moved = params[name][index] - before[name][index]
    if abs(moved) > 1e-9:
        sentence = say(
            "afterwards the weight is {moved:.4g} too low: put its old value back.", moved=-moved
        )
        if moved > 0:
            sentence = say(
                "afterwards the weight is {moved:.4g} too high: put its old value back.",
                moved=moved,
            )
        raise Wrong(sentence)
    if any(not np.array_equal(params[key], before[key]) for key in before):
        raise Wrong(
            say(
                "the weight is not exactly what it was: adding and subtracting h loses digits; "
                "keep the old value and put that back."
            )
        )


@exercise(
    lambda: [
        say("Go backwards. The gradient of the loss for a2 is da2 = (y - t) / n."),
        say(
            "From a = z @ W + b follow three gradients: z.T @ da for W, the sum of da over the "
            "pictures for b, and da @ W.T for z."
        ),
        say(
            "The slope of sigmoid is z1 * (1 - z1), and da1 is that times the gradient for z1. "
            "Then W1 and b1 follow from x and da1 as W2 and b2 follow from z1 and da2."
        ),
    ]
)
def check_backprop(report, gradient):
    """Check backpropagation through the two-layer network against central differences.

    Parameters
    ----------
    gradient : callable
        gradient(net, x, t) takes a TwoLayerNet, samples and one-hot rows and returns a dict
        with the gradient of each parameter.
    """
    net, x, t = _small_net_and_batch(n=6)
    right = _central_differences(net, x, t)
    mistakes_W1 = _mistakes_in_W1(net, x, t)
    next_step = {  # nearest to the loss first
        "W2": say("W2 is next: z1.T @ da2, with da2 = (y - t) / n."),
        "b2": say("b2 is next: the sum of da2 over the pictures."),
        "W1": say("W1 is next: x.T @ da1, where da1 is da2 @ W2.T times the slope of sigmoid."),
        "b1": say("b1 is next: the sum of da1 over the pictures."),
    }
    grads = dict.fromkeys(right, ...)
    with report.part(next_step["W2"]):
        grads = _gradient_of(gradient, net, x, t)
    for name in next_step:
        with report.part(next_step[name]):
            extra = mistakes_W1 if name == "W1" else {}
            _judge_gradient(name, grads[name], right[name], len(x), extra)
            report.right(name)
    if report.next_step is None:
        net, x, t = _small_net_and_batch(n=2)
        grads, right = _gradient_of(gradient, net, x, t), _central_differences(net, x, t)
        for name in next_step:
            if not same(numbers(grads[name], right[name].shape, name), right[name]):
                raise Wrong(
                    say(
                        "{name} is right for 6 pictures and wrong for 2: divide by len(x).",
                        name=name,
                    )
                )


def _small_net_and_batch(n):
    rng = np.random.default_rng(0)
    net = TwoLayerNet(5, 4, 3, weight_init_std=1.0, rng=rng)
    net.params["b1"], net.params["b2"] = rng.standard_normal(4), rng.standard_normal(3)
    return net, rng.standard_normal((n, 5)), np.eye(3)[rng.integers(3, size=n)]


def _central_differences(net, x, t):
    """Return the gradient by the plain loop."""
    return {name: numerical_gradient(lambda _: net.loss(x, t), W) for name, W in net.params.items()}


def _gradient_of(gradient, net, x, t):
    """Return the learner's gradient by name, if it has left the network as it was."""
    before = copy.deepcopy(net.params)
    grads = call(gradient, net, x, t)
    for name, W in before.items():
        if not np.array_equal(W, net.params[name]):
            raise Wrong(
                say("{name} of the network is changed: only compute its gradient.", name=name)
            )
    return _named(grads, before, "gradient(net, x, t)")


def _judge_gradient(name, grad, right, n, more_mistakes):
    """Judge the gradient of one parameter."""
    if name[0] == "b" and shape_of(grad) == (n, *right.shape):
        raise Wrong(say("{name} has a row for each picture: take their sum.", name=name))
    grad = numbers(grad, right.shape, name)
    mistakes = {
        say(
            "{name} is {n} times too large with {n} pictures: the loss is a mean.", name=name, n=n
        ): n * right,
        say(
            "{name} is {n} times too small with {n} pictures: divide by n only once.",
            name=name,
            n=n,
        ): right / n,
        say("{name} has the wrong sign: is it y - t?", name=name): -right,
        **more_mistakes,
    }
    otherwise = say(
        "{name} differs from the central differences by up to {difference:.4g}.",
        name=name,
        difference=np.abs(grad - right).max(),
    )
    compare(grad, right, mistakes, otherwise)


def _mistakes_in_W1(net, x, t):
    """Return the gradient of W1 for the known mistakes in the slope of sigmoid."""
    W1, b1, W2, b2 = (net.params[name] for name in ("W1", "b1", "W2", "b2"))
    a1 = x @ W1 + b1
    z1 = sigmoid(a1)
    dz1 = (right_softmax(z1 @ W2 + b2) - t) / len(x) @ W2.T
    again = sigmoid(z1)
    return {
        say("W1: where is the slope of sigmoid?"): x.T @ dz1,
        say("W1: the slope of sigmoid is z1 * (1 - z1), with z1, not a1."): (
            x.T @ (dz1 * a1 * (1 - a1))
        ),
        say("W1: z1 is already sigmoid(a1), and here sigmoid is applied to it again."): (
            x.T @ (dz1 * again * (1 - again))
        ),
    }
