"""The claims of notebook 4.5.3, and what only they need."""

import ast
import contextlib
import copy
import functools
import io
import re

import numpy as np
from all_digits import mnist
from prose.shown import (
    accuracy,
    accuracy_in_the_end,
    epoch_accuracies,
    flat,
    numbers,
    printed,
    rows,
    run,
    text,
)

from dlscratch import Trainer, TwoLayerNet


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


CLAIMS = [
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
]

# Numbers that the text sets, by cell: how many pictures to draw, a loss to guess at, a shape.
GIVEN = {
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
