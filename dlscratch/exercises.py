"""Checks that answer the exercises of the notebooks.

`check_softmax(my_softmax)` prints "right", or "not yet" with the first thing to look at, or "not
attempted" while a `...` is left in the answer. `hint=1`, `2` or `3` adds a hint; each says more.

Inside, a check goes through its cases in the order in which one should look at them. It yields
what is right, and raises `_Wrong` at the first fault. It works on data of its own, so that
nothing of the learner's is changed.
"""

import copy
import functools
import inspect
import traceback

import numpy as np

from dlscratch.functions import sigmoid, softmax
from dlscratch.gradient import numerical_gradient
from dlscratch.training import Trainer
from dlscratch.two_layer_net import TwoLayerNet


class _Wrong(Exception):
    """The answer is wrong; the message is the first thing to look at."""


class _NotAttempted(Exception):
    """A `...` is left in the answer."""


def _exercise(*hints):
    """Turn a generator that judges an answer into a check that prints its verdict."""

    def decorate(judge):
        signature = inspect.signature(judge)

        @functools.wraps(judge)
        def check(*args, hint=0, **kwargs):
            answers = signature.bind(*args, **kwargs).args
            if hint not in range(len(hints) + 1):
                raise ValueError(f"hint is {hint!r}; expected 1 to {len(hints)}")
            right = []
            try:
                if any(answer is None or _unfilled(answer) for answer in answers):
                    raise _NotAttempted
                for part in judge(*answers):
                    right.append(part)
                print(f"right: {'; '.join(right)}.")
            except _NotAttempted:
                print("not attempted: replace each ... by your answer (hint=1 gives a hint).")
            except _Wrong as fault:
                print(f"not yet: {fault}")
                if right:
                    print(f"right so far: {'; '.join(right)}")
            if hint:
                print(f"hint {hint} of {len(hints)}: {hints[hint - 1]}")

        parameter = inspect.Parameter("hint", inspect.Parameter.KEYWORD_ONLY, default=0)
        parameters = [*signature.parameters.values(), parameter]
        check.__signature__ = signature.replace(parameters=parameters)
        return check

    return decorate


def _unfilled(answer):
    """Whether the answer, or a part of it, is still the `...` of the cell."""
    if isinstance(answer, dict):
        return any(_unfilled(part) for part in answer.values())
    return answer is ... or (isinstance(answer, (tuple, list)) and any(map(_unfilled, answer)))


def _call(function, *args):
    """Call the learner's function; say what stops it, or what it should not have done."""
    if not callable(function):
        kind = type(function).__name__
        raise _Wrong(f"give the check the function itself, its name without brackets, no {kind}")
    name = getattr(function, "__name__", "the function")
    before = copy.deepcopy(args)
    try:
        with np.errstate(all="ignore"):  # the check says itself what is wrong with a nan
            result = function(*args)
    except Exception as error:
        if "ellipsis" in str(error):
            raise _NotAttempted from None
        shapes = " and ".join(str(a.shape) for a in args if isinstance(a, np.ndarray))
        given = f", given arrays of shape {shapes}," if shapes else ""
        fault = f"{type(error).__name__}: {error}{_place(error, function)}"
        raise _Wrong(f"{name}{given} stops with {fault}") from None
    if _unfilled(result):
        raise _NotAttempted
    if result is None:
        raise _Wrong(f"{name} returns None: does its last line begin with return?")
    for was, now in zip(before, args, strict=True):
        if isinstance(now, np.ndarray) and not np.array_equal(was, now):
            raise _Wrong(
                f"{name} changes the array it is given: a -= b, a[...] = b and rng.shuffle(a) "
                f"work on that array itself, a - b makes a new one"
            )
    return result


def _place(error, function):
    """Say in which line of the learner's cell an error arose, if it did there."""
    file = getattr(getattr(function, "__code__", None), "co_filename", None)
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
    if not frames:
        return ""
    line = f": {frames[-1].line}" if frames[-1].line else ""
    return f" (line {frames[-1].lineno} of the cell{line})"


def _numbers(value, shape, what):
    """Return the learner's value as an array of floats, if it is one of that shape."""
    try:
        value = np.asarray(value, dtype=float)
    except (TypeError, ValueError, OverflowError):
        raise _Wrong(f"{what} is of type {type(value).__name__}; expected numbers") from None
    if value.shape != shape:
        expected = f"shape {shape}" if shape else "one number"
        raise _Wrong(f"{what} has shape {value.shape}; expected {expected}")
    return value


