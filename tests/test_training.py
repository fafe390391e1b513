"""The training loop against the book's, written out, and against a straight line's closed form."""

import copy
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import tracemalloc
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest

from dlscratch import perturbation, training
from dlscratch.training import History, Trainer
from dlscratch.two_layer_net import TwoLayerNet

RNG = np.random.default_rng(0)
X, T = RNG.standard_normal((60, 4)), RNG.integers(3, size=60)
TEST = RNG.standard_normal((30, 4)), RNG.integers(3, size=30)
GRADIENTS = {"backprop": "gradient", "numerical": "numerical_gradient"}


class Line:
    """A line t = w x with the loss (w x - t)^2: all that a network must be for a Trainer."""

    def __init__(self):
        self.params = {"w": np.array([0.0])}

    def loss(self, x, t):
        return np.mean((self.params["w"] * x - t) ** 2)

    def accuracy(self, x, t):
        return 1 - self.loss(x, t)

    def gradient(self, x, t):
        return {"w": np.mean(2 * x * (self.params["w"] * x - t), keepdims=True)}


ONES = np.ones(60), np.ones(60)


@pytest.fixture(autouse=True)
def ordinary_ctrl_c():
    """Let Ctrl-C be heard, also where the suite runs in the background and inherits none."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def trainer_for(net=None, train=(X, T), test=TEST, *, batch_size=7, rng=2, **settings):
    net = TwoLayerNet(4, 5, 3, 1, rng=1) if net is None else net
    return Trainer(net, train, test, batch_size=batch_size, rng=rng, **settings)


def state(trainer):
    """Everything that decides how the training goes on, and what it has noted."""
    params = {name: weights.tolist() for name, weights in trainer.net.params.items()}
    return params, repr(trainer.rng.bit_generator.state), copy.deepcopy(trainer.history)


def after(iterations, **settings):
    trainer = trainer_for(**settings)
    trainer.run(iterations)
    return state(trainer)


def interrupting(net, method, calls, signals=1):
    """Let `net.method` send Ctrl-C to this process in the calls that are named."""
    original, count = getattr(net, method), iter(range(1, 10**6))

    def interrupted(x, t):
        if next(count) in calls:
            for _ in range(signals):
                signal.raise_signal(signal.SIGINT)
        return original(x, t)

    setattr(net, method, interrupted)


@pytest.mark.parametrize("gradient", ["backprop", "numerical"])
@pytest.mark.parametrize("targets", [T, np.eye(3)[T]])
def test_training_is_the_books_loop(targets, gradient):
    net, rng = TwoLayerNet(4, 5, 3, 1, rng=1), np.random.default_rng(2)
    train_loss_list = []
    for _ in range(20):
        batch_mask = rng.choice(60, 7)
        x_batch, t_batch = X[batch_mask], targets[batch_mask]
        grad = getattr(net, GRADIENTS[gradient])(x_batch, t_batch)
        for key in ("W1", "b1", "W2", "b2"):
            net.params[key] -= 0.5 * grad[key]
        train_loss_list.append(net.loss(x_batch, t_batch))

    trainer = trainer_for(train=(X, targets), learning_rate=0.5, gradient=gradient)
    history = trainer.run(20)
    assert history.train_loss_list == train_loss_list
    for key, weights in net.params.items():
        np.testing.assert_array_equal(trainer.net.params[key], weights)


def test_anything_with_params_can_be_trained():
    """From w = 0 with x = t = 1: w = 1 - (1 - 2 lr)^k after k steps, the loss (1 - w)^2."""
    trainer = trainer_for(Line(), ONES, ONES, learning_rate=0.1)
    history = trainer.run(20)
    assert trainer.net.params["w"] == pytest.approx(1 - 0.8**20)
    assert history.train_loss_list == pytest.approx([0.8 ** (2 * k) for k in range(1, 21)])
    assert history.epoch_list == pytest.approx([0, 1, 2, 20 / 9])
    for accuracies in (history.train_acc_list, history.test_acc_list):
        assert accuracies == pytest.approx([0, 1 - 0.8**18, 1 - 0.8**36, 1 - 0.8**40])


def test_digits_of_three_kinds_are_learnt():
    centres = np.random.default_rng(0).standard_normal((3, 4)) * 3
    trainer = trainer_for(train=(centres[T] + X / 10, T), test=None)
    assert trainer.run(300).train_acc_list[-1] == 1


def test_step_does_one_iteration_and_returns_its_loss():
    trainer = trainer_for()
    losses = [trainer.step() for _ in range(18)]
    assert trainer.history.train_loss_list == losses
    assert trainer.history.epoch_list == [0, 1, 2]
    assert state(trainer) == after(18)


def test_net_is_trained_in_place():
    trainer = trainer_for()
    W1, before = trainer.net.params["W1"], trainer.net.params["W1"].copy()
    trainer.run(1)
    assert trainer.net.params["W1"] is W1
    assert (W1 != before).all()


def test_data_is_not_changed():
    x, t = X.copy(), T.copy()
    x.flags.writeable = t.flags.writeable = False
    trainer_for(train=(x, t), test=(x, t)).run(10)


def test_float32_weights_stay_float32_whatever_float_the_learning_rate_is():
    nets = [TwoLayerNet(4, 5, 3, rng=1, dtype=np.float32) for _ in range(2)]
    for net, learning_rate in zip(nets, (0.1, np.float64(0.1)), strict=True):
        trainer_for(net, learning_rate=learning_rate).run(10)
    for name, weights in nets[0].params.items():
        assert weights.dtype == nets[1].params[name].dtype == np.float32
        np.testing.assert_array_equal(weights, nets[1].params[name])


def test_global_random_state_plays_no_part():
    np.random.seed(0)  # noqa: NPY002
    first = after(10)
    np.random.seed(1)  # noqa: NPY002
    assert after(10) == first


@pytest.mark.parametrize(
    ("n", "batch_size", "iterations"),
    [
        (60_000, 100, 600),
        (60_000, 128, 469),
        (60_000, 70, 858),
        (60, 60, 1),
        (60, 59, 2),
        (1, 1, 1),
    ],
)
def test_epoch_is_as_many_iterations_as_cover_the_data(n, batch_size, iterations):
    data = np.zeros(n), np.zeros(n)
    assert trainer_for(Line(), data, batch_size=batch_size).iters_per_epoch == iterations


@pytest.mark.parametrize(("batch_size", "points"), [(100, 18), (128, 23), (70, 13)])
def test_accuracy_of_the_chapters_run_has_a_point_each_epoch(batch_size, points):
    """10,000 iterations on 60,000 digits: before the first, each epoch's end, the run's end."""
    data = np.zeros(60_000), np.zeros(60_000)
    line = Line()
    line.accuracy = lambda x, t: 0.5
    history = trainer_for(line, data, data, batch_size=batch_size).run(10_000)
    assert len(history.epoch_list) == points
    assert history.epoch_list[:-1] == list(range(points - 1))
    assert history.epoch_list[-1] == 10_000 / -(-60_000 // batch_size)
    assert len(history.train_acc_list) == len(history.test_acc_list) == points


def test_accuracy_is_that_of_the_weights_at_that_time():
    trainer = trainer_for()
    expected = [(trainer.net.accuracy(X, T), trainer.net.accuracy(*TEST))]
    for _ in range(3):
        trainer.run(9)
        expected.append((trainer.net.accuracy(X, T), trainer.net.accuracy(*TEST)))
    history = trainer.history
    assert history.epoch_list == [0, 1, 2, 3]
    assert list(zip(history.train_acc_list, history.test_acc_list, strict=True)) == expected


def test_without_test_data_only_training_accuracy_is_noted():
    history = trainer_for(test=None).run(20)
    assert len(history.train_acc_list) == len(history.epoch_list) == 4
    assert history.test_acc_list == []


def test_run_of_no_iterations_notes_the_first_accuracy_once():
    trainer = trainer_for()
    trainer.run(0)
    trainer.run(0)
    assert trainer.history.train_loss_list == []
    assert trainer.history.epoch_list == [0]


@pytest.mark.parametrize("parts", [(20, 30), (9, 41), (1, 1, 48), (49, 1), (0, 50), (45, 5)])
def test_broken_run_ends_like_an_unbroken_one(parts):
    trainer = trainer_for()
    for iterations in parts:
        trainer.run(iterations)
    assert state(trainer) == after(50)


def test_steps_and_a_run_end_like_one_run():
    trainer = trainer_for()
    for _ in range(9):
        trainer.step()
    trainer.run(41)
    assert state(trainer) == after(50)


@pytest.mark.parametrize("gradient", GRADIENTS)
def test_slices_end_like_steps(monkeypatch, gradient):
    monkeypatch.setattr(training, "PART", 25)  # accuracies in two and a half parts
    trainer, steps = trainer_for(gradient=gradient), trainer_for(gradient=gradient)
    for _ in range(20):
        assert all(0 <= share <= 1 for share in trainer.step_slices())
        steps.step()
    assert state(trainer) == state(steps)


@pytest.mark.parametrize("slices", range(1, 6))
def test_iteration_dropped_between_two_slices_has_not_begun(slices, monkeypatch):
    monkeypatch.setattr(perturbation, "UNITS_AT_ONCE", 1)
    trainer = trainer_for(gradient="numerical")
    trainer.run(3)
    before, work = state(trainer), trainer.step_slices()
    for _ in range(slices):  # of five hidden units
        assert 0 < next(work) <= 1
        assert state(trainer) == before
    work.close()
    trainer.run(17)
    assert state(trainer) == after(20, gradient="numerical")


def test_learning_rate_can_be_changed_on_the_way():
    trainer = trainer_for(Line(), ONES, ONES, learning_rate=0.1)
    trainer.run(5)
    trainer.learning_rate = 0.25
    trainer.run(5)
    assert trainer.net.params["w"] == pytest.approx(1 - 0.8**5 * 0.5**5)


@pytest.mark.parametrize("method", ["gradient", "loss", "accuracy"])
def test_ctrl_c_ends_the_run_between_two_iterations(method, capsys):
    trainer = trainer_for()
    interrupting(trainer.net, method, calls=[3])
    history = trainer.run(50)
    assert 0 < trainer.iteration < 50
    assert state(trainer) == after(trainer.iteration)
    assert history.epoch_list[-1] == trainer.iteration / 9
    left = 50 - trainer.iteration
    assert f"Stopped after iteration {trainer.iteration}; run({left})" in capsys.readouterr().out
    trainer.run(left)
    assert state(trainer) == after(50)


@pytest.mark.parametrize(("method", "call"), [("gradient", 13), ("loss", 14)])
def test_second_ctrl_c_breaks_the_iteration_off(method, call):
    trainer = trainer_for()  # the first iteration takes two losses, before it and after it
    interrupting(trainer.net, method, calls=[call], signals=2)
    with pytest.raises(KeyboardInterrupt):
        trainer.run(50)
    assert trainer.iteration == 12
    trainer.run(38)
    assert state(trainer) == after(50)


def test_ctrl_c_in_a_single_step_is_rolled_back():
    trainer = trainer_for()
    trainer.run(5)
    before = state(trainer)
    interrupting(trainer.net, "loss", calls=[1])
    with pytest.raises(KeyboardInterrupt):
        trainer.step()
    assert state(trainer) == before


@pytest.mark.parametrize("iterations", [0, 5])
def test_ctrl_c_is_itself_again_after_a_run(iterations):
    handler = signal.getsignal(signal.SIGINT)
    trainer = trainer_for()
    interrupting(trainer.net, "loss", calls=[2])
    trainer.run(iterations)
    assert signal.getsignal(signal.SIGINT) is handler


@pytest.mark.parametrize("method", ["gradient", "loss"])
def test_error_in_the_network_leaves_the_last_finished_iteration(method):
    trainer = trainer_for()
    trainer.run(12)
    before = state(trainer)
    original = getattr(trainer.net, method)

    def failing(x, t):
        original(x, t)
        raise ZeroDivisionError

    setattr(trainer.net, method, failing)
    with pytest.raises(ZeroDivisionError):
        trainer.run(38)
    assert state(trainer) == before
    setattr(trainer.net, method, original)
    trainer.run(38)
    assert state(trainer) == after(50)


def test_gradient_that_fails_halfway_through_the_parameters_is_rolled_back():
    trainer = trainer_for()
    before = {name: weights.copy() for name, weights in trainer.net.params.items()}
    right = trainer.net.gradient
    trainer.net.gradient = lambda x, t: right(x, t) | {"b2": np.zeros((7, 3))}
    with pytest.raises(ValueError):
        trainer.step()
    for name, weights in before.items():
        np.testing.assert_array_equal(trainer.net.params[name], weights)


def test_error_in_the_accuracy_keeps_the_finished_iteration():
    trainer = trainer_for()
    original = trainer.net.accuracy
    trainer.net.accuracy = lambda x, t: original(x, t) if trainer.iteration < 9 else 1 / 0
    with pytest.raises(ZeroDivisionError):
        trainer.run(50)
    assert trainer.iteration == 9
    trainer.net.accuracy = original
    trainer.run(41)
    assert state(trainer) == after(50)


def test_divergence_is_an_error_that_keeps_the_last_good_weights():
    """w - 1 grows by 2 lr - 1 = -9 each step, and (w - 1)^2 beyond all floats at 9^161.6."""
    trainer = trainer_for(Line(), ONES, ONES, learning_rate=5)
    with pytest.raises(
        FloatingPointError, match=r"loss .* to inf at iteration 162.*learning_rate below 5\.0"
    ):
        trainer.run(200)
    assert trainer.iteration == 161
    assert trainer.net.params["w"] == pytest.approx(1 + 9.0**161)
    trainer.learning_rate = 0.5
    assert np.isfinite(trainer.step())


@pytest.mark.parametrize("gradient", GRADIENTS)
def test_learning_rate_of_a_million_is_told_at_its_first_step(gradient):
    """Softmax and sigmoid saturate, so that this loss is only very large, and finite."""
    trainer = trainer_for(gradient=gradient)
    trainer.run(5)
    before = state(trainer)
    trainer.learning_rate = 1e6
    message = (
        r"diverges: the loss went from [01]\.\d+ to .*e\+\d+ at iteration 6.* below 1000000\.0"
    )
    with pytest.raises(FloatingPointError, match=message):
        trainer.step()
    assert state(trainer) == before
    with pytest.raises(FloatingPointError, match="went from .* at iteration 1"):
        trainer_for(learning_rate=1e6, gradient=gradient).run(10)


def test_weight_that_overflows_is_told_although_the_loss_is_finite():
    net = TwoLayerNet(1, 1, 2, rng=0)
    right = net.gradient
    net.gradient = lambda x, t: right(x, t) | {"W1": np.array([[-1e308]])}  # sigmoid(inf) is 1
    trainer = Trainer(net, (np.ones((4, 1)), np.arange(4) % 2), batch_size=4, learning_rate=10)
    before = net.params["W1"].copy()
    with pytest.raises(FloatingPointError, match="is no longer finite at iteration 1"):
        trainer.run(1)
    np.testing.assert_array_equal(net.params["W1"], before)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["train", "test"])
def test_samples_that_are_not_finite_are_told_before_the_training(name, dtype, bad):
    x = np.zeros((5_000, 4), dtype)
    x[4_321, 2] = bad
    data = {"train": (X, T), "test": (X, T)} | {name: (x, np.zeros(5_000, int))}
    with pytest.raises(ValueError, match=f"{name} holds nan or inf .* number 4000 on"):
        trainer_for(**data)


def test_samples_as_large_as_floats_go_are_finite():
    trainer_for(train=(np.full((60, 4), 1e200), T))  # the sum of their squares is not


@pytest.mark.parametrize("gradient", GRADIENTS)
def test_batches_of_zeros_train_the_biases_alone(gradient):
    trainer = trainer_for(train=(np.zeros((60, 4)), T), gradient=gradient)
    before = copy.deepcopy(trainer.net.params)
    trainer.run(10)
    np.testing.assert_array_equal(trainer.net.params["W1"], before["W1"])
    assert (trainer.net.params["b2"] != before["b2"]).all()
    assert trainer.history.train_loss_list[-1] < trainer.history.train_loss_list[0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_network_that_diverges_keeps_finite_weights(dtype):
    net = TwoLayerNet(4, 5, 3, 1, rng=1, dtype=dtype)
    trainer = trainer_for(net, learning_rate=float(np.finfo(dtype).max))
    with pytest.raises(FloatingPointError, match="diverges"):
        trainer.run(100)
    assert all(np.isfinite(weights).all() for weights in net.params.values())


def test_estimate_changes_nothing():
    trainer = trainer_for()
    trainer.run(5)
    before = state(trainer)
    assert trainer.estimate_seconds(1000) > 0
    assert state(trainer) == before
    trainer.run(45)
    assert state(trainer) == after(50)


def test_estimate_counts_iterations_and_accuracies(monkeypatch):
    """A clock that only the network moves: 2 s for a gradient, a hundredth for a sample."""
    clock = [0.0]
    monkeypatch.setattr(training.time, "perf_counter", lambda: clock[0])

    class Slow(Line):
        def gradient(self, x, t):
            clock[0] += 2
            return super().gradient(x, t)

        def accuracy(self, x, t):
            clock[0] += len(x) / 100
            return 0.0

    trainer = trainer_for(Slow(), ONES, ONES)
    estimate = trainer.estimate_seconds(90)
    start = clock[0]
    trainer.run(90)
    assert estimate == pytest.approx(clock[0] - start, rel=0.02)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"batch_size": 0}, ValueError, "batch_size is 0; expected 1 or more"),
        ({"batch_size": 61}, ValueError, "batch_size is 61, but there are 60 training samples"),
        ({"batch_size": 7.0}, TypeError, "batch_size is 7.0; expected an integer"),
        ({"batch_size": None}, TypeError, "batch_size is None; expected an integer"),
        ({"batch_size": True}, TypeError, "batch_size is True; expected an integer"),
        ({"learning_rate": 0}, ValueError, "learning_rate is 0; expected a positive number"),
        ({"learning_rate": -0.1}, ValueError, "learning_rate is -0.1"),
        ({"learning_rate": np.nan}, ValueError, "learning_rate is nan"),
        ({"learning_rate": np.inf}, ValueError, "learning_rate is inf"),
        ({"gradient": "backwards"}, ValueError, r"'backwards'; expected one of \['backprop'"),
        ({"train": (X, T[:-1])}, ValueError, r"train has samples of shape \(60, 4\).* \(59,\)"),
        ({"train": (X[:0], T[:0])}, ValueError, r"train has samples of shape \(0, 4\)"),
        ({"train": X}, ValueError, r"train must be a pair \(x, t\)"),
        ({"train": None}, ValueError, r"train must be a pair \(x, t\)"),
        ({"test": (X[:5], T)}, ValueError, r"test has samples of shape \(5, 4\)"),
        ({"test": (X, T, X)}, ValueError, r"test must be a pair \(x, t\)"),
    ],
)
def test_setting_out_of_range_is_an_error(settings, error, message):
    with pytest.raises(error, match=message):
        trainer_for(**settings)


@pytest.mark.parametrize(
    ("iters_num", "error"), [(-1, ValueError), (10.0, TypeError), ("10", TypeError)]
)
@pytest.mark.parametrize("method", ["run", "estimate_seconds"])
def test_number_of_iterations_that_is_none_is_an_error(method, iters_num, error):
    with pytest.raises(error, match=f"iters_num is {iters_num!r}; expected"):
        getattr(trainer_for(), method)(iters_num)


@pytest.mark.parametrize("bit_generator", ["PCG64", "MT19937", "PCG64DXSM", "Philox", "SFC64"])
def test_saved_run_goes_on_bit_for_bit(tmp_path, bit_generator):
    def rng():
        return np.random.Generator(getattr(np.random, bit_generator)(3))

    trainer = trainer_for(rng=rng(), learning_rate=0.3)
    trainer.run(20)
    trainer.save(tmp_path / "run.npz")
    loaded = Trainer.load(tmp_path / "run.npz", TwoLayerNet(4, 5, 3), (X, T), TEST)
    assert state(loaded) == state(trainer)
    loaded.run(30)
    assert state(loaded) == after(50, rng=rng(), learning_rate=0.3)


def test_saved_run_goes_on_in_a_new_process(tmp_path):
    trainer = trainer_for(gradient="numerical", learning_rate=0.3)
    trainer.run(40)
    trainer.save(tmp_path / "run.npz")
    np.savez(tmp_path / "data.npz", x=X, t=T, x_test=TEST[0], t_test=TEST[1])
    script = """
