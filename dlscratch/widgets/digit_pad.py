"""A pad to draw a digit on, and the network's reading of it (after book 4.5.3)."""

from collections import deque

import numpy as np
import traitlets

from dlscratch.checks import as_probabilities
from dlscratch.mnist import FIELD, to_mnist
from dlscratch.widgets.page import Page, shared_and
from dlscratch.words import say

SIDE = 280  # pixels of the pad's canvas, in digit_pad.js too
UNDOS = 50  # strokes that can be taken back


def texts():
    """Give what the page says."""
    return {
        "pad": say(
            "Pad: draw one digit. Arrow keys move the pen, space puts it down and lifts it."
        ),
        "hint": say(
            "Draw with the mouse, a pen or a finger. With the keyboard: the arrow keys move the "
            "pen, and space puts it down and lifts it. Predict asks the network again, for example "
            "after you have trained it further."
        ),
        "undo": say("Undo"),
        "clear": say("Clear"),
        "predict": say("Predict"),
        "asking": say("Asking the network ..."),
        "pen down": say("The pen is down: the arrow keys draw, and space lifts it."),
        "titles": [say("As MNIST would have it"), say("As drawn, shrunk to 28 x 28")],
        "pictures": [
            say("The drawing as MNIST would have it, 28 by 28 pixels"),
            say("The drawing as drawn, 28 by 28 pixels"),
        ],
        "tables": [
            say("Probability of each digit, as MNIST would have it"),
            say("Probability of each digit, as drawn"),
        ],
    }


class DigitPad(Page):
    """Draw a digit; the network reads it when a stroke ends.

    Parameters
    ----------
    net : object
        Has `predict(x)`: probabilities (n, 10) of pictures (n, 784). It is asked anew each
        time, so Predict shows what a network that was trained further reads.

    Attributes
    ----------
    drawing : bytes
        280 x 280 pixels as the page sent them, 0 (paper) to 255 (ink).
    reading : dict
        What the page shows: "said", a sentence; "pictures", "probabilities" and
        "percents", as written, each for the drawing as MNIST would have it and as it is.

    Raises
    ------
    ValueError
        If `net` does not give ten probabilities for a picture of 784 pixels.
    """

    _esm, _css = shared_and("digit_pad.js"), shared_and("digit_pad.css")
    words = traitlets.Dict().tag(sync=True)
    drawing = traitlets.Bytes(bytes(SIDE * SIDE)).tag(
        sync=True, from_json=lambda pixels, _: bytes(pixels)
    )
    reading = traitlets.Dict().tag(sync=True)

    def __init__(self, net):
        _probabilities(net, np.zeros((2, FIELD * FIELD), np.float32))
        super().__init__(
            say("On this pad you draw a digit, and a network reads it."), words=texts()
        )
        self.net = net
        self._earlier = deque(maxlen=UNDOS)  # the drawings before each stroke
        self._read()
        self.on_msg(self._answer)

    def __repr__(self):
        """Say in a sentence what is missing where widgets do not run."""
        return say(
            "A pad to draw a digit on; it shows where notebook widgets run, as in JupyterLab."
        )

    @property
    def picture(self):
        """The drawing in MNIST's form: 784 numbers from 0 (paper) to 1 (ink)."""
        return to_mnist(self._ink()).ravel()

    def _ink(self):
        return np.frombuffer(self.drawing, np.uint8).reshape(SIDE, SIDE) / 255

    @traitlets.validate("drawing")
    def _whole_canvas(self, proposal):
        if len(proposal["value"]) != SIDE * SIDE:
            raise ValueError(f"drawing is {len(proposal['value'])} bytes; expected {SIDE * SIDE}")
        return proposal["value"]

    @traitlets.observe("drawing")
    def _remember(self, change):
        self._earlier.append(change["old"])

    def _answer(self, _, content, buffers):
        """Do what the page asks for: "predict" after every stroke and Clear, or "undo".

        It asks for nothing at first, to hear that there is a kernel.
        """
        if content == {"ask": "undo"} and self._earlier:
            self.drawing = self._earlier.pop()
            self._earlier.pop()  # what was undone
        if content:
            self._read()
        self.answer()

    def _read(self):
        """Ask the network; the number makes every reading a new one to the page."""
        ink = self._ink()
        pictures = np.stack([to_mnist(ink), to_mnist(ink, centre=False)])
        said, probabilities, percents = say("The pad is empty. Draw one digit."), [], []
        if ink.any():
            try:
                probabilities = _probabilities(self.net, pictures.reshape(2, -1)).tolist()
            except (ValueError, TypeError) as error:  # pad.net may have been changed
                said = say("The network cannot read this: {error}", error=error)
            else:
                percents = [
                    [say("{percent:.1f} %", percent=100 * p) for p in row] for row in probabilities
                ]
                mnist, drawn = (
                    say("{digit} ({percent})", digit=k, percent=written[k])
                    for written, k in zip(percents, np.argmax(probabilities, axis=1), strict=True)
                )
                said = say(
                    "As MNIST would have it, the network reads {mnist}; as drawn, {drawn}.",
                    mnist=mnist,
                    drawn=drawn,
                )
        self.reading = {
            "number": self.reading.get("number", 0) + 1,
            "said": said,
            "pictures": [np.round(255 * p).astype(np.uint8).tobytes() for p in pictures],
            "probabilities": probabilities,
            "percents": percents,
        }


def _probabilities(net, x):
    """Ask a network for the ten probabilities of each of two pictures."""
    probabilities = as_probabilities(net.predict(x), "net.predict(x)")
    if probabilities.shape != (2, 10):
        raise ValueError(
            f"net.predict gives {probabilities.shape} for two pictures of 784 pixels; expected "
            "(2, 10), a probability for each digit"
        )
    return probabilities
