"""How many threads work: one for a matrix product, one a core for what gains from more.

Importing `dlscratch` gives NumPy's matrix products one thread in the whole process, in a
learner's own loops too. The products of a mini-batch are small: with two threads a training is
a little shorter on a quiet computer, and several times longer on a busy one, where each thread
waits for the other (benchmarks/busy.py). Their number also shows in the last bits of a result.
This line gives them two threads again:

>>> threadpoolctl.threadpool_limits(2, user_api="blas")  # doctest: +SKIP
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from threadpoolctl import threadpool_limits

SLICE_ROWS = 1_000  # rows worked on at a time: a few MB, whatever the size of the data

threadpool_limits(1, user_api="blas")
if sys.platform == "emscripten":  # a browser, which has no thread for tqdm to watch its bars with
    from tqdm import tqdm

    tqdm.monitor_interval = 0


def core_count():
    """Count the threads worth starting: one for each core this process may use, at most 4."""
    if sys.platform == "emscripten":  # a browser has no threads
        return 1
    if hasattr(os, "process_cpu_count"):  # Python 3.13
        cores = os.process_cpu_count()
    elif hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count()
    return min(4, cores or 1)


def map_slices(function, rows):
    """Call a function with every 1,000 rows of an array, in a thread a core.

    Parameters
    ----------
    function : callable
        It is called in several threads at the same time.
    rows : ndarray
        Samples, the first axis counts them.

    Yields
    ------
    object
        function(rows[0:1000]), function(rows[1000:2000]) and so on, in this order. Closing
        the generator leaves out what is not yet begun.
    """
    slices = [rows[start : start + SLICE_ROWS] for start in range(0, len(rows), SLICE_ROWS)]
    if len(slices) == 1:
        yield function(rows)
    else:
        with thread_map(min(core_count(), len(slices))) as map_in_threads:
            yield from map_in_threads(function, slices)


@contextmanager
def thread_map(threads):
    """Give a `map` that works in several threads.

    Parameters
    ----------
    threads : int
        With 1 it is Python's own `map`.

    Yields
    ------
    callable
        It takes a function, which is called in several threads at the same time, and a
        sequence. Its results come in order. Closing it leaves out what is not yet begun.
    """
    if threads == 1:
        yield map
    else:
        with ThreadPoolExecutor(threads) as pool:
            yield pool.map
