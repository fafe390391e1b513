"""What the public calls do with input that is wrong or unusual: the error, or the answer."""

import matplotlib
import numpy as np
import pytest
from scipy.sparse import csr_array, csr_matrix

matplotlib.use("agg")

from dlscratch import (  # noqa: E402
    Trainer,
    TwoLayerNet,
    compare_gradients,
    cross_entropy_error,
    evaluation,
    load_mnist,
    numerical_gradient,
    plots,
    sigmoid,
    softmax,
)

NET = TwoLayerNet(4, 5, 3, rng=0)
X = np.random.default_rng(0).standard_normal((6, 4))
T = np.array([0, 1, 2, 0, 1, 2])
ROWS = np.eye(3)[T]


def read_only(a):
    a = a.copy()
    a.flags.writeable = False
    return a


def train(iters_num=1, *, net=None, data=(X, T), batch_size=2, rng=0, **settings):
    net = TwoLayerNet(4, 5, 3, rng=0) if net is None else net
    return Trainer(net, data, batch_size=batch_size, rng=rng, **settings).run(iters_num)


def square(x):
    return np.sum(x**2)


class Half:
    """A net that cannot be trained numerically."""

    params = {"w": np.zeros(1)}
    loss = accuracy = gradient = None


class Whole:
    """A net whose parameters are integers."""

    params = {"w": np.zeros(1, int)}
    loss = accuracy = gradient = None


def with_params(kind):
    net = TwoLayerNet(4, 5, 3, rng=0)
    net.params = kind
    return net


def loaded(path):
    return Trainer.load(path, TwoLayerNet(4, 5, 3), (X, T))


