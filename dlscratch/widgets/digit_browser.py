"""The test digits that are hard for a network, to choose from (book 4.5.3).

`dlscratch.pictures` draws the figure, so a notebook shows it without widgets too.
"""

import ipywidgets as widgets

from dlscratch.checks import as_labels, as_pictures, as_probabilities
from dlscratch.evaluation import least_certain, most_confident_errors
from dlscratch.pictures import draw_digit, png_bytes, thumbnail
from dlscratch.widgets.picker import Picker, picture_box
from dlscratch.words import say

COUNT = 20  # digits of each kind to choose from, or fewer if there are not so many


class DigitBrowser(widgets.VBox):
    """The digits most confidently misread and the least certain ones, to choose from.

    Parameters
    ----------
    net : network
        Has `predict(x)`: probabilities (n, classes) of samples (n, pixels).
    x : array_like, shape (n, pixels) or (n, 1, height, width)
        Digits, such as the test data; flat ones must be square pictures.
    t : array_like, shape (n,) or (n, classes)
        What they are, as integers or as rows such as one-hot.

    Attributes
    ----------
    kind, choice : Picker
        The kind of difficulty, and the digit.
    said : ipywidgets.Label
        What the digit is, and what it is read as.
    picture : ipywidgets.Image
        The digit and its probabilities, from `draw_digit`.
    """

    def __init__(self, net, x, t):
        self._pictures = as_pictures(x, "x")
        n = len(self._pictures)
        self._probabilities = as_probabilities(
            net.predict(self._pictures.reshape(n, -1)), "net.predict(x)"
        )
        if len(self._probabilities) != n:
            raise ValueError(f"net.predict gives {len(self._probabilities)} rows for {n} digits")
        classes = self._probabilities.shape[1]
        self._labels = as_labels(t, "t", n=n, classes=classes)
        self._lists = (
            most_confident_errors(self._probabilities, self._labels)[:COUNT],
            least_certain(self._probabilities)[:COUNT],
        )
        kinds = [
            {"text": text, "name": text, "picture": None}
            for text in (say("confidently wrong"), say("least certain"))
        ]
        self.kind = Picker(say("Kind of difficult digit"), kinds)
        self.choice = Picker(say("Digit"))
        self.said = widgets.Label()
        self.picture = picture_box(width="560px")
        self.kind.observe(self._list, "index")
        self.choice.observe(self._show, "index")
        self._list()
        super().__init__([self.kind, self.choice, self.said, self.picture])

    @property
    def shown(self):
        """Row number of the digit that is shown; None if there is none of its kind."""
        rows = self._lists[self.kind.index]
        return rows[self.choice.index] if rows else None

    def _list(self, _change=None):
        """Offer the digits of the chosen kind, and show the first one."""
        options = [self._option(k) for k in self._lists[self.kind.index]]
        with self.choice.hold_sync():
            self.choice.index, self.choice.options = 0, options
        self._show()

    def _option(self, k):
        label, read = self._labels[k], self._probabilities[k].argmax()
        return {
            "text": f"{label}" if read == label else f"{label}>{read}",
            "name": say("Digit {k} is a {label}, read as {read}", k=k, label=label, read=read),
            "picture": thumbnail(self._pictures[k]),
        }

    def _show(self, _change=None):
        k = self.shown
        if k is None:
            self.said.value, self.picture.value = say("There is no such digit."), b""
            return
        p, label = self._probabilities[k], self._labels[k]
        self.said.value = say(
            "Digit {k} is a {label}, read as {read} with {percent:.1f} %",
            k=k,
            label=label,
            read=p.argmax(),
            percent=100 * p.max(),
        )
        self.picture.value = png_bytes(draw_digit(self._pictures[k], p, label))

    def __repr__(self):
        return say("A list of digits to choose from; it shows where notebook widgets run.")
