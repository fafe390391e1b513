"""The training panel as a learner meets it: everything is read off the page."""

import re

import nbformat
import pytest
from editions import ENGLISH
from playwright.sync_api import expect
from seen import HAS_WIDTH
from waiting import until

from dlscratch.widgets.panel_words import controls

PANEL = """\
from dlscratch import load_mnist
from dlscratch.widgets import TrainingPanel

(x, t), (x_test, t_test) = load_mnist()
data = (x[:6000], t[:6000]), (x_test[:2000], t_test[:2000])
{0} = TrainingPanel(data, {1})
{0}"""
SAYS_SOMETHING = re.compile(r"\w+ \w+")
SHOWN = """async images => {
    await Promise.all(images.map(image => image.decode().catch(() => {})));
    return images.map(image => {
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
        canvas.getContext('2d').drawImage(image, 0, 0);
        return canvas.toDataURL();
    });
}"""
BOXES = """parts => parts.map(part => part.getBoundingClientRect()).map(b => [b.left, b.right])"""
IN_INERT = "parts => parts.every(part => part.closest('[inert]'))"
# In one go: the page may write its table anew between two questions.
ROWS = """table => [...table.rows].slice(1).map(row =>
    [...row.querySelectorAll('td')].map(cell => cell.textContent))"""
SET_SOURCE = """source => window.jupyterapp.shell.currentWidget.content.activeCell.model
    .sharedModel.setSource(source)"""
ARE_SHARP = """images => devicePixelRatio > 0 && images.every(image =>
    image.complete && image.naturalWidth === image.clientWidth * devicePixelRatio)"""


@pytest.fixture
def display(lab_page):
    """Give the page another width and resolution; those before come back."""
    session = lab_page.context.new_cdp_session(lab_page)

    def become(width, ratio):
        lab_page.evaluate("window.jupyterapp.shell.collapseLeft()")
        size = {"width": width, "height": 1000, "deviceScaleFactor": ratio, "mobile": False}
        session.send("Emulation.setDeviceMetricsOverride", size)

    yield become
    session.send("Emulation.clearDeviceMetricsOverride")
    lab_page.evaluate("window.jupyterapp.shell.expandLeft()")


class Panel:
    """What can be seen and pressed of the n-th panel of a page."""

    def __init__(self, page, n=0, state="Ready."):
        self.page = page
        self.area = page.locator(".training-panel").nth(n)
        self.state = self.area.get_by_role("status")
        self.says(state)
        until(lambda: self.area.locator("img").evaluate_all(ARE_SHARP), page)

    def says(self, text):
        """Wait until the panel shows this text; it is given the time while anything moves."""
        until(lambda: self.area.count() and text in self.area.text_content(), self.page)

    def button(self, name):
        return self.area.get_by_role("button", name=name, exact=True)

    def press(self, name):
        self.button(name).click()

    def control(self, name):
        """Give a setting's slider, or its group of buttons."""
        return self.area.get_by_label(name, exact=True)

    def move(self, name, key):
        self.control(name).press(key)

    def pictures(self):
        """Give the pixels that the charts show now."""
        return self.area.locator("img").evaluate_all(SHOWN)

    def changed(self, pictures):
        """Wait until the charts differ from these pictures; give what they show then."""
        until(lambda: self.pictures() != pictures, self.page)
        return self.pictures()

    def become(self, pictures):
        """Wait until the charts show these pictures."""
        until(lambda: self.pictures() == pictures, self.page)

    def iteration(self):
        """How many iterations the present run has done, as the table says."""
        return int(self.runs()[0][0].replace(",", ""))

    def runs(self):
        """Give the words of the table, run by run; the first is the present run."""
        return list(zip(*self.area.locator("table").evaluate(ROWS), strict=True))


def test_controls_are_named_explained_and_move_the_estimate_by_keyboard(notebook):
    page = notebook([PANEL.format("panel", "")])
    panel = Panel(page)
    for name, tooltip in controls().values():
        expect(panel.area.get_by_title(tooltip)).to_contain_text(name)
    for part in panel.area.locator("button, img").all():
        expect(part).to_have_attribute("title", SAYS_SOMETHING)
    for image in panel.area.locator("img").all():
        expect(image).to_have_attribute("alt", SAYS_SOMETHING)
    panel.says("1,000 iterations (17 epochs): about")
    panel.says("with the plain loop")
    panel.move("iterations", "ArrowRight")
    panel.says("2,000 iterations (33 epochs): about")
    panel.move("batch size", "ArrowLeft")
    panel.says("2,000 iterations (17 epochs): about")
    panel.move("training digits", "Home")
    panel.says("2,000 iterations (1,000 epochs): about")
    slider = panel.control("batch size")
    slider.press("End")
    expect(slider).to_have_attribute("aria-valuetext", "100")  # no more than there are digits


