"""The claims of the notebooks' prose, held against what runs show.

A claim is a fragment of a text cell and a function without arguments. If the function returns
numbers, they are put into the fragment's braces; else it says whether the fragment is true.
Either way the text must have the fragment. So a claim fails when the text changes and when the
code does.

Most functions read the notebook's stored outputs, which `pytest --nbval` compares with those of
a fresh run. What the learner sees only in the panel, or in a picture, is computed here.

Every number of the prose must stand in a claim, or in `GIVEN`: those that the text sets and
measures nothing. Times are not compared: the prose says them so broadly that they hold on a
computer four times as slow.
"""

import ast
import contextlib
import copy
import functools
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from all_digits import mnist

from dlscratch import Trainer, TwoLayerNet, sigmoid, softmax
from dlscratch.evaluation import smoothing

NOTEBOOKS = {
    path.stem: {cell["id"]: cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]}
    for path in sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
}
CELLS = {id: cell for cells in NOTEBOOKS.values() for id, cell in cells.items()}


def text(id):
    return "".join(CELLS[id]["source"])


def printed(id):
    """Everything that a cell printed, or its value as text."""
    outputs = [o for o in CELLS[id]["outputs"] if o["output_type"] != "display_data"]
    return "".join("".join(o["text"] if "text" in o else o["data"]["text/plain"]) for o in outputs)


def numbers(id):
    """The numbers in what a cell printed."""
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", printed(id).replace(",", ""))]


