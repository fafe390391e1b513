"""Ctrl-C in the middle of a training; test_faults.py sends it at random instants."""

import signal
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from small_training import TEST, T, X, after, state, trainer_for

from dlscratch import Trainer, TwoLayerNet


@pytest.fixture(autouse=True)
def ordinary_ctrl_c():
    """Let Ctrl-C be heard, also where the suite runs in the background and inherits none."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupting(net, method, calls, signals=1):
    """Let `net.method` send Ctrl-C to this process in the calls that are named."""
    original, count = getattr(net, method), iter(range(1, 10**6))

    def interrupted(x, t):
        if next(count) in calls:
            for _ in range(signals):
                signal.raise_signal(signal.SIGINT)
        return original(x, t)

    setattr(net, method, interrupted)


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


def test_ctrl_c_before_the_network_works_stops_it_at_once():
    """It waits while a batch is drawn, and not for a gradient that may take a minute more."""

    class Pressing(np.ndarray):
        def take(self, *args, **more):
            signal.raise_signal(signal.SIGINT)
            return np.asarray(self).take(*args, **more)

    trainer, called = trainer_for(), []
    trainer.train = trainer.train[0].view(Pressing), trainer.train[1]
    trainer.net.gradient = lambda x, t: called.append(x)
    before = state(trainer)[:2]
    with pytest.raises(KeyboardInterrupt):
        trainer.step()
    assert called == []
    assert state(trainer)[:2] == before


def test_training_in_another_thread_leaves_ctrl_c_alone():
    trainer, handler = trainer_for(), signal.getsignal(signal.SIGINT)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(trainer.run, 20).result()
    assert signal.getsignal(signal.SIGINT) is handler
    assert state(trainer) == after(20)


def test_error_while_a_batch_is_drawn_puts_the_random_state_back():
    class Full(np.ndarray):
        def take(self, *args, **more):
            raise MemoryError

    trainer = trainer_for()
    trainer.run(9)
    before, x = state(trainer), trainer.train[0]
    trainer.train = x.view(Full), trainer.train[1]
    with pytest.raises(MemoryError):
        trainer.step()
    assert state(trainer) == before