def _same(a, b, rtol=1e-5):
    return np.allclose(a, b, rtol=rtol, atol=1e-8)


def _compare(value, right, mistakes, otherwise, rtol=1e-5):
    """Compare with the right value, then with what known mistakes give: {message: value}."""
    if not _same(value, right, rtol):
        known = (message for message, wrong in mistakes.items() if _same(value, wrong, rtol))
        raise _Wrong(next(known, otherwise))


def _judge_line(line, fault, last, look, near):
    """Judge the number of a faulty line; `near` has a message for each tempting other one."""
    line = _numbers(line, (), "line")
    if line not in range(1, last + 1):
        raise _Wrong(f"the listing has the lines 1 to {last}")
    if line != fault:
        raise _Wrong(near.get(int(line), f"line {line:.0f} does what it should. {look}"))


# Notebook 4.5.1


@_exercise(
    "x is (n, 784), and x @ W1 is (n, 100). Which shape must W1 have?",
    "A bias is added to every row of x @ W1: one number for each unit, and one axis only.",
    "An array of shape (rows, columns) holds rows * columns numbers. Add up all four arrays.",
)
def check_shapes(shapes, count):
    """Check the shapes and the number of the parameters of a 784-100-10 network.

    Parameters
    ----------
    shapes : dict of str to tuple
        The shapes of "W1", "b1", "W2" and "b2".
    count : int
        How many numbers they hold together.
    """
    right = {name: values.shape for name, values in TwoLayerNet(784, 100, 10).params.items()}
    if not isinstance(shapes, dict) or shapes.keys() != right.keys():
        raise _Wrong(f"shapes must be a dict with the names {', '.join(right)}")
    for name, shape in right.items():
        given = shapes[name]
        if not isinstance(given, tuple):
            raise _Wrong(f"the shape of {name} must be a tuple; with one axis, write it (3,)")
        if len(given) != len(shape):
            kind = "one number for each unit" if name[0] == "b" else "a table from units to units"
            raise _Wrong(f"{name} is {kind}; it does not have {len(given)} axes")
        if given != shape and given == shape[::-1]:
            raise _Wrong(f"{name} is turned round: in x @ {name} its rows meet the columns of x")
        if given != shape:
            sizes = "each unit of its layer" if name[0] == "b" else "each pair of units it connects"
            raise _Wrong(f"{name} has another size: it needs one number for {sizes}")
    yield "the shapes"
    mistakes = {
        "count: the biases are parameters too": 79_400,
        "count: the second layer is missing": 78_500,
        "count: for the size of W1, multiply its rows by its columns": 784 + 3 * 100 + 2 * 10,
    }
    count = _numbers(count, (), "count")
    _compare(count, 79_510, mistakes, "count: add up the sizes of all four arrays")
    yield "the count, 784 * 100 + 100 + 100 * 10 + 10 = 79,510, most of it in W1"


@_exercise(
    "Divide exp(a) by its sum. What is the largest number that exp can take?",
    "softmax stays the same when one number is subtracted from all scores of a row. Which number "
    "makes the largest exponent 0?",
    "For a batch, take the maximum and the sum of each row: axis=-1 and keepdims=True.",
)
def check_softmax(softmax):
    """Check a softmax for one row of scores and for a batch.

    Parameters
    ----------
    softmax : callable
        softmax(a) takes scores (classes,) or (n, classes) and returns probabilities.
    """
    a = np.array([1.0, 2.0, 3.0])
    y, right = (
        _numbers(_call(softmax, a), (3,), "softmax of [1, 2, 3]"),
        np.exp(a) / np.exp(a).sum(),
    )
    if not _same(y.sum(), 1):
        raise _Wrong(f"the probabilities of [1, 2, 3] sum to {y.sum():.4g}: divide by their sum")
    if not _same(y, right):
        raise _Wrong(f"[1, 2, 3] should give {right.round(3)}, not {y.round(3)}: where is exp?")
    yield "[1, 2, 3] sums to 1"
    for score, why in [(1000, "what does exp do there?"), (-1000, "is the sum of the exp 0?")]:
        y = _numbers(_call(softmax, np.array([score, score], float)), (2,), "softmax of two scores")
        if not _same(y, 0.5):
            raise _Wrong(f"[{score}, {score}] gives {y}: {why}")
    yield "scores of 1000 do not overflow"
    a = np.array([[1.0, 2.0, 3.0], [3.0, 1.0, 0.0]])
    y = _numbers(_call(softmax, a), (2, 3), "softmax of a batch (2, 3)")
    if _same(y.sum(), 1):
        raise _Wrong("in a batch all rows together sum to 1, not each of them: which axis?")
    if _same(y.sum(axis=0), 1):
        raise _Wrong("in a batch the columns sum to 1, not the rows: which axis?")
    if not _same(y, np.exp(a) / np.exp(a).sum(axis=1, keepdims=True)):
        raise _Wrong("in a batch the rows are not what they are alone")
    y = _numbers(_call(softmax, np.array([[0.0, 0.0], [2000.0, 2000.0]])), (2, 2), "the batch")
    if not _same(y, 0.5):
        raise _Wrong(
            f"in the batch [[0, 0], [2000, 2000]] the first row gives {y[0]}: subtract from each "
            f"row its own largest score"
        )
    yield "so do the rows of a batch, each by itself"


