"""The claims of notebook 4.5.1, and what only they need."""

import functools
import re

import numpy as np
from all_digits import mnist
from prose.shown import accuracy, epoch_accuracies, numbers, printed, rows

from dlscratch import TwoLayerNet, sigmoid, softmax


class DoubleSigmoidNet(TwoLayerNet):
    """A network with the fault of the second listing: sigmoid is applied to z1 again."""

    def gradient(self, x, t):
        W1, b1, W2, b2 = self.params.values()
        z1 = sigmoid(x @ W1 + b1)
        y = softmax(z1 @ W2 + b2)
        da2 = (y - np.eye(10, dtype=y.dtype)[t]) / len(x)
        da1 = da2 @ W2.T * sigmoid(z1) * (1 - sigmoid(z1))
        return {"W1": x.T @ da1, "b1": da1.sum(0), "W2": z1.T @ da2, "b2": da2.sum(0)}


@functools.cache
def double_sigmoid():
    """The wrong gradient of the second listing and the right one, of an untrained network."""
    net = DoubleSigmoidNet(784, 50, 10, rng=0)
    x, t = (part[:100] for part in mnist()[0])
    wrong, right = net.gradient(x, t)["W1"], TwoLayerNet.gradient(net, x, t)["W1"]
    return wrong[right != 0], right[right != 0]


def slope_of_sigmoid(a):
    """The central difference."""
    low, high = sigmoid(np.array([a - 1e-5, a + 1e-5]))
    return (high - low) / 2e-5


@functools.cache
def one_weight():
    """Moves, losses and accuracies of the moved weight, and how many 5s the network expects."""
    x, t = (part[:100] for part in mnist()[0])
    net = TwoLayerNet(784, 100, 10, rng=0)
    W2, moves = net.params["W2"], np.linspace(-5, 3, 81)
    expected, middle = net.predict(x)[:, 5].sum(), W2[0, 5]
    values = []
    for move in moves:
        W2[0, 5] = middle + move
        values.append((net.loss(x, t), net.accuracy(x, t)))
    return moves, *np.transpose(values), expected


CLAIMS = {
    "98346be1": {"Almost all of the numbers are in `W1`": lambda: 78_400 / 79_510 > 0.98},
    "91cc2659": {
        "probability is near 0.1": lambda: np.allclose(numbers("e09c43f6")[2:-1], 0.1, atol=0.015),
        "all {:,} digits": lambda: [sum(len(t) for _, t in mnist())],
    },
    "0235afbe": {"`5>9`": lambda: (rows("ea8e74d2")[0][0], mnist()[0][1][0]) == (9, 5)},
    "a6ad15ca": {
        "the same answer to all ten pictures": lambda: (
            len(rows("ea8e74d2")[0]) == 10 and set(rows("ea8e74d2")[0]) == {9}
        ),
        "about the one 9": lambda: sum(mnist()[0][1][:10] == 9) == 1,
        "about 0.1": lambda: np.allclose(rows("ea8e74d2")[1], 0.1, atol=0.015),
    },
    "1b65aa1b": {
        "by less than one percent": lambda: 0 < abs(numbers("f0171870")[0] / np.log(10) - 1) < 0.01,
    },
    "e5b8c913": {
        "largest at 0, where it is {:.2f}": lambda: [slope_of_sigmoid(0)],
        "At 8 it is {:.4f}": lambda: [slope_of_sigmoid(8)],
    },
    "14571872": {
        "The first and the third": lambda: (
            rows("f07a2d64")[0] == rows("f07a2d64")[2] != rows("f07a2d64")[1]
        ),
    },
    "85e2f0e7": {"both give the same loss": lambda: len(set(numbers("4f8e0b1d"))) == 1},
    "0d87485f": {
        "changes with every move, and has a lowest point": lambda: (
            (np.diff(one_weight()[1], n=2) > 0).all() and 0 < one_weight()[1].argmin() < 80
        ),
        "stands still, falls once, and stands still again": lambda: (
            np.unique_counts(np.sign(np.diff(one_weight()[2]))).counts.tolist() == [1, 79]
        ),
        "only {} of these 100 pictures are a 5": lambda: [sum(mnist()[0][1][:100] == 5)],
        "the network expects about {:.0f}": lambda: [one_weight()[3]],
        "falls to the left": lambda: one_weight()[1].argmin() < 50,
    },
    "7c2b9d10": {"we need many digits": lambda: 0 < np.ptp(numbers("b6d34678")[:2]) < 1e-5},
    "e7e30b7e": {
        "by less than 0.001": lambda: 0 < numbers("3d5b7c18")[1] - numbers("3d5b7c18")[0] < 0.001,
        "one weight of {:,.0f}": lambda: numbers("64cee081")[-1:],
    },
    "e24aa9e0": {"has {:,.0f} parameters": lambda: numbers("1762637b")[:1]},
    "c362e4df": {
        "the other {} units": lambda: [len(TwoLayerNet(784, 50, 10).params["b1"]) - 1],
        "four fifths of MNIST's pixels are 0": lambda: 0.79 < np.mean(mnist()[0][0] == 0) < 0.83,
    },
    "19624460": {
        "two such mistakes": lambda: (
            ["DIFFERENT" in printed(id) for id in ("a1173ca8", "0a731250", "41b1fed4")]
            == [True, True, False]
        ),
    },
    "b684d6c7": {
        "`W2` and `b2` are the same": lambda: (
            re.findall(r"(\w+) +<.*same", printed("a1173ca8")) == ["W2", "b2"]
        ),
        "about {:.0f} % too small": lambda: [100 - 100 * np.median(np.divide(*double_sigmoid()))],
        "more than 99 % of them have the right sign": lambda: (
            0.99 < np.mean(np.sign(double_sigmoid()).prod(axis=0) > 0) < 1
        ),
        "reads {:.1f} % of the test digits": lambda: [accuracy(10_000, kind=DoubleSigmoidNet)],
        "with the right gradient {:.1f} %": lambda: epoch_accuracies()[-1:, 2],
    },
    "7d78f593": {
        "are 100 times too large": lambda: np.allclose(
            np.divide(*[row[-4:] for row in rows("0a731250")[1::-1]]), 100
        ),
    },
    "47010b4c": {r"$\log 10 = {:.2f}$": lambda: [np.log(10)]},
}

# Numbers that the text sets, by cell: how many pictures to draw, a loss to guess at, a shape.
GIVEN = {
    "3ed8fe9d": {"45", "15"},
    "0c6e51a9": {"0.99", "0.5"},
    "e24aa9e0": {"40"},
    "b5e7102f": {"0.3"},
    "d2a4e5b7": {"101", "200"},
    "73d6e26a": {"3.0001", "2.9999"},
}
