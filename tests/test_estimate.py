"""How long a run will take, by a clock that only the network moves."""

import copy

import pytest
from small_training import ONES, Line, after, state, trainer_for

from dlscratch import estimate


def test_estimate_changes_nothing():
    trainer = trainer_for()
    trainer.run(5)
    before = state(trainer)
    assert trainer.estimate_seconds(1000) > 0
    assert state(trainer) == before
    trainer.run(45)
    assert state(trainer) == after(50)


def test_estimate_counts_iterations_and_accuracies():
    """A clock that only the network moves: 2 s for a gradient, a hundredth for a sample."""
    clock = [0.0]

    class Slow(Line):
        def gradient(self, x, t):
            clock[0] += 2
            return super().gradient(x, t)

        def accuracy(self, x, t):
            clock[0] += len(x) / 100
            return 0.0

    trainer = trainer_for(Slow(), ONES, ONES)
    *_, seconds = estimate.seconds_slices(copy.deepcopy(trainer), 90, clock=lambda: clock[0])
    start = clock[0]
    trainer.run(90)
    assert seconds == pytest.approx(clock[0] - start, rel=0.02)
