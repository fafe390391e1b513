"""Figures of the course: data and an optional Axes go in, the Axes comes out.

Nothing is shown by these functions; `plt.show()` is the notebook's. The colours are told
apart by colour-blind readers too, and lines differ in style or marker as well.
"""

import importlib
from dataclasses import replace
from itertools import pairwise, product

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.font_manager import fontManager

from dlscratch.checks import as_floats, as_integer, as_labels, as_pictures
from dlscratch.evaluation import running_mean, smoothing
from dlscratch.words import say

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#767676"
COLUMNS = 10  # pictures in a row of a grid
MOST_COUNTS = 15  # classes of a confusion matrix whose counts can still be read


def plot_loss(losses, *, ax=None):
    """Draw the loss of every iteration, pale, and its running mean over it.

    Parameters
    ----------
    losses : array_like, shape (n,)
        Loss after each iteration, the first one first. A mean is that of a 50th of them, at
        most 100; fewer than 100 losses have none.
    ax : matplotlib Axes or None
        Where to draw; the current Axes by default.

    Returns
    -------
    matplotlib Axes
    """
    ax = _axes(ax)
    losses = np.atleast_1d(as_floats(losses, "losses"))
    iterations, window = np.arange(1, len(losses) + 1), smoothing(len(losses))
    mean_at, mean = running_mean(losses, window)
    if window == 1:
        ax.plot(iterations, losses, ".-", color=BLUE, label=say("each iteration"))
    else:
        ax.plot(iterations, losses, color=BLUE, alpha=0.25, label=say("each iteration"))
        mean_of = say("mean of {window}", window=window)
        ax.plot(mean_at, mean, color=BLUE, lw=2, label=mean_of)
    ax.set(xlabel=say("iteration"), ylabel=say("cross-entropy loss"))
    if 0 < ax.dataLim.ymax < np.inf:  # the highest of all curves so far
        ax.set_ylim(0, 1.05 * ax.dataLim.ymax)
    ax.legend()
    ax.grid(alpha=0.3)
    return ax


def plot_accuracy(epochs, train_acc, test_acc=(), *, ax=None):
    """Draw the accuracy on training and on test data over the epochs.

    Parameters
    ----------
    epochs : array_like, shape (n,)
        When the accuracies were measured, in epochs.
    train_acc, test_acc : array_like, shape (n,)
        Accuracies, 0 to 1. If `test_acc` is empty or None, only the line of the training data
        is drawn.
    ax : matplotlib Axes or None
        Where to draw; the current Axes by default.

    Returns
    -------
    matplotlib Axes
    """
    ax = _axes(ax)
    epochs = np.ravel(as_floats(epochs, "epochs"))
    train_percent = _percent(train_acc, "train_acc", len(epochs))
    ax.plot(epochs, train_percent, "o-", color=BLUE, label=say("training data"))
    if test_acc is not None and np.size(test_acc):
        test_percent = _percent(test_acc, "test_acc", len(epochs))
        ax.plot(epochs, test_percent, "s--", color=ORANGE, label=say("test data"))
    ax.set(xlabel=say("epoch"), ylabel=say("accuracy (%)"))
    ax.set_ylim(0, 104)  # a marker at 100 is whole
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.legend()
    ax.grid(alpha=0.3)
    return ax


def plot_loss_curves(iterations, train_loss, test_loss=(), *, batch_losses=(), ax=None):
    """Draw the loss on training and on test data at moments of a training.

    Parameters
    ----------
    iterations : array_like, shape (n,)
        When the losses were measured, as `Curves` does.
    train_loss, test_loss : array_like, shape (n,)
        Losses. If `test_loss` is empty, only the line of the training data is drawn.
    batch_losses : array_like, shape (m,)
        The loss after each iteration on the batch just learned, as in `History`; drawn pale.
    ax : matplotlib Axes or None
        Where to draw; the current Axes by default.

    Returns
    -------
    matplotlib Axes
        The iterations are on a logarithmic axis: most is learned in the first few.
    """
    ax = _axes(ax)
    batch_losses = np.ravel(as_floats(batch_losses, "batch_losses"))
    train_loss = _values(train_loss, "train_loss", len(iterations))
    test_loss = _values(test_loss, "test_loss", len(iterations)) if len(test_loss) else ()
    if batch_losses.size:
        label, when = say("each batch"), np.arange(1, len(batch_losses) + 1)
        ax.plot(when, batch_losses, color=BLUE, alpha=0.45, label=label)
    _training_and_test(ax, iterations, train_loss, test_loss)
    measured = np.array([0.1, *train_loss, *test_loss])  # a batch's loss may be far above
    highest = measured[np.isfinite(measured)].max()
    ax.set(ylabel=say("cross-entropy loss"), ylim=(0, 1.1 * highest))
    return ax


