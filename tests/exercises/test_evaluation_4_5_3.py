"""Wrong and right answers to the exercises of notebook 4.5.3."""

import copy

import numpy as np
import pytest
from exercise_helpers import COUNTS, EPOCHS, RUNS, assert_is_told, function, verdict, wrong_answers

# check: [(answers, what the message says)]
WRONG = {
    "check_epochs": [
        ((function(EPOCHS, "-(-n // batch_size)", "n / batch_size"), 16), "be done in part?"),
        ((function(EPOCHS, "-(-n // batch_size)", "n // batch_size"), 16), "96 samples are still"),
        ((function(EPOCHS, "-(-n // batch_size)", "n // batch_size + 1"), 16), "one too many"),
        ((function(EPOCHS, "-(-n // batch_size)", "round(n / batch_size)"), 16), "10 samples"),
        (
            (function(EPOCHS, "-(-n // batch_size)", "np.ceil(n / batch_size)"), 16),
            "of type float64; make them int",
        ),
        ((function(EPOCHS), 17), "the 17th epoch has begun"),
        ((function(EPOCHS), 10_000 / 600), "only whole epochs count"),
        ((function(EPOCHS), 100), "you divided by the batch size"),
    ],
    "check_confusion": [
        ((COUNTS, 315, (2, 3), 0.6), "the number of right answers"),
        ((COUNTS, 78.75, (2, 3), 0.6), "accuracy: that is in percent"),
        ((COUNTS, 0.2125, (2, 3), 0.6), "the share of the wrong answers"),
        (
            (COUNTS, 0.7875, (3, 2), 0.6),
            "the other way round; the row comes first.\nright so far: acc",
        ),
        ((COUNTS, 0.7875, (0, 0), 0.6), "on the diagonal, where nothing is wrong"),
        ((COUNTS, 0.7875, (1, 3), 0.6), "there is a larger number"),
        ((COUNTS, 0.7875, (2, 3), 60 / 81), "among all that was read as a 2"),
        ((COUNTS, 0.7875, (2, 3), 0.15), "you divided by all pictures"),
        ((COUNTS, 0.7875, (2, 3), 60), "share: that is in percent"),
    ],
    "check_overfitting": [
        ((RUNS, "knows little", 1), "is bad on training data too"),
        ((RUNS, "fits", 1), "0.01 apart, and in another run they are further apart"),
        ((RUNS, 2, 1), "expected one of 'fits', 'overfits', 'knows little'"),
        ((RUNS, "overfits", 2), "the first epoch is number 0"),
        ((RUNS, "overfits", 3), "the best epoch for training data"),
        ((RUNS, "overfits", 0), "in which epoch is the accuracy on test data highest?"),
    ],
}


@wrong_answers(WRONG)
def test_wrong_answer_gets_its_message(check, answers, message):
    assert_is_told(check, answers, message)


@pytest.mark.parametrize("check", WRONG)
def test_three_wrong_answers_have_three_messages(check):
    assert len({message for _, message in WRONG[check]}) >= 3


@pytest.mark.parametrize(
    ("check", "answers"),
    [
        ("check_epochs", [function(EPOCHS), np.int64(16)]),
        ("check_confusion", [COUNTS, 0.79, [2, 3], 0.6]),
        ("check_confusion", [COUNTS.tolist(), 0.79, [2, 3], 0.6]),
    ],
)
def test_other_right_answers_are_right_too(check, answers):
    assert verdict(check, *answers).startswith("right: ")


@pytest.mark.parametrize("check", ["check_confusion", "check_overfitting"])
def test_check_leaves_what_it_is_given_unchanged(check):
    for answers, _ in WRONG[check]:
        before = copy.deepcopy(answers)
        verdict(check, *answers)
        np.testing.assert_equal(answers, before)
