"""What all widgets promise: names, contrast, large targets, and words where Python is not running.

JupyterLab has the settings that `make lab` gives it.
"""

import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from seen import ACTIVE, ARE_SHARP, HAS_WIDTH, PIXELS
from waiting import until

CELLS = [
    """\
import time
import numpy as np
from dlscratch import Trainer, TwoLayerNet, load_mnist
from dlscratch.widgets import (
    DigitBrowser, DigitPad, SnapshotBrowser, TrainingPanel, train_with_snapshots
)

(x, t), (x_test, t_test) = load_mnist()
data = (x[:6000], t[:6000]), (x_test[:300], t_test[:300])
trainer = Trainer(TwoLayerNet(784, 10, 10, rng=0), *data, rng=0)
snapshots = train_with_snapshots(trainer, (0, 100))
predict = snapshots[100].predict
snapshots[100].predict = lambda x: (time.sleep(2), predict(x))[1]
panel, pad = TrainingPanel(data, iterations=10), DigitPad(trainer.net)
panel.ensure_trained()
panel.pin()
pad.drawing = np.kron(np.eye(2, dtype=np.uint8) * 255, np.ones((140, 140), np.uint8)).tobytes()
pad._handle_custom_msg({"ask": "predict"}, [])""",
    "panel",
    "pad",
    "SnapshotBrowser(trainer, snapshots)",
    "DigitBrowser(trainer.net, *data[1])",
]
SNAPSHOTS = ".picker >> nth=0"
WIDGETS = [".training-panel", ".digit-pad", SNAPSHOTS, ".picker >> nth=1"]
THEME = "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })"
REOPEN = """async (save) => {
    const app = window.jupyterapp;
    const notebook = app.shell.currentWidget;
    const { path } = notebook.context;
    if (save) await notebook.context.save();
    await app.serviceManager.sessions.shutdownAll();
    notebook.dispose();
    const again = await app.commands.execute('docmanager:open', { path });
    app.shell.activateById(again.id);
}"""
READY = "parts => parts.length > 0 && parts.every(part => !part.closest('[inert]'))"
DEAD = "parts => parts.length > 0 && parts.every(part => part.closest('[inert]'))"
DRAWN = "images => images.length > 0 && images.every(image => image.naturalWidth > 100)"
HEIGHTS = "parts => parts.map(part => part.getBoundingClientRect().height)"
TWO_COLUMNS = """area => {
    const { right } = area.getBoundingClientRect();
    const pictures = [...area.querySelectorAll('img')].map(img => img.getBoundingClientRect());
    const lefts = new Set(pictures.map(picture => picture.left));
    return pictures.length === 4 && lefts.size === 2
        && pictures.every(picture => picture.right <= right && picture.width >= 280);
}"""
BOXES = "parts => parts.map(part => part.getBoundingClientRect()).map(b => [b.left, b.right])"
BACKGROUND = "part => getComputedStyle(part).backgroundColor"
PARTS = "button, input, canvas[role=application]"
TARGETS = [".digit-pad button", ".picker label", ".training-panel button"]
TARGETS += [".training-panel input[type=range]", ".training-panel .radios label"]


@pytest.fixture(scope="module")
def page(notebook):
    page = notebook(CELLS)
    page.evaluate("window.jupyterapp.shell.collapseLeft()")
    for widget in WIDGETS:
        parts = page.locator(widget).locator(PARTS)
        until(lambda parts=parts: parts.evaluate_all(READY), page)
    yield page
    page.evaluate("window.jupyterapp.shell.expandLeft()")


@pytest.fixture
def look(page):
    """Give the page another width and other colours; those before come back."""
    size = page.viewport_size

    def become(width, theme="JupyterLab Light", forced="none"):
        page.set_viewport_size({"width": width, "height": 1000})
        page.evaluate(THEME, theme)
        page.emulate_media(forced_colors=forced, color_scheme="dark" if forced != "none" else None)

    yield become
    page.set_viewport_size(size)
    page.emulate_media(forced_colors="none", color_scheme="light")
    page.evaluate(THEME, "JupyterLab Light")


