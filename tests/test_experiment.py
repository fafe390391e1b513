"""The panel's experiment: a training that can be held anywhere is the same training."""

from itertools import islice

import numpy as np
import pytest

from dlscratch import Trainer, TwoLayerNet, load_mnist
from dlscratch.widgets.experiment import CHOICES, Experiment

SETTINGS = {
    "iterations": 20,
    "batch_size": 10,
    "learning_rate": 0.5,
    "hidden_size": 5,
    "gradient": "backprop",
    "seed": 7,
}


@pytest.fixture(scope="module")
def data():
    """Eight pixels instead of 784: the plain loop over all parameters takes a moment."""
    rng = np.random.default_rng(0)
    return [(rng.random((n, 8), np.float32), rng.integers(10, size=n)) for n in (60, 30)]


def alone(data, iterations, gradient="backprop"):
    """The training of SETTINGS, by the package alone."""
    rng = np.random.default_rng(7)
    net = TwoLayerNet(8, 5, 10, rng=rng)
    trainer = Trainer(net, *data, batch_size=10, learning_rate=0.5, gradient=gradient, rng=rng)
    trainer.run(iterations)
    return trainer


def assert_same(trainer, other):
    assert trainer.history == other.history
    for name, weights in other.net.params.items():
        np.testing.assert_array_equal(trainer.net.params[name], weights)


@pytest.mark.parametrize("gradient", ["backprop", "numerical"])
def test_held_again_and_again_it_is_an_unbroken_run_to_the_last_bit(data, gradient):
    experiment, holds = Experiment(SETTINGS | {"gradient": gradient}, *data), 0
    while experiment.trainer.iteration < 20:
        for _ in islice(experiment.train_to(20), 3):  # then the generator is dropped
            pass
        holds += 1
    for _ in experiment.train_to(20):
        pass
    assert holds >= 7
    assert_same(experiment.trainer, alone(data, 20, gradient))


def test_after_its_end_it_goes_on_as_one_long_run(data):
    experiment = Experiment(SETTINGS, *data)
    for end in (1, 20, 33):
        for _ in experiment.train_to(end):
            pass
        assert experiment.trainer.iteration == end and experiment.goal == max(end, 20)
    assert_same(experiment.trainer, alone(data, 33))


def test_the_curves_are_those_of_the_history(data):
    experiment = Experiment(SETTINGS | {"iterations": 200}, *data)
    experiment.trainer.run(200)
    history = experiment.history
    assert experiment.epochs == 200 / 6
    (each_at, each), (mean_at, mean) = experiment.losses()
    np.testing.assert_array_equal(each_at, np.arange(1, 201))
    assert each == history.train_loss_list
    np.testing.assert_array_equal(mean_at, np.arange(4, 201))
    assert mean[-1] == pytest.approx(np.mean(each[-4:]))
    train, test = experiment.accuracies()
    assert train == (history.epoch_list, [100 * share for share in history.train_acc_list])
    assert test == (history.epoch_list, [100 * share for share in history.test_acc_list])


def test_a_frozen_one_keeps_its_curves(data):
    experiment = Experiment(SETTINGS, *data)
    experiment.trainer.run(5)
    kept = experiment.frozen()
    before = kept.losses()[0][1].copy(), kept.accuracies()
    experiment.trainer.run(15)
    assert (kept.losses()[0][1], kept.accuracies()) == before
    assert kept.goal == 5 and experiment.goal == 20


@pytest.mark.parametrize("gradient", CHOICES["gradient"])
def test_the_code_does_the_run_again_to_the_last_bit(data, gradient):
    experiment = Experiment(SETTINGS | {"gradient": gradient}, *data)
    experiment.trainer.run(20)
    names = dict(zip(["train", "test"], data, strict=True))
    exec(experiment.code(), names)
    assert_same(names["trainer"], experiment.trainer)
    assert names["history"] is names["trainer"].history


def test_the_code_of_mnist_loads_it():
    train, _ = load_mnist(one_hot_label=True)
    experiment = Experiment(SETTINGS, train, None)
    experiment.trainer.run(2)
    names = {}
    exec(experiment.code(), names)
    assert names["trainer"].test is None
    assert_same(names["trainer"], experiment.trainer)