@_exercise(
    "The error of one picture is -log of the probability of its right class. Take the mean.",
    "One-hot rows: t * np.log(y) leaves one number in each row. Add up, and divide by n.",
    "Labels have t.ndim 1: y[np.arange(n), t] picks from each row the column that t names.",
)
def check_cross_entropy(cross_entropy):
    """Check a cross-entropy error for one-hot rows and for integer labels.

    Parameters
    ----------
    cross_entropy : callable
        cross_entropy(y, t) takes probabilities (n, classes) and targets, one-hot rows
        (n, classes) or labels (n,), and returns one number.
    """
    y = np.array([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.3, 0.3, 0.4], [0.8, 0.1, 0.1]])
    t = np.array([0, 1, 2, 1])
    losses = -np.log([0.7, 0.6, 0.4, 0.1])
    right = losses.mean()
    loss = _call(cross_entropy, y, np.eye(3)[t])
    if np.shape(loss) == (4,):
        raise _Wrong("4 pictures give 4 numbers: the error of a batch is their mean")
    mistakes = {
        "the error is negative, since a probability's log is: change the sign": -right,
        "the error of 4 pictures is 4 times too large: it is a mean, not a sum": 4 * right,
        "the sum is divided by all 12 numbers of y: divide it by the 4 pictures": right / 3,
        "this is a logarithm to base 2; the error takes the natural one": right / np.log(2),
        "this is a logarithm to base 10; the error takes the natural one": right / np.log(10),
    }
    loss = _numbers(loss, (), "the error")
    _compare(loss, right, mistakes, f"one-hot rows give {loss:.4g}; expected {right:.4g}")
    yield "one-hot rows"
    loss = _numbers(_call(cross_entropy, y[:3], t[:3]), (), "the error for labels")
    if not _same(loss, losses[:3].mean()):
        raise _Wrong(
            f"the labels [0 1 2] give {loss:.4g}; expected {losses[:3].mean():.4g}. No error is "
            f"raised, since 3 labels fit 3 classes: but what does t * np.log(y) do here?"
        )
    loss = _numbers(_call(cross_entropy, y, t), (), "the error for labels")
    if not _same(loss, right):
        raise _Wrong(f"3 labels are right, but 4 labels give {loss:.4g}; expected {right:.4g}")
    yield "labels"
    loss = _call(cross_entropy, np.array([[1.0, 0.0]]), np.array([[1.0, 0.0]]))
    if np.isnan(_numbers(loss, (), "the error")):
        raise _Wrong("y = [[1, 0]], t = [[1, 0]] gives nan: what is 0 * log(0)? The book adds 1e-7")
    yield "a probability of 0"


