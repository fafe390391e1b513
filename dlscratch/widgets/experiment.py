"""What a learner tries in the training panel: chosen settings, and the trainer made of them."""

import copy

import numpy as np

from dlscratch.evaluation import running_mean, smoothing
from dlscratch.training import Trainer
from dlscratch.two_layer_net import TwoLayerNet
from dlscratch.words import say

CHOICES = {
    "iterations": (1, 2, 5, 10, 20, 50, 100, 200, 300, 600, 1000, 2000, 3000, 6000, 10_000),
    "batch_size": (1, 2, 5, 10, 20, 50, 100, 200, 500),
    "learning_rate": (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
    "hidden_size": (1, 2, 5, 10, 20, 50, 100, 200, 400),
    "gradient": ("backprop", "numerical"),
    "seed": tuple(range(100)),
}


class Experiment:
    """A training that can be held between two iterations.

    Parameters
    ----------
    settings : dict
        One of the `CHOICES` for each name.
    train, test
        As `Trainer` takes them.

    Attributes
    ----------
    trainer : Trainer
    history : History
        What the trainer leaves behind.
    goal : int
        The iteration at which the training will have come to its end.
    """

    def __init__(self, settings, train, test):
        self.settings, self.goal = settings, settings["iterations"]
        rng = np.random.default_rng(settings["seed"])
        net = TwoLayerNet(np.shape(train[0])[-1], settings["hidden_size"], 10, rng=rng)
        self.trainer = Trainer(
            net,
            train,
            test,
            batch_size=settings["batch_size"],
            learning_rate=settings["learning_rate"],
            gradient=settings["gradient"],
            rng=rng,
        )
        self.history = self.trainer.history

    @property
    def epochs(self):
        """How many epochs there are until the goal."""
        return self.goal / self.trainer.iter_per_epoch

    def train_to(self, end):
        """Train until iteration `end`; a generator that can be left after each iteration."""
        self.goal = max(end, self.goal)
        yield from self.trainer.iterations(end - self.trainer.iteration)
        self.trainer.record_accuracy()

    def losses(self):
        """Give the curves of the loss as (iterations, losses): of each, and a running mean."""
        losses, window = self.history.train_loss_list, smoothing(self.goal)
        each = np.arange(1, len(losses) + 1), losses
        return [each] if window == 1 else [each, running_mean(losses, window)]

    def accuracies(self):
        """Give the curves of the accuracy as (epochs, percent): on training and on test data."""
        history = self.history
        return [
            (history.epoch_list[:], [100 * share for share in shares])
            for shares in (history.train_acc_list, history.test_acc_list)
        ]

    def frozen(self):
        """Return a copy whose curves stay as they are now."""
        kept = copy.copy(self)
        kept.history, kept.goal = copy.deepcopy(self.history), self.trainer.iteration
        return kept

    def code(self):
        """Give the lines that do the same again, to the last bit."""
        trainer = self.trainer
        sizes = [len(pair[0]) for pair in (trainer.train, trainer.test) if pair]
        data = say("# train, test: this panel's data, {sizes} digits", sizes=sizes)
        if sizes in ([60_000], [60_000, 10_000]):
            data = say("train, test = load_mnist()  # if the panel's data are MNIST")
        return f"""\
import numpy as np
from dlscratch import Trainer, load_mnist
from {TwoLayerNet.__module__} import TwoLayerNet

{data}
rng = np.random.default_rng({self.settings["seed"]})
net = TwoLayerNet({len(trainer.net.params["W1"])}, {self.settings["hidden_size"]}, 10, rng=rng)
trainer = Trainer(
    net,
    {"train, test" if trainer.test else "train"},
    batch_size={trainer.batch_size},
    learning_rate={trainer.learning_rate},
    gradient="{trainer.gradient}",
    rng=rng,
)
history = trainer.run({trainer.iteration or self.settings["iterations"]})
"""