def plot_accuracy_curves(iterations, train_acc, test_acc=(), *, ax=None):
    """Draw the accuracy on training and on test data at moments of a training.

    Parameters
    ----------
    iterations : array_like, shape (n,)
        When the accuracies were measured, as `Curves` does.
    train_acc, test_acc : array_like, shape (n,)
        Accuracies, 0 to 1. If `test_acc` is empty, only the line of the training data is drawn.
    ax : matplotlib Axes or None
        Where to draw; the current Axes by default.

    Returns
    -------
    matplotlib Axes
        The iterations are on a logarithmic axis: most is learned in the first few.
    """
    ax = _axes(ax)
    train_percent = _percent(train_acc, "train_acc", len(iterations))
    test_percent = _percent(test_acc, "test_acc", len(iterations)) if len(test_acc) else ()
    _training_and_test(ax, iterations, train_percent, test_percent)
    ax.set(ylabel=say("accuracy (%)"), ylim=(0, 102))  # a line at 100 is whole
    return ax


def _training_and_test(ax, iterations, train, test):
    """Draw two lines over the iterations, the second one only if it has values."""
    ax.plot(iterations, train, color=BLUE, lw=2, label=say("training data"))
    if len(test):
        ax.plot(iterations, test, "--", color=ORANGE, lw=2, label=say("test data"))
    ax.set_xscale("symlog", linthresh=1, linscale=0.3, subs=range(2, 10))  # from 0 on
    ax.set(xlim=(0, None), xlabel=say("iteration"))
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.legend()
    ax.grid(alpha=0.3)


def plot_digits(x, labels=None, predictions=None, *, ax=None):
    """Draw digits in a grid, with their labels and what the network took them for.

    Parameters
    ----------
    x : array_like, shape (n, pixels) or (n, 1, height, width)
        The digits; flat ones must be square pictures.
    labels : array_like, shape (n,) or (n, classes), or None
        What each digit is, as integers or as rows such as one-hot; written over it.
    predictions : array_like, shape (n,) or (n, classes), or None
        What each digit was read as, as integers or as rows such as the probabilities of
        `net.predict`. A wrong one is written "label>prediction" in orange.
    ax : matplotlib Axes or None
        Where to draw; the current Axes by default.

    Returns
    -------
    matplotlib Axes
    """
    ax = _axes(ax)
    pictures = as_pictures(x, "x")
    if labels is not None:
        labels = as_labels(labels, "labels", n=len(pictures))
    if predictions is not None:
        predictions = as_labels(predictions, "predictions", n=len(pictures))
    above = 0.08 if labels is None and predictions is None else 0.4
    mosaic, corners = _mosaic(pictures, COLUMNS, above)
    ax.imshow(mosaic, cmap="gray_r", interpolation="nearest")
    for k, (top, left) in enumerate(corners):
        text, wrong = _caption(k, labels, predictions)
        look = {"color": ORANGE, "weight": "bold"} if wrong else {"color": "black"}
        ax.text(left + pictures.shape[2] / 2, top - 2, text, ha="center", va="bottom", **look)
    ax.set_axis_off()
    return ax