@_exercise(
    "First keep the number that you are going to move: W = net.params[name], then W[index].",
    "Write W[index] = value + h and take net.loss(x, t); then the same with value - h.",
    "Put W[index] = value back. Divide the difference of the losses by the way from -h to +h.",
)
def check_one_weight(slope):
    """Check a central difference for one parameter of a network.

    Parameters
    ----------
    slope : callable
        slope(net, x, t, name, index, h) moves net.params[name][index] by h up and down and
        returns the slope of net.loss(x, t).
    """
    x, t = np.array([[1.0, -2.0, 0.5], [0.5, 1.0, 2.0]]), np.array([[1.0, 0.0], [0.0, 1.0]])
    h = 0.2  # so large that the forward and the central difference are not the same
    for name, index in [("W1", (2, 3)), ("b2", (1,))]:
        net = TwoLayerNet(3, 4, 2, weight_init_std=1.0, rng=0)
        value = net.params[name][index]
        down, here, up = (_loss_moved(net, x, t, name, index, move) for move in (-h, 0, h))
        right = (up - down) / (2 * h)
        before = copy.deepcopy(net.params)
        given = _numbers(_call(slope, net, x, t, name, index, h), (), "the slope")
        mistakes = {
            "the slope is 0: value + h is a new number; only W[index] = ... changes the net": 0,
            "the slope is twice too large: how far is it from -h to +h?": 2 * right,
            "the sign is wrong: take the loss at +h minus the loss at -h": -right,
            "this compares +h with no move at all; compare it with -h": (up - here) / h,
            "this compares -h with no move at all; compare it with +h": (here - down) / h,
            "the two losses are right, but their difference is not divided": up - down,
        }
        place = f"{name}[{', '.join(map(str, index))}]"
        _compare(given, right, mistakes, f"{place}, h={h}: {given:.6f}; expected {right:.6f}")
        moved = net.params[name][index] - value
        if abs(moved) > 1e-9:
            side = "high" if moved > 0 else "low"
            raise _Wrong(f"afterwards the weight is {abs(moved):.4g} too {side}: put it back")
        if any(not np.array_equal(net.params[key], before[key]) for key in before):
            raise _Wrong(
                "the weight is not exactly what it was: adding and subtracting h loses digits; "
                "keep the old value and put that back"
            )
    yield "the slope is the central difference, and the network is what it was before"


def _loss_moved(net, x, t, name, index, move):
    """Loss of a copy of the network with one parameter moved."""
    net = copy.deepcopy(net)
    net.params[name][index] += move
    return net.loss(x, t)


@_exercise(
    "Go backwards. The gradient of the loss for a2 is da2 = (y - t) / n.",
    "From a = z @ W + b follow three gradients: z.T @ da for W, the sum of da over the pictures "
    "for b, and da @ W.T for z.",
    "The slope of sigmoid is z1 * (1 - z1), and da1 is that times the gradient for z1. Then W1 "
    "and b1 follow from x and da1 as W2 and b2 follow from z1 and da2.",
)
def check_backprop(gradient):
    """Check backpropagation through the two-layer network against central differences.

    Parameters
    ----------
    gradient : callable
        gradient(net, x, t) takes a TwoLayerNet, samples and one-hot rows and returns a dict
        with the gradient of each parameter.
    """
    rng = np.random.default_rng(0)
    n, net = 6, TwoLayerNet(5, 4, 3, weight_init_std=1.0, rng=rng)
    x, t = rng.standard_normal((n, 5)), np.eye(3)[rng.integers(3, size=n)]
    W1, b1, W2, b2 = (net.params[name] for name in ("W1", "b1", "W2", "b2"))
    a1 = x @ W1 + b1
    z1 = sigmoid(a1)
    dz1 = (softmax(z1 @ W2 + b2) - t) / n @ W2.T

    grads = _call(gradient, net, x, t)
    if not isinstance(grads, dict) or grads.keys() != net.params.keys():
        raise _Wrong(f"the result must be a dict with the names {', '.join(net.params)}")
    for name in ("W2", "b2", "W1", "b1"):  # nearest to the loss first
        right = numerical_gradient(lambda _: net.loss(x, t), net.params[name])
        if name[0] == "b" and np.shape(grads[name]) == (n, *right.shape):
            raise _Wrong(f"{name} has a row for each picture: take their sum")
        grad = _numbers(grads[name], right.shape, f"the gradient of {name}")
        mistakes = {
            f"{name} is {n} times too large with {n} pictures: the loss is a mean": n * right,
            f"{name} has the wrong sign: is it y - t?": -right,
        }
        if name[0] == "b":
            mistakes[f"{name} is {n} times too small: take the sum, not the mean"] = right / n
        if name == "W1":
            mistakes |= {
                "W1: where is the slope of sigmoid?": x.T @ dz1,
                "W1: the slope of sigmoid is z1 * (1 - z1), with z1, not a1": (
                    x.T @ (dz1 * a1 * (1 - a1))
                ),
                "W1: z1 is already sigmoid(a1), and here sigmoid is applied to it again": (
                    x.T @ (dz1 * sigmoid(z1) * (1 - sigmoid(z1)))
                ),
            }
        difference = np.abs(grad - right).max()
        otherwise = f"{name} differs from the central differences by up to {difference:.4g}"
        _compare(grad, right, mistakes, otherwise)
        yield name