import numpy as np
from dlscratch import Trainer, TwoLayerNet
data = np.load("data.npz")
net = TwoLayerNet(4, 5, 3)
trainer = Trainer.load("run.npz", net, (data["x"], data["t"]), (data["x_test"], data["t_test"]))
trainer.run(60)
trainer.save("run.npz")
"""
    environment = os.environ | {"PYTHONPATH": str(Path(training.__file__).parents[1])}
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=environment, check=True)
    loaded = Trainer.load(tmp_path / "run.npz", TwoLayerNet(4, 5, 3), (X, T), TEST)
    assert state(loaded) == after(100, gradient="numerical", learning_rate=0.3)


@pytest.fixture
def saves(monkeypatch):
    """Return a list of the iterations at which a trainer saved; it does save."""
    at, save = [], Trainer.save

    def noted(self, path):
        save(self, path)
        at.append(self.iteration)

    monkeypatch.setattr(Trainer, "save", noted)
    return at


@pytest.mark.parametrize(
    ("every", "expected"), [(None, [0, 9, 18, 20]), (8, [0, 8, 16, 20]), (100, [0, 20])]
)
def test_run_saves_before_it_begins_every_so_often_and_at_its_end(tmp_path, saves, every, expected):
    trainer = trainer_for()
    trainer.run(20, autosave=str(tmp_path / "run.npz"), every=every)
    assert saves == expected
    loaded = Trainer.load(tmp_path / "run.npz", TwoLayerNet(4, 5, 3), (X, T), TEST)
    assert state(loaded) == state(trainer) == after(20)


@pytest.mark.parametrize("signals", [1, 2])
def test_run_that_ctrl_c_ends_is_saved_as_it_stands(tmp_path, signals):
    trainer = trainer_for()
    interrupting(trainer.net, "gradient", calls=[13], signals=signals)
    if signals == 1:
        trainer.run(50, autosave=tmp_path / "run.npz", every=50)
    else:
        with pytest.raises(KeyboardInterrupt):
            trainer.run(50, autosave=tmp_path / "run.npz", every=50)
    assert trainer.iteration == 14 - signals
    loaded = Trainer.load(tmp_path / "run.npz", TwoLayerNet(4, 5, 3), (X, T), TEST)
    assert state(loaded) == state(trainer)
    loaded.run(50 - loaded.iteration)
    assert state(loaded) == after(50)


def test_run_that_diverges_is_saved_as_it_was_before(tmp_path):
    trainer = trainer_for(Line(), ONES, ONES, learning_rate=5)
    with pytest.raises(FloatingPointError):
        trainer.run(200, autosave=tmp_path / "run.npz")
    loaded = Trainer.load(tmp_path / "run.npz", Line(), ONES, ONES)
    assert state(loaded) == state(trainer)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"autosave": 5}, TypeError, "autosave is 5; expected the path of a file"),
        ({"autosave": "run.npz", "every": 0}, ValueError, "every is 0; expected 1 or more"),
        ({"autosave": "run.npz", "every": 2.5}, TypeError, "every is 2.5; expected an integer"),
        ({"every": 5}, ValueError, "every is 5, but autosave names no file"),
        ({"autosave": "missing/run.npz"}, FileNotFoundError, "run is not saved: No such file"),
        ({"autosave": "file/run.npz"}, NotADirectoryError, "run is not saved: Not a directory"),
        ({"autosave": "folder"}, IsADirectoryError, "run is not saved: Is a directory: 'folder'"),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="Windows has other words for these errors")
def test_place_to_save_is_tried_before_the_first_iteration(
    tmp_path, monkeypatch, settings, error, message
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    trainer = trainer_for()
    before = state(trainer)
    with pytest.raises(error, match=message):
        trainer.run(20, **settings)
    assert state(trainer) == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["file", "folder"]


def test_any_network_can_be_saved(tmp_path):
    trainer = trainer_for(Line(), ONES, None)
    trainer.run(20)
    trainer.save(tmp_path / "line.npz")
    line = Line()
    assert state(Trainer.load(tmp_path / "line.npz", line, ONES)) == state(trainer)
    assert line.params["w"] == trainer.net.params["w"]


def test_saved_file_holds_no_pickle(tmp_path):
    trainer = trainer_for()
    trainer.run(3)
    trainer.save(tmp_path / "run.npz")
    with np.load(tmp_path / "run.npz", allow_pickle=False) as saved:
        assert {name for name in saved.files if saved[name].dtype.hasobject} == set()
        np.testing.assert_array_equal(saved["params.W1"], trainer.net.params["W1"])


def test_save_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    trainer = trainer_for()
    trainer.save(tmp_path / "run.npz")
    old = (tmp_path / "run.npz").read_bytes()

    def full_disk(file, **arrays):
        file.write(b"PK half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full_disk)
    with pytest.raises(OSError, match=r"the run is not saved: No space left on device: .*run\.npz"):
        trainer.save(tmp_path / "run.npz")
    assert [file.name for file in tmp_path.iterdir()] == ["run.npz"]
    assert (tmp_path / "run.npz").read_bytes() == old


@pytest.mark.parametrize(
    ("module", "call"), [(tempfile, "mkstemp"), (os, "fsync"), (os, "replace")]
)
def test_place_that_refuses_leaves_the_old_file(tmp_path, monkeypatch, module, call):
    """A folder that is read-only, or turns so; the modes of files stop no administrator."""
    trainer = trainer_for()
    trainer.save(tmp_path / "run.npz")
    old = (tmp_path / "run.npz").read_bytes()

    def refuse(*args, **kwargs):
        raise OSError(30, "Read-only file system", "run.npz.part")

    monkeypatch.setattr(module, call, refuse)
    with pytest.raises(OSError, match=r"not saved: Read-only file system: '.*run\.npz'"):
        trainer.save(tmp_path / "run.npz")
    assert [file.name for file in tmp_path.iterdir()] == ["run.npz"]
    assert (tmp_path / "run.npz").read_bytes() == old


def test_folder_that_cannot_be_flushed_is_no_error(tmp_path, monkeypatch):
    """Windows opens no folder, and some file systems flush none."""
    opened = os.open

    def refuse(path, *rest, **more):
        if Path(path) == tmp_path:
            raise PermissionError(13, "Permission denied")
        return opened(path, *rest, **more)

    monkeypatch.setattr(os, "open", refuse)
    trainer_for().save(tmp_path / "run.npz")
    assert [file.name for file in tmp_path.iterdir()] == ["run.npz"]


def test_network_that_is_read_only_is_left_alone(saved):
    net = TwoLayerNet(4, 5, 3, 1, rng=1)
    net.params["b2"].flags.writeable = False
    assert_refused(saved, "b2 of the network is read-only", net)


@pytest.mark.parametrize("working", [True, False])
def test_ctrl_c_that_is_ignored_stays_so(working):
    """As in a job in the background, and in a notebook's kernel between two cells."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    trainer = trainer_for()
    interrupting(trainer.net, "loss" if working else "accuracy", calls=range(9), signals=2)
    trainer.run(20)
    assert state(trainer) == after(20)


