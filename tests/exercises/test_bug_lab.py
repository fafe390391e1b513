"""The listings of the bug labs and the answers to them."""

import ast
import contextlib
import copy
import re

import numpy as np
import pytest
from exercise_helpers import NOTEBOOKS, cells_of, verdict

from dlscratch import Trainer, TwoLayerNet, compare_gradients, sigmoid, softmax

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


PICTURES, CHANCE = np.random.default_rng(0).random((300, 784)), np.arange(300) * 7 % 10


def pictures_are_new_to_the_network(found):
    """Pictures of chance can only be learned by heart."""
    return found["learn_and_test"](PICTURES, CHANCE, 100, 100)[1] < 0.5


def choice_knows_nothing_of_the_test(found):
    """With other right answers for the test, the same network is chosen."""
    train, val, test = ((PICTURES[k::3], CHANCE[k::3]) for k in range(3))
    one, _ = found["best_of_training"](train, val, test)
    other, _ = found["best_of_training"](train, val, (test[0], 9 - test[1]))
    return np.array_equal(one.params["W1"], other.params["W1"])


def batches_do_not_change_the_accuracy(found):
    net = TwoLayerNet(6, 5, 10, rng=0)
    labels = net.predict(X).argmax(axis=1)
    labels[7:] = (labels[7:] + 1) % 10  # the first 7 of 10 are right
    return found["accuracy_in_batches"](net, X, labels, 7) == 0.7


# check: what the repaired listing does, the wrong part, its repair, other lines that it speaks of
LISTINGS = {
    "check_integer_bug": (slopes_are_right, "[3, 4]", "[3.0, 4.0]", {6, 8, 11}),
    "check_sigmoid_bug": (
        lambda found: gradient_is_right(found["gradient_2"], np.eye(10)[LABELS]),
        "sigmoid_grad(z1)",
        "sigmoid_grad(a1)",
        {2, 9, 10, 12},
    ),
    "check_batch_size_bug": (
        lambda found: gradient_is_right(found["gradient_3"], np.eye(10)[LABELS]),
        "y - t",
        "(y - t) / len(x)",
        {6, 8, 9},
    ),
    "check_label_bug": (
        lambda found: gradient_is_right(found["gradient_4"], LABELS),
        "y - t",
        "y - np.eye(10)[t]",
        {6, 8, 9},
    ),
    "check_interrupt_bug": (weights_survive_an_interruption, "x[idx] = value", None, {5, 6, 7, 8}),
    "check_epoch_bug": (
        lambda found: len(found["recording_points"](60_000, 128, 10_000)) == 22,
        "max(train_size / batch_size, 1)",
        "int(np.ceil(train_size / batch_size))",
        {4, 5, 6},
    ),
    "check_training_data_bug": (
        pictures_are_new_to_the_network,
        "rows[:n_test]",
        "rows[n_train : n_train + n_test]",
        {2, 5, 7, 8},
    ),
    "check_choice_bug": (
        choice_knows_nothing_of_the_test,
        "accuracy(*test)",
        "accuracy(*val)",
        {3, 8, 9, 10},
    ),
    "check_mean_bug": (
        batches_do_not_change_the_accuracy,
        "np.mean([np.mean(right) for right in rights])",
        "np.mean(np.concatenate(rights))",
        {3, 4, 6},
    ),
}


def numbered_part(listing):
    """Run the functions and assignments whose lines are numbered."""
    lines, found = listing.splitlines(), {"np": np, "sigmoid": sigmoid, "softmax": softmax}
    found |= {"copy": copy, "Trainer": Trainer, "TwoLayerNet": TwoLayerNet}
    for statement in ast.parse(listing).body:
        if re.search(r"# \d+$", lines[statement.lineno - 1]):
            exec(ast.unparse(statement), found)
    return found


SOURCES = [source for path in NOTEBOOKS for kind, source in cells_of(path) if kind == "code"]


@pytest.mark.parametrize("check", LISTINGS)
def test_listing_is_wrong_in_the_line_that_the_check_confirms(check):
    is_right, wrong, repaired, near = LISTINGS[check]
    asked = next(k for k, source in enumerate(SOURCES) if f"{check}(" in source)
    listing = next(source for source in SOURCES[asked::-1] if re.search("# 1$", source, re.M))
    numbers = [int(number) for number in re.findall(r"# (\d+)$", listing, re.M)]
    assert numbers == list(range(1, numbers[-1] + 1))
    assert f"lines 1 to {numbers[-1]}" in verdict(check, numbers[-1] + 1)

    said = {line: verdict(check, line) for line in numbers}
    (fault,) = (line for line in numbers if said[line].startswith("right: "))
    far = {line for line in numbers if said[line].startswith(f"not yet: line {line} is right.\n")}
    assert set(numbers) - far == {fault, *near}
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
