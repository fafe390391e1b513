"""What a learner tries in the training panel: chosen settings, and the training made of them."""

from time import perf_counter
from typing import NamedTuple

import numpy as np

from dlscratch.curves import SAMPLE, Curves, is_moment
from dlscratch.training import Trainer
from dlscratch.two_layer_net import TwoLayerNet
from dlscratch.words import say

CHOICES = {
    "iterations": (1, 2, 5, 10, 20, 50, 100, 200, 300, 600, 1000, 2000, 3000, 6000, 10_000),
    "digits": (100, 300, 1000, 6000, 60_000),  # to learn from
    "batch_size": (1, 2, 5, 10, 20, 50, 100, 200, 500),
    "learning_rate": (
        *(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5),
        *(1, 2, 5, 10, 20, 50, 100),
    ),
    "hidden_size": (1, 2, 5, 10, 20, 50, 100, 200, 400),
    "gradient": ("backprop", "numerical"),
    "seed": tuple(range(100)),
}


def choices_for(n):
    """Give the CHOICES that there are with n training digits."""
    digits = [*(choice for choice in CHOICES["digits"] if choice < n), n]
    return CHOICES | {"digits": tuple(digits), "batch_size": batch_sizes(n)}


def batch_sizes(digits):
    """Give the batch sizes that there are with so many training digits."""
    return tuple(size for size in CHOICES["batch_size"] if size <= digits)


class Pin(NamedTuple):
    """What is kept of a run to compare others with."""

    look: tuple
    row: list
    iterations: list
    losses: list
    percents: list


class Experiment:
    """A training that can be held between two iterations.

    Parameters
    ----------
    settings : dict
        One of the `CHOICES` for each name.
    train, test
        As `Trainer` takes them. Learned are the first `settings["digits"]` of the training data.

    Attributes
    ----------
    trainer : Trainer
    history : History
        What the trainer leaves behind. Its accuracies are those of all digits, measured at the
        end of the training: at each epoch's end would be too often, as 100 digits are an epoch
        of one iteration.
    curves : Curves
        Loss and accuracy on a sample, many times.
    goal : int
        The iteration at which the training will have come to its end.
    """

    def __init__(self, settings, train, test):
        self.settings, self.goal = settings, settings["iterations"]
        self._given, self.test = len(train[0]), test
        train = tuple(values[: settings["digits"]] for values in train)
        rng = np.random.default_rng(settings["seed"])
        net = TwoLayerNet(np.shape(train[0])[-1], settings["hidden_size"], 10, rng=rng)
        self.trainer = Trainer(
            net,
            train,
            batch_size=settings["batch_size"],
            learning_rate=settings["learning_rate"],
            gradient=settings["gradient"],
            rng=rng,
        )
        self.history = self.trainer.history
        self.curves = Curves(train, test)

    @property
    def epochs(self):
        """How many epochs there are until the goal."""
        return self.goal / self.trainer.iter_per_epoch

    def train_to(self, end):
        """Train until iteration `end`; a generator that can be left after each iteration."""
        self.goal = max(end, self.goal)
        self.curves.measure(self.trainer)
        for _loss in self.trainer.iterations(end - self.trainer.iteration):
            self.curves.after_step(self.trainer)
            yield
        self._measure_all()

    def run(self):
        """Train to the goal at once, with a progress bar; Ctrl-C ends it."""
        self.curves.measure(self.trainer)
        self.trainer.run(self.goal - self.trainer.iteration, after_step=self.curves.after_step)
        self._measure_all()

    def _measure_all(self):
        """Measure the sample, and the accuracy on all digits."""
        self.curves.measure(self.trainer)
        self.trainer.test = self.test  # only now: the trainer would measure at each epoch's end
        try:
            self.trainer.record_accuracy()
        finally:
            self.trainer.test = None

    def accuracies(self):
        """Give the accuracies that are known best, and whether they are those of all digits."""
        history, curves = self.history, self.curves
        epoch = self.trainer.iteration / self.trainer.iter_per_epoch
        if history.epoch_list[-1:] == [epoch]:
            return [history.train_acc_list[-1], history.test_acc_list[-1]], True
        return [*curves.train_acc[-1:], *curves.test_acc[-1:]], False

    def pinned(self, look, row):
        """Keep the curves as they are now: those of the test data, if there are any."""
        curves = self.curves
        return Pin(
            look,
            row,
            curves.iterations[:],
            (curves.test_loss or curves.train_loss)[:],
            [100 * share for share in curves.test_acc or curves.train_acc],
        )

    def estimate_seconds(self):
        """Estimate the seconds that a run to the goal takes."""
        start = perf_counter()
        self.curves.measure(self.trainer)
        measured = sum(map(is_moment, range(self.goal + 1)))
        if self.test is not None:  # a measurement is both numbers of both samples
            measured += (len(self.trainer.train[0]) + len(self.test[0])) / (4 * SAMPLE)
        measuring = measured * (perf_counter() - start)
        return measuring + self.trainer.estimate_seconds(self.goal)

    def code(self):
        """Give the lines that do the same again, to the last bit."""
        trainer, digits = self.trainer, self.settings["digits"]
        sizes = [self._given, *([] if self.test is None else [len(self.test[0])])]
        lines = [say("# train, test: this panel's data, {sizes} digits", sizes=sizes)]
        if sizes in ([60_000], [60_000, 10_000]):
            lines = [say("train, test = load_mnist()  # if the panel's data are MNIST")]
        if digits < self._given:
            lines += ["x, t = train", f"train = x[:{digits}], t[:{digits}]"]
        data = "\n".join(lines)
        measured = "" if self.test is None else "print(net.accuracy(*train), net.accuracy(*test))\n"
        return f"""\
import numpy as np
from dlscratch import Trainer, TwoLayerNet, load_mnist

{data}
rng = np.random.default_rng({self.settings["seed"]})
net = TwoLayerNet({len(trainer.net.params["W1"])}, {self.settings["hidden_size"]}, 10, rng=rng)
trainer = Trainer(
    net,
    train,
    batch_size={trainer.batch_size},
    learning_rate={trainer.learning_rate},
    gradient="{trainer.gradient}",
    rng=rng,
)
history = trainer.run({trainer.iteration or self.goal})
{measured}"""