@_exercise(
    "Print x inside the loop, after line 6: which numbers does it hold?",
    "What does NumPy do with 3.0001 when it has to store it in this array? Look at x.dtype.",
    "slope is right for every array of floats. Which line makes an array of something else?",
)
def check_integer_bug(line):
    """Check which line makes the slopes of x0 ** 2 + x1 ** 2 wrong."""
    near = {
        6: "3.0001 does get lost here, but the line is right for floats. What made x?",
        8: "3 does become 2 here, but the line is right for floats. What made x?",
        11: "the formula is the central difference. Print f_plus and f_minus",
    }
    _judge_line(line, 1, 12, "Print x after lines 6 and 8: which numbers does it hold?", near)
    yield "[3, 4] makes an array of integers, which stores 3.0001 as 3 and 2.9999 as 2"
    yield "write [3.0, 4.0]; the course's numerical_gradient refuses integers with a TypeError"


@_exercise(
    "Which parameters does the comparison call DIFFERENT, and which are the same?",
    "W2 and b2 are right, so everything up to da2 is right. What comes after it?",
    "sigmoid_grad(a) expects the number that goes into sigmoid. What is it given?",
)
def check_sigmoid_bug(line):
    """Check which line takes the slope of sigmoid at the wrong place."""
    near = {
        2: "sigmoid(a) * (1 - sigmoid(a)) is the slope at a. But at which a is it called?",
        9: "da2 is right, since W2 and b2 come from it",
        10: "da2 @ W2.T is the gradient for z1. Go on from there",
        12: "this line is right if da1 is. Is it?",
    }
    _judge_line(line, 11, 12, "Which lines are needed for W1 and b1 only?", near)
    yield "sigmoid_grad applies sigmoid itself, so it needs a1, and z1 is already sigmoid(a1)"
    yield "write sigmoid_grad(a1), or z1 * (1 - z1)"


@_exercise(
    "All four gradients are wrong. Look for a line that all four depend on.",
    "Divide one gradient by the other, number by number. What do you see?",
    "The ratio is the batch size. The loss is a mean over the batch: is its gradient one too?",
)
def check_batch_size_bug(line):
    """Check which line forgets that the loss is a mean over the batch."""
    near = {
        6: "y is right: it is what predict returns. What is done with it next?",
        8: "this line is right if da2 is. And W2, which is wrong too, does not need it",
        9: "the sums are right here. Is there one line where a mean can be made of all of them?",
    }
    _judge_line(line, 7, 9, "By which factor do the two gradients differ?", near)
    yield "the loss is a mean over the batch, so its gradient is (y - t) / len(x)"
    yield "without it, a learning rate of 0.1 would act like 10 with a batch of 100"


# Notebook 4.5.2


@_exercise(
    "Draw row numbers first: rng.choice(how_many, batch_size). How many rows are there?",
    "Each picture must keep its answer: the same row numbers for x and for t.",
    "Keep the row numbers in batch_mask, index both arrays with it, and return the two results.",
)
def check_batch(batch):
    """Check a function that draws a mini-batch.

    Parameters
    ----------
    batch : callable
        batch(x, t, batch_size, rng) returns x_batch and t_batch, drawn with the generator rng.
    """
    n = 30

    def draw(seed, batch_size=8):
        x, t = np.stack([np.arange(n), np.arange(n)], axis=1) / n, np.arange(n)
        pair = _call(batch, x, t, batch_size, np.random.default_rng(seed))
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise _Wrong("return two arrays: return x_batch, t_batch")
        for rows, name in zip(pair, ("x_batch", "t_batch"), strict=True):
            if np.shape(rows)[:1] != (batch_size,):
                shape = np.shape(rows)
                raise _Wrong(
                    f"with batch_size={batch_size}, {name} has shape {shape}: how many rows?"
                )
        rows = _numbers(pair[0], (batch_size, 2), "x_batch")[:, 0] * n
        labels = _numbers(pair[1], (batch_size,), "t_batch")
        if not _same(rows, labels):
            raise _Wrong("the pictures have got other pictures' answers: draw row numbers once")
        return labels.astype(int).tolist()

    draw(0, batch_size=5)
    batches = [draw(seed) for seed in range(100)]
    yield "pictures keep their answers"
    if all(rows == batches[0] for rows in batches):
        raise _Wrong(f"every call gives the rows {batches[0]}: draw them by lot, with rng")
    if draw(0) != batches[0]:
        raise _Wrong("the same seed gives two different batches: draw with the rng that is given")
    yield "a seed repeats the batch"
    never = sorted(set(range(n)).difference(*batches))
    if never:
        raise _Wrong(f"of {n} rows, row {never[-1]} is never drawn: from how many do you draw?")
    yield "every row can be drawn"


