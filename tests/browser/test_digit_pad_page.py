"""The digit pad as a learner meets it: everything is read off the page."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect
from seen import ACTIVE
from waiting import until

CELLS = [
    """\
from dlscratch import Trainer, TwoLayerNet, load_mnist
from dlscratch.widgets import DigitPad

train, test = load_mnist()
net = TwoLayerNet(784, 50, 10, rng=0, dtype="float32")
_ = Trainer(net, train, rng=0).run(1_000)
pad = DigitPad(net)
pad""",
    "pad",  # the same one again
]
INK = """canvas => Array.from(
    canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data)"""
MNIST = "The drawing as MNIST would have it, 28 by 28 pixels"
DRAWN = "The drawing as drawn, 28 by 28 pixels"
EMPTY = "The pad is empty. Draw one digit."
ANGLES = np.linspace(-np.pi / 2, 1.5 * np.pi, 25)
ZERO = np.stack([70 + 30 * np.cos(ANGLES), 80 + 50 * np.sin(ANGLES)], axis=1)  # top left


class Pad:
    """What can be seen and done of the n-th pad of a page."""

    def __init__(self, page, n=0, clear="Clear", empty=EMPTY):
        self.page = page
        self.area = page.locator(".digit-pad").nth(n)
        self.status = self.area.get_by_role("status")
        expect(self.status).not_to_be_empty()
        self.area.get_by_role("button", name=clear).click()  # after the test before
        expect(self.status).to_have_text(empty)
        self.paper = self.area.get_by_role("application")
        self.devtools = page.context.new_cdp_session(page)

    def at(self, points):
        """Where the points of the pad are in the page."""
        self.paper.scroll_into_view_if_needed()
        box = self.paper.bounding_box()
        return [(box["x"] + x, box["y"] + y) for x, y in points]

    def send(self, stage, pointer, *points):
        """Let a mouse, a pen or fingers start, move or end."""
        if pointer == "finger":
            touches = [{"x": x, "y": y, "id": k} for k, (x, y) in enumerate(points)]
            event = {"type": f"touch{stage}", "touchPoints": touches if stage != "End" else []}
            self.devtools.send("Input.dispatchTouchEvent", event)
        else:
            kind = {"Start": "Pressed", "Move": "Moved", "End": "Released"}[stage]
            [(x, y)] = points
            event = {"type": f"mouse{kind}", "x": x, "y": y, "pointerType": pointer}
            event |= {"button": "left", "buttons": int(stage != "End"), "clickCount": 1}
            self.devtools.send("Input.dispatchMouseEvent", event)

    def press(self, points, pointer="mouse"):
        """Draw along the points, without lifting the pen at the end."""
        first, *rest = self.at(points)
        self.send("Start", pointer, first)
        for point in rest:
            self.send("Move", pointer, point)

    def draw(self, points, pointer="mouse"):
        """Draw along the points."""
        self.press(points, pointer)
        self.send("End", pointer, self.at(points)[-1])

    def drawn(self, picture=None):
        """How much ink each pixel of the pad, or of a picture, holds: 0 to 255."""
        canvas = self.area.get_by_label(picture) if picture else self.paper
        pixels = canvas.evaluate(INK)
        side = round((len(pixels) / 4) ** 0.5)
        return np.array(pixels).reshape(side, side, 4)[..., 3]

    def bars(self, name):
        """The ten percentages and widths that a table of bars shows."""
        rows = self.area.get_by_role("table", name=f"Probability of each digit, {name}")
        percents = rows.locator(".percent").all_inner_texts()
        widths = rows.locator(".bar").evaluate_all("bars => bars.map(b => b.offsetWidth)")
        return percents, widths


@pytest.fixture(scope="module")
def pads(notebook):
    return notebook(CELLS)


@pytest.mark.parametrize("pointer", ["mouse", "pen", "finger"])
def test_a_stroke_is_read_when_it_ends(pads, pointer):
    pad = Pad(pads)
    pad.press(ZERO, pointer)
    expect(pad.status).to_have_text(EMPTY)
    pad.send("End", pointer, pad.at(ZERO)[-1])
    expect(pad.status).to_contain_text("As MNIST would have it, the network reads 0 (")

    shrunk = pad.drawn().reshape(28, 10, 28, 10).mean(axis=(1, 3))
    np.testing.assert_allclose(pad.drawn(DRAWN), shrunk, atol=1)
    rows, columns = np.nonzero(pad.drawn(MNIST))
    assert np.ptp(rows) + 1 == 20 and abs(columns.mean() - 13.5) < 1  # large, and in the middle

    said = re.search(
        r"reads 0 \(([\d.]+) %\); as drawn, (\d) \(([\d.]+) %\)", pad.status.inner_text()
    )
    for name, digit, percent in [
        ("as MNIST would have it", 0, said[1]),
        ("as drawn", int(said[2]), said[3]),
    ]:
        percents, widths = pad.bars(name)
        numbers = [float(text.removesuffix(" %")) for text in percents]
        assert sum(numbers) == pytest.approx(100, abs=0.5)
        assert np.argmax(numbers) == np.argmax(widths) == digit
        assert numbers[digit] == float(percent)


def test_a_tap_is_a_dot_and_a_second_finger_does_not_draw(pads):
    pad = Pad(pads)
    first, second = pad.at([(60, 60), (200, 200)])
    pad.send("Start", "finger", first)
    pad.send("Start", "finger", first, second)
    pad.send("Move", "finger", first, (second[0] - 40, second[1]))
    pad.send("End", "finger")
    expect(pad.status).to_contain_text("the network reads")
    ink = pad.drawn()
    assert ink[50:70, 50:70].any() and not ink[100:, 100:].any()


def test_the_keyboard_clears_the_pad_and_asks_again(pads):
    pad = Pad(pads)
    pad.draw(ZERO)
    expect(pad.status).to_contain_text("the network reads 0")
    said = pad.status.inner_text()

    keyboard = pads.keyboard
    pad.area.get_by_role("button", name="Clear").focus()
    keyboard.press("Tab")
    expect(pad.area.get_by_role("button", name="Predict")).to_be_focused()
    keyboard.press("Enter")
    expect(pad.status).to_have_text(said)

    keyboard.press("Shift+Tab")
    expect(pad.area.get_by_role("button", name="Clear")).to_be_focused()
    keyboard.press("Space")
    expect(pad.status).to_have_text(EMPTY)
    assert not pad.drawn().any()
    assert not pad.drawn(MNIST).any()
    assert pad.bars("as MNIST would have it") == ([""] * 10, [0] * 10)


def test_the_keyboard_draws(pads):
    pad = Pad(pads)
    cell = pads.evaluate(ACTIVE)
    pad.paper.focus()
    keys = pads.keyboard
    for key in 6 * ["ArrowUp"]:
        keys.press(key)
    assert not pad.drawn().any()
    keys.press("Space")
    expect(pad.status).to_have_text("The pen is down: the arrow keys draw, and space lifts it.")
    for key in 12 * ["ArrowDown"] + 30 * ["ArrowLeft"] + ["a"]:  # a is no key of the pad
        keys.press(key)
    assert pad.page.evaluate("document.activeElement.tagName") == "CANVAS"
    keys.press("Space")
    expect(pad.status).to_contain_text("As MNIST would have it, the network reads")
    for key in 4 * ["ArrowUp"]:  # the pen is up again
        keys.press(key)
    ink = pad.drawn()
    assert ink[85:195, 135:145].min() > 200  # from (140, 80) down
    assert ink[195:205, 5:145].min() > 200  # and left, no farther than the edge
    assert ink[:60].max() == ink[:180, :120].max() == ink[:, 160:].max() == 0
    assert pads.evaluate(ACTIVE) == cell


def test_a_stroke_by_keyboard_ends_when_the_pad_loses_the_focus(pads):
    pad = Pad(pads)
    pad.paper.focus()
    for key in ["Space", "ArrowRight", "Tab"]:
        pads.keyboard.press(key)
    expect(pad.status).to_contain_text("the network reads")
    assert pad.drawn().any()


def test_undo_takes_back_clear_and_the_pad_shown_again_follows(pads):
    pad, mirror = Pad(pads), Pad(pads, 1)
    pad.draw(ZERO)
    expect(pad.status).to_contain_text("the network reads 0")
    said, zero = pad.status.inner_text(), pad.drawn()
    pad.area.get_by_role("button", name="Clear").click()
    expect(pad.status).to_have_text(EMPTY)
    pad.area.get_by_role("button", name="Undo").click()
    expect(pad.status).to_have_text(said)
    for each in (pad, mirror):
        until(lambda e=each: np.array_equal(e.drawn(), zero), pads)


def test_the_pad_needs_nothing_from_elsewhere(pads):
    Pad(pads)
    hosts = pads.evaluate(
        "[...new Set(performance.getEntriesByType('resource').map(e => new URL(e.name).origin))]"
    )
    assert set(hosts) <= {pads.evaluate("location.origin"), "null"}
