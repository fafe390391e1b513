"""The claims of notebook 4.5.3, and what only they need."""

import contextlib
import copy
import functools
import io
import re

import numpy as np
from all_digits import mnist
from prose.shown import accuracy, epoch_accuracies, numbers, printed, rows, run, text

from dlscratch import Trainer, TwoLayerNet, sigmoid


def moments():
    """Iteration, test loss, test accuracy and size of W1, as 4.5.3 prints them."""
    return {int(row[0]): row[1:] for row in rows("9e1e291f")}


def of_sure_digit(name):
    """What 4.5.3 prints of a picture that is no digit: answer, percent, share less sure."""
    (line,) = (line for line in printed("40c6f1ab").splitlines() if line.startswith(name))
    return [float(n) for n in re.findall(r"\d+", line)]


def small():
    """The confusion matrix of exercise 3 in 4.5.3."""
    cells = re.findall(r"\d+", text("ad669185").split("accuracy")[0])
    return np.array(cells, dtype=int).reshape(4, 4)


@functools.cache
def lowest_of_hundred():
    """Of run B of exercise 2: where its test loss is lowest, how low, and the last one."""
    (x_train, t_train), (x_test, t_test) = mnist()
    net = TwoLayerNet(784, 50, 10, rng=0)
    trainer = Trainer(net, (x_train[:100], t_train[:100]), learning_rate=0.5, rng=0)
    losses = []
    for _ in range(1000):
        trainer.step()
        losses.append(net.loss(x_test[:2000], t_test[:2000]) if trainer.iteration % 50 == 0 else 9)
    return np.argmin(losses) + 1, min(losses), losses[-1]


def few(n):
    """Percent of the test digits after 1,000 iterations on the first n digits, rate 0.5."""
    return accuracy(1000, rate=0.5, n=n)


