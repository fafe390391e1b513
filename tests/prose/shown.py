"""What the notebooks show, as they are stored, and what runs like theirs show."""

import functools
import json
import re
from pathlib import Path

import numpy as np
from all_digits import mnist

from dlscratch import TwoLayerNet

NOTEBOOKS = {
    path.stem: {cell["id"]: cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]}
    for path in sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
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


# float32 is enough for the claims, and takes half the time.


@functools.cache
def run(
    iterations, *, hidden=50, batch=100, rate=0.1, n=60_000, gradient="gradient", kind=TwoLayerNet
):
    """Train by the book's loop as the panel does with seed 0; return network and losses."""
    rng, losses = np.random.default_rng(0), []
    net = kind(784, hidden, 10, rng=rng, dtype=np.float32)
    x_train, t_train = mnist()[0]
    for _ in range(iterations):
        batch_mask = rng.integers(n, size=batch)
        x, t = x_train[batch_mask], t_train[batch_mask]
        for name, grad in getattr(net, gradient)(x, t).items():
            net.params[name] -= np.float32(rate) * grad
        losses.append(net.loss(x, t))
    return net, np.array(losses)


def accuracy(iterations, **settings):
    """Percent of the test digits."""
    return 100 * run(iterations, **settings)[0].accuracy(*mnist()[1])


def epoch_accuracies():
    """Epoch, training and test accuracy in percent, as 4.5.3 prints them."""
    return np.array(rows("6b558de3"))