def plot_weights(W, *, columns=COLUMNS, ax=None):
    """Draw the weights into each hidden unit as a picture of the pixels they come from.

    Parameters
    ----------
    W : array_like, shape (pixels, hidden units)
        First weights of a network, such as `net.params["W1"]`; square pictures.
    columns : int
        Units in a row.
    ax : matplotlib Axes or None
        Where to draw; the current Axes by default.

    Returns
    -------
    matplotlib Axes
        Orange pixels push the unit up, violet ones push it down, white ones do not matter.
    """
    ax = _axes(ax)
    pictures = as_pictures(as_floats(W, "W").T, "W.T")
    if not np.isfinite(pictures).all():
        raise ValueError("W holds nan or inf; expected finite weights")
    mosaic, _corners = _mosaic(pictures, columns, above=0.08)
    most = np.percentile(np.abs(pictures), 99.5)  # a few extreme weights would pale the rest
    image = ax.imshow(mosaic, cmap="PuOr_r", vmin=-most, vmax=most, interpolation="nearest")
    ax.figure.colorbar(image, ax=ax, label=say("weight"), shrink=0.8, extend="both")
    ax.set_axis_off()
    return ax


def plot_confusion_matrix(counts, *, colorbar=True, ax=None):
    """Draw a confusion matrix: the count in every cell, its colour the share of the row.

    Parameters
    ----------
    counts : array_like of int, shape (classes, classes)
        From `evaluation.confusion_matrix`. Up to 15 classes have their counts written.
    colorbar : bool
        Draw the scale of the colours beside it.
    ax : matplotlib Axes or None
        Where to draw; the current Axes by default.

    Returns
    -------
    matplotlib Axes
        The diagonal, where reading was right, is left white, so that the errors show.
    """
    ax = _axes(ax)
    counts = as_floats(counts, "counts")
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or counts.size == 0:
        raise ValueError(f"counts has shape {counts.shape}; expected (classes, classes)")
    if not (counts.min() >= 0 and counts.max() < np.inf):
        raise ValueError(f"counts holds {counts.min()} to {counts.max()}; expected 0 or more")
    classes = len(counts)
    share = 100 * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    np.fill_diagonal(share, np.nan)
    image = ax.imshow(share, cmap="Oranges", vmin=0)
    if colorbar:
        ax.figure.colorbar(image, ax=ax, label=say("share of the row (%)"), shrink=0.8)
    most = np.nanmax(share, initial=0)
    place = {"ha": "center", "va": "center", "size": 8}
    for (row, column), count in np.ndenumerate(counts if classes <= MOST_COUNTS else counts[:0]):
        weight = "bold" if row == column else "normal"
        color = "white" if share[row, column] > 0.6 * most else "black"
        ax.text(column, row, f"{count:.4g}", weight=weight, color=color, **place)
    ax.set(xlabel=say("read as"), ylabel=say("is"), xticks=range(classes), yticks=range(classes))
    ax.tick_params(labelsize=10 if classes <= MOST_COUNTS else 6)
    return ax


def plot_network(sizes, *, one_weight=False, ax=None):
    """Draw a two-layer network as columns of units, with the shapes of its parameters.

    Parameters
    ----------
    sizes : (int, int, int)
        Input size, hidden size, output size.
    one_weight : bool
        Show one weight of W1, thick, and all that moves when it is changed.
    ax : matplotlib Axes or None
        Where to draw; the current Axes by default.

    Returns
    -------
    matplotlib Axes
        At most seven units of a layer are drawn; dots stand for the rest.
    """
    ax = _axes(ax)
    if np.shape(sizes) != (3,):
        raise ValueError(f"sizes is {sizes!r}; expected three: (input, hidden, output)")
    inputs, hidden, outputs = sizes = [as_integer(size, "a size", least=1) for size in sizes]
    columns = [_unit_heights(size) for size in sizes]
    for x, (left, right) in enumerate(pairwise(columns)):
        for y_left, y_right in product(left, right):
            ax.plot([x, x + 1], [y_left, y_right], color=GREY, lw=0.4, zorder=1)
    names = [
        say("input x\n{n} pixels", n=inputs),
        (say("hidden z1\n1 unit") if hidden == 1 else say("hidden z1\n{n} units")).format(n=hidden),
        say("output y\n{n} digits", n=outputs),
    ]
    if one_weight:
        begin = columns[0][1 if inputs > 1 else 0]  # the second from below, if there are two
        end = columns[1][-2 if hidden > 1 else -1]  # the second from above
        ax.plot([0, 1], [begin, end], color=ORANGE, lw=3, zorder=1)
        for y in columns[2]:
            ax.plot([1, 2], [end, y], color=ORANGE, lw=1, zorder=1)
        ax.scatter(1, end, s=130, color=ORANGE, zorder=3)
    for x, (heights, size, name) in enumerate(zip(columns, sizes, names, strict=True)):
        ax.scatter([x] * len(heights), heights, s=130, color="white", edgecolor=BLUE, zorder=2)
        if size > len(heights):
            ax.text(x, 0, "...", rotation=90, ha="center", va="center", size=14, zorder=3)
        ax.text(x, 4.1, name, ha="center", va="bottom")
    for x, text, n, m in [
        (0.5, say("W1 ({n}, {m})\nb1 ({m},)\nthen sigmoid"), inputs, hidden),
        (1.5, say("W2 ({n}, {m})\nb2 ({m},)\nthen softmax"), hidden, outputs),
    ]:
        ax.text(x, -4.1, text.format(n=n, m=m), ha="center", va="top", color=ORANGE)
    ax.set(xlim=(-0.4, 2.4), ylim=(-6.4, 5.8))
    ax.set_axis_off()
    return ax


