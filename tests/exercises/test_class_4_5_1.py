"""Wrong and right answers to the exercises of notebook 4.5.1."""

import numpy as np
from exercise_helpers import CROSS_ENTROPY, GRADIENT, SLOPE, function, verdict

from dlscratch import TwoLayerNet, softmax

SHAPES = {"W1": (784, 100), "b1": (100,), "W2": (100, 10), "b2": (10,)}


SOFTMAX = """
def answer(a):
    exp_a = np.exp(a - a.max(axis=-1, keepdims=True))
    return exp_a / exp_a.sum(axis=-1, keepdims=True)
"""

LABELS = """
def answer(y, t):
    if t.ndim == 2:
        t = t.argmax(axis=1)
    n = len(y)
    return -np.log(y[np.arange(n), t] + 1e-7).mean()
"""
X = np.ones(3)


def moved_pictures(net, x, t, name, index, h):
    return (net.loss(x + h, t) - net.loss(x - h, t)) / (2 * h)


# The cell of exercise 5 after its first step.
DA2 = (
    GRADIENT.partition("    da1 =")[0]
    + """
    return {"W1": ..., "b1": ..., "W2": ..., "b2": ...}
"""
)

# check: {what the message says: answer or answers}
WRONG = {
    "check_softmax": {
        "[0, 2000] gives [ 0. nan]": function(SOFTMAX, "a.max(", "a.mean("),
        "[1000, 1000] gives [nan": lambda a: np.exp(a) / np.exp(a).sum(axis=-1, keepdims=True),
        "[-1000, -1000]": lambda a: np.exp(a - abs(a).max()) / np.exp(a - abs(a).max()).sum(),
        "all rows together": lambda a: np.exp(a - a.max()) / np.exp(a - a.max()).sum(),
        "gives [[0.0, nan], [nan, 0.0]]; expected": function(
            SOFTMAX, "a.max(", "(a.max if a.ndim == 1 else a.min)("
        ),
        "gives [0.04742587 0.95257413]; expected [0. 1.]": function(
            SOFTMAX, "a - a.max(axis=-1, keepdims=True)", "np.clip(a, -3, 3)"
        ),
        "the columns sum to 1": lambda a: softmax(a.T).T,
        "the first row gives [nan nan]: subtract from each row the": lambda a: (
            np.exp(a - a.max()) / np.exp(a - a.max()).sum(axis=-1, keepdims=True)
        ),
        "sum to 1.503: divide by their sum": lambda a: np.exp(a - a.max()),
        "answer returns None: does its last line begin with return?": function(SOFTMAX, "return "),
        "Where is exp?": lambda a: a / a.sum(),
        "answer changes the array that": function(SOFTMAX, "exp_a =", "a *= 1.5\n    exp_a ="),
        "its name without brackets.\nWhat it was given is of type ndarray.": softmax([1.0, 2.0]),
    },
    "check_cross_entropy": {
        "18.42; with y + 1e-7 it is 16.12": function(LABELS, "1e-7).mean()", "1e-8).mean()"),
        "y[:, t] takes more than one number": function(LABELS, "y[np.arange(n), t]", "y[:, t]"),
        "y[t] takes more than one number": function(LABELS, "y[np.arange(n), t]", "y[t]"),
        "t.argmax(axis=0) looks down a column": function(LABELS, "(axis=1)", "(axis=0)"),
        "the error for t = [[1, 0, 0], [0, 1, 0], [0, 0, 1],": function(LABELS, "(axis=1)", "()"),
        "the error is negative": function(CROSS_ENTROPY, "-np.sum", "np.sum"),
        "4 times too large": function(CROSS_ENTROPY, " / len(y)", ""),
        "divided by all 12 numbers": function(CROSS_ENTROPY, "len(y)", "y.size"),
        "base 2": function(CROSS_ENTROPY, "np.log", "np.log2"),
        "base 10": function(CROSS_ENTROPY, "np.log", "np.log10"),
        "4 pictures give 4 numbers": function(CROSS_ENTROPY, "-np.sum(", "-np.sum(axis=1, a="),
        "what does t * np.log(y) do here?": function(CROSS_ENTROPY, "t.ndim == 1", "False"),
        "t = [[1, 0]] gives nan: log(0) is -inf": function(CROSS_ENTROPY, " + 1e-7", ""),
    },
    "check_shapes": {
        "W1 has rows and columns exchanged": (SHAPES | {"W1": (100, 784)}, 79_510),
        "b1 is one number for each unit: it has one axis, n": (SHAPES | {"b1": (1, 100)}, 79_510),
        "W2 is a table from units to units": (SHAPES | {"W2": (1000,)}, 79_510),
        "the shape of b2 must be a tuple": (SHAPES | {"b2": 10}, 79_510),
        'shapes["W2"] is of type tuple; expected numbers': (SHAPES | {"W2": (X, 10)}, 79_510),
        "count is of type str; expected one number": (SHAPES, "79510"),
        "b1 has another size: it needs one number for each un": (SHAPES | {"b1": (784,)}, 79_510),
        "the biases are parameters too.\nright so far: W1; b1; W2; b2.": (SHAPES, 79_400),
        "the second layer is missing": (SHAPES, 78_500),
        "multiply its rows by its columns": (SHAPES, 1104),
        "biases are parameters too.\nright so far: b1": (SHAPES | {"W1": ...}, 79_400),
        "shapes must be a dict with the names W1, b1, W2, b2": (list(SHAPES.values()), 79_510),
    },
    "check_one_weight": {
        "/ 2 * h divides by 2 and then multiplies by h": function(SLOPE, "(2 * h)", "2 * h"),
        "with h and with 2 * h your slope is": function(SLOPE, "h):", "_):\n    h = 0.2"),
        "use the h that the function is given": function(SLOPE, "h):", "_):\n    h = 1e-4"),
        "nor does a copy of W": function(SLOPE, "net.params[name]", "net.params[name].copy()"),
        "the second loss is that of the unmoved weight": function(SLOPE, "value - h", "value"),
        "you moved x, the pictures: move W[index]": moved_pictures,
        "twice too large": function(SLOPE, "(2 * h)", "h"),
        "the sign is wrong": function(SLOPE, "plus - minus", "minus - plus"),
        "compare it with -h": function(SLOPE.replace("value - h", "value"), "(2 * h)", "h"),
        "compare it with +h": function(SLOPE.replace("value + h", "value"), "(2 * h)", "h"),
        "W1[2, 3], h=0.2:": function(SLOPE, "value - h", "value - 1e-4"),
        "the slope is 0": function(SLOPE, "W[index] = value - h\n    minus", "minus"),
        "their difference is not divided": function(SLOPE, " / (2 * h)", ""),
        "the weight is 0.2 too low": function(SLOPE, "    W[index] = value\n", ""),
        "not exactly": function(SLOPE, "    W[index] = value\n", "    W[index] += h\n"),
    },
    "check_backprop": {
        "W2 differs from the central differences": function(GRADIENT, "x @ W1 + b1", "x @ W1"),
        "W2 is right for 6 pictures and wrong for 2": function(GRADIENT, "/ len(x)", "/ 6"),
        "W1 of the network is changed: only compute its gradient": function(
            GRADIENT, "return", "W1 += 1\n    return"
        ),
        "W2 is 6 times too large with 6 pictures": function(GRADIENT, " / len(x)", ""),
        "W2 is 6 times too large": function(GRADIENT.replace("x.T @ da1", "..."), " / len(x)", ""),
        "W2 has the wrong sign": function(GRADIENT, "(y - t)", "(t - y)"),
        "with z1, not a1.\nright so far: W2; b2.": function(
            GRADIENT, "z1 * (1 - z1)", "a1 * (1 - a1)"
        ),
        "z1 is sigmoid(a1) itself": function(GRADIENT, " * z1 * (1 - z1)", " * sigmoid(a1)"),
        "these are the numbers of net.gradient": lambda net, x, t: net.gradient(x, t),
        "da2 is 6 times too large": function(DA2, " / len(x)", ""),
        "where is the slope of sigmoid?": function(GRADIENT, " * z1 * (1 - z1)", ""),
        "sigmoid is applied to it again": function(
            GRADIENT, "z1 * (1 - z1)", "sigmoid(z1) * (1 - sigmoid(z1))"
        ),
        "b1 has a row for each picture": function(GRADIENT, "da1.sum(axis=0)", "da1"),
        "b2 is 6 times too small": function(GRADIENT, "da2.sum(", "da2.mean("),
        "a dict with the names W1, b1, W2, b2": function(GRADIENT, '"b2": da2.sum(axis=0)', ""),
    },
}