@functools.cache
def unit_12():
    """a1, z1 and the votes of hidden unit 12 for the first test digit, after 10,000 iterations."""
    net = run(10_000)[0]
    W1, b1, W2, b2 = net.params.values()
    a1 = mnist()[1][0][0] @ W1[:, 12] + b1[12]
    return a1, sigmoid(a1), sigmoid(a1) * W2[12]


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
    "2c4d56ce": {"About 10 %": lambda: np.allclose(numbers("aa5157d0"), 10, atol=2)},
    "fc742eb9": {
        "steeply in the first 2,000": lambda: moments()[0][0] > 2.2 and moments()[2000][0] < 0.4,
        "and slowly after that": lambda: 0.1 < moments()[10_000][0] < moments()[2000][0],
        "to about 90 % in three": lambda: np.allclose(epoch_accuracies()[3], [3, 90, 90], atol=0.5),
        "between 94 % and 95 %": lambda: all(94 < a < 95 for a in epoch_accuracies()[-1, 1:]),
        "between 89 and 96 %": lambda: "set_ylim(89, 96)" in text("4d5dca68"),
    },
    "02ae8e09": {
        "a fraction of a percentage point": lambda: 0 <= numbers("340ecd15")[0] < 0.5,
        "With 10,000 test pictures, a difference of that size is within chance": lambda: (
            numbers("340ecd15")[0] / 100 < 2 * (0.947 * 0.053 / 10_000) ** 0.5
        ),
    },
    "f64b4f1c": {
        "{} epochs are": lambda: [10_000 // 600],
        "are {:,} iterations": lambda: [16 * 600],
        "and the last {}": lambda: [10_000 - 16 * 600],
        "begin the {}th": lambda: [-(-10_000 // 600)],
    },
    "ab61ac7d": {"{:.1f} % is one number": lambda: epoch_accuracies()[-1:, 2]},
    "5d8f1b42": {
        "A 4 and a 9": lambda: [row[:2] for row in rows("c41d7f0a")[:2]] == [[9, 4], [4, 9]],
        "no other pair is mixed up": lambda: rows("c41d7f0a")[1][2] > rows("c41d7f0a")[2][2],
        "no 0 was read as a 1": lambda: rows("c41d7f0a")[-1] == [0, 1, 0],
    },
    "8cb0b46f": {"It was *sure* in all of these cases": lambda: numbers("d1b80cf8")[2] > 20},
    "6bbc66cb": {
        "{} of {} are right": lambda: [np.trace(small()), small().sum()],
        "read as a 3 in {} cases": lambda: [small()[2, 3]],
        "Of the {} pictures of a 2, {} were read as a 2": lambda: [small()[2].sum(), small()[2, 2]],
        "{} of the {} pictures that were *read*": lambda: [small()[2, 2], small()[:, 2].sum()],
    },
    "daf44a3f": {
        "the small random numbers of the start": lambda: "True" in printed("fd30658b"),
    },
    "c065d377": {
        "the loss stays near ln 10 = {:.2f}": lambda: [np.log(10)],
        "For the first 100 iterations almost nothing can be seen": lambda: all(
            abs(moments()[n][0] - 2.3) < 0.03 for n in (0, 10, 50, 100)
        ),
        "reads nearly every picture as a 1": lambda: (
            [
                np.mean(run(n)[0].predict(mnist()[1][0]).argmax(axis=1) == 1) > 0.99
                for n in (10, 50, 100)
            ]
            == [True] * 3
        ),
        "the {:.0f} % of the test digits that are a 1": lambda: [100 * np.mean(mnist()[1][1] == 1)],
        "Between 100 and 500 iterations": lambda: moments()[100][1] < 12 and moments()[500][1] > 70,
        "seven times their size": lambda: 6.9 < moments()[10_000][2] / moments()[0][2] < 7.5,
        "From iteration 300 on it is read as a 6": lambda: all(
            run(n)[0].predict(mnist()[1][0][8:9]).argmax() == 6 for n in (300, 1000)
        ),
    },
    "86337554": {
        "are read wrongly, but not all": lambda: 10 < numbers("11055a9d")[0] < 20,
        "several bars are about equally high": lambda: np.ptp(numbers("11055a9d")[2:]) < 0.05,
    },
    "9b57e2d8": {
        "surer of the dot than of about a quarter": lambda: 20 < of_sure_digit("dot")[2] < 30,
        "surer of the bar than of most": lambda: of_sure_digit("bar")[2] > 60,
    },
    "c9e83a42": {
        "all 200 by heart": lambda: rows("2a94d6e8")[0] == [100] and rows("2a94d6e8")[1][0] < 90,
        "then the function says {:.0f} %": lambda: of_new_pictures()[:1],
        "close to what the network reads": lambda: abs(np.diff(of_new_pictures())[0]) < 5,
    },
    "3c72e9a6": {
        "the function says {:.0f} %, and the network reads {:.0f} % of all": chosen_by_validation,
        "Part of that is chance": lambda: rows("8e46c1d9")[0][0] - 5 > rows("8e46c1d9")[1][-1],
    },
    "1bd86f95": {"It is read correctly": lambda: rows("54f9be67")[2][1] > 97},
    "60ddc954": {
        "reads {:.1f} % of the test digits": lambda: epoch_accuracies()[-1:, 2],
        "the training accuracy is hardly higher": lambda: 0 <= numbers("340ecd15")[0] < 0.5,
    },
    "d93363db": {
        "(at most 1,000) training digits and on 2,000 test digits": lambda: (
            "x_test[:2000]" in text("9844bf3a") and "min(n, 1000)" in text("9844bf3a")
        ),
    },
    "5b634ca5": {
        "stop_at = {:.0f}": lambda: [lowest_of_hundred()[0]],
        "From iteration {:.0f} on its test loss rises": lambda: [lowest_of_hundred()[0]],
        "from {1:.2f} to {2:.2f}": lambda: lowest_of_hundred(),
        "reads all of them": lambda: rows("9844bf3a")[1][2] == 1,
    },
    "d2b80562": {"it ends at {:.0f} %": lambda: [100 * rows("9844bf3a")[1][3]]},
    "86d3f2aa": {
        "the test accuracy below 70 %, and the test loss turns upwards": lambda: (
            few(100) < 70 and lowest_of_hundred()[1] < lowest_of_hundred()[2]
        ),
        "about {:.0f} % on test data": lambda: [few(1000)],
        "with 6,000 about 91 %": lambda: 89 < few(6000) < 93,
        "About 1,800 iterations": lambda: accuracy(1600) < 90 <= accuracy(1900),
        "about 250": lambda: accuracy(200, rate=1) < 90 < accuracy(300, rate=1),
    },
    "d2b80565": {
        "$a_1$ is {:.1f}": lambda: [unit_12()[0]],
        "$z_1$ almost 1": lambda: unit_12()[1] > 0.99,
        "It votes for 2, 3 and 7, and against 5": lambda: (
            set(np.argsort(unit_12()[2])[-3:]) == {2, 3, 7} and np.argmin(unit_12()[2]) == 5
        ),
    },
    "96ba9055": {
        "the loss stays near {:.2f}": lambda: [np.log(10)],
        "accuracy near 11 %": lambda: all(abs(moments()[n][1] - 11) < 1 for n in (0, 10, 50, 100)),
    },
}

# Numbers that the text sets, by cell: how many pictures to draw, a loss to guess at, a shape.
GIVEN = {
    "d6b5bee1": {"45", "15"},
    "f337cdb5": {"300"},
    "f64b4f1c": {"469.0"},
    "5819b4c5": {"20"},
    "d2b80562": {"40", "3,000", "6,000", "90 %"},
    "86d3f2aa": {"100 %"},
    "d2b80563": {"12"},
    "60ddc954": {"95 %", "94 %"},
    "e77d381e": {"500"},
    "96ba9055": {"25"},
    "ef964c60": {"20"},
    "9b57e2d8": {"100 %"},
    "f3b07c51": {"200"},
    "71f0ab2d": {"300", "59,000"},
    "3c72e9a6": {"300"},
    "1bd86f95": {"9,999", "100 %", "40", "128"},
    "f0a3542d": {"20"},
}
