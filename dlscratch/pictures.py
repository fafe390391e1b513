"""A digit and what a network reads in it, as a picture; and pictures for a page (book 4.5.3)."""

import io

import numpy as np
from matplotlib.figure import Figure

from dlscratch.checks import as_integer, as_labels, as_layers, as_probabilities
from dlscratch.functions import sigmoid
from dlscratch.plots import BLUE, MOST_COUNTS, ORANGE, plot_digits
from dlscratch.words import say

SIZE = (5.2, 2.4)  # inches
DPI = 180  # dots an inch: about twice the page's, for displays of twice the pixels


def draw_digit(picture, probabilities, label, *, figure=None):
    """Draw one digit, and the probability that the network gives to each class.

    Parameters
    ----------
    picture : array_like, shape (pixels,) or (height, width)
        A flat one must be a square picture.
    probabilities : array_like, shape (classes,)
        What the network says of it.
    label : int, or array_like of shape (classes,)
        What the digit is.
    figure : matplotlib Figure or None
        Where to draw; a new one by default, which pyplot does not know.

    Returns
    -------
    matplotlib Figure
    """
    figure = Figure(figsize=SIZE) if figure is None else figure
    left, right = figure.subplots(1, 2, width_ratios=[1, 2])
    figure.subplots_adjust(left=0.02, right=0.98, top=0.88, bottom=0.2)
    draw_reading(picture, probabilities, label, left, right)
    right.set(title=say("orange: the right digit"), xlabel=say("digit"))
    return figure


def draw_reading(picture, probabilities, label, left, right):
    """Draw a digit on the left Axes, and on the right ones a bar for each class's probability.

    The other arguments are those of `draw_digit`. The highest bar has its value written on it,
    and the right class's is orange.
    """
    rows = as_probabilities(probabilities, "probabilities")
    if len(rows) != 1:
        raise ValueError(f"probabilities has shape {rows.shape}; expected one row (classes,)")
    percent = 100 * rows[0]
    classes, highest = range(len(percent)), percent.argmax()
    (label,) = as_labels(label, "label", n=1, classes=len(classes))
    plot_digits(np.asarray(picture)[np.newaxis], [label], rows, ax=left)
    right.bar(classes, percent, color=[ORANGE if k == label else BLUE for k in classes])
    right.text(highest, percent[highest] + 2, f"{percent[highest]:.1f}", ha="center", va="bottom")
    right.set(ylabel=say("probability (%)"), ylim=(0, 125), xticks=classes, yticks=[0, 50, 100])
    right.tick_params(axis="x", labelsize=10 if len(classes) <= MOST_COUNTS else 6)


def draw_unit(params, picture, unit, *, figure=None):
    """Draw what one hidden unit does to one digit, step by step to its votes.

    Parameters
    ----------
    params : dict of str to ndarray
        Of a `TwoLayerNet` for square pictures.
    picture : array_like, shape (pixels,)
        The digit.
    unit : int
        The hidden unit, counted from 0.
    figure : matplotlib Figure or None
        Where to draw; a new one by default, which pyplot does not know.

    Returns
    -------
    matplotlib Figure
        The picture; the unit's weights; their product, whose sum and the bias are a1; and
        z1 W2[unit], what the unit adds to the score of each class.
    """
    W1, b1, W2, b2 = as_layers(params)
    unit = as_integer(unit, "unit", least=0)
    x = np.ravel(picture)
    weights, products = W1[:, unit], x * W1[:, unit]
    a1 = products.sum() + b1[unit]
    z1 = sigmoid(a1)
    figure = Figure(figsize=(10, 2.8)) if figure is None else figure
    axes = figure.subplots(1, 4, width_ratios=[1, 1, 1, 1.5])
    figure.subplots_adjust(left=0.01, right=0.95, top=0.84, bottom=0.18, wspace=0.1)
    plot_digits(x[np.newaxis], ax=axes[0])
    side = round(len(x) ** 0.5)
    for ax, values in zip(axes[1:], (weights, products), strict=False):
        most = np.abs(values).max() or 1
        pixels = values.reshape(side, side)
        ax.imshow(pixels, cmap="PuOr_r", vmin=-most, vmax=most, interpolation="nearest")
        ax.set_axis_off()
    votes = z1 * W2[unit]
    axes[3].bar(range(len(votes)), votes, color=BLUE)
    axes[3].axhline(0, color="black", lw=0.8)
    axes[3].yaxis.tick_right()  # not over the product
    axes[3].set(xlabel=say("digit"), xticks=range(len(votes)))
    axes[0].set_title("x")
    axes[1].set_title(f"W1[:, {unit}]")
    axes[2].set_title(say("product: a1 = {a1:.1f}", a1=a1))
    axes[3].set_title(say("votes: z1 = {z1:.2f} times W2[{unit}]", z1=z1, unit=unit))
    return figure


def thumbnail(picture):
    """Bring a picture (height, width) into the form that a button shows: ink of 0 to 255."""
    low, high = picture.min(), picture.max()
    ink = 255 * (picture - low) / max(high - low, 1e-12)
    height, width = picture.shape
    return {"height": height, "width": width, "ink": ink.astype(np.uint8).tobytes()}


def png_bytes(figure):
    """Draw a matplotlib Figure as the bytes of a PNG picture."""
    data = io.BytesIO()
    figure.savefig(data, format="png", dpi=DPI, pil_kwargs={"compress_level": 1})  # quick
    return data.getvalue()
