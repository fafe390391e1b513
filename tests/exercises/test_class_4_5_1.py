"""Wrong and right answers to the exercises of notebook 4.5.1."""

import numpy as np
import pytest
from exercise_helpers import (
    CROSS_ENTROPY,
    GRADIENT,
    SLOPE,
    assert_is_told,
    function,
    verdict,
    wrong_answers,
)

from dlscratch import TwoLayerNet, softmax
from dlscratch.gradient import numerical_gradient

SHAPES = {"W1": (784, 100), "b1": (100,), "W2": (100, 10), "b2": (10,)}


def in_place_softmax(a):
    a -= a.max(axis=-1, keepdims=True)
    return np.exp(a) / np.exp(a).sum(axis=-1, keepdims=True)


# check: [(answers, what the message says)]
WRONG = {
    "check_softmax": [
        ((lambda a: np.exp(a) / np.exp(a).sum(axis=-1, keepdims=True),), "[1000, 1000] gives [nan"),
        ((lambda a: np.exp(a - abs(a).max()) / np.exp(a - abs(a).max()).sum(),), "[-1000, -1000]"),
        ((lambda a: np.exp(a - a.max()) / np.exp(a - a.max()).sum(),), "all rows together"),
        ((lambda a: softmax(a.T).T,), "the columns sum to 1"),
        (
            (lambda a: np.exp(a - a.max()) / np.exp(a - a.max()).sum(axis=-1, keepdims=True),),
            "the first row gives [nan nan]: subtract from each row the",
        ),
        ((lambda a: np.exp(a - a.max()),), "sum to 1.503: divide by their sum"),
        ((lambda a: a / a.sum(),), "Where is exp?"),
        ((in_place_softmax,), "in_place_softmax changes the array that"),
        (
            (lambda a: np.exp(a - a.max(axis=-1)) / np.exp(a - a.max(axis=-1)).sum(axis=-1),),
            "stops with ValueError: operands",
        ),
        (
            (softmax([1.0, 2.0]),),
            "its name without brackets.\nWhat it was given is of type ndarray.",
        ),
    ],
    "check_cross_entropy": [
        ((function(CROSS_ENTROPY, "-np.sum", "np.sum"),), "the error is negative"),
        ((function(CROSS_ENTROPY, " / len(y)", ""),), "4 times too large"),
        ((function(CROSS_ENTROPY, "len(y)", "y.size"),), "divided by all 12 numbers"),
        ((function(CROSS_ENTROPY, "np.log", "np.log2"),), "base 2"),
        ((function(CROSS_ENTROPY, "np.log", "np.log10"),), "base 10"),
        ((function(CROSS_ENTROPY, "-np.sum(", "-np.sum(axis=1, a="),), "4 pictures give 4 numbers"),
        ((function(CROSS_ENTROPY, "t.ndim == 1", "False"),), "what does t * np.log(y) do here?"),
        ((function(CROSS_ENTROPY, "y.shape[1]", "len(y)"),), "stops with ValueError"),
        ((function(CROSS_ENTROPY, " + 1e-7", ""),), "what is 0 * log(0)?"),
    ],
    "check_shapes": [
        ((SHAPES | {"W1": (100, 784)}, 79_510), "W1 has rows and columns exchanged"),
        (
            (SHAPES | {"b1": (1, 100)}, 79_510),
            "b1 is one number for each unit: it has one axis, not 2",
        ),
        ((SHAPES | {"b2": 10}, 79_510), "the shape of b2 must be a tuple"),
        (
            (SHAPES | {"b1": (784,)}, 79_510),
            "b1 has another size: it needs one number for each unit of its layer",
        ),
        ((SHAPES, 79_400), "the biases are parameters too.\nright so far: W1; b1; W2; b2."),
        ((SHAPES, 78_500), "the second layer is missing"),
        ((SHAPES, 1104), "multiply its rows by its columns"),
        ((list(SHAPES.values()), 79_510), "shapes must be a dict with the names W1, b1, W2, b2"),
    ],
    "check_one_weight": [
        ((function(SLOPE, "(2 * h)", "h"),), "twice too large"),
        ((function(SLOPE, "plus - minus", "minus - plus"),), "the sign is wrong"),
        ((function(SLOPE.replace("value - h", "value"), "(2 * h)", "h"),), "compare it with -h"),
        ((function(SLOPE.replace("value + h", "value"), "(2 * h)", "h"),), "compare it with +h"),
        ((function(SLOPE, "value - h", "value - 1e-4"),), "W1[2, 3], h=0.2: "),
        ((function(SLOPE, "W[index] = value - h\n    minus", "minus"),), "the slope is 0"),
        ((function(SLOPE, " / (2 * h)", ""),), "their difference is not divided"),
        ((function(SLOPE, "    W[index] = value\n", ""),), "the weight is 0.2 too low"),
        ((function(SLOPE, "    W[index] = value\n", "    W[index] += h\n"),), "not exactly"),
    ],
    "check_backprop": [
        ((function(GRADIENT, " / len(x)", ""),), "W2 is 6 times too large with 6 pictures"),
        ((function(GRADIENT, "(y - t)", "(t - y)"),), "W2 has the wrong sign"),
        (
            (function(GRADIENT, "z1 * (1 - z1)", "a1 * (1 - a1)"),),
            "with z1, not a1.\nright so far: W2; b2.",
        ),
        ((function(GRADIENT, " * z1 * (1 - z1)", ""),), "where is the slope of sigmoid?"),
        (
            (function(GRADIENT, "z1 * (1 - z1)", "sigmoid(z1) * (1 - sigmoid(z1))"),),
            "sigmoid is applied to it again",
        ),
        ((function(GRADIENT, "da1.sum(axis=0)", "da1"),), "b1 has a row for each picture"),
        ((function(GRADIENT, "da2.sum(", "da2.mean("),), "b2 is 6 times too small"),
        ((function(GRADIENT, "x.T @ da1", "x @ da1"),), "stops with ValueError: matmul"),
        ((function(GRADIENT, "z1.T @ da2,", "W2,"),), "W2 differs from the central differences"),
        (
            (function(GRADIENT, '"b2": da2.sum(axis=0)', ""),),
            "a dict with the names W1, b1, W2, b2",
        ),
    ],
    "check_integer_bug": [
        ((6,), "3.0001 does get lost here"),
        ((8,), "3 does become 2 here"),
        ((11,), "Print f_plus and f_minus"),
        ((4,), "line 4 is right"),
    ],
    "check_sigmoid_bug": [
        ((2,), "at which a is it called?"),
        ((9,), "da2 is right"),
        ((10,), "Go on from there"),
        ((12,), "if da1 is. Is it?"),
        ((5,), "line 5 is right"),
    ],
    "check_batch_size_bug": [
        ((6,), "it is what predict returns"),
        ((8,), "this line is right if da2 is"),
        ((9,), "the sums are right here"),
        ((2,), "line 2 is right"),
    ],
}