def rows(id):
    """The numbers of each line that has some."""
    lines = printed(id).replace(",", "").splitlines()
    found = [[float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", line)] for line in lines]
    return [row for row in found if row]


# What is computed here. float32 is enough for these claims, and takes half the time.


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
def run(iterations, *, hidden=50, batch=100, rate=0.1, gradient="gradient", kind=TwoLayerNet):
    """Train by the book's loop as the panel does with seed 0; return network and losses."""
    rng, losses = np.random.default_rng(0), []
    net = kind(784, hidden, 10, rng=rng, dtype=np.float32)
    x_train, t_train = mnist()[0]
    for _ in range(iterations):
        batch_mask = rng.integers(len(x_train), size=batch)
        x, t = x_train[batch_mask], t_train[batch_mask]
        for name, grad in getattr(net, gradient)(x, t).items():
            net.params[name] -= np.float32(rate) * grad
        losses.append(net.loss(x, t))
    return net, np.array(losses)


def last(iterations, **settings):
    """Mean of the last hundred losses."""
    return run(iterations, **settings)[1][-100:].mean()


def fall(start, end):
    """How far the loss falls from one iteration to another, each the mean of 20 losses."""
    losses = run(1000)[1]
    return losses[start : start + 20].mean() - losses[end : end + 20].mean()


def accuracy(iterations, **settings):
    """Percent of the test digits."""
    return 100 * run(iterations, **settings)[0].accuracy(*mnist()[1])


@functools.cache
def losses_of_exercise(rate):
    """The losses of `loss_curve` in 4.5.2."""
    data = tuple(part[:6000] for part in mnist()[0])
    trainer = Trainer(TwoLayerNet(784, 50, 10, rng=0), data, learning_rate=rate, rng=0)
    return [trainer.step() for _ in range(200)]


def flat(net):
    """Share of the hidden units' answers to test digits that are almost 0 or 1."""
    W1, b1 = net.params["W1"], net.params["b1"]
    z1 = sigmoid(mnist()[1][0][:1000] @ W1 + b1)
    return np.mean((z1 < 0.01) | (z1 > 0.99))


@functools.cache
def double_sigmoid():
    """The wrong gradient of the second listing and the right one, of an untrained network."""
    net = DoubleSigmoidNet(784, 50, 10, rng=0)
    x, t = (part[:100] for part in mnist()[0])
    wrong, right = net.gradient(x, t)["W1"], TwoLayerNet.gradient(net, x, t)["W1"]
    return wrong[right != 0], right[right != 0]


def epoch_accuracies():
    """Epoch, training and test accuracy in percent, as 4.5.3 prints them."""
    return np.array(rows("6b558de3"))


def moments():
    """Iteration, test loss, test accuracy and size of W1, as 4.5.3 prints them."""
    return {int(row[0]): row[1:] for row in rows("9e1e291f")}


def accuracy_in_the_end():
    return epoch_accuracies()[-1, 2]


def of_sure_digit(name):
    """What 4.5.3 prints of a picture that is no digit: answer, percent, share less sure."""
    (line,) = (line for line in printed("40c6f1ab").splitlines() if line.startswith(name))
    return [float(n) for n in re.findall(r"\d+", line)]


def small():
    """The confusion matrix of exercise 3 in 4.5.3."""
    cells = re.findall(r"\d+", text("ad669185").split("accuracy")[0])
    return np.array(cells, dtype=int).reshape(4, 4)


def runs_of_exercise():
    """The invented runs of exercise 2 in 4.5.3."""
    return ast.literal_eval(re.search(r"runs = (\{.*?\n\})", text("9844bf3a"), re.S)[1])


@functools.cache
def repaired(id, wrong, right):
    """The percentages that a listing of 4.5.3 prints when its faulty line is repaired."""
    (x_train, t_train), (x_test, t_test) = mnist()
    names = {"np": np, "copy": copy, "Trainer": Trainer, "TwoLayerNet": TwoLayerNet}
    names |= {"x_train": x_train, "t_train": t_train, "x_test": x_test, "t_test": t_test}
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(text(id).replace(wrong, right), names)
    return [float(n) for n in re.findall(r"(\d+) %", output.getvalue())]


def of_new_pictures():
    """What fault 7 prints when the test pictures are others than those of the training."""
    return repaired("2a94d6e8", "rows[:n_test]", "rows[n_train : n_train + n_test]")


def chosen_by_validation():
    """What fault 8 prints when the network is chosen by the validation data."""
    return repaired("8e46c1d9", "accuracy(*test)  # 7", "accuracy(*val)  # 7")


CLAIMS = {
    "4.5.1_class": [
        ("889282ae", "first twelve decimal places", lambda: numbers("d44b759e") == [0]),
        ("98346be1", "Almost all of the numbers are in `W1`", lambda: 78_400 / 79_510 > 0.98),
        (
            "91cc2659",
            "Every probability is near 0.1",
            lambda: np.allclose(numbers("e09c43f6")[2:-1], 0.1, atol=0.015),
        ),
        ("91cc2659", "all {:,} digits", lambda: [sum(len(t) for _, t in mnist())]),
        ("0235afbe", "`5>9`", lambda: (rows("ea8e74d2")[0][0], mnist()[0][1][0]) == (9, 5)),
        (
            "a6ad15ca",
            "the same answer to all ten pictures",
            lambda: len(rows("ea8e74d2")[0]) == 10 and set(rows("ea8e74d2")[0]) == {9},
        ),
        ("a6ad15ca", "about the one 9", lambda: sum(mnist()[0][1][:10] == 9) == 1),
        ("a6ad15ca", "about 0.1", lambda: np.allclose(rows("ea8e74d2")[1], 0.1, atol=0.015)),
        (
            "1b65aa1b",
            "differ by less than one percent",
            lambda: 0 < abs(numbers("f0171870")[0] / np.log(10) - 1) < 0.01,
        ),
        ("1b65aa1b", "in the middle of the picture (number {})", lambda: [14 * 28 + 14]),
        ("e24aa9e0", "has {:,.0f} parameters", lambda: numbers("1762637b")[:1]),
        ("c362e4df", "the other {} units", lambda: [50 - 1]),
        (
            "c362e4df",
            "four fifths of MNIST's pixels are 0",
            lambda: 0.79 < np.mean(mnist()[0][0] == 0) < 0.83,
        ),
        (
            "19624460",
            "two such mistakes",
            lambda: (
                ["DIFFERENT" in printed(id) for id in ("a1173ca8", "0a731250", "41b1fed4")]
                == [True, True, False]
            ),
        ),
        (
            "b684d6c7",
            "`W2` and `b2` are the same",
            lambda: re.findall(r"(\w+) +<.*same", printed("a1173ca8")) == ["W2", "b2"],
        ),
        (
            "b684d6c7",
            "about {:.0f} % too small",
            lambda: [100 - 100 * np.median(np.divide(*double_sigmoid()))],
        ),
        (
            "b684d6c7",
            "more than 99 % of them have the right sign",
            lambda: 0.99 < np.mean(np.sign(double_sigmoid()).prod(axis=0) > 0) < 1,
        ),
        (
            "b684d6c7",
            "reads {:.1f} % of the test digits",
            lambda: [accuracy(10_000, kind=DoubleSigmoidNet)],
        ),
        ("b684d6c7", "with the right gradient {:.1f} %", lambda: [accuracy_in_the_end()]),
        (
            "7d78f593",
            "are 100 times too large",
            lambda: np.allclose(np.divide(*[row[-4:] for row in rows("0a731250")[1::-1]]), 100),
        ),
        ("47010b4c", r"$\log 10 = {:.2f}$", lambda: [np.log(10)]),
    ],
    "4.5.2_minibatch": [
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
    ],
    "4.5.3_test_evaluation": [
        ("2c4d56ce", "About 10 %", lambda: np.allclose(numbers("aa5157d0"), 10, atol=2)),
        (
            "fc742eb9",
            "falls steeply in the first 2,000 iterations",
            lambda: moments()[0][0] > 2.2 and moments()[2000][0] < 0.4,
        ),
        (
            "fc742eb9",
            "and slowly after that",
            lambda: 0.1 < moments()[10_000][0] < moments()[2000][0],
        ),
        (
            "fc742eb9",
            "both accuracies jump to about 90 % in three epochs",
            lambda: np.allclose(epoch_accuracies()[3], [3, 90, 90], atol=0.5),
        ),
        (
            "fc742eb9",
            "climb slowly to between 94 % and 95 %",
            lambda: all(94 < a < 95 for a in epoch_accuracies()[-1, 1:]),
        ),
        (
            "02ae8e09",
            "The difference is a fraction of a percentage point",
            lambda: 0 <= numbers("340ecd15")[0] < 0.5,
        ),
        (
            "02ae8e09",
            "With 10,000 test pictures, a difference of that size is within chance",
            lambda: numbers("340ecd15")[0] / 100 < 2 * (0.947 * 0.053 / 10_000) ** 0.5,
        ),
        ("f64b4f1c", "{} epochs are", lambda: [10_000 // 600]),
        ("f64b4f1c", "are {:,} iterations", lambda: [16 * 600]),
        ("f64b4f1c", "and the last {}", lambda: [10_000 - 16 * 600]),
        ("f64b4f1c", "begin the {}th", lambda: [17]),
        (
            "5b634ca5",
            "Run B ends at {:.0f} % on training data and at {:.0f} % on test data",
            lambda: [100 * a[-1] for a in runs_of_exercise()["B"]],
        ),
        (
            "86d3f2aa",
            "One epoch ends near 80 %",
            lambda: np.allclose(epoch_accuracies()[1], [1, 80, 80], atol=1.5),
        ),
        ("86d3f2aa", "90 % takes three epochs, {:,} iterations", lambda: [3 * 600]),
        (
            "86d3f2aa",
            "90 % takes three epochs",
            lambda: epoch_accuracies()[2, 2] < 89 < 90 <= epoch_accuracies()[3, 2],
        ),
        (
            "86d3f2aa",
            "The accuracy gets stuck between 10 % and 30 %",
            lambda: 10 < accuracy(1000, rate=10) < 30,
        ),
        (
            "86d3f2aa",
            "the hidden units end up at 0 or 1",
            lambda: flat(run(1000, rate=10)[0]) > 0.95 > 0.1 > flat(run(1000)[0]),
        ),
        ("86d3f2aa", "It ends at {:.0f} %", lambda: [accuracy(10_000, batch=1)]),
        ("86d3f2aa", "more than the {:.0f} % of a whole epoch", lambda: epoch_accuracies()[1, 2:]),
        ("86d3f2aa", "5 units reach about {:.0f} %", lambda: [accuracy(1000, hidden=5)]),
        ("86d3f2aa", "200 units reach {:.0f} %", lambda: [accuracy(1000, hidden=200)]),
        ("86d3f2aa", "hardly more than the {:.0f} % of 50 units", lambda: [accuracy(1000)]),
        (
            "86d3f2aa",
            "the curves lie on each other",
            lambda: np.allclose(run(10)[1], run(10, gradient="numerical_gradient")[1], atol=1e-5),
        ),
        ("ab61ac7d", "{:.1f} % is one number", lambda: [accuracy_in_the_end()]),
        (
            "5d8f1b42",
            "A 4 and a 9",
            lambda: [row[:2] for row in rows("c41d7f0a")[:2]] == [[9, 4], [4, 9]],
        ),
        (
            "5d8f1b42",
            "no other pair is mixed up so often, in both directions",
            lambda: rows("c41d7f0a")[1][2] > rows("c41d7f0a")[2][2],
        ),
        ("5d8f1b42", "no 0 was read as a 1", lambda: rows("c41d7f0a")[-1] == [0, 1, 0]),
        ("8cb0b46f", "It was *sure* in all of these cases", lambda: numbers("d1b80cf8")[2] > 20),
        ("6bbc66cb", "{} of {} are right", lambda: [np.trace(small()), small().sum()]),
        ("6bbc66cb", "read as a 3 in {} cases", lambda: [small()[2, 3]]),
        (
            "6bbc66cb",
            "Of the {} pictures of a 2, {} were read as a 2",
            lambda: [small()[2].sum(), small()[2, 2]],
        ),
        (
            "6bbc66cb",
            "{} of the {} pictures that were *read* as a 2",
            lambda: [small()[2, 2], small()[:, 2].sum()],
        ),
        (
            "daf44a3f",
            "its weights are still the small random numbers of the start",
            lambda: "True" in printed("fd30658b"),
        ),
        ("c065d377", "the loss stays near ln 10 = {:.2f}", lambda: [np.log(10)]),
        (
            "c065d377",
            "For the first 100 iterations almost nothing can be seen",
            lambda: all(abs(moments()[n][0] - 2.3) < 0.03 for n in (0, 10, 50, 100)),
        ),
        (
            "c065d377",
            "reads nearly every picture as a 1",
            lambda: (
                [
                    np.mean(run(n)[0].predict(mnist()[1][0]).argmax(axis=1) == 1) > 0.99
                    for n in (10, 50, 100)
                ]
                == [True] * 3
            ),
        ),
        (
            "c065d377",
            "the {:.0f} % of the test digits that are a 1",
            lambda: [100 * np.mean(mnist()[1][1] == 1)],
        ),
        (
            "c065d377",
            "Between 100 and 500 iterations, in less than one epoch",
            lambda: moments()[100][1] < 12 and moments()[500][1] > 70,
        ),
        (
            "c065d377",
            "grow to seven times their size at the start",
            lambda: 6.9 < moments()[10_000][2] / moments()[0][2] < 7.5,
        ),
        (
            "17d9c3e4",
            "From iteration 300 on it is read as a 6",
            lambda: [row[1] == 6 for row in rows("b8e2650d")] == [False] * 6 + [True] * 6,
        ),
        ("17d9c3e4", "more than 90 % sure of the 6", lambda: rows("b8e2650d")[-1][2] > 90),
        (
            "86337554",
            "Most of the least certain ones are read wrongly, but not all",
            lambda: 10 < numbers("11055a9d")[0] < 20,
        ),
        (
            "86337554",
            "several bars are about equally high",
            lambda: np.ptp(numbers("11055a9d")[2:]) < 0.05,
        ),
        ("e5a80b39", "read no better than by guessing", lambda: rows("a9fd269c")[3][1] < 11),
        (
            "e5a80b39",
            "are read as before",
            lambda: rows("a9fd269c")[0][1] == rows("a9fd269c")[4][0],
        ),
        (
            "9b57e2d8",
            "surer of the dot than of about a quarter of the real digits",
            lambda: 20 < of_sure_digit("dot")[2] < 30,
        ),
        ("9b57e2d8", "surer of the bar than of most", lambda: of_sure_digit("bar")[2] > 60),
        (
            "c9e83a42",
            "has learned all 200 by heart",
            lambda: rows("2a94d6e8")[0] == [100] and rows("2a94d6e8")[1][0] < 90,
        ),
        ("c9e83a42", "then the function says {:.0f} %", lambda: of_new_pictures()[:1]),
        (
            "c9e83a42",
            "close to what the network reads of the course's test data",
            lambda: abs(np.diff(of_new_pictures())[0]) < 5,
        ),
        (
            "3c72e9a6",
            "Then the function says {:.0f} %, and the network reads {:.0f} % of all test pictures",
            chosen_by_validation,
        ),
        (
            "3c72e9a6",
            "Part of that is chance",
            lambda: rows("8e46c1d9")[0][0] - 5 > rows("8e46c1d9")[1][-1],
        ),
        ("1bd86f95", "It is read correctly", lambda: rows("54f9be67")[2][1] > 97),
        (
            "60ddc954",
            "the training accuracy is hardly higher",
            lambda: 0 <= numbers("340ecd15")[0] < 0.5,
        ),
        ("60ddc954", "reads {:.1f} % of the test digits", lambda: [accuracy_in_the_end()]),
        (
            "60ddc954",
            "the training accuracy is hardly higher",
            lambda: 0 <= numbers("340ecd15")[0] < 0.5,
        ),
    ],
}

# Numbers that the text sets, by cell: how many pictures to draw, a loss to guess at, a shape. In
# every cell: the sizes of the data and of the network, and the batches and iterations of the book.
GIVEN_EVERYWHERE = {"28", "784", "50", "10", "100", "600", "1,000", "10,000", "60,000", "0.1"}
GIVEN = {
    "3ed8fe9d": {"45", "15"},
    "e24aa9e0": {"40"},
    "73d6e26a": {"3.0001", "2.9999"},
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
    "d6b5bee1": {"45", "15"},
    "f337cdb5": {"300"},
    "f64b4f1c": {"469.0"},
    "5ecc40c6": {"200", "90 %"},
    "86d3f2aa": {"200"},
    "5819b4c5": {"20"},
    "e77d381e": {"500"},
    "96ba9055": {"25"},
    "ef964c60": {"20"},
    "9b57e2d8": {"100 %"},
    "f3b07c51": {"200"},
    "c9e83a42": {"200"},
    "71f0ab2d": {"300", "59,000"},
    "3c72e9a6": {"300"},
    "1bd86f95": {"9,999", "100 %", "40", "128"},
    "f0a3542d": {"20"},
}
CODE = re.compile(r"```.*?```|`[^`]*`|\[[^]]*\]\(http[^)]*\)|\]\([^)]*\)", re.S)
PLACE = re.compile(
    r"(?:chapters?|sections?|notebook) \d[\d.]*(?: to \d\.\d)?|4\.5\.\d|^\d+\. ", re.M
)
NUMBER = re.compile(r"(?<![\w.,])\d+(?:,\d{3})*(?:\.\d+)?(?: ?%)?")


def pattern(fragment):
    """A fragment with numbers where its braces are."""
    return re.sub(r"\\{[^}]*\\}", r"[\\d.,]+", re.escape(fragment))


@pytest.mark.parametrize(
    ("id", "fragment", "shown"),
    [
        pytest.param(*claim, id=f"{name}-{claim[0]}-{claim[1]}")
        for name, claims in CLAIMS.items()
        for claim in claims
    ],
)
def test_claim_is_what_a_run_shows(id, fragment, shown):
    result = shown()
    if isinstance(result, (bool, np.bool)):
        assert result
        assert fragment in text(id)
    else:
        assert fragment.format(*result) in text(id)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_number_is_claimed_or_given(name):
    loose = []
    for id, cell in NOTEBOOKS[name].items():
        if cell["cell_type"] != "markdown":
            continue
        prose = text(id)
        for other in (CODE, PLACE):
            prose = other.sub(lambda found: " " * len(found[0]), prose)
        claimed = [
            found.span()
            for place, fragment, _ in CLAIMS[name]
            if place == id
            for found in re.finditer(pattern(fragment), text(id))
        ]
        for number in NUMBER.finditer(prose):
            given = GIVEN_EVERYWHERE | GIVEN.get(id, set())
            one_digit = re.fullmatch(r"\d", number[0])
            if not (one_digit or number[0] in given) and not any(
                start <= number.start() and number.end() <= end for start, end in claimed
            ):
                loose.append((id, number[0]))
    assert loose == []
