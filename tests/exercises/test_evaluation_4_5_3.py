"""Wrong and right answers to the exercises of notebook 4.5.3."""

import copy

import numpy as np
import pytest
from exercise_helpers import COUNTS, RUNS, verdict


def iterations(n, size):
    return -(-n // size)


TIE = np.array([[4, 3, 1], [2, 4, 2], [1, 3, 4]])
UNEVEN = np.array([[90, 2, 6, 2], [1, 85, 2, 12], [9, 8, 90, 33], [3, 4, 13, 80]])
UNEQUAL = COUNTS * [[1], [2], [1], [1]]

# check: {what the message says: answer or answers}
WRONG = {
    "check_epochs": {
        "of 50,000 give 2 iterations": (lambda n, size: (n + size - 10) // size, 16),
        "be done in part?": (lambda n, size: n / size, 16),
        "missing to an epoch: 96.": (lambda n, size: n // size, 16),
        "one too many": (lambda n, size: n // size + 1, 16),
        "of type float64; make them int": (lambda n, size: np.ceil(n / size), 16),
        "the 17th epoch has begun": (iterations, 17),
        "only whole epochs count": (iterations, 10_000 / 600),
        "you divided by the batch size": (iterations, 100),
    },
    "check_confusion": {
        "the mean of the shares of the rows": (UNEQUAL, 0.7875, (2, 3), 0.6),
        "accuracy: give three digits": (COUNTS, 0.79, (2, 3), 0.6),
        "share: give three digits": (UNEVEN, 345 / 440, (2, 3), 0.64),
        "accuracy is of type str; expected one number": (COUNTS, "0.7875", (2, 3), 0.6),
        "the number of right answers": (COUNTS, 315, (2, 3), 0.6),
        "accuracy: that is in percent": (COUNTS, 78.75, (2, 3), 0.6),
        "the share of the wrong answers": (COUNTS, 0.2125, (2, 3), 0.6),
        "the other way round; the row comes first.\nr": (COUNTS, 0.7875, (3, 2), 0.6),
        "on the diagonal, where nothing is wrong": (COUNTS, 0.7875, (0, 0), 0.6),
        "there is a larger number": (COUNTS, 0.7875, (1, 3), 0.6),
        "among all that was read as a 2": (COUNTS, 0.7875, (2, 3), 60 / 81),
        "you divided by all pictures": (COUNTS, 0.7875, (2, 3), 0.15),
        "share: that is in percent": (COUNTS, 0.7875, (2, 3), 60),
    },
    "check_overfitting": {
        "is bad on training data too": (RUNS, "knows little", 20),
        "0.01 apart, and in another run they are further apart": (RUNS, "fits", 20),
        "expected one of 'fits', 'overfits', 'knows little'": (RUNS, 2, 20),
        "that is a place in the list": (RUNS, "overfits", 1),
        "there the training loss is lowest": (RUNS, "overfits", 40),
        "that is the loss; at which iteration": (RUNS, "overfits", 1.1),
        "at which iteration is the loss on test data lowest?": (RUNS, "overfits", 30),
    },
}


class Table:
    """A table that NumPy can read and that has neither sum nor trace, as a data frame."""

    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype=dtype)


RIGHT = [
    ("check_epochs", [iterations, np.int64(16)]),
    ("check_confusion", [COUNTS, 0.788, [2, 3], 0.6]),
    ("check_confusion", [COUNTS.tolist(), np.float32(0.7875), np.array([2, 3]), 0.6]),
    ("check_confusion", [Table(COUNTS), 0.7875, (np.uint8(2), 3), 0.6]),
    ("check_confusion", [TIE, 0.5, (2, 1), 0.5]),
    ("check_overfitting", [{k: [*map(Table, v)] for k, v in RUNS.items()}, "overfits", 20]),
    ("check_overfitting", [{k: np.array(v) for k, v in RUNS.items()}, "overfits", 20.0]),
]

# check, answers, what is next, and what is right so far
HALF = [
    ("check_epochs", [iterations, ...], "complete is next", "iterations_per_epoch."),
    ("check_epochs", [lambda n, batch_size: ..., 16], "iterations_per_epoch is next", "complete"),
    ("check_confusion", [COUNTS, 0.7875, (..., ...), 0.6], "pair is next", "accuracy; share."),
    ("check_overfitting", [RUNS, "overfits", ...], "stop_at is next", "overfits, its two"),
    ("check_overfitting", [RUNS, ..., 20], "overfits is next", "stop_at, after iteration 20"),
]


@pytest.mark.parametrize(
    "counts", [COUNTS[:3], COUNTS[:2, :2], [["a"] * 3] * 3, np.zeros((3, 3)), None]
)
def test_matrix_that_is_none_is_refused(counts):
    with pytest.raises(ValueError, match="^counts "):
        verdict("check_confusion", counts, 0.5, (0, 1), 0.5)


@pytest.mark.parametrize(
    "runs", [None, {}, {"A": ([], [], [])}, {"A": ([1, 2], [0.1, 0.2], [0.1])}], ids=str
)
def test_runs_that_are_none_are_refused(runs):
    with pytest.raises(ValueError, match=r"runs\['A'\] is " if runs else "runs must be a dict"):
        verdict("check_overfitting", runs, "A", 0)


@pytest.mark.parametrize("check", ["check_confusion", "check_overfitting"])
def test_check_leaves_what_it_is_given_unchanged(check):
    for answers in WRONG[check].values():
        before = copy.deepcopy(answers)
        verdict(check, *answers)
        np.testing.assert_equal(answers, before)
