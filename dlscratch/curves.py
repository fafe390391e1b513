"""Loss and accuracy many times within an epoch, on a sample of the data (book 4.5.3)."""

import math

import numpy as np

from dlscratch.interrupts import uninterrupted

SAMPLE = 1_000  # digits of the training data, and as many of the test data
A_DECADE = 12  # moments on the way to ten times as many iterations


class Curves:
    """Loss and accuracy on a fixed sample of training and test data, while a network learns.

    The sample has every k-th digit of the data, a thousand of them, or all if there are fewer.
    It is measured at some forty moments, close together at first, when the network learns most.

    Parameters
    ----------
    train, test : (x, t)
        As `Trainer` takes them; None for test measures the training data alone.

    Attributes
    ----------
    iterations : list of int
        When the sample was measured.
    train_loss, test_loss : list of float
        Loss on the sample at those moments; none without test data.
    train_acc, test_acc : list of float
        Accuracy on the sample, 0..1.

    Examples
    --------
    >>> from dlscratch import Trainer, TwoLayerNet, load_mnist, plots
    >>> (x, t), test = load_mnist()
    >>> train = x[:100], t[:100]
    >>> trainer = Trainer(TwoLayerNet(784, 50, 10, rng=0), train, learning_rate=0.5, rng=0)
    >>> curves = Curves(train, test)
    >>> curves.measure(trainer)
    >>> history = trainer.run(1_000, after_step=curves.after_step)
    >>> ax = plots.plot_loss_curves(curves.iterations, curves.train_loss, curves.test_loss)
    """

    def __init__(self, train, test=None):
        self._samples = [_sample(*data) for data in (train, test) if data is not None]
        self.iterations = []
        self.train_loss, self.test_loss = [], []
        self.train_acc, self.test_acc = [], []

    def after_step(self, trainer):
        """Measure if this is one of the moments; for `trainer.run(after_step=...)`."""
        if is_moment(trainer.iteration):
            self.measure(trainer)

    @np.errstate(over="ignore", under="ignore", invalid="ignore")  # a rate may be too large
    def measure(self, trainer):
        """Measure the sample now, if that was not done since the last iteration."""
        if self.iterations[-1:] == [trainer.iteration]:
            return
        measured = [(trainer.net.loss(x, t), trainer.net.accuracy(x, t)) for x, t in self._samples]
        lists = [(self.train_loss, self.train_acc), (self.test_loss, self.test_acc)]
        with uninterrupted():  # Ctrl-C would leave one list longer than another
            self.iterations.append(trainer.iteration)
            for (losses, accuracies), (loss, accuracy) in zip(lists, measured, strict=False):
                losses.append(float(loss))
                accuracies.append(float(accuracy))


def is_moment(iteration):
    """Whether to measure after this iteration: about every time it has grown by a fifth."""
    if iteration < 2:
        return True
    before, now = (int(A_DECADE * math.log10(n)) for n in (iteration - 1, iteration))
    return now > before


def _sample(x, t):
    every = -(-len(x) // SAMPLE)
    return np.ascontiguousarray(x[::every]), np.asarray(t)[::every]