@pytest.mark.parametrize(("width", "theme"), [(390, "JupyterLab Light"), (1280, "JupyterLab Dark")])
def test_axe_finds_nothing_wrong(page, look, axe, width, theme):
    look(width, theme)
    for widget in (".training-panel", ".digit-pad", ".picker"):
        assert axe(page, widget) == []


def greys(part):
    """Give a picture of a part as greys, 0 to 255."""
    return np.asarray(Image.open(io.BytesIO(part.screenshot())).convert("L"), int)


def test_nothing_is_lost_in_forced_colours(page, look):
    look(800, forced="active")
    ink = page.locator(".digit-pad canvas, .picker canvas").all()
    assert len(ink) > 20
    for part in [*ink[:5], page.locator(".training-panel progress")]:
        assert np.ptp(greys(part)) > 100
    behind = page.evaluate("getComputedStyle(document.body).backgroundColor")
    for bars in (".digit-pad .most .bar", ".picker label:has(:checked)"):
        assert page.locator(bars).first.evaluate(BACKGROUND) != behind


@pytest.mark.parametrize("dark", [{"theme": "JupyterLab Dark"}, {"forced": "active"}])
def test_words_of_a_chart_are_seen_on_a_dark_page_too(page, look, dark):
    chart = page.locator(".training-panel img").first

    def letters():
        """Count the dots that are nearly white on black, or the other way round."""
        grey = greys(chart)
        return (abs(grey - np.median(grey)) > 175).sum()

    for colours in ({}, dark):
        look(1280, **colours)
        until(lambda: letters() > 300, page)


@pytest.mark.parametrize("width, ratio", [(1280, 1), (800, 2), (340, 3)])
def test_nothing_of_the_panel_is_cut_off_and_pictures_are_sharp(page, width, ratio):
    session, panel = page.context.new_cdp_session(page), page.locator(".training-panel")
    size = {"width": width, "height": 1000, "deviceScaleFactor": ratio, "mobile": False}
    session.send("Emulation.setDeviceMetricsOverride", size)
    try:
        until(lambda: panel.evaluate(HAS_WIDTH, width), page)
        until(lambda: panel.locator("img").evaluate_all(ARE_SHARP), page)
        [(start, end)] = panel.evaluate_all(BOXES)
        parts = panel.locator("label, span, input, button, p, img, progress, tr, td, th")
        for left, right in parts.evaluate_all(BOXES):
            assert start - 1 <= left and right <= end + 1
        sliders = panel.locator("input[type=range]").evaluate_all(BOXES)
        assert len({round(right - left) for left, right in sliders}) == 1
        assert sliders[0][1] - sliders[0][0] >= 180
        if width >= 800:  # a control and the charts are seen together
            charts = panel.locator("img").evaluate_all(BOXES)
            assert min(left for left, _ in charts) > max(right for _, right in sliders)
    finally:
        session.send("Emulation.clearDeviceMetricsOverride")


def test_fingers_find_large_targets(page):
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    try:
        until(lambda: page.evaluate("matchMedia('(pointer: coarse)').matches"), page)
        for targets in TARGETS:
            assert min(page.locator(targets).evaluate_all(HEIGHTS)) >= 44
    finally:
        session.send("Emulation.setTouchEmulationEnabled", {"enabled": False})


def test_the_pads_two_forms_stand_side_by_side(page, look):
    for width in (390, 800, 1280):
        look(width)
        forms = page.locator(".digit-pad figure")
        until(lambda forms=forms: len({f.bounding_box()["y"] for f in forms.all()}) == 1, page)


def test_pictures_of_snapshots_stand_in_two_columns_and_are_large_enough_to_read(page, look):
    look(800)
    moments = page.get_by_role("radiogroup", name="Iteration")
    area = page.locator(".jp-OutputArea-output", has=moments)
    until(lambda: area.evaluate(HAS_WIDTH, 800), page)
    until(lambda: area.evaluate(TWO_COLUMNS), page)


def test_a_picture_that_takes_long_is_announced(page):
    area = page.locator(SNAPSHOTS)
    before = area.locator("img").first.evaluate(PIXELS)
    area.get_by_role("radio", name="Iteration 100", exact=True).check()
    expect(area.get_by_text("Drawing ...")).to_be_visible()
    until(lambda: "After iteration 100" in area.inner_text(), page)
    until(lambda: area.locator("img").first.evaluate(PIXELS) != before, page)


