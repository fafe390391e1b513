"""How every check speaks, whatever it is given."""

import html
import inspect
import re

import numpy as np
import pytest
from exercise_helpers import CHECKS, COUNTS, RUNS, TRAIN, function, verdict

from dlscratch import exercises
from dlscratch.exercises import check
from dlscratch.words import choose_words


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
    assert [text.splitlines()[-1] for text in hints[:2]] == [
        "hint=2 says more.",
        "hint=3 says more.",
    ]
    assert "says more" not in hints[2]
    assert verdict(check, *answers, hint=np.int64(1)) == hints[0]


@pytest.mark.parametrize("hint", [4, -1, 1.0, "1", None, 10**400])
def test_hint_that_there_is_not_is_told_in_a_line(hint, capsys):
    exercises.check_run_time(..., ..., hint=hint)
    assert capsys.readouterr().out == (
        "call the check like this: check_run_time(losses, hours, hint=1)\n"
    )


def test_call_with_other_arguments_is_told_in_a_line(capsys):
    exercises.check_run_time()
    exercises.check_run_time(1, 2, 3)
    exercises.check_run_time(1, 2, Hint=1)
    said = capsys.readouterr().out.splitlines()
    assert said[:3] == ["call the check like this: check_run_time(losses, hours, hint=1)"] * 3
    choose_words("ja")
    try:
        exercises.check_run_time()
    finally:
        choose_words("en")
    assert capsys.readouterr().out.startswith("判定は次のように")


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


SHAPES = {"W1": (784, 100), "b1": (100,), "W2": (100, 10), "b2": (10,)}


@pytest.fixture
def shown(monkeypatch):
    """Collect what checks show, instead of showing it."""
    collected = []
    monkeypatch.setattr(check, "display", collected.append)
    return collected


def test_a_page_says_what_the_text_says_with_a_sign_and_a_colour(shown):
    for count in 79_510, 79_400, ...:
        CHECKS["check_shapes"](SHAPES if count is not ... else ..., count, hint=1)
    CHECKS["check_softmax"](lambda a: int("<b> & </b>"))
    looks = set()
    for answer in shown:
        sign, color, page = answer.sign, answer.color, answer._repr_html_()
        assert f"border-left: 4px solid {color}" in page
        looks.add((sign, color))
        words = re.sub(r'<span aria-hidden="true">.</span>|</?\w+[^>]*>', " ", page)
        assert html.unescape(words).split() == repr(answer).replace(": ", " ", 1).split()
    assert len(looks) == 3 and len(shown) == 4


def test_function_without_return_is_told_so():
    assert "f returns None: does its last line begin with return?" in verdict(
        "check_softmax", function("def f(a): pass\nanswer = f")
    )
