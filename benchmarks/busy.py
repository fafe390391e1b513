"""How many threads should a matrix product have, if other programs want the processor too?

The book's loop of 3,000 iterations, with one and with two threads for the matrix products,
while none, one or two other programs keep a core busy each.
"""

import json
import subprocess
import sys

from common import arguments, digits, measure, print_table, ratios, spread, use_threads
from training import bare_loop

BUSY = [sys.executable, "-c", "while True: pass"]


def measure_here(threads, quick):
    use_threads(threads)
    print(json.dumps(bare_loop(20 if quick else 3_000, *digits(quick))))


def main():
    args = arguments(rounds=3).parse_args()
    if args.contender:
        return measure_here(args.threads, args.quick)

    options = ["--quick"] if args.quick else []
    rounds = 1 if args.quick else args.rounds
    rows = []
    for programs in range(2 if args.quick else 3):
        print(f"{programs} busy programs", file=sys.stderr)
        others = [subprocess.Popen(BUSY) for _ in range(programs)]
        try:
            pairs = [[measure("loop", n, *options) for n in (1, 2)] for _ in range(rounds)]
        finally:
            for other in others:
                other.kill()
                other.wait()
        one, two = zip(*pairs, strict=True)
        row = [
            spread([r[what] for r in results])
            for what in ("seconds", "cpu")
            for results in (one, two)
        ]
        rows.append([programs, *row[:2], spread(ratios(one, two)), *row[2:]])
    print("## Threads for matrix products, 3,000 iterations, other programs at work\n")
    head = ["busy programs", "one thread, s", "two threads, s", "two to one"]
    print_table([*head, "processor, one thread, s", "processor, two threads, s"], rows)


if __name__ == "__main__":
    main()
