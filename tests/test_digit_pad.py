import re

import numpy as np
import pytest

from dlscratch import TwoLayerNet
from dlscratch.mnist import to_mnist
from dlscratch.widgets import DigitPad
from dlscratch.widgets.digit_pad import SIDE


def ask(pad, what="predict"):
    """Send what the page sends when a stroke ends, or for Undo."""
    pad._handle_custom_msg({"ask": what} if what else {}, [])


class Upright:
    """A stand-in for a network: surer of a 1 the more ink there is in the middle columns."""

    def predict(self, x):
        y = np.full((len(x), 10), 0.01)
        middle = x.reshape(-1, 28, 28)[:, :, 12:16].any(axis=(1, 2))
        y[np.arange(len(x)), np.where(middle, 1, 7)] = 0.91
        return y


def test_the_pad_reads_the_drawing_as_it_is_and_as_mnist_would_have_it():
    pad = DigitPad(Upright())
    assert pad.picture.shape == (784,) and not pad.picture.any()
    assert pad.reading["probabilities"] == [] and "empty" in pad.reading["said"]
    ink = np.zeros((SIDE, SIDE), np.uint8)
    ink[10:110, 220:240] = 255  # a 1, not in the middle
    pad.drawing = ink.tobytes()
    ask(pad)
    assert [np.argmax(p) for p in pad.reading["probabilities"]] == [1, 7]
    assert pad.reading["said"].startswith("As MNIST would have it, the network reads 1 (91.0 %)")
    centred = np.frombuffer(pad.reading["pictures"][0], np.uint8).reshape(28, 28)
    np.testing.assert_allclose(centred / 255, to_mnist(ink / 255), atol=0.003)
    np.testing.assert_array_equal(pad.picture, to_mnist(ink / 255).ravel())


def test_predict_asks_the_network_as_it_is_now():
    pad = DigitPad(Upright())
    pad.drawing = bytes([255]) * SIDE**2
    ask(pad)
    before = pad.reading
    pad.net = TwoLayerNet(784, 5, 10, rng=0)
    ask(pad)
    assert pad.reading["probabilities"] != before["probabilities"]
    assert pad.reading["number"] == before["number"] + 1


def test_the_pad_answers_whatever_the_page_asks(monkeypatch):
    pad, answers = DigitPad(Upright()), []
    monkeypatch.setattr(pad, "send", answers.append)
    before = pad.reading
    ask(pad, None)
    assert answers == [{}] and pad.reading is before
    ask(pad)
    ask(pad, "undo")
    assert answers == [{}] * 3


def test_undo_takes_back_strokes_and_clear_one_by_one():
    pad = DigitPad(Upright())
    empty, one = bytes(SIDE**2), bytes([255]) * SIDE**2
    two = bytes([128]) * SIDE**2
    for drawing in (one, two, empty):  # two strokes, then Clear
        pad.drawing = drawing
        ask(pad)
    for drawing in (two, one, empty, empty):  # there is nothing before the first stroke
        ask(pad, "undo")
        assert pad.drawing == drawing
        assert ("empty" in pad.reading["said"]) == (drawing == empty)


class Net:
    """Give any numbers for two pictures."""

    def __init__(self, *rows):
        self.rows = np.array(rows)

    def predict(self, x):
        return self.rows


@pytest.mark.parametrize(
    "net, words",
    [
        (TwoLayerNet(784, 5, 3, rng=0), r"\(2, 3\) .* expected \(2, 10\)"),
        (TwoLayerNet(100, 5, 10, rng=0), r"takes \(n, 100\)"),
        (Net(np.arange(10), np.arange(10)), "Scores go through softmax first"),
        (Net(0, 1), r"\(1, 2\) .* expected \(2, 10\)"),
    ],
)
def test_a_network_that_does_not_read_digits_is_refused(net, words):
    with pytest.raises((ValueError, TypeError), match=words):
        DigitPad(net)
    pad = DigitPad(Upright())
    pad.net, pad.drawing = net, bytes([255]) * SIDE**2
    ask(pad)
    assert re.search(f"The network cannot read this: .*{words}", pad.reading["said"])
    assert pad.reading["probabilities"] == []
