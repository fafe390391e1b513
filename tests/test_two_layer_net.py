"""The network against the book's formulas and central differences of its own loss."""

import inspect
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from dlscratch.functions import cross_entropy_error, dot, sigmoid, softmax
from dlscratch.gradient import numerical_gradient
from dlscratch.two_layer_net import TwoLayerNet

GRADIENTS = ["gradient", "numerical_gradient"]
METHODS = ["loss", "accuracy", *GRADIENTS]


def assert_same(a, b, **tolerance):
    """Numbers, arrays or dicts of arrays agree."""
    if isinstance(a, dict):
        assert a.keys() == b.keys()
        for name in a:
            np.testing.assert_allclose(a[name], b[name], **tolerance, err_msg=name)
    else:
        np.testing.assert_allclose(a, b, **tolerance)


def batch_for(net, n, seed=0):
    """Return n random samples and labels."""
    rng = np.random.default_rng(seed)
    inputs, outputs = len(net.params["W1"]), len(net.params["b2"])
    return rng.standard_normal((n, inputs)), rng.integers(outputs, size=n)


def in_float64(net):
    twin = TwoLayerNet(1, 1, 2)
    twin.params = {name: weights.astype(float) for name, weights in net.params.items()}
    return twin


@st.composite
def problems(draw):
    """Draw a network, samples, and targets in one of their forms."""
    inputs, hidden, n = (draw(st.integers(1, most)) for most in (4, 4, 12))
    outputs = draw(st.integers(2, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    net = TwoLayerNet(inputs, hidden, outputs, 1, rng=rng, dtype=dtype)
    for name in ("b1", "b2"):
        net.params[name][:] = rng.standard_normal(net.params[name].shape)
    x = rng.standard_normal((n, inputs)) * rng.integers(2, size=(n, inputs))
    labels = rng.integers(outputs, size=n)
    t = draw(
        st.sampled_from([labels, np.eye(outputs)[labels], rng.uniform(0, 3, (n, outputs))]),
        label="targets",
    )
    return net, x, t


def test_signature_is_the_books():
    assert str(inspect.signature(TwoLayerNet)).startswith(
        "(input_size, hidden_size, output_size, weight_init_std=0.01, *, rng=None, dtype="
    )
    for method in METHODS:
        assert str(inspect.signature(getattr(TwoLayerNet, method))) == "(self, x, t)"
    assert str(inspect.signature(TwoLayerNet.predict)) == "(self, x)"


def test_first_weights_are_normal_and_biases_zero():
    params = TwoLayerNet(784, 50, 10, weight_init_std=0.5, rng=0).params
    shapes = {"W1": (784, 50), "b1": (50,), "W2": (50, 10), "b2": (10,)}
    assert {name: weights.shape for name, weights in params.items()} == shapes
    assert params["W1"].mean() == pytest.approx(0, abs=0.01)
    assert params["W1"].std() == pytest.approx(0.5, rel=0.02)
    assert params["W2"].std() == pytest.approx(0.5, rel=0.1)
    assert not params["b1"].any() and not params["b2"].any()


def test_generator_or_seed_makes_the_weights():
    rng = np.random.default_rng(1)
    first, second, seeded = (TwoLayerNet(3, 4, 5, rng=each).params for each in (rng, rng, 1))
    assert_same(first, seeded, rtol=0)
    assert (first["W1"] != second["W1"]).all()


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"input_size": 0}, ValueError, "input_size is 0; expected 1 or more"),
        ({"output_size": 1}, ValueError, "output_size is 1; expected 2 or more"),
        ({"hidden_size": 50.0}, TypeError, "hidden_size is 50.0; expected an integer"),
        ({"weight_init_std": -1}, ValueError, "weight_init_std is -1; expected 0 or more"),
        ({"dtype": np.float16}, TypeError, "dtype is float16; expected float64 or float32"),
    ],
)
def test_setting_out_of_range_is_an_error(change, error, message):
    with pytest.raises(error, match=message):
        TwoLayerNet(**{"input_size": 4, "hidden_size": 3, "output_size": 2} | change)


def central_differences(net, x, t):
    return {name: numerical_gradient(lambda _: net.loss(x, t), w) for name, w in net.params.items()}


