"""Ctrl-C in the middle of a training; test_faults.py sends it at random instants."""

import math
import signal
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from small_training import TEST, T, X, after, state, trainer_for

from dlscratch import Trainer, TwoLayerNet, interrupts


@pytest.fixture(autouse=True)
def ordinary_ctrl_c(monkeypatch):
    """Let Ctrl-C be heard, also where the suite runs in the background and inherits none."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    monkeypatch.setattr(interrupts, "_last_press", -math.inf)
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


@pytest.mark.parametrize(
    ("method", "call", "finished"),
    [("gradient", 2, 1), ("gradient", 13, 12), ("loss", 2, 0), ("loss", 13, 11)]
    + [("accuracy", 2, 0), ("accuracy", 13, 54)],
)
def test_ctrl_c_ends_the_run_with_the_finished_iterations(method, call, finished, capsys):
    trainer = trainer_for()
    interrupting(trainer.net, method, calls=[call])
    history = trainer.run(200)
    assert trainer.iteration == finished
    assert state(trainer) == after(finished)
    assert history.epoch_list[-1] == finished / 9
    left = 200 - finished
    assert f"Stopped after iteration {finished}; run({left})" in capsys.readouterr().out
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    trainer.run(left)
    assert state(trainer) == after(200)


def test_second_ctrl_c_ends_a_loop_of_runs(capsys):
    trainers = [trainer_for() for _ in range(5)]
    interrupting(trainers[1].net, "gradient", calls=[4])
    interrupting(trainers[2].net, "gradient", calls=[8])
    with pytest.raises(KeyboardInterrupt):
        for trainer in trainers:
            trainer.run(20)
    assert [trainer.iteration for trainer in trainers] == [20, 3, 7, 0, 0]
    said = capsys.readouterr().out
    assert "after iteration 3; run(17)" in said and "after iteration 7; run(13)" in said
    for trainer in trainers:
        assert state(trainer)[:2] == after(trainer.iteration)[:2]


def test_two_presses_that_are_far_apart_end_one_run_each(monkeypatch):
    now = iter([100.0, 102.5, 104.4])
    monkeypatch.setattr(interrupts.time, "monotonic", lambda: next(now))
    trainer = trainer_for()
    interrupting(trainer.net, "gradient", calls=[4, 8, 12])
    trainer.run(20)
    trainer.run(20)
    with pytest.raises(KeyboardInterrupt):
        trainer.run(20)


def test_run_that_ctrl_c_ends_is_saved_as_it_stands(tmp_path):
    trainer = trainer_for()
    interrupting(trainer.net, "gradient", calls=[13])
    trainer.run(50, autosave=tmp_path / "run.npz")
    assert trainer.iteration == 12
    loaded = Trainer.load(tmp_path / "run.npz", TwoLayerNet(4, 5, 3), (X, T), TEST)
    assert state(loaded) == state(trainer)


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


@pytest.mark.parametrize("presses", [1, 2])
def test_ctrl_c_while_parameters_are_put_back_is_heard_after_them(presses):
    class Pressing(np.ndarray):
        def __setitem__(self, part, value):
            for _ in range(presses):
                signal.raise_signal(signal.SIGINT)
            super().__setitem__(part, value)

    trainer = trainer_for()
    trainer.run(3)
    before = state(trainer)
    trainer.net.params["b1"] = trainer.net.params["b1"].view(Pressing)
    trainer.net.loss = lambda x, t: signal.raise_signal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        trainer.step()
    assert state(trainer) == before


def test_training_in_another_thread_leaves_ctrl_c_alone():
    trainer, handler = trainer_for(), signal.getsignal(signal.SIGINT)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(trainer.run, 20).result()
    assert signal.getsignal(signal.SIGINT) is handler
    assert state(trainer) == after(20)
