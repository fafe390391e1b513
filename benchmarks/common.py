"""What the benchmarks share: the machine's description, and rounds of timed processes.

Run as a script it prints the head of results.md.
"""

import argparse
import datetime
import importlib.metadata
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from dlscratch import load_mnist

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
RIVALS = {"torch": "PyTorch", "jax": "JAX", "sklearn": "scikit-learn", "scipy": "SciPy"}


def installed(module):
    """Version of the package that a module belongs to, or None."""
    try:
        return importlib.metadata.version({"sklearn": "scikit-learn"}.get(module, module))
    except importlib.metadata.PackageNotFoundError:
        return None


def machine():
    """Name the day, the machine and the versions, for the head of the results."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        cpu = next(line.split(": ")[1] for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        cpu = platform.processor()
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    versions = [
        f"Python {platform.python_version()}",
        f"NumPy {np.__version__} ({blas['name']} {blas['version']})",
        *(f"{name} {installed(module) or 'not installed'}" for module, name in RIVALS.items()),
    ]
    return (
        f"{datetime.date.today()}, {platform.system()} {platform.machine()}, {cpu}, "
        f"{CORES} cores; {', '.join(versions)}."
    )


def arguments(rounds):
    """Read the options that every benchmark has."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--quick", action="store_true", help="only see that it runs: no rivals")
    parser.add_argument("--contender", help=argparse.SUPPRESS)  # what one process measures
    parser.add_argument("--threads", type=int, default=1, help=argparse.SUPPRESS)
    parser.add_argument("--trial", action="store_true", help=argparse.SUPPRESS)
    return parser


def use_threads(n):
    """Give matrix products n threads: `import dlscratch` has given them one."""
    threadpool_limits(n, user_api="blas")


def digits(quick):
    """Return (x_train, t_train), (x_test, t_test) with labels as the rivals want them."""
    if quick:  # a few pictures of random pixels
        rng = np.random.default_rng(0)
        return [(rng.random((n, 784), np.float32), rng.integers(10, size=n)) for n in (600, 100)]
    return [(x, t.astype(np.int64)) for x, t in load_mnist()]


class Clock:
    """The time since it was made: as on the wall, and of the processor in all threads."""

    def __init__(self):
        self.start = time.perf_counter(), time.process_time()

    def read(self):
        """Return the seconds of both, for the result of a measurement."""
        wall, cpu = self.start
        return {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def peak_megabytes():
    """Most memory that this process has held so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def measure(contender, threads, *options):
    """Let the running script measure one contender in a process of its own."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")  # these slow some CPUs down
    }
    for library in ("OPENBLAS", "MKL", "OMP", "VECLIB_MAXIMUM"):
        environment[f"{library}_NUM_THREADS"] = str(threads)
    environment["NPROC"] = str(threads)  # JAX
    command = [sys.executable, sys.argv[0], "--contender", contender, "--threads", str(threads)]
    done = subprocess.run([*command, *options], env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{contender} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def compare(contenders, args, *options, fixed=()):
    """Measure all contenders in turn, several rounds, each with its best number of threads.

    Those in `fixed`, a dict, get the number of threads that stands there. Returns a list of
    measurements for each contender. Who begins changes with the round.
    """
    if args.quick:
        return {
            name: [measure(name, 1, *options, "--quick") | {"threads": 1}] for name in contenders
        }
    threads, rounds = dict(fixed), args.rounds
    for name in (name for name in contenders if name not in threads):
        print(f"trial of {name}", file=sys.stderr)
        trial = {n: measure(name, n, *options, "--trial")["seconds"] for n in {1, min(2, CORES)}}
        threads[name] = min(trial, key=trial.get)
    results = {name: [] for name in contenders}
    for round_ in range(rounds):
        start = round_ % len(contenders)
        for name in [*contenders[start:], *contenders[:start]]:
            print(f"round {round_ + 1} of {rounds}: {name}", file=sys.stderr)
            result = measure(name, threads[name], *options)
            results[name].append(result | {"threads": threads[name]})
    return results


def ratios(ours, theirs, what="seconds"):
    """Their seconds divided by ours, round by round."""
    return [b[what] / a[what] for a, b in zip(ours, theirs, strict=True)]


def spread(values, digits=3):
    """Write the median, and the smallest and largest in brackets."""
    middle, *ends = (
        number(v, digits) for v in (statistics.median(values), min(values), max(values))
    )
    return middle if len(values) == 1 else f"{middle} ({ends[0]} to {ends[1]})"


def number(value, digits=3):
    """Write a number with so many significant digits, without an exponent."""
    decimals = max(0, digits - 1 - int(np.floor(np.log10(abs(value))))) if value else 0
    return f"{value:,.{decimals}f}"


def print_table(head, rows):
    """Print a table in Markdown."""
    for row in [head, ["---"] * len(head), *rows]:
        print("| " + " | ".join(str(cell) for cell in row) + " |", flush=True)
    print()


if __name__ == "__main__":
    print("# Benchmark results\n")
    print(f"Made by `make bench`: {machine()}\n")
    print("Every contender runs in a process of its own, with the number of threads that suited")
    print("it best in a trial; the contenders take turns. Figures are medians over the rounds,")
    print("with the smallest and the largest in brackets. A ratio is taken within one round.\n")
