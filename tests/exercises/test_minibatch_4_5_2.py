"""Wrong and right answers to the exercises of notebook 4.5.2."""

import pytest
from exercise_helpers import BATCH, TRAIN, function, verdict


def drawn_by(rows):
    """A batch of the rows that an expression draws."""
    return function(BATCH, "rng.choice(len(x), batch_size)", rows)


# check: {what the message says: answer or answers}
WRONG = {
    "check_batch": {
        "a picture twice, as in the rows [25, 25, 25": drawn_by(
            "rng.choice(30, 1).repeat(batch_size)"
        ),
        "The check brings data of its own": drawn_by("rng.choice(60_000, batch_size)"),
        "a block of neighbours, as the rows [25, 26,": drawn_by(
            "(rng.choice(30) + np.arange(batch_size)) % 30"
        ),
        "row 0 is drawn far more often than row": drawn_by(
            "rng.choice(120, batch_size) // 4 * (rng.random() < 0.9)"
        ),
        "rows [0, 1, 2, 3, 4, 5, 6, 7]: draw": drawn_by("slice(batch_size)"),
        "batch_size=5": drawn_by("rng.choice(len(x), 8)"),
        "row 29 is never drawn": drawn_by("rng.choice(len(x) - 1, batch_size)"),
        "every call gives the rows [25": drawn_by(
            "np.random.default_rng(0).choice(30, batch_size)"
        ),
        "same seed gives two different": drawn_by("np.random.default_rng().choice(30, batch_size)"),
        "t_batch has a row that is not": function(BATCH, "x[rows], t[rows]", "x[rows], x[rows]"),
        "x_batch has a row that is not": function(BATCH, "return x[rows]", "return 2 * x[rows]"),
        "answers belong to other pictures": function(
            BATCH, "t[rows]", "t[rng.choice(30, batch_size)]"
        ),
        "return two arrays": function(BATCH, ", t[rows]", ""),
        "answer changes the array that": function(BATCH, "rows =", "rng.shuffle(x)\n    rows ="),
    },
    "check_run_time": {
        "How many losses does each take?": (79_510, 13.25),
        "the biases are parameters too": (158_800, 13.25),
        "that is for 50 hidden units": (79_520, 13.25),
        "how many parameters are there": (1, 13.25),
        "the time in seconds.\nright so far: losses.": (159_020, 47_706),
        "the time in minutes": (159_020, 795.1),
        "the seconds of one iteration": (159_020, 47.7),
        "the time of 10,000 iterations": (159_020, 132.5),
        "how many seconds does one iteration take": (159_020, 13.5),
        "losses is of type str; expected one number": ("159020", 13),
    },
    "check_learning_rates": {
        "With this rate it learns: try a smaller one": (1.0, 100.0, TRAIN),
        "Are the two in the right order?": (100.0, 0.001, TRAIN),
        "it still learns: try a larger one.\nright so far: crawls": (0.001, 1.0, TRAIN),
        "With this rate it crawls": (0.001, 0.0001, TRAIN),
        "diverges is -1; a learning rate is a number above 0": (0.001, -1.0, TRAIN),
    },
}


RIGHT = [
    ("check_batch", [drawn_by("rng.choice(len(x), batch_size, replace=False)")]),
    ("check_run_time", [159_020, 13]),
    ("check_learning_rates", [0.03, 50, TRAIN]),
]

# check, answers, what is next, and what is right so far
HALF = [
    (
        "check_batch",
        [function(BATCH, "t[rows]", "...")],
        "t_batch is next",
        "every picture has the same chance; the same seed draws the same pictures.",
    ),
    ("check_run_time", [159_020, ...], "hours is next", "losses."),
    ("check_run_time", [..., 13.25], "losses is next", "hours, about 13"),
    ("check_learning_rates", [..., 100, TRAIN], "crawls is next", "diverges, the loss goes from"),
]


def test_training_data_may_be_lists_and_must_be_a_pair():
    lists = [part[:200].tolist() for part in TRAIN]
    assert verdict("check_learning_rates", 0.0001, 1e6, lists).startswith("right: ")
    with pytest.raises(ValueError, match="train must be a pair of arrays"):
        verdict("check_learning_rates", 0.001, 100, TRAIN[0])
