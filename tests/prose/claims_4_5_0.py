"""The claims of notebook 4.5.0, and what only they need."""

import numpy as np
from all_digits import mnist
from prose.shown import numbers, rows

from dlscratch import TwoLayerNet
from dlscratch.exercises import before_4_5_0 as exercise


def before():
    """What the untrained network reads."""
    return TwoLayerNet(784, 50, 10, rng=0).predict(mnist()[1][0][:10]).argmax(axis=1)


def right_digits():
    """What 4.5.0 prints of the ten digits: labels, their probabilities and losses, twice."""
    return rows("06ad5b3e")


def loss(y):
    """The loss that 4.5.0 prints for a probability."""
    return dict(rows("e38d0f97"))[y]


def paths():
    """The places of the six steps with each learning rate."""
    return {rate: np.array(path) for rate, *path in rows("53b8ec61")}


CLAIMS = {
    "f0942be8": {
        "takes everything for a 1": lambda: set(before()) == {1},
        "is right twice": lambda: sum(before() == mnist()[1][1][:10]) == 2,
        "{:.0f} % of all test digits": lambda: numbers("e6b7340a")[-1:],
    },
    "d52f9c16": {
        "60,000 digits to learn from": lambda: len(mnist()[0][1]) == 60_000,
        "10,000 digits to be examined": lambda: len(mnist()[1][1]) == 10_000,
    },
    "48a1f2e6": {
        "Unit 0 makes {:.0f} of it": lambda: rows("3cd4e71b")[0][:1],
        "`x @ W` multiplies and adds up": lambda: rows("3cd4e71b")[:2] == rows("3cd4e71b")[2:],
    },
    "7ac25f14": {
        "a = [{:.0f}, {:.0f}, {:.0f}]": lambda: exercise.PICTURE @ exercise.W + exercise.B,
    },
    "a4135ed9": {"off, halfway, or on": lambda: numbers("92c7a05e")[::2] == [0, 0.5, 1]},
    "c5f83a21": {
        "A third each": lambda: set(rows("b0e9d46f")[2]) == {0.33},
        "highest probability, {:.2f}": lambda: [max(rows("b0e9d46f")[1])],
    },
    "f94b72c0": {
        "more than twenty times": lambda: 20 < loss(0.1) / loss(0.9) < 25,
        "`y[0, 7]`, `y[1, 2]`": lambda: right_digits()[0][:2] == [7, 2],
    },
    "13f7e86a": {
        "every right digit has about 0.1": lambda: np.allclose(right_digits()[1], 0.1, atol=0.015),
        "mean loss is {:.2f}, as for 0.1": lambda: [loss(0.1)],
        "mean loss is {:.2f}": lambda: right_digits()[2],
        "most have far more": lambda: sum(np.array(right_digits()[3]) > 0.4) == 8,
        "{:.2f}, and the 5 only {:.2f}": lambda: [right_digits()[3][6], right_digits()[3][8]],
    },
    "2058b9dd": {
        "{:,.0f} weights": lambda: [sum(p.size for p in TwoLayerNet(784, 50, 10).params.values())],
    },
    "42e7db58": {
        "At 5 the slope is {:.0f}": lambda: rows("3196ca4f")[0][2:],
        "At 2 the slope is {:.0f}": lambda: rows("3196ca4f")[2][2:],
    },
    "64c9fd72": {
        "every step goes down, and the steps become shorter": lambda: (
            np.all(np.diff(paths()[0.1]) < 0) and np.all(np.diff(paths()[0.1], n=2) > 0)
        ),
        "arrives at {:.2f}": lambda: paths()[0.1][-1:],
        "jumps over the lowest place and lands higher": lambda: (
            np.all(np.diff(np.sign(paths()[1.1] - 3)) != 0)
            and np.all(np.diff(np.abs(paths()[1.1] - 3)) > 0)
        ),
        "with {:,} slopes": lambda: [784 * 50 + 50 + 50 * 10 + 10],
    },
    "ca2f53d8": {
        "- a: {:.2f}": lambda: [-np.log(0.9)],
        "- b: {:.2f}": lambda: [-np.log(0.1)],
    },
    "ec4175fa": {
        "- a: to {:.1f}": lambda: [5 + 0.1 * 4],
        "- b: to {:.1f}": lambda: [5 - 0.1 * 4],
        "- c: to {}": lambda: [5 - 4],
    },
}

# Numbers that the text sets: probabilities and learning rates to ask about, and the time.
GIVEN = {
    "b3d0a1f7": {"25"},
    "d71a6c8b": {"0.5", "0.9"},
    "f94b72c0": {"0.9"},
    "42e7db58": {"1.1"},
    "64c9fd72": {"1.1"},
    "ca2f53d8": {"0.9"},
}
