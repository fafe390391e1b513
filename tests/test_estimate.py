"""How long a run will take, by a clock that only the network moves."""

import numpy as np
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

    Its first gradient, and its first loss, take longer.
    """

    takes_plain_loop = False
    now, warming = 0.0, 100.0

    def gradient(self, x, t):
        self.now += 0.2 + self.warming
        self.warming = 0.0
        return super().gradient(x, t)

    numerical_gradient = gradient

    def accuracy(self, x, t):
        self.now += len(x) / 100
        return 0.0


@pytest.mark.parametrize("gradient", ["backprop", "numerical"])
@pytest.mark.parametrize(("test", "iters_num"), [(ONES, 90), (ONES, 91), (None, 90), (None, 9)])
def test_estimate_is_the_time_that_a_run_takes(monkeypatch, gradient, test, iters_num):
    net = Slow()  # whose copies, too, move the one clock that the estimate reads
    monkeypatch.setattr(Slow, "__deepcopy__", lambda net, memo: net, raising=False)
    monkeypatch.setattr(estimate, "perf_counter", lambda: net.now)
    trainer = trainer_for(net, ONES, test, gradient=gradient)
    seconds = trainer.estimate_seconds(iters_num)
    start = net.now
    trainer.run(iters_num)
    assert seconds == pytest.approx(net.now - start)


class SlowLoss(Slow):
    """Half a second for a loss, the first takes longer; six parameters."""

    takes_plain_loop = True

    def __init__(self):
        self.params = {"w": np.zeros(2), "v": np.zeros((2, 2))}

    def loss(self, x, t):
        self.now += 0.5 + self.warming
        self.warming = 0.0
        assert len(x) == 7
        return 0.0


@pytest.mark.parametrize("named", [True, False])
def test_plain_loop_takes_two_losses_for_each_parameter(monkeypatch, named):
    net = SlowLoss()
    if not named:  # a network that a learner wrote does not say how it computes
        monkeypatch.delattr(SlowLoss, "takes_plain_loop")
        monkeypatch.delattr(Slow, "takes_plain_loop")
    monkeypatch.setattr(estimate, "perf_counter", lambda: net.now)
    trainer = trainer_for(net, ONES, None, gradient="numerical")
    assert trainer.estimate_seconds(10) == pytest.approx(10 * 2 * 6 * 0.5)
    assert trainer.iteration == 0


def test_bar_says_its_rate_in_the_language_chosen(monkeypatch):
    monkeypatch.setattr(estimate, "say", {"it/s": "回/秒", "s/it": "秒/回", "training": "学習"}.get)
    with estimate.progress_bar(0, 50) as bar:
        assert "?回/秒" in str(bar)
        assert "2.00秒/回" in bar.format_meter(1, 2, 2)