def test_ctrl_c_while_accuracies_are_noted_is_heard_after_them(monkeypatch):
    class Pressing(list):
        def append(self, value):
            signal.raise_signal(signal.SIGINT)
            super().append(value)

    trainer = trainer_for()
    trainer.history.epoch_list = Pressing()
    with pytest.raises(KeyboardInterrupt):
        trainer.record_accuracy()
    assert trainer.history.epoch_list == [0]
    assert len(trainer.history.train_acc_list) == len(trainer.history.test_acc_list) == 1


@pytest.mark.parametrize("presses", [1, 2, 5])
def test_ctrl_c_while_parameters_are_put_back_is_heard_after_them(presses):
    class Pressing(list):
        def __delitem__(self, part):
            for _ in range(presses):
                signal.raise_signal(signal.SIGINT)
            super().__delitem__(part)

    trainer = trainer_for()
    trainer.run(3)
    before = state(trainer)
    trainer.history.train_loss_list = Pressing(trainer.history.train_loss_list)
    trainer.net.loss = lambda x, t: signal.raise_signal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        trainer.step()
    assert state(trainer) == before


def test_save_replaces_an_older_file(tmp_path):
    trainer = trainer_for()
    trainer.save(tmp_path / "run.npz")
    trainer.run(5)
    trainer.save(tmp_path / "run.npz")
    loaded = Trainer.load(tmp_path / "run.npz", TwoLayerNet(4, 5, 3), (X, T), TEST)
    assert loaded.iteration == 5
    assert [file.name for file in tmp_path.iterdir()] == ["run.npz"]


