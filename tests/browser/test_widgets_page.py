"""What all widgets promise: names, contrast, large targets, and words where Python is not running.

JupyterLab has the settings that `make lab` gives it.
"""

import io

import pytest
from PIL import Image
from playwright.sync_api import expect
from seen import HAS_WIDTH, PIXELS
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
data = (x[:6000], t[:6000]), (x_test[:200], t_test[:200])
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


def contrast(part):
    """How far the lightest and the darkest grey of a part are from each other, 0 to 255."""
    dark, light = Image.open(io.BytesIO(part.screenshot())).convert("L").getextrema()
    return light - dark


def test_nothing_is_lost_in_forced_colours(page, look):
    look(800, forced="active")
    ink = page.locator(".digit-pad canvas, .picker canvas").all()
    assert len(ink) > 20
    for part in [*ink[:5], page.locator(".training-panel progress")]:
        assert contrast(part) > 100
    behind = page.evaluate("getComputedStyle(document.body).backgroundColor")
    for bars in (".digit-pad .most .bar", ".picker label:has(:checked)"):
        assert page.locator(bars).first.evaluate(BACKGROUND) != behind
    charts = page.locator(".training-panel img").first
    until(lambda: contrast(charts) > 100, page)


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
        until(lambda forms=forms: len({box(form)["y"] for form in forms.all()}) == 1, page)


def box(part):
    return part.bounding_box()


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
