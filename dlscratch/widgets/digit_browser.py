"""The test digits that are hard for a network, to choose from (book 4.5.3).

The figure is drawn by an ordinary function, so a notebook shows it without widgets too.
"""

import io

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure

from dlscratch import plots
from dlscratch.evaluation import least_certain, most_confident_errors

AS_LARGE_AS_DRAWN = {"align_self": "flex-start", "max_width": "100%"}  # not as wide as the page


class DigitBrowser(widgets.VBox):
    """The digits most confidently misread and the least certain ones, to choose from.

    Parameters
    ----------
    net : network
        Has `predict(x)`.
    x, t : ndarray, shapes (n, 784) and (n,)
        Digits and their integer labels, such as the test data.
    count : int
        Digits to choose from, of each kind.
    """

    def __init__(self, net, x, t, count=20):
        self._x, self._t, self._probabilities = x, t, net.predict(x)
        self.kind = widgets.ToggleButtons(
            options=[
                ("confidently wrong", most_confident_errors(self._probabilities, t)[:count]),
                ("least certain", least_certain(self._probabilities)[:count]),
            ]
        )
        self.choice = widgets.ToggleButtons(
            style={"button_width": "48px"},
            layout=widgets.Layout(width="565px", max_width="98%"),  # ten in a row
        )
        self.said = widgets.Label("There is none.")
        self.picture = widgets.Image(format="png", layout=AS_LARGE_AS_DRAWN)
        self.kind.observe(self._list, "index")
        self.choice.observe(self._show, "value")
        self._list()
        super().__init__([self.kind, self.choice, self.said, self.picture])

    def _list(self, _=None):
        self.choice.options = [(self._caption(k), k) for k in self.kind.value]
        self.choice.index = 0 if self.kind.value else None

    def _caption(self, k):
        read = self._probabilities[k].argmax()
        return f"{read}" if read == self._t[k] else f"{self._t[k]}>{read}"

    def _show(self, _=None):
        k = self.choice.value
        if k is None:
            self.said.value, self.picture.value = "There is none.", b""
            return
        p, label = self._probabilities[k], self._t[k]
        self.said.value = f"Digit {k} is a {label}, read as {p.argmax()} with {100 * p.max():.1f} %"
        self.picture.value = png_bytes(draw_digit(self._x[k], p, label))

    def __repr__(self):
        return "A list of digits to choose from; it shows where notebook widgets run."


def draw_digit(picture, probabilities, label, *, figure=None):
    """Draw one digit, and the probability that the network gives to each class.

    Parameters
    ----------
    picture : ndarray, shape (784,)
    probabilities : ndarray, shape (10,)
    label : int
        What the digit is.
    figure : matplotlib Figure or None
        Where to draw; a new one by default, which pyplot does not know.

    Returns
    -------
    matplotlib Figure
    """
    figure = Figure(figsize=(6.5, 2.8), dpi=90) if figure is None else figure
    left, right = figure.subplots(1, 2, width_ratios=[1, 2])
    figure.subplots_adjust(left=0.02, right=0.98, top=0.9, bottom=0.18)
    plots.plot_digits(picture[np.newaxis], [label], [probabilities.argmax()], ax=left)
    plots.plot_probabilities(probabilities[np.newaxis], [label], ax=right)
    right.set_xticks(np.linspace(0, 27, 10), range(10))
    right.set_xlabel("digit")
    return figure


def png_bytes(figure):
    """Draw a matplotlib Figure as the bytes of a PNG picture."""
    data = io.BytesIO()
    figure.savefig(data, format="png", pil_kwargs={"compress_level": 1})  # quick, not small
    return data.getvalue()