def test_missing_folder_or_file_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        trainer_for().save(tmp_path / "missing" / "run.npz")
    with pytest.raises(FileNotFoundError, match=r"run\.npz"):
        Trainer.load(tmp_path / "run.npz", TwoLayerNet(4, 5, 3), (X, T))


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    """Return the bytes of a saved run whose losses are too many for one read of the file."""
    trainer = trainer_for()
    trainer.run(1_000)
    path = tmp_path_factory.mktemp("saved") / "run.npz"
    trainer.save(path)
    return path.read_bytes()


@pytest.fixture
def saved(tmp_path, content):
    """Return the path of that run."""
    (tmp_path / "run.npz").write_bytes(content)
    return tmp_path / "run.npz"


def assert_refused(path, message, net=None, train=(X, T), test=TEST):
    net = TwoLayerNet(4, 5, 3, 1, rng=1) if net is None else net
    before = copy.deepcopy(net.params)
    with pytest.raises(ValueError, match=rf"{path.name} cannot be continued.*{message}"):
        Trainer.load(path, net, train, test)
    for name, weights in before.items():
        np.testing.assert_array_equal(net.params[name], weights)


@pytest.mark.parametrize(
    ("net", "message"),
    [
        (TwoLayerNet(4, 6, 3), r"holds .*\(4, 5\) of float64.*network has .*\(4, 6\) of float64"),
        (TwoLayerNet(4, 5, 3, dtype=np.float32), r"network has .*\(4, 5\) of float32"),
        (Line(), r"network has .*\(1,\) of float64"),
    ],
)
def test_run_of_another_network_is_refused(saved, net, message):
    assert_refused(saved, message, net)


