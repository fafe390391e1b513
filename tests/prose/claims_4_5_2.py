"""The claims of notebook 4.5.2, and what only they need."""

import functools

import numpy as np
from all_digits import mnist
from prose.shown import flat, numbers, printed, rows, run

from dlscratch import Trainer, TwoLayerNet
from dlscratch.evaluation import smoothing


def last(iterations, **settings):
    """Mean of the last hundred losses."""
    return run(iterations, **settings)[1][-100:].mean()


def fall(start, end):
    """How far the loss falls from one iteration to another, each the mean of 20 losses."""
    losses = run(1000)[1]
    return losses[start : start + 20].mean() - losses[end : end + 20].mean()


@functools.cache
def losses_of_exercise(rate):
    """The losses of `loss_curve` in 4.5.2."""
    data = tuple(part[:6000] for part in mnist()[0])
    trainer = Trainer(TwoLayerNet(784, 50, 10, rng=0), data, learning_rate=rate, rng=0)
    return [trainer.step() for _ in range(200)]


CLAIMS = [
    (
        "90dd566c",
        "the first picture is a 5",
        lambda: "[0. 0. 0. 0. 0. 1. 0. 0. 0. 0.]" in printed("a169f988"),
    ),
    (
        "05d2f0f2",
        "About ten of each, but not exactly",
        lambda: 0 < max(abs(n - 10) for n in numbers("9e5bae5a")[-10:]) < 8,
    ),
    ("beee2a0e", "near {:.2f}", lambda: [np.log(10)]),
    (
        "beee2a0e",
        "has moved very little",
        lambda: np.ptp([2.3, *numbers("1059528a")]) < 0.05,
    ),
    (
        "beee2a0e",
        "It goes down *and* up",
        lambda: {-1, 1} <= set(np.sign(np.diff(numbers("1059528a")))),
    ),
    ("ab31ea71", "{:,} losses of 0.3 ms", lambda: [2 * 79_510]),
    ("ab31ea71", "take {0:.0f} seconds", lambda: [2 * 79_510 * 0.0003]),
    ("ab31ea71", "A thousand times {0:.0f} seconds", lambda: [2 * 79_510 * 0.0003]),
    ("ab31ea71", "are {:.0f} hours", lambda: [2 * 79_510 * 0.3 / 3600]),
    (
        "2cbfc4b5",
        "of the {:,} parameters",
        lambda: [sum(w.size for w in TwoLayerNet(784, 50, 10).params.values())],
    ),
    ("4a4d29c2", "{:,} minutes are one day", lambda: [24 * 60]),
    ("588d41dd", "the mean of the last {} losses", lambda: [smoothing(1000)]),
    ("588d41dd", "first almost nothing", lambda: fall(0, 100) < 0.1),
    (
        "588d41dd",
        "then a steep fall, then a slow one",
        lambda: fall(100, 500) > 2 * fall(500, 980),
    ),
    (
        "fdad631e",
        "With 0.001 the loss stays at {:.2f}",
        lambda: [np.mean(losses_of_exercise(0.001)[-20:])],
    ),
    ("fdad631e", "already takes it to {:.0f}", lambda: losses_of_exercise(100)[:1]),
    (
        "fdad631e",
        "200 iterations do not bring it back",
        lambda: np.mean(losses_of_exercise(100)[-20:]) > 2.3,
    ),
    (
        "fdad631e",
        "from 0.3 to 5, in which 200 iterations are enough to bring the loss below 1",
        lambda: all(np.mean(losses_of_exercise(r)[-20:]) < 1 for r in (0.3, 1, 5)),
    ),
    (
        "7be29d04",
        "The two curves lie on each other",
        lambda: np.allclose(run(10)[1], run(10, gradient="numerical_gradient")[1], atol=1e-5),
    ),
    ("7be29d04", "With 0.1 the loss falls to about {:.1f}", lambda: [last(1000)]),
    (
        "7be29d04",
        "With 10 it stays near 2",
        lambda: abs(last(1000, rate=10) - 2) < 0.5,
    ),
    (
        "7be29d04",
        "the hidden units end up at 0 or 1",
        lambda: flat(run(1000, rate=10)[0]) > 0.95 > 0.1 > flat(run(1000)[0]),
    ),
    (
        "7be29d04",
        "the loss jumps between 0 and 3",
        lambda: run(1000, batch=1)[1].min() < 0.1 < 2.5 < run(1000, batch=1)[1].max() < 4,
    ),
    ("7be29d04", "all the same, to about {:.1f}", lambda: [last(1000, batch=1)]),
    ("7be29d04", "With 5 units the loss stays above 1", lambda: last(1000, hidden=5) > 1),
    (
        "7be29d04",
        "With 200 it falls to about 0.45",
        lambda: abs(last(1000, hidden=200) - 0.45) < 0.02,
    ),
    ("3a15fae9", "an epoch is {} iterations", lambda: [60_000 // 100]),
    ("3a15fae9", "the book's {:.0f} points", lambda: rows("4dca9474")[0][1:]),
    ("3a15fae9", "and {:.0f} more", lambda: [rows("4dca9474")[0][1] - 1]),
    ("3a15fae9", "With batches of 128 an epoch is about {} iterations", lambda: [469]),
    ("3a15fae9", "there should be {} points", lambda: [len(range(0, 10_000, 469))]),
    ("058e205d", "60,000 / 128 is {}", lambda: [60_000 / 128]),
    ("058e205d", "divided by {}", lambda: [60_000 / 128]),
    (
        "058e205d",
        "only at every fourth epoch",
        lambda: np.allclose(np.diff(rows("4dca9474")[2]), 4 * 468.75),
    ),
]

# Numbers that the text sets, by cell: how many pictures to draw, a loss to guess at, a shape.
GIVEN = {
    "eaa74ef7": {"35", "15"},
    "90dd566c": {"59,999"},
    "a9af1464": {"60000"},
    "190c121e": {"0.3"},
    "2cbfc4b5": {"20"},
    "4a4d29c2": {"0.5"},
    "b570e854": {"200"},
    "16ebf98a": {"400"},
    "d47e77c4": {"200"},
    "7be29d04": {"200"},
}
