"""Threads, each looked at in a process of its own where it is the process that is promised."""

import os
import subprocess
import sys
import threading

import numpy as np
import pytest

from dlscratch import threads
from dlscratch.threads import core_count, map_slices

COUNT = """
import numpy, threadpoolctl
{0}
for library in threadpoolctl.threadpool_info():
    print(library["num_threads"] if library["user_api"] == "blas" else "")
"""


def blas_threads(lines):
    """Count the threads of NumPy's library in a new process that may use two."""
    output = subprocess.run(
        [sys.executable, "-c", COUNT.format(lines)],
        capture_output=True,
        check=True,
        text=True,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "2"},
    ).stdout
    return set(output.split())


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="needs Linux")
def test_products_have_one_thread_after_the_import_until_it_is_undone():
    several = blas_threads("")  # two, where there are as many cores
    assert len(os.sched_getaffinity(0)) == 1 or several == {"2"}
    assert blas_threads("import dlscratch") == {"1"}
    undone = "import dlscratch\nthreadpoolctl.threadpool_limits(2, user_api='blas')"
    assert undone.split("\n")[1].replace("'", '"') in threads.__doc__
    assert blas_threads(undone) == {"2"}


@pytest.mark.parametrize(("allowed", "expected"), [(None, 1), (1, 1), (3, 3), (64, 4)])
def test_cores_are_those_the_process_may_use_up_to_four(allowed, expected, monkeypatch):
    monkeypatch.setattr(os, "process_cpu_count", lambda: allowed, raising=False)
    assert core_count() == expected


def test_browser_has_one_thread(monkeypatch):
    monkeypatch.setattr(sys, "platform", "emscripten")
    assert core_count() == 1


@pytest.mark.parametrize("cores", [1, 3])
@pytest.mark.parametrize("n", [1, 1_000, 1_001, 9_000])
def test_slices_are_all_rows_in_their_order(n, cores, monkeypatch):
    monkeypatch.setattr(threads, "core_count", lambda: cores)
    rows = np.arange(2 * n).reshape(n, 2)
    slices = list(map_slices(lambda part: part.copy(), rows))
    np.testing.assert_array_equal(np.concatenate(slices), rows)
    assert max(map(len, slices)) <= 1_000


def test_slices_are_worked_on_at_the_same_time(monkeypatch):
    monkeypatch.setattr(threads, "core_count", lambda: 2)
    both = threading.Barrier(2, timeout=60)  # neither goes on before the other has begun
    assert len(list(map_slices(lambda part: both.wait(), np.zeros(2_000)))) == 2