def test_run_of_a_deeper_network_is_refused(tmp_path):
    deep = TwoLayerNet(4, 5, 3)
    deep.params["b3"] = np.zeros(3)
    trainer_for(deep).save(tmp_path / "deep.npz")
    assert_refused(tmp_path / "deep.npz", r"b3.*\(3,\)")


@pytest.mark.parametrize(
    ("train", "test"), [((X[:50], T[:50]), TEST), ((X[:5], T[:5]), TEST), ((X, T), None)]
)
def test_run_on_other_data_is_refused(saved, train, test):
    assert_refused(saved, "saved with other data", train=train, test=test)


def test_data_that_is_no_pair_is_not_blamed_on_the_file(saved):
    with pytest.raises(ValueError, match="train has samples"):
        Trainer.load(saved, TwoLayerNet(4, 5, 3), (X, T[:-1]), TEST)


@pytest.mark.parametrize("content", [b"", b"some text", b"\x93NUMPY\x01\x00"])
def test_foreign_file_is_refused(tmp_path, content):
    (tmp_path / "notes.txt").write_bytes(content)
    assert_refused(tmp_path / "notes.txt", "File is not a zip file")


def test_foreign_archive_is_refused(tmp_path):
    np.savez(tmp_path / "other.npz", x=X)
    assert_refused(tmp_path / "other.npz", "which are not the parts of a saved run")


