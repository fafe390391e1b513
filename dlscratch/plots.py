"""Figures of the course: data and an optional Axes go in, the Axes comes out.

Nothing is shown by these functions; `plt.show()` is the notebook's. The colours are told
apart by colour-blind readers too, and lines differ in style or marker as well.
"""

from itertools import pairwise, product

import matplotlib.pyplot as plt
import numpy as np

from dlscratch.evaluation import running_mean, smoothing

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#767676"
COLUMNS = 10  # pictures in a row of a grid


def plot_loss(losses, *, window=None, label=None, color=BLUE, ax=None):
    """Draw the loss of every iteration, pale, and its running mean over it.

    Parameters
    ----------
    losses : sequence of float
        Loss after each iteration, the first one first.
    window : int or None
        Iterations in the running mean; by default a 50th of all, 100 at the most. The mean
        is left out where it would be that of one iteration or there are too few for it.
    label : str or None
        Name of the run in the legend.
    color : color
        Of both lines.
    ax : matplotlib Axes or None
        Where to draw; the current Axes by default.

    Returns
    -------
    matplotlib Axes
    """
    ax = _axes(ax)
    losses = np.asarray(losses, dtype=float)
    window = smoothing(len(losses)) if window is None else window
    mean_at, mean = running_mean(losses, window)
    name = "" if label is None else f"{label}: "
    iterations = np.arange(1, len(losses) + 1)
    if window == 1 or window > len(losses):
        ax.plot(iterations, losses, ".-", color=color, label=f"{name}each iteration")
    else:
        ax.plot(iterations, losses, color=color, alpha=0.25, label=f"{name}each iteration")
        ax.plot(mean_at, mean, color=color, lw=2, label=f"{name}mean of {window}")
    ax.set(xlabel="iteration", ylabel="cross-entropy loss", ylim=(0, None))
    ax.legend()
    ax.grid(alpha=0.3)
    return ax


def plot_accuracy(epochs, train_acc, test_acc=(), *, ax=None):
    """Draw the accuracy on training and on test data over the epochs.

    Parameters
    ----------
    epochs : sequence of float
        When the accuracies were measured, in epochs.
    train_acc, test_acc : sequence of float
        Accuracies, 0..1; no test accuracy at all draws the training line alone.
    ax : matplotlib Axes or None
        Where to draw; the current Axes by default.

    Returns
    -------
    matplotlib Axes
    """
    ax = _axes(ax)
    ax.plot(epochs, 100 * np.asarray(train_acc), "o-", color=BLUE, label="training data")
    if len(test_acc):
        ax.plot(epochs, 100 * np.asarray(test_acc), "s--", color=ORANGE, label="test data")
    ax.set(xlabel="epoch", ylabel="accuracy (%)", ylim=(0, 100))
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.legend(loc="lower right")
    ax.grid(alpha=0.3)
    return ax


def plot_digits(x, labels=None, predictions=None, *, columns=COLUMNS, ax=None):
    """Draw digits in a grid, with their labels and what the network took them for.

    Parameters
    ----------
    x : array_like, shape (n, pixels) or (n, 1, height, width)
        The digits; flat ones must be square pictures.
    labels : sequence of int or None
        What each digit is; written over it.
    predictions : sequence of int or None
        What each digit was read as; a wrong one is written "label>prediction" in orange.
    columns : int
        Digits in a row.
    ax : matplotlib Axes or None
        Where to draw; the current Axes by default.

    Returns
    -------
    matplotlib Axes
    """
    ax = _axes(ax)
    pictures = _pictures(x)
    for name, digits in (("labels", labels), ("predictions", predictions)):
        if digits is not None and len(digits) != len(pictures):
            raise ValueError(f"{name} has {len(digits)} entries for {len(pictures)} digits")
    room = 0.4 if labels is not None or predictions is not None else 0.08
    mosaic, corners = _mosaic(pictures, columns, room)
    ax.imshow(mosaic, cmap="gray_r", interpolation="nearest")
    for k, (top, left) in enumerate(corners):
        text, wrong = _caption(k, labels, predictions)
        place = left + pictures.shape[2] / 2, top - 2
        weight = "bold" if wrong else "normal"
        ax.text(
            *place, text, ha="center", va="bottom", color=ORANGE if wrong else "k", weight=weight
        )
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
    mosaic, _ = _mosaic(_pictures(np.asarray(W).T), columns, 0.08)
    most = np.nanpercentile(np.abs(mosaic), 99.5)  # a few extreme weights would pale the rest
    image = ax.imshow(mosaic, cmap="PuOr_r", vmin=-most, vmax=most, interpolation="nearest")
    ax.figure.colorbar(image, ax=ax, label="weight", shrink=0.8, extend="both")
    ax.set_axis_off()
    return ax