def use_font(package, name):
    """Let all figures from now on have the characters of another font too.

    Parameters
    ----------
    package : str
        Its import registers the font, as that of matplotlib_fontja does.
    name : str
        The font's own name, such as "IPAexGothic".

    Raises
    ------
    ModuleNotFoundError
        If the package is not installed.
    """
    try:
        importlib.import_module(package)
    except ModuleNotFoundError as error:
        error.add_note(
            f"The figures' font is missing: python -m pip install {package.replace('_', '-')}"
        )
        raise
    # If it has no bold, matplotlib would warn: let the one weight stand for bold too.
    fonts = fontManager.ttflist
    bold = [replace(font, weight=700) for font in fonts if font.name == name]
    fonts.extend(font for font in bold if font not in fonts)
    # DejaVu Sans first: it has the superscript minus, which IPAexGothic lacks.
    plt.rcParams["font.family"] = ["DejaVu Sans", name]


def _axes(ax):
    return plt.gca() if ax is None else ax


def _values(values, name, n):
    """Return one value for each of n moments."""
    values = as_floats(values, name)
    if values.shape != (n,):
        raise ValueError(f"{name} has shape {values.shape}; expected ({n},), one for each moment")
    return values


def _percent(accuracy, name, n):
    """Return n accuracies in percent; nan is drawn as nothing."""
    accuracy = _values(accuracy, name, n)
    if ((accuracy < 0) | (accuracy > 1)).any():
        low, high = np.nanmin(accuracy), np.nanmax(accuracy)
        raise ValueError(f"{name} holds {low:.4g} to {high:.4g}; expected 0 to 1")
    return 100 * accuracy


def _mosaic(pictures, columns, above):
    """Lay pictures out in rows, with room above each; return their top left corners too."""
    columns = min(as_integer(columns, "columns", least=1), len(pictures))
    n, height, width = pictures.shape
    above, between = round(above * height), max(1, round(0.08 * width))
    rows = -(-n // columns)
    shape = rows * (height + above), columns * (width + between)
    mosaic = np.full(shape, np.nan)  # nan is drawn as nothing
    corners = []
    for k, picture in enumerate(pictures):
        top = k // columns * (height + above) + above
        left = k % columns * (width + between)
        mosaic[top : top + height, left : left + width] = picture
        corners.append((top, left))
    return mosaic, corners


def _caption(k, labels, predictions):
    """Say what to write over digit k, and whether its prediction is wrong."""
    if predictions is None:
        return ("" if labels is None else f"{labels[k]}"), False
    if labels is None or labels[k] == predictions[k]:
        return f"{predictions[k]}", False
    return f"{labels[k]}>{predictions[k]}", True


def _unit_heights(size):
    """Return where to draw the units of a layer: all up to seven, else the outer six."""
    if size <= 7:
        return np.arange(size) - (size - 1) / 2
    return np.array([-3.5, -2.5, -1.5, 1.5, 2.5, 3.5])
