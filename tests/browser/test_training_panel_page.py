"""The training panel as a learner meets it: everything is read off the page."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from dlscratch.widgets.training_panel import CONTROLS

PANEL = """\
from dlscratch import load_mnist
from dlscratch.widgets.training_panel import TrainingPanel

data = load_mnist()
panel = TrainingPanel({})
panel"""
TEXT = re.compile(r"\w+ \w+")  # a tooltip says something
NOTEBOOKS = [
    path
    for path in sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
    if "TrainingPanel(" in path.read_text(encoding="utf-8")
]


class Panel:
    """What can be seen and pressed of the n-th panel of a page."""

    def __init__(self, page, n=0, state="Ready."):
        self.page = page
        self.area = page.locator(".jp-OutputArea:has(button)", has_text="hidden units").nth(n)
        self.says(state)

    def button(self, name):
        return self.area.locator("button", has_text=re.compile(rf"{name}$"))

    def press(self, name):
        self.button(name).click()

    def slider(self, name):
        row = self.area.locator(".widget-slider", has=self.page.get_by_text(name, exact=True))
        return row.locator(".noUi-handle")

    def pictures(self):
        """The pixels that the charts show now."""
        return self.area.locator("img").evaluate_all(
            """images => images.map(image => {
                const canvas = document.createElement('canvas');
                [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
                canvas.getContext('2d').drawImage(image, 0, 0);
                return canvas.toDataURL();
            })"""
        )

    def says(self, text, timeout=60_000):
        expect(self.area).to_contain_text(text, timeout=timeout)

    def text(self):
        return self.area.inner_text()

    def iteration(self):
        shown = re.search(r"iteration ([\d,]+) of", self.text())
        return int(shown[1].replace(",", ""))


@pytest.fixture
def run_all(open_notebook):
    def run(*cells, **size):
        page = open_notebook(cells, **size)
        page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
        return page

    return run


def answer(page, n):
    """Run the n-th cell, as Ctrl+Enter does; its printed output."""
    cell = page.locator(".jp-CodeCell").nth(n)
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    output = cell.locator(".jp-OutputArea-output")
    expect(output).to_be_visible()
    return output.inner_text().strip()


def test_controls_are_named_explained_and_move_the_estimate_by_keyboard(run_all):
    page = run_all(PANEL.format("data"))
    panel = Panel(page)
    for name in CONTROLS:
        expect(panel.area.get_by_text(name, exact=True).first).to_have_attribute("title", TEXT)
    for button in panel.area.locator("button").all():
        expect(button).to_have_attribute("title", TEXT)
    for chart in panel.area.locator("img").all():
        expect(chart).to_have_attribute("title", TEXT)
    panel.says("1,000 iterations (1.7 epochs): about")
    panel.says("with the plain loop")
    panel.slider("iterations").press("ArrowRight")
    panel.says("2,000 iterations (3.3 epochs): about")
    panel.slider("batch size").press("ArrowLeft")
    panel.says("2,000 iterations (1.7 epochs): about")


def test_curve_grows_while_another_cell_answers_and_goes_on_after_a_pause(run_all):
    page = run_all(PANEL.format("data"), "print(panel.task is None, panel.trainer.iteration)")
    panel = Panel(page)
    empty = panel.pictures()
    panel.slider("iterations").press("End")  # 10,000
    panel.press("Start")
    panel.says("iterations a second")
    first = panel.pictures()
    finished, iteration = answer(page, 1).split()
    assert finished == "False"
    panel.press("Pause")
    panel.says("Paused at iteration")
    second = panel.pictures()
    assert len({empty[0], first[0], second[0]}) == 3
    assert panel.iteration() >= int(iteration)
    stopped = panel.iteration()
    finished, iteration = answer(page, 1).split()
    assert (finished, int(iteration)) == ("True", stopped)
    panel.press("Continue")
    panel.says("Finished after 10,000 iterations", timeout=120_000)
    training, test = re.search(r"accuracy ([\d.]+) % training, ([\d.]+) %", panel.text()).groups()
    assert float(training) > 94 and float(test) > 94  # the book's run ends at 94.65


def test_pinned_runs_stay_under_the_next_until_reset_twice(run_all):
    panel = Panel(run_all(PANEL.format("data, iterations=20")))
    untrained = panel.pictures()
    for _ in range(2):
        panel.press("Start")
        panel.says("Finished after 20 iterations")
        panel.press("Pin")
        panel.says("Pinned.")
        panel.slider("learning rate").press("ArrowRight")
    pinned = panel.pictures()
    panel.says("Start begins anew and discards 20 iterations")
    panel.press("Reset")
    panel.says("Discarded: 20 iterations with batch size 100, learning rate 0.2")
    assert panel.iteration() == 0
    only_pinned = panel.pictures()
    panel.press("Reset")
    expect(panel.button("Reset")).to_be_disabled()
    assert panel.pictures() == untrained
    assert len({untrained[0], pinned[0], only_pinned[0]}) == 3


def test_two_panels_run_beside_one_another_and_end_when_they_leave_the_page(run_all):
    page = run_all(
        PANEL.format("data, gradient='plain loop'"),
        PANEL.format("data, iterations=100").replace("panel", "other"),
        "print(panel.task is None, other.trainer.iteration)",
    )
    slow, fast = Panel(page, 0), Panel(page, 1)
    slow.press("Start")
    slow.says("of the next")
    fast.press("Start")
    fast.says("Finished after 100 iterations")
    assert answer(page, 2) == "False 100"
    slow.press("Pause")
    slow.says("Paused at iteration 0 of 1,000")
    slow.press("Copy as code")
    expect(slow.area.locator("pre")).to_contain_text("net = PlainLoopNet(784, 50, 10, rng=rng)")
    slow.press("Continue")
    slow.says("Training with")
    page.evaluate("window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    page.wait_for_timeout(6000)  # the panel waits 5 s for another view of it to speak
    assert answer(page, 2) == "True 100"


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_panel_in_the_course_trains(open_notebook, notebook):
    page = open_notebook(notebook)
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    panel = Panel(page, state="Finished")  # the cell after it draws its curves
    before = panel.pictures()
    panel.press("Start")
    panel.says("Finished")
    assert panel.pictures() == before  # the same seed, the same run
    panel.press("Continue")
    panel.says("more")
    panel.press("Reset")
    panel.says("Discarded")
