"""How long does one numerical gradient of the chapter's network take?

784-50-10, a batch of 100 digits, float64: 39,760 parameters. The contenders that go one
parameter at a time are measured on a sample, spread over W1, b1, W2 and b2, and scaled up:
each of their parameters costs the same. `--whole` lets them do all.
"""

import json

import numpy as np
from book import BookNet
from book import numerical_gradient as book_numerical_gradient
from common import (
    CORES,
    Clock,
    arguments,
    compare,
    digits,
    installed,
    measure,
    print_table,
    ratios,
    spread,
    use_threads,
)

from dlscratch import Trainer, TwoLayerNet
from dlscratch.gradient import numerical_gradient as plain_numerical_gradient

H = 1e-4
WHOLE = {name: np.s_[...] for name in ("W1", "b1", "W2", "b2")}
SAMPLE = {"W1": np.s_[::53, ::7], "b1": np.s_[::7], "W2": np.s_[::7, ::3], "b2": np.s_[::3]}


def ours(net, x, t, part):
    """TwoLayerNet.numerical_gradient, which always does all parameters."""
    grads = net.numerical_gradient(x, t)
    return {name: grads[name][part[name]] for name in grads}


def plain_loop(net, x, t, part):
    """The loop of dlscratch.gradient with TwoLayerNet.loss. A part is a view of a parameter."""
    return {
        name: plain_numerical_gradient(lambda _: net.loss(x, t), np.atleast_1d(weights[part[name]]))
        for name, weights in net.params.items()
    }


def book(net, x, t, part):
    net, t = BookNet(net.params), np.eye(10)[t]
    return {
        name: book_numerical_gradient(lambda _: net.loss(x, t), weights[part[name]])
        for name, weights in net.params.items()
    }


def scipy_forward(net, x, t, part):
    """Forward differences: approx_fprime knows no others. One loss a parameter, not two."""
    from scipy.optimize import approx_fprime

    def gradient(weights):
        start = weights.copy()

        def loss(flat):
            weights[...] = flat.reshape(weights.shape)
            return net.loss(x, t)

        try:
            return approx_fprime(start.ravel(), loss, 1.5e-8).reshape(weights.shape)
        finally:
            weights[...] = start

    return {name: gradient(weights[part[name]]) for name, weights in net.params.items()}


def torch_vmap(net, x, t, part, chunk=32):
    """All of a chunk's moved networks at once, by torch.func.vmap."""
    import torch
    from torch.func import vmap

    params = {name: torch.from_numpy(weights) for name, weights in net.params.items()}
    x, t = torch.from_numpy(x), torch.from_numpy(t).long()

    def loss(params):
        z1 = torch.sigmoid(x @ params["W1"] + params["b1"])
        return torch.nn.functional.cross_entropy(z1 @ params["W2"] + params["b2"], t)

    def gradient(name):
        weights = params[name]
        numbers = torch.arange(weights.numel()).reshape(weights.shape)[part[name]]

        def difference(number):
            move = torch.zeros(weights.numel(), dtype=weights.dtype)
            move = move.scatter(0, number[None], H).reshape(weights.shape)
            up, down = params | {name: weights + move}, params | {name: weights - move}
            return (loss(up) - loss(down)) / (2 * H)

        with torch.no_grad():
            return vmap(difference, chunk_size=chunk)(numbers.ravel()).reshape(numbers.shape)

    return {name: gradient(name).numpy() for name in params}


CONTENDERS = {  # function, the module it needs
    "dlscratch, TwoLayerNet.numerical_gradient": (ours, None),
    "plain loop of dlscratch.gradient": (plain_loop, None),
    "the book's formulation": (book, None),
    "SciPy, approx_fprime (forward differences)": (scipy_forward, "scipy"),
    "PyTorch, vmap of central differences": (torch_vmap, "torch"),
}
OURS, PLAIN = list(CONTENDERS)[:2]
RUN = "Trainer.run"


def run_here(iters_num, quick):
    """Train with the numerical gradient; print the seconds and the accuracy at the end."""
    train, test = digits(quick)
    trainer = Trainer(TwoLayerNet(784, 50, 10, rng=0), train, test, gradient="numerical", rng=0)
    clock = Clock()
    history = trainer.run(iters_num)
    print(json.dumps(clock.read() | {"accuracy": history.test_acc_list[-1]}))


def measure_here(contender, whole, quick, threads):
    """Print the seconds that all parameters take, and the gradient of the sample."""
    function, module = CONTENDERS[contender]
    if module == "torch":
        import torch

        torch.set_num_threads(threads)
    if contender != OURS:
        use_threads(threads)
    (x, t), _ = digits(quick)
    x, t = x[:100].astype(np.float64), t[:100]
    net = TwoLayerNet(784, 50, 10, rng=0)
    part = WHOLE if whole else SAMPLE
    seconds = []
    for _ in range(1 if quick or whole else 100 if contender == OURS else 3):
        clock = Clock()
        grads = function(net, x, t, part)
        seconds.append(clock.read()["seconds"])
    done = sum(grad.size for grad in grads.values())
    every = sum(weights.size for weights in net.params.values())
    scale = 1 if contender == OURS else every / done
    flat = np.concatenate([grad.ravel() for grad in grads.values()])
    result = {"seconds": float(np.median(seconds)) * scale, "gradient": flat.tolist()}
    print(json.dumps(result | {"done": done, "every": every}))


def main():
    parser = arguments(rounds=5)
    parser.add_argument("--whole", action="store_true", help="all parameters: minutes, not seconds")
    args = parser.parse_args()
    iters_num = 2 if args.quick else 10_000
    if args.contender == RUN:
        return run_here(iters_num, args.quick)
    if args.contender:
        return measure_here(args.contender, args.whole, args.quick, args.threads)

    names = [name for name, (_, module) in CONTENDERS.items() if not module or installed(module)]
    names = [OURS, PLAIN] if args.quick else names
    whole = ["--whole"] if args.whole else []
    results = compare(names, args, *whole, fixed={OURS: CORES})  # which has threads of its own
    ours, plain = results[OURS], results[PLAIN]
    print("## One numerical gradient, 784-50-10, batch 100, float64\n")
    rows = []
    for name in names:
        theirs = results[name]
        difference = np.abs(np.subtract(theirs[0]["gradient"], plain[0]["gradient"])).max()
        times = spread(ratios(ours, theirs)) if name != OURS else "1"
        milliseconds = spread([1000 * r["seconds"] for r in theirs])
        rows.append([name, theirs[0]["threads"], milliseconds, times, f"{difference:.0e}"])
    print_table(
        ["", "threads", "milliseconds", "times ours", "largest difference from the plain loop"],
        rows,
    )
    if not args.whole:
        print(f"All but ours were measured on {plain[0]['done']} of {plain[0]['every']:,}")
        print("parameters, spread over W1, b1, W2 and b2, and scaled up; `--whole` does all.\n")
    run = measure(RUN, CORES, *(["--quick"] if args.quick else []))
    print(f"{iters_num:,} iterations of Trainer.run with this gradient, once, with the loss")
    print(f"at each and both accuracies at each epoch's end: {run['seconds']:.0f} seconds,")
    print(f"{run['cpu']:.0f} of the processor; test accuracy {run['accuracy']:.1%}.")
    for name in (n for n in CONTENDERS if n not in names):
        print(f"Not measured: {name}.")
    print()


if __name__ == "__main__":
    main()