WRONG = {
    # TwoLayerNet
    "size 0": (lambda: TwoLayerNet(4, 0, 3), ValueError, "hidden_size is 0; expected 1 or more"),
    "size 5.0": (lambda: TwoLayerNet(4, 5.0, 3), TypeError, "hidden_size is 5.0; expected an int"),
    "size True": (lambda: TwoLayerNet(4, 5, True), TypeError, "output_size is True; expected"),
    "std -1": (lambda: TwoLayerNet(4, 5, 3, -1), ValueError, "weight_init_std is -1; expected 0"),
    "std text": (lambda: TwoLayerNet(4, 5, 3, "a"), TypeError, "weight_init_std is 'a'; expected"),
    "dtype int": (lambda: TwoLayerNet(4, 5, 3, dtype=int), TypeError, "dtype is int64; expected"),
    "dtype float16": (lambda: TwoLayerNet(4, 5, 3, dtype="f2"), TypeError, "dtype is float16"),
    "seed text": (lambda: TwoLayerNet(4, 5, 3, rng="a"), TypeError, "SeedSequence expects int"),
    # its methods: samples
    "x narrow": (lambda: NET.predict(X[:, :3]), ValueError, r"x has shape \(6, 3\); .* \(n, 4\)"),
    "x 3-d": (lambda: NET.predict(X[None]), ValueError, r"x has shape \(1, 6, 4\)"),
    "x empty": (lambda: NET.loss(X[:0], T[:0]), ValueError, r"x has shape \(0, 4\)"),
    "x sparse": (lambda: NET.predict(csr_array(X)), TypeError, r"x is a sparse .*\.toarray\(\)"),
    "t sparse": (lambda: NET.loss(X, csr_matrix(ROWS)), TypeError, r"t is a sparse matrix; make"),
    "train sparse": (lambda: train(data=(csr_array(X), T)), TypeError, "x of train is a sparse m"),
    "x None": (lambda: NET.predict(None), TypeError, "x has dtype object; expected numbers"),
    "x text": (lambda: NET.predict("abcd"), TypeError, "x has dtype <U4; expected numbers"),
    "x ragged": (lambda: NET.predict([[1, 2, 3, 4], [1]]), ValueError, "inhomogeneous shape"),
    "x nan": (lambda: NET.accuracy(X * np.nan, T), ValueError, "predictions hold nan: x or the p"),
    # its methods: targets
    "t short": (lambda: NET.loss(X, T[:5]), ValueError, r"t has shape \(5,\); .* labels of .*6,"),
    "t wide": (lambda: NET.loss(X, np.eye(4)[T]), ValueError, r"t has shape \(6, 4\); .*\(6, 3\)"),
    "t column": (lambda: NET.accuracy(X, T[:5, None]), ValueError, r"t has shape \(5, 1\)"),
    "t 3": (
        lambda: NET.gradient(X, T + 1),
        ValueError,
        "t holds labels from 1 to 3; expected 0 to",
    ),
    "t float": (lambda: NET.loss(X, T * 1.0), TypeError, "t holds labels of dtype float64; lab"),
    "t negative": (lambda: NET.loss(X, -ROWS), ValueError, "t holds values from -1.0 to -?0.0"),
    # numerical_gradient
    "at int": (lambda: numerical_gradient(square, T), TypeError, "x is an array of dtype int64"),
    "at list": (lambda: numerical_gradient(square, [1.0]), TypeError, "x is list; expected an ar"),
    "at read-only": (
        lambda: numerical_gradient(square, read_only(X)),
        ValueError,
        "x is read-only",
    ),
    "h 0": (lambda: numerical_gradient(square, X.copy(), 0), ValueError, "h is 0; expected a pos"),
    "h text": (lambda: numerical_gradient(square, X.copy(), "1"), TypeError, "h is '1'; expected"),
    "h small": (
        lambda: numerical_gradient(square, X + 1e9, 1e-9),
        ValueError,
        "x holds 1e.09 as float64",
    ),
    "f None": (lambda: numerical_gradient(None, X.copy()), TypeError, "not callable"),
    # compare_gradients
    "names": (lambda: compare_gradients({"a": X}, {"b": X}), ValueError, "different parameters"),
    "shapes": (lambda: compare_gradients({"a": X}, {"a": T}), ValueError, "a has shape .* other"),
    "no dict": (lambda: compare_gradients(X, X), TypeError, "a is a ndarray; expected a dict"),
    # functions
    "a text": (lambda: sigmoid("a"), TypeError, "a has dtype <U1; expected numbers"),
    "a scalar": (lambda: softmax(1.0), ValueError, r"a has shape \(\); expected .*classes"),
    "a empty": (lambda: softmax([]), ValueError, r"a has shape \(0,\); expected .*classes"),
    "y negative": (lambda: cross_entropy_error(-ROWS, T), ValueError, "y holds -1 to -0; prob"),
    "y 3-d": (lambda: cross_entropy_error(ROWS[None], T), ValueError, r"y has shape \(1, 6, 3\)"),
    # load_mnist
    "no folder": (lambda: load_mnist(path="nowhere"), FileNotFoundError, "nowhere"),
    "path None": (lambda: load_mnist(path=None), TypeError, "path is None; expected .* folder"),
    # Trainer
    "batch 7 of 6": (lambda: train(batch_size=7), ValueError, "batch_size is 7, but there are 6"),
    "batch 0": (lambda: train(batch_size=0), ValueError, "batch_size is 0; expected 1 or more"),
    "rate text": (lambda: train(learning_rate="a"), TypeError, "learning_rate is 'a'; expected a"),
    "rate -1": (lambda: train(learning_rate=-1), ValueError, "learning_rate is -1; expected a pos"),
    "gradient []": (lambda: train(gradient=[]), ValueError, r"gradient is \[\]; expected one of"),
    "net None": (lambda: train(net=5), TypeError, "net is a int without params; a Trainer needs"),
    "net half": (
        lambda: train(net=Half(), gradient="numerical"),
        TypeError,
        "net is a Half without numerical_gradient",
    ),
    "net of int": (
        lambda: train(net=Whole()),
        TypeError,
        "w of net.params is an array of dtype int64",
    ),
    "params list": (  # refused before the training begins
        lambda: Trainer(with_params([1]), (X, T), batch_size=1),
        TypeError,
        "net.params is a list; expected",
    ),
    "data one": (lambda: train(data=(X,)), ValueError, r"train must be a pair \(x, t\)"),
    "data ragged": (
        lambda: train(data=([[1], [1, 2]], [0, 1])),
        ValueError,
        "x of train cannot be made an array",
    ),
    "data text": (lambda: train(data=(list("abcdef"), T)), TypeError, "x of train has dtype <U1;"),
    "data short": (lambda: train(data=(X, T[:5])), ValueError, r"samples of shape \(6, 4\) and"),
    "data labels": (lambda: train(data=(X, T + 1)), ValueError, "t holds labels from 1 to 3"),
    "iterations -1": (lambda: train(-1), ValueError, "iters_num is -1; expected 0 or more"),
    "save None": (lambda: Trainer(NET, (X, T), batch_size=1).save(None), TypeError, "path is None"),
    "load nothing": (lambda: loaded("nowhere.npz"), FileNotFoundError, "nowhere.npz"),
    # plots
    "digits": (lambda: plots.plot_digits(X[:, :3]), ValueError, r"x has shape \(6, 3\); exp"),
    "no digits": (lambda: plots.plot_digits(X[:0]), ValueError, r"x has shape \(0, 4\); exp"),
    "weights": (lambda: plots.plot_weights(X[0]), ValueError, r"W.T has shape \(4,\); exp"),
    "counts": (
        lambda: evaluation.confusion_matrix(T, T[:5]),
        ValueError,
        r"predictions has shape \(5,\)",
    ),
    "matrix": (lambda: plots.plot_confusion_matrix(X), ValueError, r"counts .*\(6, 4\); expected"),
    "window 0": (
        lambda: evaluation.running_mean([1, 2], 0),
        ValueError,
        "window is 0; expected 1 or",
    ),
}