def test_enter_on_a_button_keeps_the_focus_and_reaches_no_shortcut_of_the_notebook(notebook):
    page = notebook([PANEL.format("panel", "iterations=10_000")])
    panel = Panel(page)
    panel.button("Start").focus()
    page.keyboard.press("Enter")
    panel.says("Training.")
    expect(panel.button("Start")).to_be_focused()
    expect(panel.button("Start")).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Enter")  # it can not be pressed now
    page.keyboard.press("Tab")
    expect(panel.button("Pause")).to_be_focused()
    page.keyboard.press("Enter")
    panel.says("Paused at iteration")
    expect(panel.button("Continue")).to_be_focused()
    assert panel.iteration() < 10_000


def test_curve_grows_while_another_cell_answers_and_goes_on_after_a_pause(notebook, run_cell):
    cells = [
        PANEL.format("panel", "iterations=10_000"),
        "print(panel.task is None, panel.trainer.iteration)",
    ]
    page = notebook(cells)
    panel = Panel(page)
    empty = panel.pictures()
    panel.press("Start")
    panel.says("iterations a second")
    early = panel.changed(empty)
    finished, iteration = run_cell(1).split()
    assert finished == "False"
    later = panel.changed(early)
    assert later[0] not in (empty[0], early[0])
    panel.press("Pause")
    panel.says("Paused at iteration")
    stopped = panel.iteration()
    assert int(iteration) <= stopped < 10_000
    assert run_cell(1) == f"True {stopped}"
    panel.press("Continue")
    until(lambda: panel.iteration() > stopped, page)
    panel.press("Reset")
    panel.says("Ready.")


def test_pinned_runs_stay_until_they_are_taken_away(notebook):
    page = notebook([PANEL.format("panel", "iterations=20")])
    panel = Panel(page)
    untrained = panel.pictures()
    panel.press("Start")
    panel.says("Finished at iteration 20.")
    first = panel.changed(untrained)
    panel.press("Pin")
    panel.says("Pinned.")
    panel.move("iterations", "ArrowRight")
    panel.move("learning rate", "ArrowRight")
    panel.says("This run has: learning rate 0.1.")
    assert panel.runs()[0] == panel.runs()[1]
    panel.press("Start")
    panel.says("Finished at iteration 50.")
    second = panel.changed(first)
    present, pinned = panel.runs()
    assert [present[0], present[3]] == ["50", "0.2"] and [pinned[0], pinned[3]] == ["20", "0.1"]
    panel.press("Reset")
    panel.says("The run before is discarded.")
    only_pinned = panel.changed(second)
    panel.press("Remove this run")
    until(lambda: len(panel.runs()) == 1, page)
    assert panel.changed(only_pinned)[0] not in (first[0], second[0])


def test_two_panels_run_beside_one_another_and_give_their_code(notebook, run_cell):
    cells = [
        PANEL.format("slow", "gradient='numerical', iterations=10_000"),
        PANEL.format("fast", "iterations=100, digits=300"),
        "print(slow.task is None, fast.trainer.iteration)",
    ]
    page = notebook(cells)
    slow, fast = Panel(page, 0), Panel(page, 1)
    slow.press("Start")
    slow.says("left")
    fast.press("Start")
    fast.says("Finished at iteration 100.")
    assert run_cell(2) == "False 100"
    expect(slow.area.get_by_label("numerical", exact=True)).to_be_checked()
    expect(fast.area.get_by_label("backprop", exact=True)).to_be_checked()
    slow.press("Pause")
    slow.says("Paused at iteration")
    fast.press("Copy as code")
    lines = fast.area.locator("pre")
    expect(lines).to_contain_text("train = x[:300], t[:300]")
    fast.press("Step")
    fast.says("iteration 101 of 101")
    expect(lines).to_be_hidden()  # they were those of the run until then


def test_a_panel_whose_kernel_was_restarted_says_what_to_do(notebook):
    page = notebook([PANEL.format("panel", "iterations=10_000, gradient='numerical'")])
    panel = Panel(page)
    panel.press("Start")
    panel.says("left")
    page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    panel.says("needs a kernel, and none answers.")
    expect(panel.area.get_by_role("alert")).to_contain_text("Run, Run All Above Selected Cell")
    assert "left" not in panel.area.text_content()
    assert panel.area.locator("button, input").evaluate_all(IN_INERT)


