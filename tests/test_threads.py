import os
import sys

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from dlscratch import TwoLayerNet, threads, two_layer_net
from dlscratch.threads import cores, one_blas_thread


def blas_threads():
    """Threads of NumPy's library: other packages may bring libraries of their own."""
    return [library["num_threads"] for library in threads.BLAS.info()]


@pytest.mark.parametrize("before", [1, 2])
def test_products_have_one_thread_inside_and_as_many_as_before_outside(before):
    with threadpool_limits(before, user_api="blas"):
        outside = blas_threads()
        assert outside or sys.platform == "darwin"  # whose own library threadpoolctl does not know
        with one_blas_thread(), one_blas_thread():
            assert set(blas_threads()) <= {1}
        assert blas_threads() == outside
        with pytest.raises(ZeroDivisionError), one_blas_thread():
            raise ZeroDivisionError
        assert blas_threads() == outside


@pytest.mark.parametrize("count, expected", [(None, 1), (1, 1), (3, 3), (64, 4)])
def test_threads_are_as_many_as_cores_up_to_four(count, expected, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: count)
    assert cores() == expected


def test_browser_has_one_thread(monkeypatch):
    monkeypatch.setattr(sys, "platform", "emscripten")
    assert threads.cores() == 1


@pytest.mark.parametrize("n", [1, 6, 7, 8, 50])
@pytest.mark.parametrize("workers", [1, 3])
def test_accuracy_is_the_same_in_parts_and_threads(n, workers, monkeypatch):
    rng = np.random.default_rng(0)
    net, x, t = TwoLayerNet(4, 5, 3, 1, rng=rng), rng.random((n, 4)), rng.integers(3, size=n)
    monkeypatch.setattr(two_layer_net, "SLICE", 7)
    monkeypatch.setattr(two_layer_net, "cores", lambda: workers)
    right = sum(net.predict(x[i]).argmax() == t[i] for i in range(n))
    assert net.accuracy(x, t) == right / n


def test_accuracy_of_one_sample_needs_no_row():
    net = TwoLayerNet(4, 5, 3, 1, rng=0)
    x = np.arange(4)
    assert net.accuracy(x, net.predict(x).argmax()) == 1