RIGHT = {
    "one sample": (lambda: NET.predict(X[0]), lambda: NET.predict(X[:1])[0]),
    "read-only x": (lambda: NET.loss(read_only(X), read_only(T)), lambda: NET.loss(X, T)),
    "strided x": (
        lambda: NET.predict(np.asfortranarray(X)[::2]),
        lambda: NET.predict(X[::2].copy()),
    ),
    "x of bool": (lambda: NET.predict(X > 0), lambda: NET.predict((X > 0).astype(float))),
    "x of lists": (lambda: NET.predict(X.tolist()), lambda: NET.predict(X)),
    "x of bytes": (lambda: NET.predict(np.uint8([[255] * 4])), lambda: NET.predict([[255.0] * 4])),
    "t as a column": (lambda: NET.loss(X, T[:, None]), lambda: NET.loss(X, T)),
    "x of objects": (lambda: NET.predict(X.astype(object)), lambda: NET.predict(X)),
    "t of zeros": (lambda: NET.loss(X, 0 * ROWS), lambda: 0),
    "at nothing": (lambda: numerical_gradient(square, np.zeros((0, 3))), lambda: np.zeros((0, 3))),
    "at a number": (lambda: numerical_gradient(square, np.array(3.0)), lambda: 6),
    "at strides": (
        lambda: numerical_gradient(square, X.copy()[::2, ::-1]),
        lambda: 2 * X[::2, ::-1],
    ),
    "h of numpy": (lambda: numerical_gradient(square, X.copy(), np.float32(1e-2)), lambda: 2 * X),
    "sigmoid of nothing": (lambda: sigmoid([]), lambda: []),
    "sigmoid of inf": (lambda: sigmoid([-np.inf, np.inf]), lambda: [0, 1]),
    "softmax of -inf": (lambda: softmax([0, -np.inf]), lambda: [1, 0]),
    "softmax of ints": (lambda: softmax([5, 5]), lambda: [0.5, 0.5]),
    "no parameters": (lambda: len(compare_gradients({}, {})), lambda: 0),
    "gradient of nan": (lambda: compare_gradients({"a": [np.nan]}, {"a": [0]}).same, lambda: False),
    "no iterations": (lambda: train(0).train_loss_list, lambda: []),
    "whole batch": (lambda: len(train(2, batch_size=6).train_loss_list), lambda: 2),
    "read-only data": (
        lambda: train(9, data=(read_only(X), read_only(T))).train_loss_list,
        lambda: train(9).train_loss_list,
    ),
    "rate 1": (
        lambda: train(learning_rate=1).train_loss_list,
        lambda: train(learning_rate=np.float32(1)).train_loss_list,
    ),
    "count nothing": (
        lambda: evaluation.confusion_matrix(np.zeros(0, int), np.zeros(0, int), 2),
        lambda: [[0, 0], [0, 0]],
    ),
    "mean of few": (lambda: evaluation.running_mean([1.0], 2)[1], lambda: []),
}


@pytest.mark.parametrize(("call", "error", "message"), WRONG.values(), ids=WRONG)
def test_wrong_input_is_told(call, error, message):
    with pytest.raises(error, match=message) as raised:
        call()
    assert raised.type is error


@pytest.mark.parametrize(("call", "answer"), RIGHT.values(), ids=RIGHT)
def test_unusual_input_is_taken(call, answer):
    np.testing.assert_allclose(call(), answer(), rtol=1e-6, atol=1e-8)