def test_pickle_is_refused(tmp_path, saved):
    with np.load(saved) as arrays:
        np.savez(tmp_path / "evil.npz", **dict(arrays) | {"settings": np.array([{}], object)})
    assert_refused(tmp_path / "evil.npz", "Python objects")


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.99])
def test_truncated_file_is_refused(saved, content, kept):
    saved.write_bytes(content[: int(kept * len(content))])
    assert_refused(saved, "")


def test_array_made_shorter_in_its_header_is_refused(saved, content):
    assert content.count(b"(1000,), ") == 1
    saved.write_bytes(content.replace(b"(1000,), ", b"(100,),  "))
    with np.load(saved) as arrays:
        assert len(arrays["history.train_loss_list"]) == 100  # np.load alone believes it
    assert_refused(saved, "Bad CRC-32 for file .*train_loss_list.npy")


def test_flipped_bytes_are_refused_or_change_nothing(saved, content):
    rng = np.random.default_rng(0)
    expected = state(Trainer.load(saved, TwoLayerNet(4, 5, 3), (X, T), TEST))
    for place in rng.integers(len(content), size=200):
        damaged = bytearray(content)
        damaged[place] ^= rng.integers(1, 256)
        saved.write_bytes(damaged)
        try:
            loaded = Trainer.load(saved, TwoLayerNet(4, 5, 3), (X, T), TEST)
        except ValueError:
            continue
        assert state(loaded) == expected