def plot_confusion_matrix(counts, *, ax=None):
    """Draw a confusion matrix: the count in every cell, its colour the share of the row.

    Parameters
    ----------
    counts : array_like of int, shape (classes, classes)
        From `evaluation.confusion_matrix`.
    ax : matplotlib Axes or None
        Where to draw; the current Axes by default.

    Returns
    -------
    matplotlib Axes
        The diagonal, where reading was right, is left white, so that the errors show.
    """
    ax = _axes(ax)
    counts = np.asarray(counts)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or counts.size == 0:
        raise ValueError(f"counts has shape {counts.shape}; expected (classes, classes)")
    classes = len(counts)
    share = 100 * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    np.fill_diagonal(share, np.nan)
    image = ax.imshow(share, cmap="Oranges", vmin=0)
    ax.figure.colorbar(image, ax=ax, label="share of the row (%)", shrink=0.8)
    for (row, column), count in np.ndenumerate(counts):
        weight = "bold" if row == column else "normal"
        color = "white" if share[row, column] > 0.6 * np.nanmax(share) else "black"
        ax.text(column, row, count, ha="center", va="center", size=8, weight=weight, color=color)
    ax.set(xlabel="read as", ylabel="is", xticks=range(classes), yticks=range(classes))
    return ax


def plot_probabilities(probabilities, labels, *, ax=None):
    """Draw ten bars for each sample, the right digit's in orange, the highest one named.

    Parameters
    ----------
    probabilities : ndarray, shape (n, 10)
    labels : sequence of int, shape (n,)
    ax : matplotlib Axes or None
        Where to draw; the current Axes by default.

    Returns
    -------
    matplotlib Axes
        As wide as the digits that `plot_digits` draws in one row.
    """
    ax = _axes(ax)
    for k, (p, label) in enumerate(zip(probabilities, labels, strict=True)):
        place = 30 * k + np.linspace(0, 27, 10)
        colors = [ORANGE if digit == label else BLUE for digit in range(10)]
        ax.bar(place, 100 * p, width=2.4, color=colors)
        ax.text(place[p.argmax()], 100 * p.max() + 2, p.argmax(), ha="center")
    ax.set(ylabel="probability (%)", ylim=(0, 115), xlim=(-2, 30 * len(labels) - 1), xticks=[])
    ax.set_yticks([0, 50, 100])
    ax.set_title("orange: the right digit", size=9)
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
    inputs, hidden, outputs = sizes
    columns = [_unit_heights(size) for size in sizes]
    for x, (left, right) in enumerate(pairwise(columns)):
        for y_left, y_right in product(left, right):
            ax.plot([x, x + 1], [y_left, y_right], color=GREY, lw=0.4, zorder=1)
    names = [
        f"input x\n{inputs} pixels",
        f"hidden z1\n{hidden} units",
        f"output y\n{outputs} digits",
    ]
    if one_weight:
        ax.plot([0, 1], [columns[0][1], columns[1][-2]], color=ORANGE, lw=3, zorder=1)
        for y in columns[2]:
            ax.plot([1, 2], [columns[1][-2], y], color=ORANGE, lw=1, zorder=1)
        ax.scatter(1, columns[1][-2], s=130, color=ORANGE, zorder=3)
    for x, (heights, size, name) in enumerate(zip(columns, sizes, names, strict=True)):
        ax.scatter([x] * len(heights), heights, s=130, color="white", edgecolor=BLUE, zorder=2)
        if size > len(heights):
            ax.text(x, 0, "...", rotation=90, ha="center", va="center", size=14, zorder=3)
        ax.text(x, 4.1, name, ha="center", va="bottom")
    for x, text in [
        (0.5, f"W1 ({inputs}, {hidden})\nb1 ({hidden},)\nthen sigmoid"),
        (1.5, f"W2 ({hidden}, {outputs})\nb2 ({outputs},)\nthen softmax"),
    ]:
        ax.text(x, -4.1, text, ha="center", va="top", color=ORANGE)
    ax.set(xlim=(-0.4, 2.4), ylim=(-6.4, 5.8))
    ax.set_axis_off()
    return ax


def _axes(ax):
    return plt.gca() if ax is None else ax


def _pictures(x):
    """Bring flat samples or MNIST's (n, 1, 28, 28) into pictures (n, height, width)."""
    x = np.asarray(x)
    shape = x.shape
    if x.ndim == 4 and shape[1] == 1:
        x = x[:, 0]
    elif x.ndim == 2 and (side := round(shape[1] ** 0.5)) ** 2 == shape[1]:
        x = x.reshape(len(x), side, side)
    if x.ndim != 3 or x.size == 0:
        raise ValueError(
            f"expected square pictures (n, pixels) or others (n, 1, height, width), not {shape}"
        )
    return x


def _mosaic(pictures, columns, room):
    """Lay pictures out in rows, `room` (in heights) above each; also where each begins."""
    n, height, width = pictures.shape
    above, between = round(room * height), max(1, round(0.08 * width))
    columns = min(columns, n)
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
    """Heights of the units drawn for a layer: all up to seven, else three above and below."""
    if size <= 7:
        return np.arange(size) - (size - 1) / 2
    return np.array([-3.5, -2.5, -1.5, 1.5, 2.5, 3.5])