RIGHT = [
    ("check_softmax", [softmax]),
    ("check_backprop", [TwoLayerNet.gradient]),
    ("check_backprop", [TwoLayerNet.numerical_gradient]),
]

# check, answers, what is next, and what is right so far
HALF = [
    (
        "check_softmax",
        [function(SOFTMAX, "a):", "a):\n    if a.ndim == 2: return ...")],
        "a batch is next",
        "[1, 2, 3] gives probabilities",
    ),
    (
        "check_cross_entropy",
        [function(LABELS, "n =", "else: return ...\n    n =")],
        "labels are next",
        "one-hot rows.",
    ),
    ("check_shapes", [SHAPES | {"b1": ...}, ...], "b1 is next", "W1; W2; b2."),
    ("check_shapes", [SHAPES, ...], "count is next", "W1; b1; W2; b2."),
    ("check_shapes", [..., 79_510], "W1 is next", "count, 784 * 100"),
    ("check_backprop", [function(DA2)], "W2 is next: z1.T @ da2", "da2."),
    ("check_backprop", [function(GRADIENT, "da1.sum(axis=0)", "...")], "b1 is next", "W2; b2; W1."),
    (
        "check_backprop",
        [function(GRADIENT.replace("da1.sum(axis=0)", "..."), "x.T @ da1", "...")],
        "W1 is next: x.T @ da1, where da1 is",
        "W2; b2.",
    ),
]


def test_gradient_that_is_not_begun_is_not_attempted():
    begun = verdict("check_backprop", function(DA2, "(y - t) / len(x)", "..."))
    assert begun.startswith("not attempted: ") and len(begun.splitlines()) == 1


def test_gradient_that_calculates_with_dots_is_told_with_which():
    half = function(GRADIENT, "da1 = (da2 @ W2.T) * z1 * (1 - z1)", "da1 = ...")
    first, *others = verdict("check_backprop", half).splitlines()
    assert first.startswith("not yet: W2 is next")
    assert others == ["right so far: da2.", "da1 is still ... in answer."]
