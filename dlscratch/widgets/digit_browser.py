"""The test digits that are hard for a network, to choose from (book 4.5.3).

`dlscratch.pictures` draws the figure, so a notebook shows it without widgets too.
"""

from dlscratch.checks import as_labels, as_pictures, as_probabilities
from dlscratch.evaluation import least_certain, most_confident_errors
from dlscratch.pictures import draw_digit, png_bytes, thumbnail
from dlscratch.widgets.picker import Picker
from dlscratch.words import say

COUNT = 20  # digits of each kind to choose from, or fewer if there are not so many


class DigitBrowser(Picker):
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
    shown : int or None
        Row number of the digit that is shown; None if there is none of its kind.
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
        self._rows = (
            most_confident_errors(self._probabilities, self._labels)[:COUNT],
            least_certain(self._probabilities)[:COUNT],
        )
        kinds = say("confidently wrong"), say("least certain")
        super().__init__(
            say("Here you choose a digit that is hard for the network, and see how it is read."),
            [say("Kind of difficult digit"), say("Digit")],
            [
                {"text": kind, "options": [self._option(k) for k in rows]}
                for kind, rows in zip(kinds, self._rows, strict=True)
            ],
        )

    @property
    def shown(self):
        """Row number of the digit that is shown; None if there is none of its kind."""
        kind, k = self.chosen
        return self._rows[kind][k] if self._rows[kind] else None

    def _option(self, k):
        label, read = self._labels[k], self._probabilities[k].argmax()
        return {
            "text": f"{label}" if read == label else f"{label}>{read}",
            "name": say("Digit {k} is a {label}, read as {read}", k=k, label=label, read=read),
            "picture": thumbnail(self._pictures[k]),
        }

    def _look(self, kind, k):
        if not self._rows[kind]:
            return say("There is no such digit."), []
        row = self._rows[kind][k]
        p, label = self._probabilities[row], self._labels[row]
        said = say(
            "Digit {k} is a {label}, read as {read} with {percent:.1f} %",
            k=row,
            label=label,
            read=p.argmax(),
            percent=100 * p.max(),
        )
        return said, [(png_bytes(draw_digit(self._pictures[row], p, label)), said)]

    def __repr__(self):
        return say("A list of digits to choose from; it shows where notebook widgets run.")
