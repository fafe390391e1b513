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
PAD = "Pad: draw one digit."
EMPTY = "The pad is empty. Draw one digit."
ANGLES = np.linspace(-np.pi / 2, 1.5 * np.pi, 25)
ZERO = np.stack([70 + 30 * np.cos(ANGLES), 80 + 50 * np.sin(ANGLES)], axis=1)  # top left


class Pad:
    """What can be seen and done of the n-th pad of a page."""

    def __init__(self, page, n=0):
        self.page = page
        self.area = page.locator(".digit-pad").nth(n)
        self.status = self.area.get_by_role("status")
        expect(self.status).not_to_be_empty()
        self.area.get_by_role("button", name="Clear").click()  # after the test before
        expect(self.status).to_have_text(EMPTY)
        self.paper = self.area.get_by_role("application", name=PAD)
        self.devtools = page.context.new_cdp_session(page)

    def at(self, points):
        """Where the points of the pad are in the page."""
        self.paper.scroll_into_view_if_needed()
        box = self.paper.bounding_box()
        return [(box["x"] + x, box["y"] + y) for x, y in points]

    def mouse(self, kind, x, y, pointer="mouse"):
        buttons = {"mousePressed": 1, "mouseMoved": 1, "mouseReleased": 0}[kind]
        event = {"type": kind, "x": x, "y": y, "button": "left", "buttons": buttons}
        self.devtools.send(
            "Input.dispatchMouseEvent", event | {"clickCount": 1, "pointerType": pointer}
        )

    def touch(self, kind, *points):
        points = [{"x": x, "y": y, "id": k} for k, (x, y) in enumerate(points)]
        self.devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def press(self, points, pointer="mouse"):
        """Draw along the points, without lifting the pen at the end."""
        first, *rest = self.at(points)
        if pointer == "finger":
            self.touch("touchStart", first)
            for point in rest:
                self.touch("touchMove", point)
        else:
            self.mouse("mousePressed", *first, pointer)
            for point in rest:
                self.mouse("mouseMoved", *point, pointer)

    def lift(self, points, pointer="mouse"):
        if pointer == "finger":
            self.touch("touchEnd")
        else:
            self.mouse("mouseReleased", *self.at(points)[-1], pointer)

    def ink(self, name):
        """How much ink each pixel of a picture holds, 0..255."""
        return self._ink(self.area.get_by_role("img", name=name))

    def drawn(self):
        """How much ink each pixel of the pad itself holds."""
        return self._ink(self.paper)

    def _ink(self, canvas):
        pixels = canvas.evaluate(
            """canvas => Array.from(canvas.getContext('2d')
                .getImageData(0, 0, canvas.width, canvas.height).data)"""
        )
        side = round((len(pixels) / 4) ** 0.5)
        return np.array(pixels).reshape(side, side, 4)[..., 3]

    def bars(self, name):
        """The ten percentages and widths that a table of bars shows."""
        rows = self.area.get_by_role("table", name=f"Probability of each digit, {name}")
        percents = rows.locator(".percent").all_inner_texts()
        widths = rows.locator(".bar").evaluate_all("bars => bars.map(b => b.offsetWidth)")
        return percents, widths


def centre_of_mass(ink):
    return [np.average(place, weights=ink) for place in np.indices(ink.shape)]


@pytest.fixture(scope="module")
def pads(notebook):
    return notebook(CELLS)


@pytest.mark.parametrize("pointer", ["mouse", "pen", "finger"])
def test_a_stroke_is_read_when_it_ends(pads, pointer):
    pad = Pad(pads)
    pad.press(ZERO, pointer)
    expect(pad.status).to_have_text(EMPTY)
    pad.lift(ZERO, pointer)
    expect(pad.status).to_contain_text("As MNIST would have it, the network reads 0 (")

    drawn = pad.ink("The drawing as drawn, 28 by 28 pixels")
    centred = pad.ink("The drawing as MNIST would have it, 28 by 28 pixels")
    np.testing.assert_allclose(centre_of_mass(drawn), [7.5, 6.5], atol=0.2)  # pixels of 10
    np.testing.assert_allclose(centre_of_mass(centred), [14, 14], atol=0.51)
    assert np.ptp(np.flatnonzero(centred.any(axis=1))) + 1 == 20

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
    pad.touch("touchStart", first)
    pad.touch("touchStart", first, second)
    pad.touch("touchMove", first, (second[0] - 40, second[1]))
    pad.touch("touchEnd")
    expect(pad.status).to_contain_text("the network reads")
    ink = pad.drawn()
    assert ink[50:70, 50:70].any() and not ink[100:, 100:].any()


def test_the_keyboard_clears_the_pad_and_asks_again(pads):
    pad = Pad(pads)
    pad.press(ZERO)
    pad.lift(ZERO)
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
    assert not pad.ink("The drawing as MNIST would have it, 28 by 28 pixels").any()
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
    pad.press(ZERO)
    pad.lift(ZERO)
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