@_exercise(
    "The numerical gradient needs two losses for each parameter, biases included.",
    "The network has 79,510 parameters. What do the losses of one iteration take together?",
    "Multiply by 1,000 iterations, and divide by the 3,600 seconds of an hour. 0.3 ms is 0.0003 s.",
)
def check_run_time(losses, hours):
    """Check how long 1,000 iterations of the plain loop take for a 784-100-10 network.

    Parameters
    ----------
    losses : int
        Losses that one numerical gradient computes.
    hours : float
        Time of 1,000 iterations if one loss takes 0.3 ms.
    """
    mistakes = {
        "losses: that is the number of parameters. How many losses does each take?": 79_510,
        "losses: the biases are parameters too": 2 * 79_400,
        "losses: that is for 50 hidden units; this network has 100": 79_520,
    }
    otherwise = "losses: how many parameters are there, and how many losses does each take?"
    _compare(_numbers(losses, (), "losses"), 159_020, mistakes, otherwise)
    yield "losses"
    seconds = 159_020 * 0.0003
    mistakes = {
        "hours: that is the time in seconds": 1000 * seconds,
        "hours: that is the time in minutes": 1000 * seconds / 60,
        "hours: that is the seconds of one iteration": seconds,
        "hours: that is the time of 10,000 iterations": 10_000 * seconds / 3600,
    }
    otherwise = "hours: how many seconds does one iteration take, and how many do 1,000 take?"
    hours = _numbers(hours, (), "hours")
    _compare(hours, 1000 * seconds / 3600, mistakes, otherwise, rtol=0.02)
    yield "hours, about 13 for 1,000 iterations, and the book asks for 10,000"


@_exercise(
    "Draw loss_curve(0.1), then go up and down in factors of 10.",
    "A very small step changes the loss very little: go down from 0.1 for the one that crawls.",
    "A step that is far too large jumps across the valley and lands higher up: go up from 1 in "
    "factors of 10, and look at the end of the curve.",
)
def check_learning_rates(crawls, diverges, train):
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
    x, t = (part[:6000] for part in train)
    for name, rate in [("crawls", crawls), ("diverges", diverges)]:
        rate = float(_numbers(rate, (), name))
        if not 0 < rate < np.inf:
            raise _Wrong(f"{name} is {rate:g}; a learning rate is a number above 0")
        trainer = Trainer(TwoLayerNet(x.shape[1], 50, 10, rng=0), (x, t), learning_rate=rate, rng=0)
        start = trainer.net.loss(x, t)
        try:
            end = np.mean([trainer.step() for _ in range(200)][-20:])
        except FloatingPointError:
            end = np.inf
        path = f"in 200 iterations the loss goes from {start:.2f} to {end:.2f}"
        if name == "crawls" and end > start + 0.1:
            raise _Wrong(f"crawls: {path}. Are the two in the right order?")
        if name == "crawls" and end < start - 0.1:
            raise _Wrong(f"crawls: {path}, and that is learning. Try a smaller one")
        if name == "diverges" and abs(end - start) < 0.1:
            raise _Wrong(f"diverges: {path}, and that is crawling. Try a far larger one")
        if name == "diverges" and end < start:
            raise _Wrong(f"diverges: {path}, and that is still learning. Try a larger one")
        yield f"{name}: {path}"


