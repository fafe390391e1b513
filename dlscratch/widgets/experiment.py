"""What a learner tries in the training panel: chosen settings, and the trainer made of them."""

import copy

import numpy as np

from dlscratch.evaluation import running_mean, smoothing
from dlscratch.training import Trainer
from dlscratch.two_layer_net import PlainLoopNet, TwoLayerNet
from dlscratch.words import N_, _

CHOICES = {
    "iterations": (1, 2, 5, 10, 20, 50, 100, 200, 300, 600, 1000, 2000, 3000, 6000, 10_000),
    "batch_size": (1, 2, 5, 10, 20, 50, 100, 200, 500),
    "learning_rate": (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
    "hidden_size": (1, 2, 5, 10, 20, 50, 100, 200, 400),
    "gradient": (N_("backprop"), N_("numerical"), N_("plain loop")),
    "seed": tuple(range(100)),
}


class Experiment:
    """A training in slices, which can be held between two of them.

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
    share : float
        Share of the iteration under way that is done.
    """

    def __init__(self, settings, train, test):
        self.settings, self.goal = settings, settings["iterations"]
        self.share, self._iteration = 0.0, None
        rng = np.random.default_rng(settings["seed"])
        kind = PlainLoopNet if settings["gradient"] == "plain loop" else TwoLayerNet
        net = kind(np.shape(train[0])[-1], settings["hidden_size"], 10, rng=rng)
        self.trainer = Trainer(
            net,
            train,
            test,
            batch_size=settings["batch_size"],
            learning_rate=settings["learning_rate"],
            gradient="backprop" if settings["gradient"] == "backprop" else "numerical",
            rng=rng,
        )
        self.history = self.trainer.history

    @property
    def begun(self):
        """Whether anything was done that a new experiment would discard."""
        return self._iteration is not None or self.trainer.iteration > 0

    @property
    def done(self):
        """Iterations done, with the share of the one under way."""
        return self.trainer.iteration + self.share

    @property
    def epochs(self):
        """How many epochs there are until the goal."""
        return self.goal / self.trainer.iter_per_epoch

    def slices(self, end):
        """Train until iteration `end`; a generator that can be dropped after any slice.

        What was done of an iteration is kept: the next call goes on inside it.
        """
        self.goal = max(end, self.goal)
        while self._iteration or self.trainer.iteration < end:
            self._iteration = self._iteration or self.trainer.step_slices()
            for share in self._iteration:
                self.share = share
                yield
            self._iteration = None
        yield from self.trainer.record_accuracy_slices()

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
        trainer, net = self.trainer, type(self.trainer.net).__name__
        sizes = [len(pair[0]) for pair in (trainer.train, trainer.test) if pair]
        data = _("# train, test: this panel's data, {sizes} digits").format(sizes=sizes)
        if sizes in ([60_000], [60_000, 10_000]):
            data = _("train, test = load_mnist()  # if the panel's data are MNIST")
        return f"""\
import numpy as np
from dlscratch import Trainer, load_mnist
from {type(trainer.net).__module__} import {net}

{data}
rng = np.random.default_rng({self.settings["seed"]})
net = {net}({len(trainer.net.params["W1"])}, {self.settings["hidden_size"]}, 10, rng=rng)
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