@wrong_answers(WRONG)
def test_wrong_answer_gets_its_message(check, answers, message):
    assert_is_told(check, answers, message)


@pytest.mark.parametrize("check", WRONG)
def test_three_wrong_answers_have_three_messages(check):
    assert len({message for _, message in WRONG[check]}) >= 3


@pytest.mark.parametrize(
    ("check", "answers"),
    [
        ("check_softmax", [softmax]),
        ("check_cross_entropy", [function(CROSS_ENTROPY)]),
        ("check_one_weight", [function(SLOPE)]),
        ("check_backprop", [TwoLayerNet.gradient]),
        ("check_backprop", [TwoLayerNet.numerical_gradient]),
    ],
)
def test_other_right_answers_are_right_too(check, answers):
    assert verdict(check, *answers).startswith("right: ")


def test_one_weight_expects_what_the_plain_loop_gives():
    """With a small h, the slope by hand is a number of the gradient by the plain loop."""
    net = TwoLayerNet(3, 4, 2, weight_init_std=1.0, rng=0)
    x, t = np.array([[1.0, -2.0, 0.5]]), np.array([1])
    slow = numerical_gradient(lambda _: net.loss(x, t), net.params["W1"])
    np.testing.assert_allclose(function(SLOPE)(net, x, t, "W1", (1, 2), 1e-4), slow[1, 2])