# A second of the page's patience takes a tenth of one, until AGAIN
SOON = """() => {
    const later = (window.later = window.setTimeout);
    window.setTimeout = (act, time, ...more) => later(act, time / 10, ...more);
}"""
AGAIN = "() => void (window.setTimeout = window.later)"
BUSY = """\
import time
from pathlib import Path

while {0} and not Path("go").exists():
    time.sleep(0.01)"""


def test_a_kernel_that_does_not_answer_is_missed_until_it_does(notebook, lab):
    """As one that is busy, or one that was restarted and no word of it reached the page."""
    page = notebook([PANEL.format("panel", "iterations=1"), BUSY.format("'panel' not in vars()")])
    panel = Panel(page)
    page.evaluate(SOON)
    page.evaluate("window.jupyterapp.shell.currentWidget.content.activeCellIndex = 1")
    page.evaluate(SET_SOURCE, BUSY.format(True))
    page.evaluate("() => void window.jupyterapp.commands.execute('notebook:run-cell')")
    panel.press("Start")
    panel.says("needs a kernel, and none answers.")
    page.evaluate(AGAIN)
    assert panel.area.locator("button, input").evaluate_all(IN_INERT)
    (lab[1] / "go").touch()
    panel.says("Finished at iteration 1.")
    expect(panel.button("Start")).to_have_attribute("aria-disabled", "false")
    panel.move("seed", "ArrowRight")
    panel.says("This run has: seed 0.")


@pytest.fixture(scope="module")
def trained(notebook):
    """Show a panel with a run of one iteration, which is pinned too."""
    page = notebook([PANEL.format("panel", "iterations=1"), "panel.ensure_trained();"])
    panel = Panel(page, state="Finished")
    panel.press("Pin")
    panel.says("Pinned.")
    return panel


@pytest.mark.parametrize("width, ratio", [(1280, 1), (800, 2), (340, 3)])
def test_nothing_is_cut_off_and_pictures_are_sharp(trained, display, width, ratio):
    panel, page = trained, trained.page
    display(width, ratio)
    until(lambda: panel.area.evaluate(HAS_WIDTH, width), page)
    until(lambda: panel.area.locator("img").evaluate_all(ARE_SHARP), page)
    [(start, end)] = panel.area.evaluate_all(BOXES)
    parts = panel.area.locator("label, span, input, button, p, img, progress, tr, td, th")
    for left, right in parts.evaluate_all(BOXES):
        assert start - 1 <= left and right <= end + 1
    sliders = panel.area.locator("input[type=range]").evaluate_all(BOXES)
    assert len({round(right - left) for left, right in sliders}) == 1
    assert sliders[0][1] - sliders[0][0] >= 180
    if width >= 800:  # a control and the charts are seen together
        charts = panel.area.locator("img").evaluate_all(BOXES)
        assert min(left for left, _ in charts) > max(right for _, right in sliders)


THEME = "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })"
DARK_ON_LIGHT = """image => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const words = { dark: 0, light: 0 };
    for (let k = 0; k < data.length; k += 4) {
        if (data[k + 3] < 200) continue;
        const channels = [data[k], data[k + 1], data[k + 2]];
        if (Math.max(...channels) < 80) words.dark += 1;
        if (Math.min(...channels) > 175) words.light += 1;
    }
    return words.dark > words.light;
}"""


@pytest.mark.parametrize("how", ["theme", "forced colors"])
def test_words_of_a_chart_are_seen_on_a_dark_page_too(trained, how):
    page, chart = trained.page, trained.area.locator("img").first
    until(lambda: chart.evaluate(DARK_ON_LIGHT), page)
    try:
        if how == "theme":
            page.evaluate(THEME, "JupyterLab Dark")
        else:
            page.emulate_media(forced_colors="active", color_scheme="dark")
        until(lambda: not chart.evaluate(DARK_ON_LIGHT), page)
    finally:
        page.emulate_media(forced_colors="none", color_scheme="light")
        page.evaluate(THEME, "JupyterLab Light")


NEEDED = re.compile(r"^(import|from) |load_mnist\(|TrainingPanel\(|ensure_trained", re.MULTILINE)
NOTEBOOKS = [path for path in ENGLISH if "ensure_trained" in path.read_text("utf-8")]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_panel_in_the_course_is_trained_by_the_next_cell_or_by_hand(notebook, path):
    cells = [cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    page = notebook([source for source in cells if NEEDED.search(source)])
    panel = Panel(page, state="Finished")
    trained = panel.pictures()
    panel.press("Reset")
    panel.says("Ready.")
    panel.changed(trained)
    panel.press("Start")
    panel.says("Finished")
    panel.become(trained)  # the same seed, the same run