@given(problems())
def test_predictions_and_loss_are_the_books_formulas(problem):
    net, x, t = problem
    net = in_float64(net)
    W1, b1, W2, b2 = net.params.values()
    y = softmax(sigmoid(x @ W1 + b1) @ W2 + b2)
    assert_same(net.predict(x), y, rtol=1e-12)
    assert net.loss(x, t) == pytest.approx(cross_entropy_error(y, t))


@given(problems())
def test_both_gradients_are_the_central_differences_of_the_plain_loop(problem):
    net, x, t = problem
    slow, dtype = central_differences(in_float64(net), x, t), net.params["W1"].dtype
    fast, backprop = net.numerical_gradient(x, t), net.gradient(x, t)
    assert {grad.dtype for grad in fast.values()} == {np.dtype(np.float64)}
    assert {grad.dtype for grad in backprop.values()} == {dtype}
    assert_same(fast, slow, atol=1e-9)
    assert_same(backprop, slow, atol=1e-4 if dtype == np.float32 else 1e-6)


@pytest.mark.parametrize("n", [1, 7, 10, 100])
@pytest.mark.parametrize("method", METHODS)
def test_labels_are_their_one_hot_rows_in_every_method(method, n):
    net = TwoLayerNet(6, 4, 10, 1, rng=0)
    x, labels = batch_for(net, n)
    result = getattr(net, method)
    for form in (labels.tolist(), np.eye(10)[labels], np.eye(10, dtype=int)[labels]):
        assert_same(result(x, form), result(x, labels), rtol=0)


@pytest.mark.parametrize("t", [3, [3], [0, 0, 0, 1, 0], [[0, 0, 0, 1, 0]]])
@pytest.mark.parametrize("method", METHODS)
def test_single_sample_is_a_batch_of_one_in_every_method(method, t):
    net = TwoLayerNet(6, 4, 5, 1, rng=0)
    x, _ = batch_for(net, 1)
    result = getattr(net, method)
    np.testing.assert_array_equal(net.predict(x[0]), net.predict(x)[0])
    assert_same(result(x[0], t), result(x, [3]), rtol=0)
    assert_same(result(x, t), result(x, [3]), rtol=0)


@pytest.mark.parametrize("method", METHODS)
def test_whole_numbers_are_counted_as_floats(method):
    """Pixels, and weights that were set by hand: they do not cut the pixels off."""
    net = TwoLayerNet(2, 2, 2, 0.1, rng=0)
    x, t = np.array([[255, 3], [0, 97]], np.uint8), [0, 1]
    assert_same(getattr(net, method)(x, t), getattr(net, method)(x.astype(float), t), rtol=0)
    net.params = {name: np.arange(w.size).reshape(w.shape) for name, w in net.params.items()}
    twin, x = in_float64(net), [[0.5, 0.25], [0.9, 0.1]]
    assert_same(getattr(net, method)(x, t), getattr(twin, method)(x, t), rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_float_dtype_of_the_network_is_kept(dtype):
    net = TwoLayerNet(6, 4, 5, rng=0, dtype=dtype)
    x, t = batch_for(net, 3)
    assert net.predict(x).dtype == net.loss(x, t).dtype == dtype


@pytest.mark.parametrize("method", GRADIENTS)
def test_gradient_changes_neither_network_nor_data(method):
    net = TwoLayerNet(6, 4, 5, 1, rng=0)
    x, t = batch_for(net, 3)
    t = np.eye(5)[t]
    for array in (x, t, *net.params.values()):
        array.flags.writeable = False
    getattr(net, method)(x, t)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("name", "shape"), [("b1", (1,)), ("W2", (4, 6)), ("b2", ())])
def test_parameter_set_to_another_shape_is_an_error(method, name, shape):
    net = TwoLayerNet(6, 4, 5)
    net.params[name] = np.zeros(shape)
    with pytest.raises(ValueError, match="params do not fit together: W1"):
        getattr(net, method)(np.ones((2, 6)), [0, 1])


def test_prediction_makes_no_copy_of_the_images(traced_memory):
    net = TwoLayerNet(784, 50, 10)
    x = np.zeros((20_000, 784), np.uint8)
    before, _ = traced_memory()
    net.predict(x)
    assert traced_memory()[1] - before < 40e6  # in float64 the images have 125 MB


