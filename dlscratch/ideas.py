"""Pictures of the chapter's ideas: one idea a function, data and an optional Axes go in.

As in `plots`, the Axes comes out and nothing is shown. A notebook draws a picture once, and below
it lets `ipywidgets.interact` draw it anew for every place of a slider.
"""

from itertools import cycle

import matplotlib.pyplot as plt
import numpy as np

from dlscratch.checks import as_floats
from dlscratch.functions import sigmoid
from dlscratch.plots import BLUE, GREY, ORANGE
from dlscratch.words import say

PATHS = [("o-", BLUE), ("s-", ORANGE), ("^-", "black")]  # marker and line, colour
STYLES = [(BLUE, "-", ""), (ORANGE, "--", "//"), (GREY, ":", "..")]  # colour, line, hatch


def plot_error(probabilities=(), *, ax=None):
    """Draw the error of one picture, -log y, against the probability y of the right class.

    Parameters
    ----------
    probabilities : array_like, shape (n,)
        Where to put a point, with its error written beside it.
    ax : matplotlib Axes or None
        Where to draw; the current Axes by default.

    Returns
    -------
    matplotlib Axes
    """
    ax = plt.gca() if ax is None else ax
    y = np.linspace(0.005, 1, 400)
    ax.plot(y, -np.log(y), color=BLUE)
    for p in as_floats(probabilities, "probabilities"):
        error = -np.log(p)
        ax.plot(p, error, "o", color=ORANGE)
        ax.annotate(f"-log({p:g}) = {error:.2f}", (p, error), (10, 8), textcoords="offset points")
    ax.set(xlabel=say("probability of the right class"), ylabel="-log y", xlim=(0, 1.3))
    ax.set_xticks(np.linspace(0, 1, 6))
    ax.grid(alpha=0.3)
    return ax


def plot_loss_and_accuracy(moves, losses, accuracies, *, at=None, ax=None):
    """Draw the loss and, on a scale of its own, the accuracy while one parameter moves.

    Parameters
    ----------
    moves, losses, accuracies : array_like, shape (n,)
        How far the parameter is moved, rising, and what comes of it; accuracies are 0 to 1.
    at : float or None
        A move to mark, with both values written over it.
    ax : matplotlib Axes or None
        Where to draw; the current Axes by default. The accuracy gets its own Axes over it.

    Returns
    -------
    matplotlib Axes
        That of the loss.
    """
    ax = plt.gca() if ax is None else ax
    moves, losses = as_floats(moves, "moves"), as_floats(losses, "losses")
    percent = 100 * as_floats(accuracies, "accuracies")
    right = ax.twinx()
    lines = ax.plot(moves, losses, color=BLUE, label=say("loss"))
    lines += right.step(moves, percent, "--", where="mid", color=ORANGE, label=say("accuracy"))
    if at is not None:
        loss, share = np.interp(at, moves, losses), np.interp(at, moves, percent)
        ax.axvline(at, color=GREY, lw=1)
        ax.plot(at, loss, "o", color=BLUE)
        right.plot(at, share, "s", color=ORANGE)
        ax.set_title(say("loss {loss:.3f}, accuracy {share:.0f} %", loss=loss, share=share))
    ax.set(xlabel=say("change of one weight"), ylabel=say("cross-entropy loss"))
    right.set(ylabel=say("accuracy (%)"), ylim=(0, max(20, 1.2 * percent.max())))
    ax.legend(handles=lines, loc="upper left")
    ax.grid(alpha=0.3)
    return ax


def plot_slope(moves, losses, *, at=0.0, h=1.0, ax=None):
    """Draw a loss curve, the line through its points at -h and +h, and the way against the slope.

    Parameters
    ----------
    moves, losses : array_like, shape (n,)
        How far the parameter is moved, rising, and the loss there; the curve between them is
        taken as straight.
    at : float
        Where the slope is wanted.
    h : float
        How far the two points are from there.
    ax : matplotlib Axes or None
        Where to draw; the current Axes by default.

    Returns
    -------
    matplotlib Axes
    """
    ax = plt.gca() if ax is None else ax
    moves, losses = as_floats(moves, "moves"), as_floats(losses, "losses")
    two = np.array([at - h, at + h])
    low, high = np.interp(two, moves, losses)
    slope = (high - low) / (2 * h)
    ends = np.array([moves.min(), moves.max()])
    view = losses.min() - 0.15 * np.ptp(losses), losses.max() + 0.1 * np.ptp(losses)
    ax.plot(moves, losses, color=BLUE, label=say("loss"))
    ax.plot(ends, low + slope * (ends - two[0]), "--", color=ORANGE, label=say("slope"))
    ax.plot(two, [low, high], "o", color=ORANGE, label=say("loss at -h and +h"))
    ax.axvline(at, color=GREY, lw=1)
    if abs(slope) > 1e-3 * np.ptp(losses):  # else neither way is down
        step = -np.sign(slope) * 0.12 * np.ptp(moves)
        floor = view[0] + 0.06 * (view[1] - view[0])
        ax.annotate("", (at + step, floor), (at, floor), arrowprops={"arrowstyle": "-|>", "lw": 2})
    ax.set_title(say("slope {slope:+.3f}: the arrow points against it", slope=slope))
    ax.set(xlabel=say("change of one weight"), ylabel=say("cross-entropy loss"), ylim=view)
    ax.legend(loc="upper left")
    ax.grid(alpha=0.3)
    return ax


