"""The answers in the tables of the checks' tests: wrong ones, other right ones, half ones."""

import pytest
import test_before_4_5_0
import test_class_4_5_1
import test_evaluation_4_5_3
import test_minibatch_4_5_2
from exercise_helpers import CHECKS, verdict

LESSONS = (test_class_4_5_1, test_minibatch_4_5_2, test_evaluation_4_5_3)
WRONG = dict(test_before_4_5_0.WRONG)
for lesson in LESSONS:
    WRONG |= lesson.WRONG  # check: {what the message says: answer or answers}


@pytest.mark.parametrize(
    ("check", "answers", "message"),
    [
        pytest.param(check, answers, message, id=f"{check}-{message[:30]}")
        for check, rows in WRONG.items()
        for message, answers in rows.items()
    ],
)
def test_wrong_answer_gets_its_message(check, answers, message):
    printed = verdict(check, *(answers if isinstance(answers, tuple) else (answers,)))
    assert printed.startswith("not yet: ")
    assert message in printed


@pytest.mark.parametrize(("check", "answers"), [row for lesson in LESSONS for row in lesson.RIGHT])
def test_other_right_answers_are_right_too(check, answers):
    assert verdict(check, *answers).startswith("right: ")


@pytest.mark.parametrize(
    ("check", "answers", "next_step", "right_so_far"),
    [row for lesson in LESSONS for row in lesson.HALF],
)
def test_half_of_an_answer_is_told_what_is_right_and_what_is_next(
    check, answers, next_step, right_so_far
):
    printed = verdict(check, *answers)
    assert printed.startswith(f"not yet: {next_step}")
    assert f"\nright so far: {right_so_far}" in printed


def test_every_check_tells_three_wrong_answers_apart():
    """The lines of the bug labs are in test_bug_lab.py."""
    assert {check for check in CHECKS if not check.endswith("_bug")} == set(WRONG)
    assert [check for check in WRONG if len(WRONG[check]) < 3] == []
