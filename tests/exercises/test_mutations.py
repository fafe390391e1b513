"""No slip in a right answer is called right: every program that differs in one place is tried."""

import ast
import contextlib
import copy
import io

import numpy as np
import pytest
from exercise_helpers import BATCH, CROSS_ENTROPY, NOTEBOOKS, exercises_of, namespace_of, printed_by
from mutants import mutants_of

from dlscratch import TwoLayerNet

BOOK_SOFTMAX = """
def answer(a):
    if a.ndim == 2:
        a = a.T
        a = a - np.max(a, axis=0)
        y = np.exp(a) / np.sum(np.exp(a), axis=0)
        return y.T
    a = a - np.max(a)
    return np.exp(a) / np.sum(np.exp(a))
"""
PERMUTED_BATCH = BATCH.replace(
    "rng.choice(len(x), batch_size)", "rng.permutation(len(x))[:batch_size]"
)
EPOCHS = """
def answer(n, batch_size):
    return -(-n // batch_size)
complete = 16
"""
ROUNDED_UP = EPOCHS.replace("-(-n // batch_size)", "(n + batch_size - 1) // batch_size")

# Other ways to write an answer than the notebook's.
OTHERS = {
    "check_softmax": [BOOK_SOFTMAX],
    "check_cross_entropy": [CROSS_ENTROPY],
    "check_batch": [PERMUTED_BATCH],
    "check_epochs": [EPOCHS, ROUNDED_UP],
}

# What each function is tried with: other numbers than those of its check.
RNG = np.random.default_rng(0)
SCORES = 10 * RNG.standard_normal((4, 3))
Y, T = np.array([[0.2, 0.8, 0.0], [0.5, 0.4, 0.1]]), np.array([2, 0])
NET, X, ONE_HOT = TwoLayerNet(4, 5, 3, rng=RNG), RNG.random((2, 4)), np.eye(3)[T]
NET.params["b1"][:], NET.params["b2"][:] = RNG.random(5), RNG.random(3)
# The rows k and -k are the same: it does not matter from which end rows are counted.
ROWS = np.abs(np.linspace(-1, 1, 21)[:20, np.newaxis])
TRIALS = {
    "check_softmax": [(SCORES,), (SCORES[0],)],
    "check_cross_entropy": [(Y, T), (Y, ONE_HOT)],
    "check_one_weight": [(NET, X, ONE_HOT, "W1", (3, 4), 0.1), (NET, X, ONE_HOT, "b2", (0,), 0.1)],
    "check_backprop": [(NET, X, ONE_HOT)],
    "check_batch": [(ROWS, ROWS, 9, RNG)],
    "check_epochs": [(100, 10), (101, 10), (7, 8), (0, 5)],
}
NEAR = {"check_run_time": 0.02}  # 13 hours for 13.25 are good enough


def outcome(check, call, namespace):
    """Give all numbers of an answer, of a function those that it returns and leaves in a net."""
    for name in ast.parse(call).body[0].value.args:
        answer = namespace[name.id]
        if not callable(answer):
            yield from numbers_in(answer)
        else:
            for args in copy.deepcopy(TRIALS[check]):
                yield from numbers_in(answer(*args))
                yield from numbers_in(getattr(args[0], "params", []))


def numbers_in(value):
    """Give all numbers or words of a value, one by one."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from numbers_in(item)
    else:
        yield from np.ravel(value)


def answers():
    """For each exercise: the check, its call, what the call needs, and every way to answer."""
    for path in NOTEBOOKS:
        for check, call, source, solution in exercises_of(path):
            # Learning rates are judged by a training, so each that trains badly enough is right.
            if check.endswith("_bug") or check == "check_learning_rates":
                continue
            yield pytest.param(path, check, call, source, solution, id=check)
            name = call.partition("(")[2].rstrip(")").split(", ")[0]
            for k, other in enumerate(OTHERS.get(check, [])):
                other = other.replace("answer", name)
                yield pytest.param(path, check, call, source, other, id=f"{check}-{k}")


@pytest.mark.parametrize(("path", "check", "call", "source", "answer"), list(answers()))
def test_what_is_called_right_gives_what_the_right_answer_gives(path, check, call, source, answer):
    namespace = dict(namespace_of(path))
    with contextlib.redirect_stdout(io.StringIO()):
        exec(source, namespace)
    right = dict(namespace)
    assert printed_by(f"{answer}\n{call}", right).startswith("right: ")
    expected = pytest.approx(list(outcome(check, call, right)), rel=NEAR.get(check, 1e-6))
    tried = 0
    for mutant in mutants_of(answer):
        try:
            changed = dict(namespace)
            exec(mutant, changed)
        except Exception:  # the learner's cell stops before the check
            continue
        tried += 1
        if printed_by(call, changed).startswith("right: "):
            assert list(outcome(check, call, changed)) == expected, mutant
    assert tried >= 10