@pytest.mark.parametrize(
    "change",
    [
        {"batch_size": "many"},
        {"learning_rate": -1},
        {"gradient": "__class__"},
        {"rng": {"bit_generator": "Generator"}},
        {"rng": {"bit_generator": "PCG64", "state": {}}},
    ],
)
def test_edited_settings_are_refused(saved, change):
    with np.load(saved) as arrays:
        arrays = dict(arrays)
    settings = json.loads(arrays["settings"].item()) | change
    np.savez(saved, **arrays | {"settings": json.dumps(settings)})
    assert_refused(saved, "")


def npy(values, **claims):
    """Write an array as save does; the header may claim something else."""
    header = {"descr": values.dtype.str, "fortran_order": False, "shape": values.shape}
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, header | claims)
    return file.getvalue() + values.tobytes()


def pick(rng, *choices):
    return choices[rng.integers(len(choices))]


ODD = [None, True, -1, 0, 7, 1.5, -0.1, float("nan"), float("inf"), 10**30, "", "0.1", "PCG64"]
ODD += [[], [1], [60, 30], {}, {"state": 1}, [[]] * 50, "MT19937", 625, -(10**9), 2**63]


def with_bytes_changed(content, rng):
    """Flip, cut, splice, insert or overwrite bytes anywhere in a file."""
    content = bytearray(content)
    start, end = sorted(rng.integers(len(content) + 1, size=2).tolist())
    if rng.integers(2):
        end = min(end, start + int(rng.integers(1, 9)))
    kind = rng.integers(5)
    if kind == 0:
        for place in rng.integers(len(content), size=rng.integers(1, 9)):
            content[place] ^= 1 << rng.integers(8)
    elif kind == 1:
        del content[start:end]
    elif kind == 2:
        content[start:start] = content[start:end]
    elif kind == 3:
        content[start:start] = rng.bytes(rng.integers(1, 40))
    else:
        content[start : start + 8] = pick(rng, b"\xff" * 4, b"\xff" * 8, b"\0" * 4, b"\x7f" * 4)
    return bytes(content) if rng.integers(8) else bytes(content[:end])


def with_setting_changed(settings, rng):
    """Change, remove or add one setting, the random state's parts among them."""
    place = settings
    while isinstance(place.get("rng", place.get("state")), dict) and rng.integers(2):
        place = place.get("rng", place.get("state"))
    name = pick(rng, *place)
    kind = rng.integers(8)
    if kind == 0:
        del place[name]
    elif kind == 1:
        place[pick(rng, "state", "extra", "pos", "buffer_pos")] = pick(rng, *ODD)
    else:
        place[name] = pick(rng, *ODD)
    text = json.dumps(settings)
    return text if rng.integers(9) else pick(rng, text[:-1], "[" * 9000, "9" * 5000, "null", "")


