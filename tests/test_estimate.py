"""How long a run will take, by a clock that only the network moves."""

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


class Slow(Line):
    """A line on a clock that only it moves: 0.2 s for a gradient, a hundredth for a sample.

    Its first gradient takes longer. In slices, a tenth of it is done in each.
    """

    now, warming = 0.0, 100.0

    def gradient(self, x, t):
        self.now += 0.2 + self.warming
        self.warming = 0.0
        return super().gradient(x, t)

    def accuracy(self, x, t):
        self.now += len(x) / 100
        return 0.0


class SlowInSlices(Slow):
    def gradient_slices(self, x, t):
        yield 0.0
        yield 0.0
        for tenth in range(1, 11):
            self.now += 0.02
            yield tenth / 10
        return Line.gradient(self, x, t)


@pytest.mark.parametrize("kind", [Slow, SlowInSlices])
@pytest.mark.parametrize(("test", "iters_num"), [(ONES, 90), (ONES, 91), (None, 90), (None, 9)])
def test_estimate_is_the_time_that_a_run_takes(kind, test, iters_num):
    trainer, trial = trainer_for(kind(), ONES, test), trainer_for(kind(), ONES, test)
    *_, seconds = estimate.seconds_slices(trial, iters_num, clock=lambda: trial.net.now)
    trainer.net.warming = 0.0
    trainer.run(iters_num)
    assert seconds == pytest.approx(trainer.net.now)
