"""No slip in a right answer is called right: every program that differs in one place is tried."""

import ast
import contextlib
import difflib
import io

import pytest
from exercise_helpers import (
    BATCH,
    CROSS_ENTROPY,
    EPOCHS,
    NOTEBOOKS,
    exercises_of,
    namespace_of,
    printed_by,
)
from mutants import mutants_of

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
ROUNDED_UP = EPOCHS.replace("-(-n // batch_size)", "(n + batch_size - 1) // batch_size")

# Other ways to write an answer than the notebook's.
OTHERS = {
    "check_softmax": [BOOK_SOFTMAX],
    "check_cross_entropy": [CROSS_ENTROPY],
    "check_batch": [PERMUTED_BATCH],
    "check_epochs": [EPOCHS + "complete = 16", ROUNDED_UP + "complete = 16"],
}

# Changes that leave an answer right: {check: {reason: the changed lines}}.
EQUIVALENT = {
    "check_softmax": {
        "the two signs cancel": ["exp_a = -np.exp(a - a.max(axis=-1, keepdims=True))"],
        "one row is its own transpose": [
            "if True:",
            "if a.T.ndim == 2:",
            "a = a.T - np.max(a)",
            "a = a - np.max(a.T)",
            "return np.exp(a.T) / np.sum(np.exp(a))",
            "return np.exp(a) / np.sum(np.exp(a.T))",
        ],
    },
    "check_cross_entropy": {
        "y and t have one length": [
            "n = len(t)",
            "return -np.sum(t * np.log(y + 1e-07)) / len(t)",
        ],
        "a transpose has as many axes, and labels are their own": [
            "if t.T.ndim == 2:",
            "if t.T.ndim == 1:",
            "return -np.log(y[np.arange(n), t.T] + 1e-07).mean()",
            "t = np.eye(y.shape[1])[t.T]",
        ],
        "of two axes, 1 is the last": ["t = t.argmax(axis=-1)", "t = np.eye(y.shape[-1])[t]"],
    },
    "check_one_weight": {
        "a number is its own transpose": [
            "W[index] = value.T",
            "W[index] = value.T + h",
            "W[index] = value.T - h",
            "return (loss_plus.T - loss_minus) / (2 * h)",
            "return (loss_plus - loss_minus.T) / (2 * h)",
        ],
    },
    "check_backprop": {
        "x and t have one length": ["n = len(t)"],
        "one axis is its own transpose": ["a1 = x @ W1 + b1.T", "a2 = z1 @ W2 + b2.T"],
    },
    "check_batch": {
        "x and t have one length": [
            "batch_mask = rng.choice(len(t), batch_size)",
            "rows = rng.permutation(len(t))[:batch_size]",
        ],
        "one axis is its own transpose": [
            "return (x[batch_mask.T], t[batch_mask])",
            "return (x[batch_mask], t[batch_mask.T])",
            "return (x[rows.T], t[rows])",
            "return (x[rows], t[rows.T])",
        ],
        "0, -1, -2, ... name every row once, from the end": [
            "batch_mask = -rng.choice(len(x), batch_size)",
            "rows = (-rng.permutation(len(x)))[:batch_size]",
        ],
    },
    "check_run_time": {
        "the same 13.25 hours, or rounded to 13 or by less than a percent": [
            "hours = 1000 * losses * (0.0003 / 3600)",
            "hours = 1000 * losses * 0.0003 // 3600",
            "hours = 1000 * losses * 0.0003 / 3601",
            "hours = 1000 * losses * 0.0003 / 3599",
            "hours = 1001 * losses * 0.0003 / 3600",
            "hours = 999 * losses * 0.0003 / 3600",
        ],
    },
    "check_epochs": {
        "16 epochs are complete for these numbers too, and 16 is the answer": [
            "complete = 10001 // iterations_per_epoch(60000, 100)",
            "complete = 9999 // iterations_per_epoch(60000, 100)",
            "complete = 10000 // iterations_per_epoch(60001, 100)",
            "complete = 10000 // iterations_per_epoch(59999, 100)",
            "complete = 10000 // iterations_per_epoch(60000, 101)",
            "complete = 10000 // iterations_per_epoch(60000, 99)",
        ],
        "the same sum": ["return (n + (batch_size - 1)) // batch_size"],
    },
    "check_confusion": {
        "a transpose has the same sum and diagonal": [
            "accuracy = small.T.trace() / small.sum()",
            "accuracy = small.trace() / small.T.sum()",
            "share = small.T[2, 2] / small[2].sum()",
        ],
        "of four rows, 2 is the last but one": [
            "share = small[-2, 2] / small[2].sum()",
            "share = small[2, -2] / small[2].sum()",
            "share = small[2, 2] / small[-2].sum()",
        ],
    },
}


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


def changed_lines(source, mutant):
    """Name a mutant by the lines in which it differs."""
    lines = difflib.ndiff(ast.unparse(ast.parse(source)).splitlines(), mutant.splitlines())
    return "\n".join(line[2:].strip() for line in lines if line.startswith("+ "))


@pytest.mark.parametrize(("path", "check", "call", "source", "answer"), list(answers()))
def test_only_equivalent_changes_of_a_right_answer_are_right(path, check, call, source, answer):
    namespace = dict(namespace_of(path))
    with contextlib.redirect_stdout(io.StringIO()):
        exec(source, namespace)
    assert printed_by(f"{answer}\n{call}", dict(namespace)).startswith("right: ")
    equivalent = [line for lines in EQUIVALENT.get(check, {}).values() for line in lines]
    tried = 0
    for mutant in mutants_of(answer):
        try:
            changed = dict(namespace)
            exec(mutant, changed)
        except Exception:  # the learner's cell stops before the check
            continue
        tried += 1
        if printed_by(call, changed).startswith("right: "):
            assert changed_lines(answer, mutant) in equivalent
    assert tried >= 10
