"""Programs of the form of the book's, with nothing but their imports changed.

Chapter 3's reading of MNIST with given weights, chapter 4's simplest gradient, and chapter 4's
network and training loop. The names and calls are the book's; the text is the course's own.
"""

# ruff: noqa: F403, F405, NPY002 - the book imports with a star and draws from the global state

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier

from dlscratch.functions import *
from dlscratch.gradient import numerical_diff, numerical_gradient
from dlscratch.mnist import load_mnist
from dlscratch.two_layer_net import TwoLayerNet


@pytest.fixture
def seeded():
    """Seed the global random state, which the book's programs draw from, and put it back."""
    before = np.random.get_state()
    np.random.seed(0)
    yield
    np.random.set_state(before)


def test_digits_are_read_one_by_one_and_in_batches_with_given_weights():
    """Book 3.6, neuralnet_mnist: three layers; scikit-learn gives the weights and the number."""
    (x_train, t_train), (x_test, t_test) = load_mnist(
        normalize=True, flatten=True, one_hot_label=False
    )
    mlp = MLPClassifier((50, 100), activation="logistic", max_iter=1, random_state=0)
    mlp.partial_fit(x_train[:6000], t_train[:6000], classes=range(10))
    network = {f"W{k}": W for k, W in enumerate(mlp.coefs_, start=1)}
    network |= {f"b{k}": b for k, b in enumerate(mlp.intercepts_, start=1)}

    def predict(network, x):
        z1 = sigmoid(np.dot(x, network["W1"]) + network["b1"])
        z2 = sigmoid(np.dot(z1, network["W2"]) + network["b2"])
        return softmax(np.dot(z2, network["W3"]) + network["b3"])

    x, t = x_test[:500], t_test[:500]
    accuracy_cnt = 0
    for i in range(len(x)):
        if np.argmax(predict(network, x[i])) == t[i]:
            accuracy_cnt += 1
    assert accuracy_cnt / len(x) == mlp.score(x, t) > 0.2

    batch_size, in_batches = 100, 0
    for i in range(0, len(x), batch_size):
        p = np.argmax(predict(network, x[i : i + batch_size]), axis=1)
        in_batches += np.sum(p == t[i : i + batch_size])
    assert in_batches == accuracy_cnt


class simpleNet:
    """Book 4.4.2, gradient_simplenet: one layer of 2 x 3 weights."""

    def __init__(self):
        self.W = np.random.randn(2, 3)

    def predict(self, x):
        return np.dot(x, self.W)

    def loss(self, x, t):
        y = softmax(self.predict(x))
        return cross_entropy_error(y, t)


def test_simplest_network_has_the_loss_and_gradient_printed_in_the_book(seeded):
    net = simpleNet()
    net.W = np.array([[0.47355232, 0.9977393, 0.84668094], [0.85557411, 0.03563661, 0.69422093]])
    x, t = np.array([0.6, 0.9]), np.array([0, 0, 1])
    assert net.loss(x, t) == pytest.approx(0.92806853663411326, rel=1e-6)
    dW = numerical_gradient(lambda w: net.loss(x, t), net.W)
    np.testing.assert_allclose(
        dW,
        [[0.21924763, 0.14356247, -0.36281009], [0.32887144, 0.2153437, -0.54421514]],
        rtol=1e-5,
    )


def test_the_books_training_loop_reads_nine_of_ten_digits_after_three_epochs(seeded):
    """Book 4.5.2 and 4.5.3, train_neuralnet, with 1,800 instead of 10,000 iterations."""
    (x_train, t_train), (x_test, t_test) = load_mnist(normalize=True, one_hot_label=True)
    network = TwoLayerNet(input_size=784, hidden_size=50, output_size=10)
    iters_num, train_size, batch_size, learning_rate = 1_800, x_train.shape[0], 100, 0.1
    train_loss_list, test_acc_list = [], []
    iter_per_epoch = max(train_size / batch_size, 1)
    for i in range(iters_num):
        batch_mask = np.random.choice(train_size, batch_size)
        x_batch, t_batch = x_train[batch_mask], t_train[batch_mask]
        grad = network.gradient(x_batch, t_batch)
        for key in ("W1", "b1", "W2", "b2"):
            network.params[key] -= learning_rate * grad[key]
        train_loss_list.append(network.loss(x_batch, t_batch))
        if i % iter_per_epoch == 0:
            test_acc_list.append(network.accuracy(x_test, t_test))
    assert len(test_acc_list) == 3
    assert np.mean(train_loss_list[-100:]) < 0.4
    assert network.accuracy(x_test, t_test) > 0.89


@pytest.mark.parametrize("start", ["functions", "gradient"])
def test_star_import_brings_numpy(start):
    program = {}
    exec(f"from dlscratch.{start} import *", program)
    assert program["np"] is np


def test_small_functions_of_chapters_3_and_4():
    """Book 3.2.3, 3.2.7, 3.4.3, 4.2.1: the values that follow from their formulas."""
    x = np.array([-1.0, 0.0, 2.5])
    assert step_function(x).tolist() == [0, 0, 1] and step_function(x).dtype.kind == "i"
    assert relu(x).tolist() == [0, 0, 2.5]
    assert identity_function(x) is x
    y = [0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0]
    t = [0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
    assert mean_squared_error(np.array(y), np.array(t)) == pytest.approx(0.0975)
    assert sum_squared_error(y, t) == pytest.approx(0.0975)
    with pytest.raises(ValueError, match=r"y has shape \(10,\) and t has shape \(3,\)"):
        mean_squared_error(y, x)


def test_slope_of_the_books_example():
    """Book 4.3.2: 0.01 x^2 + 0.1 x has the slopes 0.2 at 5 and 0.3 at 10."""
    for x, slope in ((5, 0.2), (10, 0.3)):
        assert numerical_diff(lambda x: 0.01 * x**2 + 0.1 * x, x) == pytest.approx(slope)
    assert numerical_diff(lambda x: x**3, 0) == pytest.approx(0, abs=1e-7)


@pytest.mark.parametrize("rate", [10, 3])
def test_descent_that_leaves_says_where_it_is_and_why(rate):
    """Book 4.4.1: from (-3, 4) each step multiplies x by 1 - 2 rate, far beyond all bounds."""
    x = np.array([-3.0, 4.0])
    with pytest.raises(ValueError) as said:
        for _ in range(100):
            x -= rate * numerical_gradient(lambda x: np.sum(x**2), x)
    assert f"x holds {np.abs(x).max():.3g} as float64" in str(said.value)
    assert "its learning rate is too large" in str(said.value)
    assert np.abs(x).max() > 1e11
