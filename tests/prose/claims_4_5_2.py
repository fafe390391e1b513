"""The claims of notebook 4.5.2, and what only they need."""

import functools
import re

import numpy as np
from all_digits import mnist
from prose.shown import numbers, printed, rows, run

from dlscratch import Trainer, TwoLayerNet
from dlscratch.evaluation import as_vector, smoothing
from dlscratch.functions import sigmoid


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


def numbers_of(id, start):
    """The numbers in the line of a cell's output that begins so."""
    (line,) = [line for line in printed(id).splitlines() if line.startswith(start)]
    return [float(n) for n in re.findall(r"\d+\.\d+", line)][:1] + [
        None,
        float(re.findall(r"([\d.]+) %", line)[0]),
    ]


def read_of_ten():
    """How many of the first ten test digits the network of 1,000 iterations reads right."""
    x, t = (part[:10] for part in mnist()[1])
    return np.sum(run(1000)[0].predict(x).argmax(axis=1) == t)


def way(rate, iterations=100):
    """How far the parameters are from their start, along the straight line."""
    rng = np.random.default_rng(0)
    start = TwoLayerNet(784, 50, 10, rng=rng, dtype=np.float32)
    end = run(iterations, rate=rate)[0]
    return np.linalg.norm(as_vector(end.params) - as_vector(start.params))


def answers(rate):
    """Answers of the hidden units to 1,000 test digits after 100 iterations."""
    params = run(100, rate=rate)[0].params
    return sigmoid(mnist()[1][0][:1000] @ params["W1"] + params["b1"])


CLAIMS = {
    "90dd566c": {
        "first picture is a 5": lambda: "[0. 0. 0. 0. 0. 1. 0. 0. 0. 0.]" in printed("a169f988"),
    },
    "05d2f0f2": {
        "ten of each, but not": lambda: 0 < max(abs(n - 10) for n in numbers("9e5bae5a")[-10:]) < 8,
    },
    "beee2a0e": {
        "near {:.2f}": lambda: [np.log(10)],
        "has moved very little": lambda: np.ptp([2.3, *numbers("1059528a")]) < 0.05,
        "It goes down *and* up": lambda: {-1, 1} <= set(np.sign(np.diff(numbers("1059528a")))),
    },
    "ab31ea71": {
        "{:,} losses of 0.3 ms": lambda: [2 * 79_510],
        "take {0:.0f} seconds": lambda: [2 * 79_510 * 0.0003],
        "A thousand times {0:.0f} seconds": lambda: [2 * 79_510 * 0.0003],
        "are {:.0f} hours": lambda: [2 * 79_510 * 0.3 / 3600],
    },
    "588d41dd": {
        "the mean of the last {} losses": lambda: [smoothing(1000)],
        "first almost nothing": lambda: fall(0, 100) < 0.1,
        "then a steep fall, then a slow one": lambda: fall(100, 500) > 2 * fall(500, 980),
    },
    "fdad631e": {
        "With 0.001 the loss stays at {:.2f}": lambda: [np.mean(losses_of_exercise(0.001)[-20:])],
        "already takes it to {:.0f}": lambda: losses_of_exercise(100)[:1],
        "200 iterations do not bring it back": lambda: np.mean(losses_of_exercise(100)[-20:]) > 2.3,
        "from 0.3 to 5, in which 200 iterations are enough to bring the loss below 1": lambda: all(
            np.mean(losses_of_exercise(r)[-20:]) < 1 for r in (0.3, 1, 5)
        ),
    },
    "7be29d04": {
        "The two curves lie on each other": lambda: np.allclose(
            run(10)[1], run(10, gradient="numerical_gradient")[1], atol=1e-5
        ),
        "With 0.1 the loss falls to about {:.1f}": lambda: [last(1000)],
        "With 10 it stays near 2": lambda: abs(last(1000, rate=10) - 2) < 0.5,
        "the loss jumps between 0 and 3": lambda: (
            run(1000, batch=1)[1].min() < 0.1 < 2.5 < run(1000, batch=1)[1].max() < 4
        ),
        "ends at about {:.1f}. The test": lambda: [last(1000, batch=1)],
        "Its mean rises at first": lambda: (
            np.mean(run(1000, batch=1)[1][100:200]) > np.mean(run(1000, batch=1)[1][:100])
        ),
        "their loss ends at about {:.1f}": lambda: [run(1000, batch=1)[0].loss(*mnist()[1])],
        "With 5 units the loss stays above 1": lambda: last(1000, hidden=5) > 1,
        "With 200 it falls to about 0.45": lambda: abs(last(1000, hidden=200) - 0.45) < 0.02,
    },
    "c1a70453": {
        "reads {:.0f} of these ten": lambda: [read_of_ten()],
        "and {2:.1f} % of all": lambda: numbers_of("c1a70452", "after"),
        "Their loss is {0:.2f}": lambda: numbers_of("c1a70452", "after"),
        "the {1:.2f} of the batches": lambda: [None, rows("d23203a8")[1][1]],
        "says 1 to everything": lambda: (
            set(TwoLayerNet(784, 50, 10, rng=0).predict(mnist()[1][0]).argmax(axis=1)) == {1}
        ),
    },
    "c1a70454": {
        "has {:,}": lambda: [sum(w.size for w in TwoLayerNet(784, 50, 10).params.values())],
        "over {:,} directions": lambda: [sum(w.size for w in run(10)[0].params.values())],
    },
    "c1a70456": {
        "to a loss of about {:.1f}": lambda: [run(100, rate=1)[1][-10:].mean()],
        "**0.1** has hardly left the start": lambda: way(0.1) < way(1) / 20,
        "twice as far as all 100 steps of the second path": lambda: 2 < way(10, 5) / way(1) < 3,
        "is that of the start": lambda: np.allclose(run(100, rate=10)[1][-10:], 2.3, atol=0.1),
    },
    "c1a7045a": {
        "With 10 all of them are 0": lambda: answers(10).max() < 0.01,
        "1 the answers are spread": lambda: np.std(answers(1)) > 0.1,
    },
    "c1a7045d": {
        "the work of one: {1:.0f} %": lambda: numbers("c1a7045c")[:2],
        "steep. {3:.0f} and {5:.0f} %": lambda: numbers("c1a7045c"),
        "flat. {7:.0f} and {9:.0f} %": lambda: numbers("c1a7045c"),
    },
    "3a15fae9": {
        "an epoch is {} iterations": lambda: [60_000 // 100],
        "the book's {:.0f} points": lambda: rows("4dca9474")[0][1:],
        "and {:.0f} more": lambda: [rows("4dca9474")[0][1] - 1],
        "With batches of 128 an epoch is about {:.0f} iterations": lambda: [60_000 / 128],
        "there should be {} points": lambda: [len(range(0, 10_000, 469))],
    },
    "058e205d": {
        "60,000 / 128 is {}": lambda: [60_000 / 128],
        "divided by {}": lambda: [60_000 / 128],
        "only at every fourth epoch": lambda: np.allclose(np.diff(rows("4dca9474")[2]), 4 * 468.75),
    },
}

# Numbers that the text sets, by cell: how many pictures to draw, a loss to guess at, a shape.
GIVEN = {
    "eaa74ef7": {"45", "15"},
    "90dd566c": {"59,999"},
    "a9af1464": {"60000"},
    "190c121e": {"0.3"},
    "4a4d29c2": {"0.5"},
    "588d41dd": {"100,000"},
    "b570e854": {"200"},
    "c1a7045b": {"0.01"},
    "c1a7045d": {"0.01"},
    "16ebf98a": {"400"},
    "d47e77c4": {"200"},
}