class Digits:
    """What can be seen and done of the digit browser."""

    def __init__(self, page):
        self.page = page
        self.kinds = page.get_by_role("radiogroup", name="Kind of difficult digit")
        self.digits = page.get_by_role("radiogroup", name="Digit", exact=True).get_by_role("radio")
        area = page.locator(".jp-OutputArea", has=self.kinds)
        self.said, self.picture = area.get_by_role("status"), area.locator("img")
        expect(self.digits).to_have_count(20)

    def expect_shown(self, k):
        """Expect that button k alone is marked, and that its digit is the one shown."""
        expect(self.digits.nth(k)).to_be_checked()
        marked = self.digits.evaluate_all("all => all.map(each => each.checked)")
        assert marked == [k == n for n in range(20)]
        name = self.digits.nth(k).get_attribute("aria-label")
        expect(self.said).to_contain_text(f"{name} with ")
        _, label, read = re.search(r"Digit (\d+) is a (\d), read as (\d)", name).groups()
        caption = self.digits.nth(k).locator("..").inner_text()
        assert caption == (read if label == read else f"{label}>{read}")

    def sure(self):
        return float(re.search(r"with ([\d.]+) %", self.said.inner_text())[1])

    def drawn_anew(self, before):
        """Wait for another picture; give its pixels."""
        until(lambda: self.picture.evaluate(PIXELS) != before, self.page)
        return self.picture.evaluate(PIXELS)


def test_the_arrow_keys_choose_a_digit_and_do_not_move_through_the_cells(page):
    digits = Digits(page)
    digits.digits.nth(0).focus()
    cell, sure, drawn = page.evaluate(ACTIVE), [digits.sure()], digits.drawn_anew("")
    for key, k in [("Right", 1), ("Down", 2), ("Right", 3), ("Left", 2), ("Up", 1)]:
        page.keyboard.press(f"Arrow{key}")
        digits.expect_shown(k)
        expect(digits.digits.nth(k)).to_be_focused()
        drawn = digits.drawn_anew(drawn)
        sure.append(digits.sure())
    assert sure[:4] == sorted(sure[:4], reverse=True) and sure[4:] == sure[2:0:-1]
    assert page.evaluate(ACTIVE) == cell


def test_the_keyboard_alone_changes_the_kind(page):
    digits = Digits(page)
    digits.digits.nth(19).check()
    digits.expect_shown(19)
    sure = digits.sure()
    digits.kinds.get_by_role("radio", name="confidently wrong").focus()
    page.keyboard.press("ArrowRight")
    expect(digits.kinds.get_by_role("radio", name="least certain")).to_be_checked()
    until(lambda: digits.sure() < sure, page)
    digits.expect_shown(0)
    page.keyboard.press("Tab")
    expect(digits.digits.nth(0)).to_be_focused()


def test_on_another_day_each_widget_shows_what_it_was_and_says_what_to_do(page, axe):
    """The last test here: it closes the notebook and opens it again, without a run."""
    page.set_viewport_size({"width": 1280, "height": 4000})  # cells far below are not drawn
    red, words = page.get_by_text("model not found"), page.get_by_text("needs a kernel")
    page.evaluate(REOPEN, True)
    until(lambda: red.count() or words.count() == len(WIDGETS), page)
    if red.count():  # seldom JupyterLab asks the kernel twice, and shows widgets too early
        page.evaluate(REOPEN, False)
    for widget in WIDGETS:
        area = page.locator(widget)
        until(lambda area=area: area.count() == 1 and "needs a kernel" in area.inner_text(), page)
        expect(area.get_by_role("alert")).to_contain_text("Run, Run All Above Selected Cell")
        assert area.locator(PARTS).evaluate_all(DEAD)
    until(lambda: page.locator(".training-panel img, .picker img").evaluate_all(DRAWN), page)
    assert red.count() == 0
    for widget in (".training-panel", ".digit-pad", ".picker"):
        assert axe(page, widget) == []
