"""How every check speaks, whatever it is given."""

import inspect

import numpy as np
import pytest
from exercise_helpers import CHECKS, COUNTS, RUNS, TRAIN, function, verdict


def parameters(check):
    return [name for name in inspect.signature(CHECKS[check]).parameters if name != "hint"]


def answers_with(check, value):
    """The value for each answer, and real data for what is not an answer."""
    data = {"train": TRAIN, "counts": COUNTS, "runs": RUNS}
    return [data.get(name, value) for name in parameters(check)]


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("value", [..., None, (..., ...), {"W1": ...}])
def test_answer_that_is_not_filled_in_is_not_attempted(check, value):
    assert verdict(check, *answers_with(check, value)).startswith("not attempted: ")


TAKE_A_FUNCTION = [
    *("check_softmax", "check_cross_entropy", "check_one_weight"),
    *("check_backprop", "check_batch", "check_epochs"),
]


@pytest.mark.parametrize("check", TAKE_A_FUNCTION)
@pytest.mark.parametrize("result", [..., (..., ...), {"W1": ..., "b1": 1.0}])
def test_function_that_is_not_filled_in_is_not_attempted(check, result):
    answers = [(lambda *args: result), ...][: len(parameters(check))]
    assert verdict(check, *answers).startswith("not attempted: ")


def test_dots_left_in_a_calculation_are_not_attempted(tmp_path):
    cell = tmp_path / "cell.py"
    cell.write_text("def f(a):\n    return np.exp(...)\n")
    found = {"np": np}
    exec(compile(cell.read_text(), str(cell), "exec"), found)
    first, second = verdict("check_softmax", found["f"]).splitlines()
    assert first.startswith("not attempted: ")
    assert second == "A ... is used in line 2 of the cell: return np.exp(...)"


@pytest.mark.parametrize("check", CHECKS)
def test_each_hint_follows_the_verdict_and_is_another(check):
    answers = answers_with(check, ...)
    hints = [verdict(check, *answers, hint=k) for k in (1, 2, 3)]
    for k, text in enumerate(hints, start=1):
        assert text.startswith("not attempted: ")
        assert f"\nhint {k} of 3: " in text
    assert len({text.split(" of 3: ")[1] for text in hints}) == 3
    assert verdict(check, *answers, hint=np.int64(1)) == hints[0]


@pytest.mark.parametrize("hint", [4, -1, 1.0, "1", None, 10**400])
def test_hint_that_there_is_not_is_refused(hint):
    with pytest.raises(ValueError, match="; expected a whole number from 1 to 3"):
        verdict("check_run_time", ..., ..., hint=hint)


JUNK = [
    *(0, -1, 1.5, np.nan, np.inf, 10**400, True, 1j, "", "12", b"x", (), [], {}, object()),
    *(np.array([]), np.array(["a"]), np.ones((2, 2)), [[1], [1, 2]], {"W1": 1}, len, np.exp),
    *(
        lambda *args: "x",
        lambda *args: 1j,
        lambda *args: {},
        lambda *args: [1, "a"],
        lambda *args: [[1], [1, 2]],
    ),
    *(lambda: 1, lambda *args: args[0], lambda *args: [args], lambda *args: 1 / 0),
]


@pytest.mark.parametrize("check", CHECKS)
def test_no_answer_makes_a_check_fail(check):
    for junk in JUNK:
        printed = verdict(check, *answers_with(check, junk))
        assert printed.startswith(("not yet: ", "right: ")), junk


def test_error_in_the_learners_function_is_named_with_its_line(tmp_path):
    cell = tmp_path / "cell.py"
    cell.write_text("def f(a):\n    b = a + 1\n    return b / missing\n")
    found = {}
    exec(compile(cell.read_text(), str(cell), "exec"), found)
    printed = verdict("check_softmax", found["f"])
    assert printed.splitlines() == [
        "not yet: f stops with NameError: name 'missing' is not defined",
        "It was given arrays of these shapes: (3,)",
        "It stops in line 3 of the cell: return b / missing",
    ]


def test_function_without_return_is_told_so():
    assert "f returns None: does its last line begin with return?" in verdict(
        "check_softmax", function("def f(a): pass\nanswer = f")
    )
