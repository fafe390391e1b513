"""The panel's experiment: a training that can be held anywhere is the same training."""

from itertools import islice

import numpy as np
import pytest

from dlscratch import Trainer, TwoLayerNet, load_mnist
from dlscratch.curves import is_moment
from dlscratch.widgets.experiment import CHOICES, Experiment, choices_for

SETTINGS = {
    "iterations": 20,
    "digits": 100,
    "batch_size": 10,
    "learning_rate": 0.5,
    "hidden_size": 5,
    "gradient": "backprop",
    "seed": 7,
}
# Eight pixels instead of 784: the plain loop over all parameters takes a moment.
RNG = np.random.default_rng(0)
DATA = [(RNG.random((n, 8), np.float32), RNG.integers(10, size=n)) for n in (500, 100)]


def alone(**settings):
    """Train with SETTINGS, or others, by the package alone."""
    settings = SETTINGS | settings
    rng = np.random.default_rng(settings["seed"])
    net = TwoLayerNet(8, 5, 10, rng=rng)
    train = tuple(values[: settings["digits"]] for values in DATA[0])
    same = {name: settings[name] for name in ("batch_size", "learning_rate", "gradient")}
    trainer = Trainer(net, train, rng=rng, **same)
    trainer.run(settings["iterations"])
    return trainer


def assert_same(run, other):
    """Compare two runs, of trainers or of panels, to the last bit."""
    assert run.history.train_loss_list == other.history.train_loss_list
    for name, weights in other.net.params.items():
        np.testing.assert_array_equal(run.net.params[name], weights)


def test_held_again_and_again_it_is_an_unbroken_run_to_the_last_bit():
    experiment = Experiment(SETTINGS, *DATA)
    while experiment.trainer.iteration < 20:
        for _ in islice(experiment.train_to(20), 3):  # then the generator is dropped
            pass
    assert_same(experiment.trainer, alone())


def test_the_sample_is_measured_often_and_all_digits_at_the_end_alone():
    experiment = Experiment(SETTINGS | {"iterations": 200}, *DATA)
    for _ in experiment.train_to(200):
        assert experiment.history.epoch_list == []  # 20 epochs by now
        assert experiment.trainer.test is None
    x, t = DATA[0][0][:100], DATA[0][1][:100]
    net, history = experiment.trainer.net, experiment.history
    assert history.epoch_list == [20] == [experiment.epochs]
    assert history.train_acc_list == [net.accuracy(x, t)]
    assert history.test_acc_list == [net.accuracy(*DATA[1])]
    assert experiment.accuracies() == ([net.accuracy(x, t), net.accuracy(*DATA[1])], True)
    curves = experiment.curves
    assert curves.iterations == [n for n in range(200) if is_moment(n)] + [200]
    assert curves.train_loss[-1] == net.loss(x, t)
    experiment.trainer.step()
    assert experiment.accuracies() == ([curves.train_acc[-1], curves.test_acc[-1]], False)


def test_a_pin_keeps_the_curves_of_the_test_data_as_they_are():
    experiment = Experiment(SETTINGS, *DATA)
    experiment.curves.measure(experiment.trainer)
    pin = experiment.pinned("look", ["row"])
    losses, accuracies = experiment.curves.test_loss[:], experiment.curves.test_acc[:]
    for _ in experiment.train_to(5):
        pass
    assert pin == ("look", ["row"], [0], losses, [100 * accuracies[0]])
    without = Experiment(SETTINGS, DATA[0], None)
    without.curves.measure(without.trainer)
    assert without.pinned("look", []).losses == without.curves.train_loss


def test_an_estimate_counts_the_measurements(monkeypatch):
    """With a clock that moves a second at each look, a measurement takes a second."""
    seconds = iter(range(1_000_000))
    monkeypatch.setattr("dlscratch.widgets.experiment.perf_counter", lambda: next(seconds))
    monkeypatch.setattr("dlscratch.Trainer.estimate_seconds", lambda trainer, n: n)
    without = Experiment(SETTINGS, DATA[0], None)
    moments = [n for n in range(21) if is_moment(n)]
    assert without.estimate_seconds() == 20 + len(moments)
    both = Experiment(SETTINGS, *DATA).estimate_seconds()
    assert both == pytest.approx(20 + len(moments) + (100 + 100) / 4_000)  # all digits at the end


@pytest.mark.parametrize("gradient", CHOICES["gradient"])
def test_the_code_does_the_run_again_to_the_last_bit(gradient):
    experiment = Experiment(SETTINGS | {"gradient": gradient}, *DATA)
    experiment.trainer.run(20)
    names = dict(zip(["train", "test"], DATA, strict=True))
    exec(experiment.code(), names)
    assert_same(names["trainer"], experiment.trainer)
    assert names["history"] is names["trainer"].history


def test_the_code_of_mnist_loads_it_and_names_the_slice(capsys):
    train, test = load_mnist(one_hot_label=True)
    assert "t[:" not in Experiment(SETTINGS | {"digits": 60_000}, train, test).code()
    experiment = Experiment(SETTINGS | {"digits": 100}, train, test)
    experiment.trainer.run(2)
    code, names = experiment.code(), {}
    assert "train = x[:100], t[:100]" in code
    exec(code, names)
    assert_same(names["trainer"], experiment.trainer)
    net, first = experiment.trainer.net, tuple(values[:100] for values in train)
    assert capsys.readouterr().out == f"{net.accuracy(*first)} {net.accuracy(*test)}\n"


@pytest.mark.parametrize(
    "n, digits, largest_batch",
    [(60_000, (100, 300, 1000, 6000, 60_000), 500), (500, (100, 300, 500), 500), (7, (7,), 5)],
)
def test_there_are_choices_for_all_data(n, digits, largest_batch):
    choices = choices_for(n)
    assert choices["digits"] == digits
    assert choices["batch_size"][-1] == largest_batch
    assert 100 in choices["learning_rate"]
