"""How many threads should a matrix product have, if other programs want the processor too?

The book's loop of 3,000 iterations, with one and with two threads for the matrix products,
while none, one or two other programs keep a core busy each.
"""

import json
import subprocess
import sys

import numpy as np
from common import arguments, measure, print_table, ratios, spread
from training import bare_loop

from dlscratch import load_mnist

BUSY = [sys.executable, "-c", "while True: pass"]


def measure_here(iters_num):
    (x_train, t_train), (x_test, t_test) = load_mnist()
    train, test = (x_train, t_train.astype(np.int64)), (x_test, t_test.astype(np.int64))
    print(json.dumps({"seconds": bare_loop(iters_num, train, test)[0]}))


def main():
    args = arguments(rounds=3).parse_args()
    if args.contender:
        return measure_here(20 if args.quick else 3_000)

    options = ["--quick"] if args.quick else []
    rounds = 1 if args.quick else args.rounds
    rows = []
    for programs in range(3):
        print(f"{programs} busy programs", file=sys.stderr)
        others = [subprocess.Popen(BUSY) for _ in range(programs)]
        try:
            pairs = [[measure("loop", n, *options) for n in (1, 2)] for _ in range(rounds)]
        finally:
            for other in others:
                other.kill()
                other.wait()
        one, two = zip(*pairs, strict=True)
        seconds = [spread([result["seconds"] for result in results]) for results in (one, two)]
        rows.append([programs, *seconds, spread(ratios(one, two))])
    print("## Threads for matrix products, 3,000 iterations, other programs at work\n")
    print_table(["busy programs", "one thread, s", "two threads, s", "two to one"], rows)


if __name__ == "__main__":
    main()
