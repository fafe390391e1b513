"""A network at chosen moments of its training, to look inside (book 4.5.3).

The figure is drawn by an ordinary function, so a notebook shows it without widgets too.
"""

import copy
from functools import partial

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure
from tqdm.auto import tqdm

from dlscratch import plots
from dlscratch.evaluation import confusion_matrix
from dlscratch.widgets.digit_browser import AS_LARGE_AS_DRAWN, png_bytes

MOMENTS = (0, 10, 50, 100, 150, 200, 300, 500, 1_000, 2_000, 5_000, 10_000)
DIGITS = (0, 1, 2, 3, 8)  # test digits to follow: 7, 2, 1, 0 and a 5 that is hard to read


def train_with_snapshots(trainer, moments=MOMENTS, *, autosave=None):
    """Do what `trainer.run` does, and keep a copy of the network at chosen iterations.

    Parameters
    ----------
    trainer : Trainer
        Trained up to the last of the moments.
    moments : sequence of int
        Iterations after which to keep the network; 0 is before the first one.
    autosave : str, Path or None
        An .npz file to save the trainer to at every epoch's end and at the end, as
        `Trainer.run` does.

    Returns
    -------
    dict of int to network
        The copies, by iteration; Ctrl-C (the notebook's stop button) ends the training
        with those made until then.

    Raises
    ------
    ValueError
        If the trainer is past one of the moments already.
    """
    if min(moments) < trainer.iteration:
        raise ValueError(f"moment {min(moments)} is past: this is iteration {trainer.iteration}")
    snapshots, moments = {}, sorted(moments)
    save = partial(trainer.save, autosave) if autosave else lambda: None
    try:
        with tqdm(total=moments[-1], initial=trainer.iteration, desc="training") as bar:
            for moment in moments:
                while trainer.iteration < moment:
                    trainer.step()
                    bar.update()
                    if trainer.iteration % trainer.iter_per_epoch == 0:
                        save()
                snapshots[moment] = copy.deepcopy(trainer.net)
        trainer.record_accuracy()
    except KeyboardInterrupt:
        print(f"Stopped after iteration {trainer.iteration:,}; {len(snapshots)} copies are kept.")
    finally:
        save()
    return snapshots


def draw_snapshot(trainer, net, iteration, digits=DIGITS, *, figure=None):
    """Draw all there is to see of a network at one moment of its training.

    Parameters
    ----------
    trainer : Trainer
        The training run, for its curves and its test data (with integer labels).
    net : network
        The network as it was at that moment.
    iteration : int
        The moment.
    digits : sequence of int
        Which of the test digits to show with their probabilities.
    figure : matplotlib Figure or None
        Where to draw; a new one by default, which pyplot does not know.

    Returns
    -------
    matplotlib Figure
        Weights of the hidden units, confusion matrix, both curves with the moment marked,
        and what the network says of the digits.

    Raises
    ------
    ValueError
        If the trainer has no test data.
    """
    if trainer.test is None:
        raise ValueError("trainer has no test data, which draw_snapshot needs")
    x, t = trainer.test
    probabilities = net.predict(x)
    predictions = probabilities.argmax(axis=1)
    history, epoch = trainer.history, iteration / trainer.iter_per_epoch
    digits = list(digits)

    figure = Figure(figsize=(11, 7.4), dpi=90) if figure is None else figure
    axes = figure.subplot_mosaic(
        """
        wwwwwwccccc
        lll.aaa.ddd
        lll.aaa.bbb
        """,
        height_ratios=[6, 1.7, 2.7],
    )
    figure.subplots_adjust(left=0.06, right=0.97, top=0.93, bottom=0.08, wspace=0.1, hspace=0.3)
    plots.plot_weights(net.params["W1"], ax=axes["w"])
    plots.plot_confusion_matrix(confusion_matrix(t, predictions), ax=axes["c"])
    plots.plot_loss(history.train_loss_list, ax=axes["l"])
    axes["l"].set_xscale("symlog", linthresh=1)
    axes["l"].set_xlim(0, None)
    plots.plot_accuracy(
        history.epoch_list, history.train_acc_list, history.test_acc_list, ax=axes["a"]
    )
    accuracy = 100 * np.mean(predictions == t)
    axes["l"].axvline(iteration, color="black", linestyle=":", linewidth=2)
    axes["a"].axvline(epoch, color="black", linestyle=":", linewidth=2)
    axes["a"].plot(epoch, accuracy, "kD")
    plots.plot_digits(x[digits], t[digits], predictions[digits], ax=axes["d"])
    plots.plot_probabilities(probabilities[digits], t[digits], ax=axes["b"])
    figure.suptitle(f"After iteration {iteration:,}: test accuracy {accuracy:.1f} %")
    return figure


class SnapshotBrowser(widgets.VBox):
    """A slider through the moments of a training run, each as `draw_snapshot` draws it.

    All pictures are drawn at the start, so that they follow the slider at once.

    Parameters
    ----------
    trainer : Trainer
        With test data.
    snapshots : dict of int to network
        From `train_with_snapshots`.
    """

    def __init__(self, trainer, snapshots):
        figures = {n: draw_snapshot(trainer, net, n) for n, net in snapshots.items()}
        self._moments = {n: (f.get_suptitle(), png_bytes(f)) for n, f in figures.items()}
        self.slider = widgets.SelectionSlider(
            options=[(f"{n:,}", n) for n in snapshots],
            description="iteration",
            layout=widgets.Layout(width="600px", max_width="98%"),
        )
        self.said = widgets.Label()  # for those who do not see the picture
        self.picture = widgets.Image(format="png", layout=AS_LARGE_AS_DRAWN)
        self.slider.observe(self._show, "value")
        self._show()
        super().__init__([self.slider, self.said, self.picture])

    def _show(self, _=None):
        self.said.value, self.picture.value = self._moments[self.slider.value]

    def __repr__(self):
        return "A slider through the training; it shows where notebook widgets run."
