import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlscratch import TwoLayerNet, perturbation
from dlscratch.gradient import numerical_gradient


def perturbed_gradient(params, x, t, *h):
    net = TwoLayerNet(1, 1, 2)
    net.params = params
    return perturbation.perturbed_gradient(net, x, t, *h)


def loss_written_out(params, x, t):
    """The book's formulas in another form: sigmoid by tanh, log-sum-exp by logaddexp."""
    z1 = 0.5 * (1 + np.tanh(0.5 * (x @ params["W1"] + params["b1"])))
    a2 = z1 @ params["W2"] + params["b2"]
    log_y = a2 - np.logaddexp.reduce(a2, axis=1)[:, np.newaxis]
    return -(t * log_y).sum() / len(x)


def plain_loop(params, x, t, h=1e-4):
    params = {name: weights.astype(np.float64) for name, weights in params.items()}
    x = x.astype(np.float64)
    return {
        name: numerical_gradient(lambda _: loss_written_out(params, x, t), weights, h)
        for name, weights in params.items()
    }


def network(rng, inputs, hidden, classes, dtype=np.float64, scale=1.0):
    shapes = {"W1": (inputs, hidden), "b1": hidden, "W2": (hidden, classes), "b2": classes}
    return {
        name: (scale * rng.standard_normal(shape)).astype(dtype) for name, shape in shapes.items()
    }


def pictures(rng, n, inputs):
    """Rows like MNIST's: mostly zeros, the rest one of 255 values."""
    lit = rng.random((n, inputs)) < 0.3
    return np.where(lit, rng.integers(1, 256, (n, inputs)), 0) / 255


def assert_same(found, expected, atol=1e-9):
    assert found.keys() == expected.keys()
    for name in expected:
        np.testing.assert_allclose(found[name], expected[name], rtol=0, atol=atol, err_msg=name)


@st.composite
def problems(draw):
    n, inputs, hidden = (draw(st.integers(1, most)) for most in (6, 7, 5))
    classes = draw(st.integers(2, 5))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    dtype = draw(st.sampled_from([np.float64, np.float32, np.float16]))
    samples = [
        pictures(rng, n, inputs),
        rng.standard_normal((n, inputs)),
        rng.integers(0, 4, (n, inputs)).astype(np.uint8),
        np.zeros((n, inputs)),
    ]
    one_hot = np.eye(classes)[rng.integers(classes, size=n)]
    targets = [one_hot, rng.random((n, classes)), np.zeros((n, classes))]
    x, t = draw(st.sampled_from(samples)), draw(st.sampled_from(targets))
    return network(rng, inputs, hidden, classes, dtype), x, t


@given(problems(), st.sampled_from([1e-5, 1e-4, 0.1, 1.0]))
def test_gradient_is_that_of_the_plain_loop(problem, h):
    """A central difference, and not the derivative, where h is large."""
    for weights in problem[0].values():
        weights.flags.writeable = False
    grads = perturbed_gradient(*problem, h)
    assert {grad.dtype for grad in grads.values()} == {np.dtype(np.float64)}
    assert_same(grads, plain_loop(*problem, h), atol=1e-9 * max(1, 1e-4 / h))


@pytest.mark.parametrize(("pixel", "scale"), [(8e6, 1), (-8e6, 1), (1, 1e7)])
def test_moves_that_exp_cannot_hold_are_left_to_the_plain_loop(pixel, scale):
    params = {"W1": [[1e-4, -1e-4]], "b1": [0, 0], "W2": [[1, 2], [3, 1]], "b2": [0, 0]}
    params = {name: np.array(weights, dtype=float) for name, weights in params.items()}
    params["W2"] *= scale
    problem = params, np.array([[pixel]]), np.array([[1, 0]])  # a1 is 800, and so is its move
    assert_same(perturbed_gradient(*problem), plain_loop(*problem), atol=1e-9 * scale)


def test_threads_give_the_gradient_of_one_thread_to_the_last_bit(monkeypatch):
    """Of so many numbers that samples come in groups and hidden units in blocks."""
    rng, n, inputs = np.random.default_rng(0), 60, 700
    x = np.where(rng.random((n, inputs)) < 0.9, rng.integers(1, 256, (n, inputs)), 0) / 255
    problem = network(rng, inputs, 23, 10, scale=0.1), x, rng.random((n, 10))
    monkeypatch.setattr(perturbation, "core_count", lambda: 1)
    alone = perturbed_gradient(*problem)
    monkeypatch.setattr(perturbation, "core_count", lambda: 3)
    assert_same(perturbed_gradient(*problem), alone, atol=0)
    net = TwoLayerNet(1, 1, 2)
    net.params = problem[0]
    assert_same(alone, net.gradient(*problem[1:]), atol=1e-7)


def test_memory_does_not_grow_with_batch_and_hidden_units(traced_memory):
    rng = np.random.default_rng(0)
    params = network(rng, 784, 100, 10, scale=0.01)
    x, t = pictures(rng, 400, 784), np.eye(10)[rng.integers(10, size=400)]
    before = traced_memory()[1]
    perturbed_gradient(params, x, t)
    assert traced_memory()[1] - before < 60e6
