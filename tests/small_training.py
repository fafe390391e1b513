"""A small network and few samples that the tests of the training share."""

import copy

import numpy as np

from dlscratch import Trainer, TwoLayerNet

RNG = np.random.default_rng(0)
X, T = RNG.standard_normal((60, 4)), RNG.integers(3, size=60)
TEST = RNG.standard_normal((30, 4)), RNG.integers(3, size=30)
ONES = np.ones(60), np.ones(60)


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
