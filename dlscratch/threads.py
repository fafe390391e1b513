"""How many threads work: one a core, but a single one at a matrix product."""

import os
import sys

from threadpoolctl import ThreadpoolController

BLAS = ThreadpoolController().select(user_api="blas")  # NumPy's library for matrix products


def one_blas_thread():
    """Let matrix products use one thread until the end of a `with` block.

    The products of a mini-batch are small: with two threads a training is a little shorter on
    a quiet computer, and several times longer on a busy one, where each waits for the other
    (benchmarks/busy.py). Their number would also show in the last bits of the result.
    """
    return BLAS.limit(limits=1)


def cores():
    """Count the threads that are worth starting: one a core, at most four."""
    if sys.platform == "emscripten":  # a browser has no threads
        return 1
    return min(4, os.cpu_count() or 1)
