"""All digits of MNIST, once for all tests: each `load_mnist` may take another 220 MB."""

import functools

from dlscratch import load_mnist


@functools.cache
def mnist(normalize=True, one_hot_label=False):
    """What `load_mnist` returns, with the same pictures each time."""
    assert normalize
    if not one_hot_label:
        return load_mnist()
    return [(x, t) for (x, _), (_, t) in zip(mnist(), load_mnist(one_hot_label=True), strict=True)]
