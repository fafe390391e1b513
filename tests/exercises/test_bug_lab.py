"""The listings of the bug labs and the answers to them."""

import ast
import contextlib
import re

import numpy as np
import pytest
from exercise_helpers import NOTEBOOKS, assert_is_told, cells_of, verdict, wrong_answers

from dlscratch import TwoLayerNet, compare_gradients, sigmoid, softmax

# The listings of the bug lab: they are wrong, and right with the line of the check repaired.

X, LABELS = np.random.default_rng(0).random((10, 6)), np.arange(10)


def gradient_is_right(gradient, t):
    net = TwoLayerNet(6, 5, 10, weight_init_std=1.0, rng=0)
    return compare_gradients(gradient(net, X, t), net.numerical_gradient(X, t)).same


def slopes_are_right(found):
    slopes = found["slope"](lambda x: np.sum(x**2), found["point"].copy())
    return np.allclose(slopes, [6, 8])


def weights_survive_an_interruption(found):
    def f(x):
        raise KeyboardInterrupt

    weights = np.ones(2)
    with contextlib.suppress(KeyboardInterrupt):
        found["slopes"](f, weights)
    return np.array_equal(weights, np.ones(2))


LISTINGS = {
    "check_integer_bug": (slopes_are_right, "[3, 4]", "[3.0, 4.0]"),
    "check_sigmoid_bug": (
        lambda found: gradient_is_right(found["gradient_2"], np.eye(10)[LABELS]),
        "sigmoid_grad(z1)",
        "sigmoid_grad(a1)",
    ),
    "check_batch_size_bug": (
        lambda found: gradient_is_right(found["gradient_3"], np.eye(10)[LABELS]),
        "y - t",
        "(y - t) / len(x)",
    ),
    "check_label_bug": (
        lambda found: gradient_is_right(found["gradient_4"], LABELS),
        "y - t",
        "y - np.eye(10)[t]",
    ),
    "check_interrupt_bug": (weights_survive_an_interruption, "x[idx] = value", None),
    "check_epoch_bug": (
        lambda found: len(found["recording_points"](60_000, 128, 10_000)) == 22,
        "max(train_size / batch_size, 1)",
        "int(np.ceil(train_size / batch_size))",
    ),
}


def numbered_part(listing):
    """Run the functions and assignments whose lines are numbered."""
    lines, found = listing.splitlines(), {"np": np, "sigmoid": sigmoid, "softmax": softmax}
    for statement in ast.parse(listing).body:
        if re.search(r"# \d+$", lines[statement.lineno - 1]):
            exec(ast.unparse(statement), found)
    return found


@pytest.mark.parametrize("check", LISTINGS)
def test_listing_is_wrong_in_the_line_that_the_check_confirms(check):
    is_right, wrong, repaired = LISTINGS[check]
    sources = [source for path in NOTEBOOKS for kind, source in cells_of(path) if kind == "code"]
    asked = next(k for k, source in enumerate(sources) if f"{check}(" in source)
    listing = next(source for source in sources[asked::-1] if re.search("# 1$", source, re.M))
    numbers = [int(number) for number in re.findall(r"# (\d+)$", listing, re.M)]
    assert numbers == list(range(1, numbers[-1] + 1))
    assert f"lines 1 to {numbers[-1]}" in verdict(check, numbers[-1] + 1)

    (fault,) = (line for line in numbers if verdict(check, line).startswith("right: "))
    (line,) = re.findall(rf"^.*# {fault}$", listing, re.M)
    assert wrong in line
    assert not is_right(numbered_part(listing))
    if check == "check_interrupt_bug":
        line = re.search(r"^ +x\[idx\] = value \+ h.*# 9$", listing, re.M | re.S)[0]
        inside = "\n".join(f"    {text}" for text in line.splitlines()[:-1])
        repaired_part = f"        try:\n{inside}\n        finally:\n            x[idx] = value"
    else:
        repaired_part = line.replace(wrong, repaired)
    assert is_right(numbered_part(listing.replace(line, repaired_part)))


# check: [(answers, what the message says)]
WRONG = {
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
    "check_label_bug": [
        ((6,), "The labels come in later"),
        ((8,), "this line is right if da2 is"),
        ((9,), "if da1 and da2 are"),
        ((3,), "line 3 is right"),
    ],
    "check_interrupt_bug": [
        ((5,), "this line has to move the number. Which"),
        ((6,), "may come in f at any time"),
        ((7,), "back and down"),
        ((8,), "an interruption may come in f"),
        ((10,), "line 10 is right"),
    ],
    "check_epoch_bug": [
        ((4,), "i counts the iterations"),
        ((5,), "right for a whole number of iterations"),
        ((6,), "too seldom"),
        ((1,), "line 1 is right"),
    ],
}


@wrong_answers(WRONG)
def test_wrong_answer_gets_its_message(check, answers, message):
    assert_is_told(check, answers, message)


@pytest.mark.parametrize("check", WRONG)
def test_three_wrong_answers_have_three_messages(check):
    assert len({message for _, message in WRONG[check]}) >= 3
