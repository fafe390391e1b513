"""How long does loading take, and what is the most memory that each task holds?

Peak memory is that of the whole process, Python and NumPy included; beside it what the task
itself added to what was held before it began.
"""

import gzip
import json

import numpy as np
from common import Clock, arguments, compare, number, peak_megabytes, print_table, spread

from dlscratch import Trainer, TwoLayerNet, load_mnist
from dlscratch.mnist import DATA


def load(quick):
    """load_mnist(): float32 images."""
    return load_mnist


def load_usual(quick):
    """The usual few lines, which trust the files: all bytes, then all floats."""

    def read(name, offset):
        with gzip.open(DATA / f"{name}-ubyte.gz") as file:
            return np.frombuffer(file.read(), np.uint8, offset=offset)

    return lambda: [
        (read(f"{part}-images-idx3", 16).reshape(-1, 784).astype(np.float32) / 255)
        if kind == "images"
        else read(f"{part}-labels-idx1", 8)
        for part in ("train", "t10k")
        for kind in ("images", "labels")
    ]


def train(quick):
    net = TwoLayerNet(784, 50, 10, rng=0, dtype=np.float32)
    trainer = Trainer(net, *load_mnist(), rng=0)
    return lambda: trainer.run(20 if quick else 10_000)


def numerical(quick):
    (x, t), _ = load_mnist(normalize=False)  # bytes: what loading needs at its peak, it keeps
    n, hidden = (100, 50) if quick else (1_000, 400)
    net = TwoLayerNet(784, hidden, 10, rng=0)
    x, t = x[:n] / 255, t[:n]
    return lambda: net.numerical_gradient(x, t)


TASKS = {
    "load_mnist()": load,
    "the same by gzip and np.frombuffer": load_usual,
    "10,000 iterations, batch 100, 50 hidden units, float32": train,
    "one numerical gradient, batch 1,000, 400 hidden units": numerical,
}


def main():
    args = arguments(rounds=5).parse_args()
    if args.contender:
        task = TASKS[args.contender](args.quick)
        before = peak_megabytes()
        clock = Clock()
        kept = task()
        seconds = clock.read()["seconds"]
        peak = peak_megabytes()
        del kept
        return print(json.dumps({"seconds": seconds, "peak": peak, "added": peak - before}))

    results = compare(list(TASKS), args)
    print("## Loading, and peak memory\n")
    rows = [
        [
            name,
            spread([m["seconds"] for m in measured]),
            number(max(m["peak"] for m in measured)),
            number(max(m["added"] for m in measured)),
        ]
        for name, measured in results.items()
    ]
    print_table(["", "seconds", "peak MB", "added by the task, MB"], rows)


if __name__ == "__main__":
    main()