def plot_sigmoid(at=None, *, ax=None):
    """Draw sigmoid and its slope; at one place, its tangent and both values.

    Parameters
    ----------
    at : float or None
        The place.
    ax : matplotlib Axes or None
        Where to draw; the current Axes by default.

    Returns
    -------
    matplotlib Axes
    """
    ax = plt.gca() if ax is None else ax
    a = np.linspace(-10, 10, 401)
    z = sigmoid(a)
    ax.plot(a, z, color=BLUE, label="z = sigmoid(a)")
    ax.plot(a, z * (1 - z), "--", color=ORANGE, label=say("slope z (1 - z)"))
    if at is not None:
        here = sigmoid(np.array(float(at)))
        slope = here * (1 - here)
        beside = np.array([-1.5, 1.5])
        ax.plot(at + beside, here + slope * beside, color=GREY, lw=2.5)
        ax.plot(at, here, "o", color=BLUE)
        ax.plot(at, slope, "s", color=ORANGE)
        values = {"at": at, "z": here, "slope": slope}
        ax.set_title(say("a = {at:.1f}: z = {z:.3f}, slope {slope:.3f}", **values))
    ax.set(xlabel="a", ylim=(-0.08, 1.08))
    ax.legend(loc="upper left")
    ax.grid(alpha=0.3)
    return ax


def plot_hidden_answers(answers, *, ax=None):
    """Draw how often the hidden units answer with which number from 0 to 1.

    Parameters
    ----------
    answers : dict of str to array_like
        The units' answers, sigmoid(a1), of up to three networks, by the name in the legend.
    ax : matplotlib Axes or None
        Where to draw; the current Axes by default.

    Returns
    -------
    matplotlib Axes
        Each network's bars add up to 100 %.
    """
    ax = plt.gca() if ax is None else ax
    for (label, z1), (color, line, hatch) in zip(answers.items(), STYLES, strict=False):
        z1 = np.ravel(as_floats(z1, "answers"))
        share, edges = np.histogram(z1, bins=np.linspace(0, 1, 21))
        style = {"edgecolor": color, "linestyle": line, "hatch": hatch, "linewidth": 1.5}
        percent = 100 * share / len(z1)
        ax.stairs(percent, edges, fill=True, facecolor=(color, 0.2), label=label, **style)
    ax.set(xlabel=say("answer of a hidden unit, z1"), ylabel=say("share of the answers (%)"))
    ax.legend(loc="upper center")
    ax.grid(alpha=0.3)
    return ax


def plot_landscape(across, up, losses, shadows, *, steps=None, ax=None):
    """Draw the loss on a plane through the parameters, with the paths of descents.

    Parameters
    ----------
    across, up, losses, shadows
        What `evaluation.loss_landscape` returns; the names of the paths are learning rates.
    steps : int or None
        Draw only so many steps of each path.
    ax : matplotlib Axes or None
        Where to draw; the current Axes by default.

    Returns
    -------
    matplotlib Axes
    """
    ax = plt.gca() if ax is None else ax
    at_start = losses[np.abs(up).argmin(), np.abs(across).argmin()]
    levels = np.geomspace(np.min(losses), 2 * at_start, 14)
    filled = ax.contourf(across, up, losses, levels, cmap="Greys", alpha=0.75, extend="max")
    ax.contour(across, up, losses, levels, colors=GREY, linewidths=0.6)
    ax.figure.colorbar(filled, ax=ax, label=say("cross-entropy loss"), format="%.2g")
    for (style, color), (rate, path) in zip(cycle(PATHS), shadows.items(), strict=False):
        path = path[: len(path) if steps is None else steps + 1]
        label = say("learning rate {rate:g}", rate=rate)
        ax.plot(*path.T, style, color=color, ms=4, lw=1.5, label=label, markevery=5)
        ax.plot(*path[-1], style[0], color=color, ms=9, mec="w")
    ax.plot(0, 0, "*", color="white", mec="black", ms=11, label=say("start"))
    ax.set(xlabel=say("parameters, first direction"), ylabel=say("parameters, second direction"))
    ax.legend(loc="upper right")
    return ax
