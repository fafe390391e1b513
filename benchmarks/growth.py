"""How does the time of one gradient grow with hidden units, batch size and pixels lit?

Both gradients of TwoLayerNet, float64, 784 pixels of one of 255 grey levels each, 10 classes.
One of the three sizes changes at a time. The exponent p of time = c size^p is fitted to the
four largest sizes, where fixed costs no longer show. The chart is results.png.
"""

import json
import time
from pathlib import Path

import numpy as np
from common import arguments, measure, number, print_table

from dlscratch import TwoLayerNet

SIZES = {
    "hidden units": [10, 20, 50, 100, 200, 400],
    "batch size": [10, 20, 50, 100, 200, 500, 1000],
    "pixels lit": [12, 25, 50, 100, 200, 400, 784],
}
USUAL = {"hidden units": 50, "batch size": 100, "pixels lit": 150}  # 150 as in MNIST
GRADIENTS = {"numerical_gradient": "numerical", "gradient": "backpropagation"}
COLOURS = {"numerical_gradient": "#0072b2", "gradient": "#d55e00"}  # for colour-blind eyes too


def digits(rng, n, lit):
    """Pictures in which just `lit` of the 784 pixels are not 0."""
    x = np.zeros((n, 784))
    for picture in x:
        picture[rng.choice(784, lit, replace=False)] = rng.integers(1, 256, lit) / 255
    return x


def seconds(method, sizes, at_least):
    """Median time of a call: of three or more that take so many seconds together."""
    rng = np.random.default_rng(0)
    net = TwoLayerNet(784, sizes["hidden units"], 10, rng=rng)
    x = digits(rng, sizes["batch size"], sizes["pixels lit"])
    t = rng.integers(10, size=len(x))
    getattr(net, method)(x, t)
    times = []
    while len(times) < 3 or sum(times) < at_least:
        start = time.perf_counter()
        getattr(net, method)(x, t)
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def measure_here(method, quick):
    result = {
        name: [
            seconds(method, USUAL | {name: size}, at_least=0 if quick else 0.2)
            for size in (sizes[:2] if quick else sizes)
        ]
        for name, sizes in SIZES.items()
    }
    print(json.dumps(result))


def exponent(sizes, times):
    return np.polyfit(np.log(sizes[-4:]), np.log(times[-4:]), 1)[0]


def draw(times, file):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(1, 3, figsize=(9, 3.4), sharey=True, layout="constrained")
    for panel, (name, sizes) in zip(panels, SIZES.items(), strict=True):
        for method, marker in zip(GRADIENTS, "os", strict=True):
            p = exponent(sizes, times[method][name])
            label = f"{GRADIENTS[method]}, size$^{{{p:.2f}}}$"
            milliseconds = 1000 * times[method][name]
            panel.loglog(sizes, milliseconds, marker=marker, color=COLOURS[method], label=label)
        panel.set(xlabel=name, ylim=(0.05, 5_000))
        panel.legend(loc="upper left", fontsize="small")
        panel.grid(alpha=0.3)
    panels[0].set_ylabel("one gradient (milliseconds)")
    figure.savefig(file, dpi=150)


def main():
    args = arguments(rounds=3).parse_args()
    if args.contender:
        return measure_here(args.contender, args.quick)

    quick = ["--quick"] * args.quick
    rounds = range(1 if args.quick else args.rounds)
    results = [{method: measure(method, 1, *quick) for method in GRADIENTS} for _ in rounds]
    times = {
        method: {name: np.median([r[method][name] for r in results], axis=0) for name in SIZES}
        for method in GRADIENTS
    }
    print("## Growth of one gradient, 784-50-10, batch 100, float64, milliseconds\n")
    for name, sizes in SIZES.items():
        sizes = sizes[:2] if args.quick else sizes
        rows = [
            [GRADIENTS[m], *(number(1000 * s) for s in times[m][name])]
            + [f"{exponent(sizes, times[m][name]):.2f}"]
            for m in GRADIENTS
        ]
        print_table([name, *sizes, "fitted exponent"], rows)
    if not args.quick:
        draw(times, Path(__file__).with_name("results.png"))


if __name__ == "__main__":
    main()
