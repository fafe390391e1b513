"""The training panel as a learner meets it: everything is read off the page."""

import re
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect
from waiting import until

from dlscratch.widgets.training_panel import CONTROLS

PANEL = """\
from dlscratch import load_mnist
from dlscratch.widgets import TrainingPanel

(x, t), (x_test, t_test) = load_mnist()
data = (x[:6000], t[:6000]), (x_test[:2000], t_test[:2000])
{0} = TrainingPanel(data, {1})
{0}"""
SAYS_SOMETHING = re.compile(r"\w+ \w+")
SHOWN = """async images => {
    await Promise.all(images.map(image => image.decode()));
    return images.map(image => {
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
        canvas.getContext('2d').drawImage(image, 0, 0);
        return canvas.toDataURL();
    });
}"""


class Panel:
    """What can be seen and pressed of the n-th panel of a page."""

    def __init__(self, page, n=0, state="Ready."):
        self.page = page
        self.area = page.locator(".jp-OutputArea:has(button)", has_text="hidden units").nth(n)
        self.says(state)

    def says(self, text):
        """Wait until the panel shows this text; it is given the time while anything moves."""
        until(lambda: self.area.count() and text in self.area.text_content(), self.page)

    def button(self, name):
        return self.area.locator("button", has_text=re.compile(rf"{name}$"))

    def press(self, name):
        self.button(name).click()

    def control(self, name):
        """Give the row with a control's name, handle and value."""
        has_name = self.page.get_by_text(name, exact=True)
        return self.area.locator(".widget-inline-hbox, .widget-toggle-buttons", has=has_name)

    def move(self, name, key):
        """Move a slider by a key, and wait until it shows another value."""
        value = self.control(name).locator(".widget-readout")
        before = value.inner_text()
        self.control(name).locator(".noUi-handle").press(key)
        expect(value).not_to_have_text(before)

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
        shown = re.search(r"iteration ([\d,]+) of", self.area.inner_text())
        return int(shown[1].replace(",", ""))


def test_controls_are_named_explained_and_move_the_estimate_by_keyboard(notebook):
    page = notebook([PANEL.format("panel", "")])
    panel = Panel(page)
    for name in CONTROLS:
        explained = panel.control(name).locator("[title]").first
        expect(explained).to_have_attribute("title", SAYS_SOMETHING)
    for part in panel.area.locator("button, img").all():
        expect(part).to_have_attribute("title", SAYS_SOMETHING)
    panel.says("1,000 iterations (17 epochs): about")
    panel.says("with the plain loop")
    panel.move("iterations", "ArrowRight")
    panel.says("2,000 iterations (33 epochs): about")
    panel.move("batch size", "ArrowLeft")
    panel.says("2,000 iterations (17 epochs): about")


def test_curve_grows_while_another_cell_answers_and_goes_on_after_a_pause(notebook, run_cell):
    cells = [PANEL.format("panel", ""), "print(panel.task is None, panel.trainer.iteration)"]
    page = notebook(cells)
    panel = Panel(page)
    empty = panel.pictures()
    panel.move("iterations", "End")  # 10,000
    panel.press("Start")
    panel.says("iterations a second")
    early = panel.changed(empty)
    finished, iteration = run_cell(1).split()
    assert finished == "False"
    later = panel.changed(early)
    panel.press("Pause")
    panel.says("Paused at iteration")
    assert later[0] not in (empty[0], early[0])
    stopped = panel.iteration()
    assert int(iteration) <= stopped < 10_000
    assert run_cell(1) == f"True {stopped}"
    panel.press("Continue")
    until(lambda: panel.iteration() > stopped, page)
    panel.press("Reset")
    panel.says("Ready.")


def test_pinned_runs_stay_under_the_next_until_reset_twice(notebook):
    page = notebook([PANEL.format("panel", "iterations=20")])
    panel = Panel(page)
    untrained = panel.pictures()
    panel.press("Start")
    panel.says("Finished after 20 iterations")
    first = panel.changed(untrained)
    panel.press("Pin")
    panel.says("Pinned.")
    panel.move("iterations", "ArrowRight")
    panel.move("learning rate", "ArrowRight")
    panel.says("Continue does 50 more with batch 100, rate 0.1")  # the kernel heard of both
    panel.press("Start")
    panel.says("Finished after 50 iterations")
    second = panel.changed(first)
    panel.press("Pin")
    panel.says("Pinned.")
    pinned = panel.changed(second)
    panel.says("Start begins anew and discards 50 iterations")
    panel.press("Reset")
    panel.says("Discarded: 50 iterations with batch 100, rate 0.2")
    until(lambda: panel.iteration() == 0, page)
    only_pinned = panel.changed(pinned)
    panel.press("Reset")
    expect(panel.button("Reset")).to_be_disabled()
    assert panel.changed(only_pinned)[0] not in (first[0], second[0], pinned[0])


def test_two_panels_run_beside_one_another_and_end_when_they_leave_the_page(notebook, run_cell):
    cells = [
        PANEL.format("slow", "gradient='plain loop'"),
        PANEL.format("fast", "iterations=100"),
        "print(slow.task is None, fast.trainer.iteration)",
        "import asyncio\nwhile slow.task:\n    await asyncio.sleep(0.1)\nprint(slow.task is None)",
    ]
    page = notebook(cells)
    slow, fast = Panel(page, 0), Panel(page, 1)
    slow.press("Start")
    slow.says("of the next")
    fast.press("Start")
    fast.says("Finished after 100 iterations")
    assert run_cell(2) == "False 100"
    slow.press("Pause")
    slow.says("Paused at iteration 0 of 1,000")
    slow.press("Copy as code")
    expect(slow.area.locator("pre")).to_contain_text("net = PlainLoopNet(784, 50, 10, rng=rng)")
    slow.press("Continue")
    slow.says("Training with")
    page.evaluate("window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    assert run_cell(3) == "True"  # the panel waits 5 s for another view of it to speak


NOTEBOOKS = [
    path
    for path in sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
    if "TrainingPanel(" in path.read_text(encoding="utf-8")
]
NEEDED = re.compile(r"^(import|from) |load_mnist\(|TrainingPanel\(|ensure_trained", re.MULTILINE)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_panel_in_the_course_is_trained_by_the_next_cell_or_by_hand(notebook, path):
    cells = [cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    page = notebook([source for source in cells if NEEDED.search(source)])
    panel = Panel(page, state="Finished")
    trained = panel.pictures()
    panel.press("Reset")
    panel.says("Discarded")
    panel.changed(trained)
    panel.press("Start")
    panel.says("Finished")
    panel.become(trained)  # the same seed, the same run