def test_accuracy_and_loss_are_those_of_the_samples_one_by_one():
    net, n = TwoLayerNet(4, 3, 5, 1, rng=0), 2_001
    x, t = batch_for(net, n)
    y = [net.predict(x[i]) for i in range(n)]
    assert net.accuracy(x, t) == sum(y[i].argmax() == t[i] for i in range(n)) / n
    assert net.loss(x, t) == pytest.approx(-np.mean([np.log(y[i][t[i]]) for i in range(n)]))


class ReLUNet(TwoLayerNet):
    """As readers write it: another predict, and all else inherited."""

    def predict(self, x):
        W1, b1, W2, b2 = self.params.values()
        return softmax(np.maximum(0, x @ W1 + b1) @ W2 + b2)


class DecayNet(TwoLayerNet):
    """As readers write it: weight decay in the loss."""

    def loss(self, x, t):
        decay = sum(np.sum(self.params[name] ** 2) for name in ("W1", "W2"))
        return super().loss(x, t) + 0.05 * decay


def test_loss_and_accuracy_follow_the_predict_of_a_subclass():
    net = ReLUNet(6, 4, 5, 1, rng=0)
    x, t = batch_for(net, 30)
    y = net.predict(x)
    assert net.loss(x, t) == pytest.approx(-np.log(y[np.arange(30), t]).mean())
    assert net.accuracy(x, t) == (y.argmax(axis=1) == t).mean()


@pytest.mark.parametrize("kind", [ReLUNet, DecayNet])
def test_numerical_gradient_follows_the_loss_of_a_subclass(kind):
    net = kind(6, 4, 5, 1, rng=0)
    x, t = batch_for(net, 8)
    with pytest.warns(UserWarning, match="plain loop, which computes 106 losses: about") as told:
        grads = net.numerical_gradient(x, t)  # of 4 x 6 + 4 + 4 x 5 + 5 = 53 parameters
    assert told[0].filename == __file__  # the line that calls, since each is told once
    assert_same(grads, central_differences(net, x, t), rtol=0)


def test_method_that_is_set_on_a_network_counts_as_its_own():
    net = TwoLayerNet(6, 4, 5, rng=0)
    assert not net.takes_plain_loop
    net.predict = ReLUNet.predict.__get__(net)
    assert net.takes_plain_loop
    x, t = batch_for(net, 8)
    assert net.loss(x, t) == pytest.approx(-np.log(net.predict(x)[np.arange(8), t]).mean())


def test_loss_of_the_class_is_exact_where_probabilities_are_zero():
    net = TwoLayerNet(1, 1, 2, weight_init_std=0)
    net.params["b2"][:] = [8_603, 0]
    assert net.loss([[1.0]], [1]) == 8_603


def test_accuracy_of_scores_that_are_no_numbers_is_an_error():
    net = TwoLayerNet(2, 3, 3)
    with pytest.raises(ValueError, match="predictions hold nan"):
        net.accuracy([[1.0, np.nan], [1.0, 1.0]], [0, 1])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        (np.ones((2, 5)), ValueError, r"x has shape \(2, 5\); this network takes \(n, 4\)"),
        (np.ones((2, 1, 4)), ValueError, r"x has shape \(2, 1, 4\)"),
        (np.ones((0, 4)), ValueError, r"x has shape \(0, 4\)"),
        ([["a"] * 4] * 2, TypeError, "x has dtype <U1; expected numbers"),
    ],
)
def test_samples_that_do_not_fit_are_an_error(method, x, error, message):
    with pytest.raises(error, match=message):
        getattr(TwoLayerNet(4, 3, 5), method)(x, [0, 1])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("t", "error", "message"),
    [
        ([0, 1, 2], ValueError, r"t has shape \(3,\); expected labels of shape \(2,\) or rows"),
        ([0, 5], ValueError, "labels from 0 to 5; expected 0 to 4"),
        (csr_array(np.eye(2, 5)), TypeError, r"t is a sparse .*\.toarray\(\)"),
    ],
)
def test_targets_that_do_not_fit_are_an_error(method, t, error, message):
    with pytest.raises(error, match=message):
        getattr(TwoLayerNet(4, 3, 5), method)(np.ones((2, 4)), t)


def test_the_product_of_a_browser_is_the_product(monkeypatch):
    rng = np.random.default_rng(0)
    a, b = rng.random((7, 30), np.float32), rng.random((30, 5), np.float32)
    monkeypatch.setattr(sys, "platform", "emscripten")
    product = dot(a, b)
    assert product.dtype == np.float32
    np.testing.assert_allclose(product, a @ b, rtol=1e-6)