def with_array_changed(values, rng):
    """Claim or hold another shape or dtype, or hold other numbers."""
    kind = rng.integers(6)
    if kind == 0:
        far = 10 ** int(rng.integers(1, 19))
        return npy(values, shape=pick(rng, (far,), (far, far), (-1,), (0, far), (-far, -1), ()))
    if kind == 1:
        return npy(
            values, descr=pick(rng, "<f4", "<i8", ">f8", "<U9", "|O", "|V0", "<M8[s]", "|b1")
        )
    if kind == 2:
        return npy(np.resize(values, pick(rng, (3,), (4, 5), (5, 4), (0,), (1, 1, 1), ())))
    if kind == 3:
        return npy(values.astype(pick(rng, "<f4", ">f8", "<i2", "<c16", "?", "<U3", "S2")))
    if kind == 4:
        return rng.bytes(int(rng.integers(200)))
    values = values.copy()
    if values.size:
        values.flat[rng.integers(values.size)] = pick(rng, np.nan, np.inf, -1, 1e308, 0)
    return npy(values)


def with_entry_changed(arrays, rng):
    """Rebuild the archive, its checksums right, with one entry changed, gone, doubled or new."""
    entries = {name: npy(values) for name, values in arrays.items()}
    compression, name = zipfile.ZIP_STORED, pick(rng, *entries)
    kind = rng.integers(16)
    if kind < 6:
        settings = json.loads(arrays["settings"].item())
        entries["settings"] = npy(np.array(with_setting_changed(settings, rng)))
    elif kind < 12:
        values = arrays[name]
        entries[name] = npy(values) if name == "settings" else with_array_changed(values, rng)
    elif kind == 12:
        del entries[name]
    elif kind == 13:
        entries[pick(rng, "params.W9", "evil", "history.x", "../up", "params.")] = npy(np.zeros(3))
    elif kind == 14:
        entries[name], compression = bytes(10**7), zipfile.ZIP_DEFLATED
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of a name that comes twice
        for entry, content in entries.items():
            archive.writestr(f"{entry}.npy", content)
        if kind == 15:
            archive.writestr(f"{name}.npy", entries[name])
    return file.getvalue()


@pytest.mark.parametrize("bit_generator", ["PCG64", "MT19937", "Philox", "SFC64"])
def test_edited_file_is_refused_or_loads_a_run_that_trains(tmp_path, bit_generator, fewer):
    """5,000 cases each in `make faults`, else a tenth.

    Half have bytes changed; half are edited and have all their checksums right.
    """
    path, rng = tmp_path / "run.npz", np.random.default_rng(0)
    trainer = trainer_for(rng=np.random.Generator(getattr(np.random, bit_generator)(3)))
    trainer.run(20)
    trainer.save(path)
    net, untrained = TwoLayerNet(4, 5, 3), TwoLayerNet(4, 5, 3, rng=1).params
    content, right, refused, loaded = path.read_bytes(), state(trainer), 0, 0
    with np.load(path) as arrays:
        arrays = dict(arrays)
    for k in range(5_000 // fewer):
        edit = with_entry_changed(arrays, rng) if k % 2 else with_bytes_changed(content, rng)
        path.write_bytes(edit)
        for name, weights in untrained.items():
            net.params[name][...] = weights
        try:
            trainer = Trainer.load(path, net, (X, T), TEST)
        except ValueError as error:
            refused += 1
            assert str(error).startswith("run.npz cannot be continued with this network and data: ")
            assert all((net.params[name] == weights).all() for name, weights in untrained.items())
            continue
        loaded += 1
        if k % 2:
            assert all(np.isfinite(weights).all() for weights in net.params.values())
            history = trainer.history
            assert len(history.epoch_list) == len(history.train_acc_list)
            assert len(history.epoch_list) == len(history.test_acc_list)
            trainer.rng.integers(60, size=2_000)
        else:
            assert state(trainer) == right
    assert refused > 3_000 // fewer and loaded > 50 // fewer


def test_compressed_entry_that_lies_about_its_size_gets_no_memory(tmp_path):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("settings.npy", bytes(10**8))
        entry = archive.getinfo("settings.npy")
    small, large = (n.to_bytes(4, "little") for n in (entry.compress_size, entry.file_size))
    assert file.getvalue().count(large) == 2
    (tmp_path / "bomb.npz").write_bytes(file.getvalue().replace(large, small))
    tracemalloc.start()
    assert_refused(tmp_path / "bomb.npz", "settings.npy is compressed; a saved run is not")
    assert tracemalloc.get_traced_memory()[1] < 2e6
    tracemalloc.stop()


def test_file_that_claims_much_gets_no_memory(tmp_path, content):
    path, rng = tmp_path / "run.npz", np.random.default_rng(1)
    (tmp_path / "right.npz").write_bytes(content)
    with np.load(tmp_path / "right.npz") as arrays:
        arrays = dict(arrays)
    net = TwoLayerNet(4, 5, 3)
    tracemalloc.start()
    for k in range(300):
        path.write_bytes(
            with_entry_changed(arrays, rng) if k % 2 else with_bytes_changed(content, rng)
        )
        length = path.stat().st_size
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        try:
            Trainer.load(path, net, (X, T), TEST)
        except ValueError:
            pass
        assert tracemalloc.get_traced_memory()[1] - before < 10 * length + 1e6
    tracemalloc.stop()


def test_history_starts_empty():
    assert History() == History([], [], [], [])
    assert History().train_loss_list is not History().train_loss_list
