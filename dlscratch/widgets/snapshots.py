"""A network at chosen moments of its training, to look inside (book 4.5.3)."""

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure

from dlscratch import plots
from dlscratch.checks import as_labels, as_probabilities
from dlscratch.evaluation import confusion_matrix
from dlscratch.pictures import draw_reading, png_bytes
from dlscratch.widgets.picker import Picker, picture_box
from dlscratch.words import say

DIGITS = (0, 1, 8)  # test digits to follow: a 7, a 2, and a 5 that is hard to read
UNITS = 25  # hidden units whose weights are drawn: more would be too small to see
PART_SIZE = (4, 3.5)  # inches of each part of the picture


def _title_and_parts(trainer, net, iteration):
    """Look at a network; give a title, and functions that draw a part each on a figure."""
    x, t = trainer.test
    probabilities = as_probabilities(net.predict(x), "net.predict(x)")
    n, classes = probabilities.shape
    labels = as_labels(t, "the test labels", n=n, classes=classes)
    digits = [k for k in DIGITS if k < n]

    def draw_weights(figure):
        ax = figure.subplots()
        figure.subplots_adjust(left=0.03, right=0.92, top=0.9, bottom=0.03)
        plots.plot_weights(net.params["W1"][:, :UNITS], columns=5, ax=ax)
        ax.set_title(say("weights of hidden units"))

    def draw_matrix(figure):
        ax = figure.subplots()
        figure.subplots_adjust(left=0.05, right=0.98, top=0.9, bottom=0.14)
        counts = confusion_matrix(labels, probabilities, classes)
        plots.plot_confusion_matrix(counts, colorbar=False, ax=ax)
        ax.set_title(say("confusion matrix"))

    def draw_loss(figure):
        ax = figure.subplots()
        figure.subplots_adjust(left=0.15, right=0.94, top=0.95, bottom=0.16)
        plots.plot_loss(trainer.history.train_loss_list, ax=ax)
        ax.axvline(iteration, color="black", linestyle=":", linewidth=2)
        ax.set_xscale("symlog", linthresh=1)
        ax.set_xlim(0, None)
        ax.xaxis.set_major_formatter("{x:.0f}")

    def draw_digits(figure):
        axes = figure.subplots(len(digits), 2, squeeze=False, width_ratios=[2, 7])
        figure.subplots_adjust(left=0, right=0.97, top=0.88, bottom=0.12, wspace=0.2, hspace=0.3)
        for k, (left, right) in zip(digits, axes, strict=True):
            draw_reading(x[k], probabilities[k], labels[k], left, right)
            right.set(ylabel=None, ylim=(0, 140), yticks=[0, 100])  # room for the highest value
        for _left, right in axes[:-1]:
            right.set_xticks([])
        axes[0, 1].set_title(say("probability in % (orange: right digit)"), size=10)

    accuracy = 100 * np.mean(probabilities.argmax(axis=1) == labels)
    title = say(
        "After iteration {iteration:,}: test accuracy {accuracy:.1f} %",
        iteration=iteration,
        accuracy=accuracy,
    )
    return title, (draw_weights, draw_matrix, draw_loss, draw_digits)


class SnapshotBrowser(widgets.VBox):
    """The moments of a training run to choose from, and what there is to see of the network then.

    A moment is drawn when it is first asked for, and kept.

    Parameters
    ----------
    trainer : Trainer
        With test data.
    snapshots : dict of int to network
        From `train_with_snapshots`.

    Attributes
    ----------
    moment : Picker
        The iterations to choose from.
    said : ipywidgets.Label
        The moment shown and its accuracy.
    pictures : ipywidgets.Box
        Its four pictures, side by side or one below the other, as the page has room: weights of
        up to 25 hidden units, the confusion matrix, the loss with the moment marked, and what
        the network says of three test digits.

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
        self._trainer, self._snapshots = trainer, dict(sorted(snapshots.items()))
        self._drawn = {}
        options = [
            {"text": f"{n:,}", "name": say("Iteration {n:,}", n=n), "picture": None}
            for n in self._snapshots
        ]
        self.moment = Picker(say("Iteration"), options)
        self.said = widgets.Label()
        self.pictures = widgets.Box(
            [picture_box(width="400px") for _part in range(4)], layout={"flex_flow": "row wrap"}
        )
        self.moment.observe(self._show, "index")
        self._show()
        super().__init__([self.moment, self.said, self.pictures])

    def _show(self, _change=None):
        n = list(self._snapshots)[self.moment.index]
        if n not in self._drawn:
            self.said.value = say("Drawing the network after iteration {n:,} ...", n=n)
            self._drawn[n] = self._draw(n)
        self.said.value, pictures = self._drawn[n]
        for box, picture in zip(self.pictures.children, pictures, strict=True):
            box.value = picture

    def _draw(self, n):
        title, parts = _title_and_parts(self._trainer, self._snapshots[n], n)
        pictures = []
        for draw in parts:
            figure = Figure(figsize=PART_SIZE)
            draw(figure)
            pictures.append(png_bytes(figure))
        return title, pictures

    def __repr__(self):
        return say("The moments of a training to choose from; it shows where notebook widgets run.")
