"""What the tests of the checks share: the verdict of a check, and right answers to change."""

import contextlib
import inspect
import io

import numpy as np
import pytest

from dlscratch import exercises, load_mnist, sigmoid, softmax

CHECKS = {name: f for name, f in vars(exercises).items() if name.startswith("check_")}


def verdict(check, *answers, **options):
    """Return what a check prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert CHECKS[check](*answers, **options) is None
    return printed.getvalue()


def wrong_answers(table):
    """Make of {check: [(answers, what the message says)]} the parameters of a test."""
    return pytest.mark.parametrize(
        ("check", "answers", "message"),
        [
            pytest.param(check, answers, message, id=f"{check}-{message[:30]}")
            for check, rows in table.items()
            for answers, message in rows
        ],
    )


def assert_is_told(check, answers, message):
    """A wrong answer is not yet right, and is told why."""
    printed = verdict(check, *answers)
    assert printed.startswith("not yet: ")
    assert message in printed


def function(source, old="", new=""):
    """Make a function of a source in which one thing is replaced."""
    assert old in source
    source = source.replace(old, new)
    found = {"np": np, "sigmoid": sigmoid, "softmax": softmax}
    exec(inspect.cleandoc(source), found)
    return found["answer"]


SLOPE = """
def answer(net, x, t, name, index, h):
    W = net.params[name]
    value = W[index]
    W[index] = value + h
    plus = net.loss(x, t)
    W[index] = value - h
    minus = net.loss(x, t)
    W[index] = value
    return (plus - minus) / (2 * h)
"""

GRADIENT = """
def answer(net, x, t):
    W1, b1, W2, b2 = (net.params[name] for name in ("W1", "b1", "W2", "b2"))
    a1 = x @ W1 + b1
    z1 = sigmoid(a1)
    y = softmax(z1 @ W2 + b2)
    da2 = (y - t) / len(x)
    da1 = (da2 @ W2.T) * z1 * (1 - z1)
    return {"W1": x.T @ da1, "b1": da1.sum(axis=0), "W2": z1.T @ da2, "b2": da2.sum(axis=0)}
"""

BATCH = """
def answer(x, t, batch_size, rng):
    rows = rng.choice(len(x), batch_size)
    return x[rows], t[rows]
"""

CROSS_ENTROPY = """
def answer(y, t):
    if t.ndim == 1:
        t = np.eye(y.shape[1])[t]
    return -np.sum(t * np.log(y + 1e-7)) / len(y)
"""

EPOCHS = """
def answer(n, batch_size):
    return -(-n // batch_size)
"""

COUNTS = np.array([[90, 2, 6, 2], [1, 85, 2, 12], [9, 8, 60, 23], [3, 4, 13, 80]])
RUNS = {
    "fits": ([0.1, 0.8, 0.9], [0.1, 0.79, 0.89]),
    "overfits": ([0.1, 0.9, 0.95, 1.0], [0.1, 0.85, 0.8, 0.7]),
    "knows little": ([0.1, 0.2, 0.3], [0.1, 0.2, 0.28]),
}
TRAIN = tuple(part[:6000] for part in load_mnist()[0])