@_exercise(
    "With 9 pictures the same function stops with an error. In which line?",
    "Print the shapes of y and t. What does NumPy do with (10, 10) and (10,)?",
    "NumPy takes t for one row, the same for all pictures. Which line combines y and t?",
)
def check_label_bug(line):
    """Check which line is silently wrong for integer labels at a batch of 10."""
    near = {
        6: "y is right: ten rows that sum to 1. The labels come in later",
        8: "this line is right if da2 is, and t does not appear in it",
        9: "this line is right if da1 and da2 are, and t does not appear in it",
    }
    _judge_line(line, 7, 9, "In which line are the labels used, and which shapes meet?", near)
    yield "t is (10,), so NumPy subtracts the label of picture k from column k of every row of y"
    yield "make rows of it first, t = np.eye(10)[t], and every batch size is right"


@_exercise(
    "Compare x before and after: which number is another one, and by how much?",
    "The interruption came out of a call of f. Which lines after that call were not reached?",
    "Only one of these lines repairs x. It belongs into a finally block, which always runs.",
)
def check_interrupt_bug(line):
    """Check which line of a numerical gradient an interruption must not skip."""
    near = {
        5: "this line has to move the number. Which line should undo it?",
        6: "nobody can forbid an interruption in f. What is not done after it?",
        7: "this line has to move the number back and down. Which line should undo it?",
        8: "an interruption may come in f at any time. What is not done after it?",
    }
    _judge_line(line, 9, 11, "Which line should have run, and was skipped?", near)
    yield "the line that puts the number back was skipped, and the weight keeps the h"
    yield "try: ... finally: x[idx] = value puts it back whatever happens"


@_exercise(
    "Print iter_per_epoch. Is it a number of iterations?",
    "i is 0, 1, 2, ... When is the remainder of i divided by 468.75 exactly 0?",
    "A number of iterations is whole. Which line makes one that is not?",
)
def check_epoch_bug(line):
    """Check which line makes epochs of a training loop go missing."""
    near = {
        4: "i counts the iterations, 0, 1, 2, ..., as it should",
        5: "this line is right for a whole number of iterations. Is iter_per_epoch one?",
        6: "i is recorded whenever line 5 says so. Why does it say so too seldom?",
    }
    _judge_line(line, 2, 7, "Print iter_per_epoch, and i % iter_per_epoch for some i.", near)
    yield "60,000 / 128 is 468.75, so the remainder is 0 only every fourth time, at 1875, 3750, ..."
    yield "round up, int(np.ceil(train_size / batch_size)), and no epoch is lost"


# Notebook 4.5.3


