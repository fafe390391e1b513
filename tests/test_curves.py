"""The curves: measured on a sample, at moments that are close together at first."""

import numpy as np
import pytest
from small_training import TEST, T, X, trainer_for

from dlscratch.curves import Curves, is_moment


@pytest.mark.parametrize("iterations, moments", [(10, 10), (100, 22), (1_000, 34), (10_000, 46)])
def test_some_forty_moments_are_dense_at_first(iterations, moments):
    chosen = [n for n in range(iterations + 1) if is_moment(n)]
    assert len(chosen) == moments
    assert chosen[:4] == [0, 1, 2, 3] and chosen[-1] == iterations
    steps = np.diff(chosen[5:])
    assert (steps <= np.maximum(1, 0.3 * np.array(chosen[5:-1]))).all()


def test_numbers_are_those_of_the_network_at_these_iterations():
    trainer, curves = trainer_for(test=None), Curves((X, T), TEST)
    curves.measure(trainer)
    trainer.run(12, after_step=curves.after_step)
    assert curves.iterations == [n for n in range(13) if is_moment(n)]
    again, k = trainer_for(test=None), 0
    for n in range(13):
        if n in curves.iterations:
            assert curves.train_loss[k] == again.net.loss(X, T)
            assert curves.test_loss[k] == again.net.loss(*TEST)
            assert curves.train_acc[k] == again.net.accuracy(X, T)
            assert curves.test_acc[k] == again.net.accuracy(*TEST)
            k += 1
        again.step()
    assert k == len(curves.iterations)


def test_a_moment_is_measured_once():
    trainer, curves = trainer_for(), Curves((X, T))
    curves.measure(trainer)
    curves.measure(trainer)
    assert curves.iterations == [0] and len(curves.train_loss) == len(curves.train_acc) == 1
    assert curves.test_loss == curves.test_acc == []


@pytest.mark.parametrize("n, every", [(100, 1), (1_000, 1), (6_000, 6), (60_000, 60)])
def test_the_sample_is_taken_from_all_of_the_data(n, every):
    class Watching:
        """A network that keeps what it is asked about."""

        def loss(self, x, t):
            self.x, self.t = x, t
            return 0.0

        accuracy = loss

    trainer = trainer_for()
    trainer.net = net = Watching()
    Curves((np.arange(n)[:, np.newaxis], -np.arange(n))).measure(trainer)
    assert net.x[:, 0].tolist() == (-net.t).tolist() == list(range(0, n, every))
