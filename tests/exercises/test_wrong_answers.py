"""Every wrong answer in the tables of the checks' tests is told what is wrong with it."""

import pytest
import test_before_4_5_0
import test_bug_lab
import test_class_4_5_1
import test_evaluation_4_5_3
import test_minibatch_4_5_2
from exercise_helpers import CHECKS, assert_is_told

WRONG = {  # check: [(answer or answers, what the message says)]
    **test_before_4_5_0.WRONG,
    **test_class_4_5_1.WRONG,
    **test_minibatch_4_5_2.WRONG,
    **test_evaluation_4_5_3.WRONG,
    **test_bug_lab.WRONG,
}


@pytest.mark.parametrize(
    ("check", "answers", "message"),
    [
        pytest.param(check, answers, message, id=f"{check}-{message[:30]}")
        for check, rows in WRONG.items()
        for answers, message in rows
    ],
)
def test_wrong_answer_gets_its_message(check, answers, message):
    assert_is_told(check, answers, message)


@pytest.mark.parametrize("check", CHECKS)
def test_three_wrong_answers_have_three_messages(check):
    assert len({message for _, message in WRONG[check]}) >= 3
