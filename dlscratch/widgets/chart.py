"""The panel's charts: pictures in the page's width, resolution and colour."""

import io

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imsave

from dlscratch import plots

# How the curves look, as CSS names it: style, colour, width. A pinned curve is wide and pale, and
# lies behind the present one, so that of two equal curves both are seen.
PRESENT = ("solid", plots.BLUE, 2)
PINNED = [
    ("solid", "#66C5AB", 5.5),
    ("dashed", "#D58CB4", 4.5),
    ("dotted", "#888888", 3.5),
    ("dashed", "#E8C860", 5),
    ("dotted", "#8C7AB8", 4),
    ("dashed", "#B0753C", 3),
]
HEIGHT = 260
LEFT, RIGHT, BOTTOM, LINE = 54, 23, 42, 18  # pixels for the names of axes, and for a line above
NARROW = 330  # pixels: with less, the names of the curves take two lines
WORDS = ["text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"]


class Chart:
    """A picture of the curves of one experiment, in front of those of pinned runs."""

    def __init__(self):
        self.resize(420)

    def resize(self, width, ratio=1, color="black"):
        """Take as many pixels of the page as `width`, of `ratio` dots each; words in `color`."""
        self.figure = Figure(figsize=(width / 100, HEIGHT / 100), dpi=100 * ratio)
        self.figure.patch.set_alpha(0)  # the page is seen through it
        FigureCanvasAgg(self.figure)
        narrow = width < NARROW
        height = HEIGHT - BOTTOM - LINE * (2.5 if narrow else 1.5)
        self._place = (LEFT / width, BOTTOM / HEIGHT, 1 - (LEFT + RIGHT) / width, height / HEIGHT)
        self._columns = 2 if narrow else 3
        self._style = dict.fromkeys(WORDS, color) | {"font.size": 9}
        self._style["xtick.labelsize"] = 7 if narrow else 9

    def draw(self, experiment, pinned):
        """Draw everything, with room for the experiment until its end; return the PNG."""
        self.figure.clear()
        with matplotlib.rc_context(self._style):
            self.axes = self.figure.add_axes(self._place, facecolor="none")
            for pin in pinned:
                style, color, width = pin.look
                self.axes.plot(*self.curve_of(pin), color=color, ls=style, lw=width)
            self.plot(experiment)
            self.axes.legend(
                handles=list(self.axes.lines[len(pinned) :]),  # pinned runs are in the table
                loc="upper left",
                bbox_to_anchor=(0, 1),
                bbox_transform=self.figure.transFigure,
                ncols=self._columns,
                borderaxespad=0.2,
                columnspacing=0.8,
                handlelength=1.3,
                handletextpad=0.4,
                frameon=False,
            )
        longest = max([experiment.goal, *[pin.iterations[-1] for pin in pinned]])
        self.axes.set(xlim=(0, longest), ylim=(0, self.top(experiment, pinned)))
        for line in self.axes.lines[len(pinned) :]:
            line.set_animated(True)  # the rest is drawn without it, and kept
        self.figure.canvas.draw()
        self._rest = self.figure.canvas.copy_from_bbox(self.figure.bbox)
        return self.grow(experiment, pinned)

    def grow(self, experiment, pinned):
        """Draw the curves as they are now; return the PNG.

        The rest takes ten times as long, and is drawn again only if a curve has left it.
        """
        if self.top(experiment, pinned) > self.axes.get_ylim()[1]:
            return self.draw(experiment, pinned)
        self.figure.canvas.restore_region(self._rest)
        lines = self.axes.lines[len(pinned) :]
        for line, (x, y) in zip(lines, self.curves(experiment), strict=True):
            line.set_data(x, y)
            self.axes.draw_artist(line)
        png = io.BytesIO()
        pixels = np.asarray(self.figure.canvas.buffer_rgba())
        imsave(png, pixels, format="png", pil_kwargs={"compress_level": 1})  # quick
        return png.getvalue()


class LossChart(Chart):
    """The loss on each batch just learned, and on the samples of training and test data."""

    def plot(self, experiment):
        """Draw the curves, and all that belongs to them."""
        curves, batches = experiment.curves, experiment.history.train_loss_list or [np.nan]
        losses = curves.train_loss, curves.test_loss
        plots.plot_loss_curves(curves.iterations, *losses, batch_losses=batches, ax=self.axes)

    def curves(self, experiment):
        """Give the curves of the experiment, as pairs (x, y)."""
        curves, batches = experiment.curves, experiment.history.train_loss_list
        measured = [loss for loss in (curves.train_loss, curves.test_loss) if loss]
        return [
            (range(1, len(batches) + 1), batches),
            *[(curves.iterations, loss) for loss in measured],
        ]

    def curve_of(self, pin):
        """Give the one curve that is drawn of a pinned run."""
        return pin.iterations, pin.losses

    def top(self, experiment, pinned):
        """Give the upper end of the axis; a batch's loss may be far above it."""
        curves = experiment.curves
        losses = [2.3, *curves.train_loss, *curves.test_loss]
        for pin in pinned:
            losses += pin.losses
        return 1.1 * max(loss for loss in losses if np.isfinite(loss))


class AccuracyChart(Chart):
    """The accuracy on the samples of training and test data."""

    def plot(self, experiment):
        """Draw the curves, and all that belongs to them."""
        curves = experiment.curves
        plots.plot_accuracy_curves(
            curves.iterations, curves.train_acc, curves.test_acc, ax=self.axes
        )

    def curves(self, experiment):
        """Give the curves of the experiment, as pairs (x, y)."""
        curves = experiment.curves
        measured = [shares for shares in (curves.train_acc, curves.test_acc) if shares]
        return [(curves.iterations, [100 * share for share in shares]) for shares in measured]

    def curve_of(self, pin):
        """Give the one curve that is drawn of a pinned run."""
        return pin.iterations, pin.percents

    def top(self, experiment, pinned):
        """Give the upper end of the axis."""
        return 102  # a line at 100 is whole
