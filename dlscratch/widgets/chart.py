"""Charts that are cheap to keep up to date while a training runs."""

import io
from itertools import cycle

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imsave

from dlscratch import plots

# Pinned curves are wide and lie under the present one, each broken or narrower than those before:
# curves that are equal are all seen. Style (as CSS names it, too), colour, width.
PRESENT = ("solid", plots.BLUE, 2)
PINNED = [
    ("solid", "#66C5AB", 5.5),
    ("dashed", "#D58CB4", 4.5),
    ("dotted", "#777777", 3.5),
    ("dashed", "#E8C860", 5),
    ("dotted", "#8C7AB8", 4),
    ("dashed", "#B0753C", 3),
]
HEIGHT = 320


class Chart:
    """A figure with the curves of one experiment, over those of pinned ones."""

    def __init__(self):
        self.figure = Figure()
        FigureCanvasAgg(self.figure)
        self.axes = self.figure.add_subplot()
        self._frame = None

    def resize(self, width, ratio=1):
        """Take as many pixels of the page as `width`, each of `ratio` dots on the display."""
        self.figure.set_size_inches(width / 100, HEIGHT / 100)
        self.figure.set_dpi(100 * ratio)
        # The margins hold the names of the axes, and the legend above.
        self.axes.set_position((58 / width, 48 / HEIGHT, 1 - 80 / width, 1 - 84 / HEIGHT))
        self._frame = None

    def draw(self, experiment, pinned):
        """Draw everything, with room for the experiment until its end; return the PNG."""
        frame = experiment.goal, self.limits(experiment, pinned), list(pinned)
        if frame == self._frame:
            self.figure.canvas.restore_region(self._background)
        else:
            self._draw_background(*frame)
            self._frame = frame
        self.drawn = [[] for _ in self.lines]  # x of what is in the picture of each curve
        return self._add(self.curves(experiment))

    def _draw_background(self, goal, limits, pinned):
        """Draw all but the curves of the experiment, which takes ten times as long as those."""
        self.axes.clear()
        for (style, color, width), pin in zip(cycle(PINNED), pinned, strict=False):
            self.axes.plot(*self.main_curve(pin), color=color, ls=style, lw=width)
        self.plot_nothing(goal)
        self.lines = self.axes.lines[len(pinned) :]
        xlim, ylim = limits
        self.axes.set(xlim=xlim, ylim=ylim)
        self.axes.legend(
            handles=self.lines, loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False
        )
        self.figure.canvas.draw()
        self._background = self.figure.canvas.copy_from_bbox(self.figure.bbox)

    def grow(self, experiment, pinned):
        """Draw what is new, or everything if it no longer fits; return the PNG, or None."""
        curves = self.curves(experiment)
        if not all(map(self._goes_on, self.drawn, curves)):
            return self.draw(experiment, pinned)
        if [len(x) for x in self.drawn] == [len(x) for x, _ in curves]:
            return None
        return self._add(curves)

    def _goes_on(self, drawn, curve):
        """Whether a curve still has the last point drawn, and its new ones fit."""
        x, y = curve
        n = len(drawn)
        kept = list(drawn[-1:]) == list(x[:n][-1:])
        return kept and max(y[n:], default=0) <= self.axes.get_ylim()[1]

    def _add(self, curves):
        for k, (line, (x, y)) in enumerate(zip(self.lines, curves, strict=True)):
            new = slice(max(len(self.drawn[k]) - 1, 0), None)
            line.set_data(x[new], y[new])
            self.axes.draw_artist(line)
            self.drawn[k] = x
        png = io.BytesIO()
        pixels = np.asarray(self.figure.canvas.buffer_rgba())
        imsave(png, pixels, format="png", pil_kwargs={"compress_level": 1})
        return png.getvalue()


class LossChart(Chart):
    """The loss of each iteration, and its running mean."""

    def curves(self, experiment):
        """Give the curves of the experiment, as pairs (x, y)."""
        return experiment.losses()

    def main_curve(self, pin):
        """Give the one curve that is drawn of a pinned experiment."""
        return pin.losses()[-1]

    def plot_nothing(self, goal):
        """Set up the axes, with a line of no points for each curve until iteration `goal`."""
        plots.plot_loss(np.full(goal, np.nan), ax=self.axes)

    def limits(self, experiment, pinned):
        """Give the ends of both axes."""
        highest = [2.5, *experiment.history.train_loss_list]
        for pin in pinned:
            highest += list(self.main_curve(pin)[1])
        longest = max(each.goal for each in [experiment, *pinned])
        return (0, 1.02 * longest), (0, 1.1 * max(highest))


class AccuracyChart(Chart):
    """The accuracy on training and on test data."""

    def curves(self, experiment):
        """Give the curves of the experiment, as pairs (x, y)."""
        return experiment.accuracies()

    def main_curve(self, pin):
        """Give the one curve that is drawn of a pinned experiment."""
        return pin.accuracies()[1]

    def plot_nothing(self, goal):
        """Set up the axes, with a line of no points for each curve."""
        plots.plot_accuracy([np.nan], [np.nan], [np.nan], ax=self.axes)

    def limits(self, experiment, pinned):
        """Give the ends of both axes."""
        longest = max(each.epochs for each in [experiment, *pinned])
        return (-0.02 * longest, 1.02 * longest), (0, 100)