@_exercise(
    "An epoch is over when as many pictures have been drawn as there are.",
    "1,000 pictures in batches of 300: three batches are 900 pictures, so it takes a fourth.",
    "np.ceil rounds up, and int(...) makes an int of its result. complete: divide 10,000 by "
    "the iterations of one epoch, and leave out the epoch that is only begun.",
)
def check_epochs(iterations_per_epoch, complete):
    """Check the arithmetic of epochs.

    Parameters
    ----------
    iterations_per_epoch : callable
        iterations_per_epoch(n, batch_size) returns the iterations of an epoch, an int.
    complete : int
        Epochs that 10,000 iterations complete, with 60,000 samples in batches of 100.
    """
    for n, batch_size in [(60_000, 100), (60_000, 128), (60_000, 70), (10, 20)]:
        given, right = _call(iterations_per_epoch, n, batch_size), -(-n // batch_size)
        value = float(_numbers(given, (), "the number of iterations"))
        case = f"{n:,} samples in batches of {batch_size} give {value:g} iterations"
        missing = n - batch_size * (right - 1)
        mistakes = {
            f"{case}: {missing} samples are still missing to an epoch": right - 1,
            f"{case}, one too many": right + 1,
            f"{case}: can an iteration be done in part?": n / batch_size,
        }
        _compare(value, right, mistakes, f"{case}; expected {right}", rtol=1e-9)
    if not isinstance(given, (int, np.integer)):
        raise _Wrong(f"the numbers are right, but of type {type(given).__name__}; make them int")
    yield "iterations_per_epoch"
    mistakes = {
        "complete: the 17th epoch has begun, but is it complete?": 17,
        "complete: only whole epochs count": 10_000 / 600,
        "complete: you divided by the batch size; how many iterations are an epoch?": 100,
    }
    otherwise = "complete: how often do 600 iterations fit into 10,000?"
    _compare(_numbers(complete, (), "complete"), 16, mistakes, otherwise, rtol=0.001)
    yield "complete, 16 epochs, and 400 iterations of the next"


@_exercise(
    "A row is what the digit is, a column is what it was read as. On the diagonal they agree.",
    "pair: leave out the diagonal. share: of the pictures that are a 2, look at row 2 only.",
    "accuracy: the sum of the diagonal, divided by the sum of all. share: one number of row 2, "
    "divided by the sum of row 2.",
)
def check_confusion(counts, accuracy, pair, share):
    """Check what was read from a confusion matrix.

    Parameters
    ----------
    counts : ndarray of int, shape (classes, classes)
        The matrix. Row: what it is; column: what it was read as.
    accuracy : float
        Share of all pictures that were read correctly.
    pair : (int, int)
        The most frequent mistake: what it is, what it was read as.
    share : float
        Share of the pictures of a 2 that were read as a 2.
    """
    total, good = counts.sum(), counts.trace()
    mistakes = {
        "accuracy: that is the number of right answers; what is their share?": good,
        "accuracy: that is in percent; a share is between 0 and 1": 100 * good / total,
        "accuracy: that is the share of the wrong answers": 1 - good / total,
    }
    otherwise = "accuracy: the right answers are on the diagonal. What is their share of all?"
    accuracy = _numbers(accuracy, (), "accuracy")
    _compare(accuracy, good / total, mistakes, otherwise, rtol=0.005)
    yield "accuracy"
    wrong = counts - np.diag(counts.diagonal())
    most = np.unravel_index(wrong.argmax(), counts.shape)
    given = _numbers(pair, (2,), "pair")
    if given[0] == given[1]:
        raise _Wrong("pair: that is on the diagonal, where nothing is wrong")
    mistakes = {"pair: these two are the other way round; the row comes first": most[::-1]}
    _compare(given, most, mistakes, "pair: beside the diagonal there is a larger number")
    yield "pair"
    twos = counts[2, 2]
    mistakes = {
        "share: that is the share of 2s among all that was read as a 2": twos / counts[:, 2].sum(),
        "share: you divided by all pictures; only row 2 counts": twos / total,
        "share: that is in percent; a share is between 0 and 1": 100 * twos / counts[2].sum(),
    }
    otherwise = "share: look at row 2. Which of its numbers are right, and what is its sum?"
    share = _numbers(share, (), "share")
    _compare(share, twos / counts[2].sum(), mistakes, otherwise, rtol=0.005)
    yield "share"


@_exercise(
    "In each run, compare the last numbers of the two lists.",
    "A run that is bad on both has not learned enough; in one that overfits, the two move apart.",
    "stop_at is the place, counted from 0, of the largest number in that run's second list.",
)
def check_overfitting(runs, overfits, stop_at):
    """Check which run overfits, and when it should have been stopped.

    Parameters
    ----------
    runs : dict of str to (list, list)
        Accuracies on training and on test data at the end of each epoch, counted from 0.
    overfits : str
        The run that overfits.
    stop_at : int
        The epoch after which its accuracy on test data falls.
    """
    gap = {name: train[-1] - test[-1] for name, (train, test) in runs.items()}
    right = max(gap, key=gap.get)
    if not isinstance(overfits, str) or overfits not in runs:
        raise _Wrong(f"overfits: expected one of {', '.join(map(repr, runs))}")
    if overfits != right and overfits == min(runs, key=lambda name: runs[name][0][-1]):
        raise _Wrong(f"overfits: run {overfits} is bad on training data too: it knows too little")
    if overfits != right:
        raise _Wrong(
            f"overfits: at the end of run {overfits} the two are {gap[overfits]:.2f} apart, and "
            f"in another run they are further apart"
        )
    yield f"overfits, its two accuracies end {gap[right]:.2f} apart"
    train, test = runs[right]
    best = int(np.argmax(test))
    mistakes = {
        "stop_at: the first epoch is number 0": best + 1,
        "stop_at: that is the best epoch for training data; is it for new digits?": (
            int(np.argmax(train))
        ),
    }
    otherwise = "stop_at: in which epoch is the accuracy on test data highest?"
    _compare(_numbers(stop_at, (), "stop_at"), best, mistakes, otherwise)
    yield f"stop_at, after epoch {best} only the training accuracy rises"
