"""How every check speaks, whatever it is given."""

import html
import inspect
import re

import numpy as np
import pytest
from exercise_helpers import CHECKS, COUNTS, RUNS, TRAIN, verdict

from dlscratch.exercises import check


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


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "np.exp(...)",
            [
                "not attempted: replace each ... by your answer (hint=1 gives a hint).",
                "A ... is used in line 2 of the cell: return np.exp(...)",
            ],
        ),
        (
            "a / missing",
            [
                "not yet: f stops with NameError: name 'missing' is not defined",
                "It was given arrays of these shapes: (3,)",
                "It stops in line 2 of the cell: return a / missing",
            ],
        ),
    ],
)
def test_where_the_learners_function_stops_is_named_with_its_line(line, said, tmp_path):
    cell = tmp_path / "cell.py"
    cell.write_text(f"def f(a):\n    return {line}\n")
    found = {"np": np}
    exec(compile(cell.read_text(), str(cell), "exec"), found)
    assert verdict("check_softmax", found["f"]).splitlines() == said


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


HINTS = [4, -1, 1.0, "1", None, 10**400]


@pytest.mark.parametrize(
    ("check", "answers", "options"),
    [
        *[("check_run_time(losses, hours, hint=1)", (..., ...), {"hint": hint}) for hint in HINTS],
        ("check_run_time(losses, hours, hint=1)", (), {}),
        ("check_run_time(losses, hours, hint=1)", (1, 2, 3), {}),
        ("check_run_time(losses, hours, hint=1)", (1, 2), {"Hint": 1}),
        ("check_question(question, answer)", (), {}),
        ("check_question(question, answer)", ("row", "a"), {"hint": 1}),
    ],
)
def test_another_call_is_told_in_a_line(check, answers, options):
    said = verdict(check.partition("(")[0], *answers, **options)
    assert said == f"call the check like this: {check}\n"


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


@pytest.fixture
def shown(monkeypatch):
    """Collect what checks show, instead of showing it."""
    collected = []
    monkeypatch.setattr(check, "display", collected.append)
    return collected


def test_a_page_says_what_the_text_says_with_a_sign_and_a_colour(shown):
    for losses in 159_020, 1, ...:
        CHECKS["check_run_time"](losses, 13 if losses == 159_020 else ..., hint=1)
    CHECKS["check_softmax"](lambda a: int("<b> & </b>"))
    looks = set()
    for answer in shown:
        sign, color, page = answer.sign, answer.color, answer._repr_html_()
        assert f"border-left: 4px solid {color}" in page
        looks.add((sign, color))
        words = re.sub(r'<span aria-hidden="true">.</span>|</?\w+[^>]*>', " ", page)
        assert html.unescape(words).split() == repr(answer).replace(": ", " ", 1).split()
    assert len(looks) == 3 and len(shown) == 4
