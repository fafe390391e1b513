"""A network at chosen moments of its training, to look inside (book 4.5.3)."""

import numpy as np
from matplotlib.figure import Figure

from dlscratch import plots
from dlscratch.checks import as_labels, as_probabilities
from dlscratch.evaluation import confusion_matrix
from dlscratch.pictures import draw_reading, png_bytes
from dlscratch.widgets.picker import Picker
from dlscratch.words import say

DIGITS = (0, 1, 8)  # test digits to follow: a 7, a 2, and a 5 that is hard to read
UNITS = 25  # hidden units whose weights are drawn: more would be too small to see
PART_SIZE = (3.4, 3)  # inches of each part: in 280 pixels of a page, letters have 9 or more


def _sentence_and_parts(trainer, net, iteration):
    """Look at a network; give a sentence, and for each part its words and a function to draw it."""
    x, t = trainer.test
    probabilities = as_probabilities(net.predict(x), "net.predict(x)")
    n, classes = probabilities.shape
    labels = as_labels(t, "the test labels", n=n, classes=classes)
    digits = [k for k in DIGITS if k < n]

    def draw_weights(figure):
        ax = figure.subplots()
        plots.plot_weights(net.params["W1"][:, :UNITS], columns=5, ax=ax)
        ax.set_title(say("weights of hidden units"))

    def draw_matrix(figure):
        ax = figure.subplots()
        counts = confusion_matrix(labels, probabilities, classes)
        plots.plot_confusion_matrix(counts, colorbar=False, ax=ax)
        ax.set(title=say("confusion matrix"), aspect="auto")  # room for counts of four digits

    def draw_loss(figure):
        ax = figure.subplots()
        plots.plot_loss(trainer.history.train_loss_list, ax=ax)
        ax.axvline(iteration, color="black", linestyle=":", linewidth=2)
        ax.set_xscale("symlog", linthresh=1)
        ax.set_xlim(0, None)
        ax.xaxis.set_major_formatter("{x:.0f}")

    def draw_digits(figure):
        axes = figure.subplots(len(digits), 2, squeeze=False, width_ratios=[2, 7])
        for k, (left, right) in zip(digits, axes, strict=True):
            draw_reading(x[k], probabilities[k], labels[k], left, right)
            right.set(ylabel=None, ylim=(0, 140), yticks=[0, 100])  # room for the highest value
        for _left, right in axes[:-1]:
            right.set_xticks([])
        figure.suptitle(say("probability in % (orange: right digit)"), size=10)

    accuracy = 100 * np.mean(probabilities.argmax(axis=1) == labels)
    sentence = say(
        "After iteration {iteration:,}: test accuracy {accuracy:.1f} %",
        iteration=iteration,
        accuracy=accuracy,
    )
    return sentence, {
        say("weights of hidden units"): draw_weights,
        say("confusion matrix"): draw_matrix,
        say("the loss until now and later, with this iteration marked"): draw_loss,
        say("three test digits and their probabilities"): draw_digits,
    }


class SnapshotBrowser(Picker):
    """The moments of a training run to choose from, and what there is to see of the network then.

    A moment is drawn when it is first asked for, and kept. Its four pictures stand side by side or
    one below the other, as the page has room: weights of up to 25 hidden units, the confusion
    matrix, the loss with the moment marked, and what the network says of three test digits.

    Parameters
    ----------
    trainer : Trainer
        With test data.
    snapshots : dict of int to network
        From `train_with_snapshots`.

    Raises
    ------
    ValueError
        If there are no snapshots, or the trainer has no test data.
    """

    def __init__(self, trainer, snapshots):
        if not isinstance(snapshots, dict) or not snapshots:
            raise ValueError(f"snapshots is {snapshots!r}; expected those of train_with_snapshots")
        if trainer.test is None:
            raise ValueError("trainer has no test data, which the pictures need")
        self._trainer, self._snapshots = trainer, sorted(snapshots.items())
        options = [
            {"text": f"{n:,}", "name": say("Iteration {n:,}", n=n)} for n, _net in self._snapshots
        ]
        super().__init__(
            say("Here you choose a moment of a training, and see the network as it was then."),
            [say("Iteration")],
            [{"options": options}],
        )

    def _look(self, _list, k):
        n, net = self._snapshots[k]
        sentence, parts = _sentence_and_parts(self._trainer, net, n)
        pictures = []
        for words, draw in parts.items():
            figure = Figure(figsize=PART_SIZE, layout="constrained")
            draw(figure)
            pictures.append((png_bytes(figure), words))
        return sentence, pictures

    def __repr__(self):
        return say("The moments of a training to choose from; it shows where notebook widgets run.")
