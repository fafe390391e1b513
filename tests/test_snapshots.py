"""Copies of a network at chosen moments, against trainings that end there."""

import itertools

import numpy as np
import pytest
from small_training import after, state, trainer_for

from dlscratch.snapshots import train_with_snapshots


def test_snapshots_are_the_network_after_so_many_iterations():
    trainer, alone = trainer_for(), trainer_for()
    snapshots = train_with_snapshots(trainer, (12, 0, 5))
    assert list(snapshots) == [0, 5, 12]
    for iteration, snapshot in snapshots.items():
        alone.run(iteration - alone.iteration)
        for name, weights in alone.net.params.items():
            np.testing.assert_array_equal(snapshot.params[name], weights)
    assert state(trainer) == after(12)


def test_training_with_snapshots_saves_itself_as_a_run_does(tmp_path):
    trainer, saved_at = trainer_for(), []
    trainer.save = lambda path: saved_at.append(trainer.iteration)
    train_with_snapshots(trainer, (0, 5, 20), autosave=tmp_path / "run.npz")
    assert saved_at == [0, 9, 18, 20]


def test_training_with_snapshots_goes_on_where_it_was_stopped():
    """As a learner who presses the stop button, and then runs the same cell again."""
    trainer = trainer_for()
    gradient, calls = trainer.net.gradient, itertools.count(1)

    def stopped(x, t):
        if next(calls) == 5:
            raise KeyboardInterrupt
        return gradient(x, t)

    trainer.net.gradient = stopped
    assert list(train_with_snapshots(trainer, (0, 3, 9, 12))) == [0, 3]
    trainer.net.gradient = gradient
    snapshots = train_with_snapshots(trainer, (0, 3, 9, 12))
    assert list(snapshots) == [0, 3, 9, 12]
    assert state(trainer) == after(12)
    assert train_with_snapshots(trainer, (0, 3, 9, 12)) is snapshots  # a third time: nothing to do
    assert state(trainer) == after(12)


@pytest.mark.parametrize(
    ("moments", "message"), [((), "moments is empty"), ((-1, 3), "a moment is -1")]
)
def test_moments_that_are_none_are_refused(moments, message):
    with pytest.raises(ValueError, match=message):
        train_with_snapshots(trainer_for(), moments)
