"""The training panel as a learner meets it: everything is read off the page."""

import re

from lessons import NEW_CELL, run_new_cell
from playwright.sync_api import expect
from seen import ARE_SHARP, PIXELS
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
IN_INERT = "parts => parts.every(part => part.closest('[inert]'))"
# In one go: the page may write its table anew between two questions.
ROWS = """table => [...table.rows].slice(1).map(row =>
    [...row.querySelectorAll('td')].map(cell => cell.textContent))"""


class Panel:
    """What can be seen and pressed of the n-th panel of a page."""

    def __init__(self, page, n=0, state="Ready."):
        self.page = page
        self.area = page.locator(".training-panel").nth(n)
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
        return [image.evaluate(PIXELS) for image in self.area.locator("img").all()]

    def changed(self, pictures):
        """Wait until the charts differ from these pictures; give what they show then."""
        until(lambda: self.pictures() != pictures, self.page)
        return self.pictures()

    def runs(self):
        """Give the words of the table, run by run; the first is the present run."""
        return list(zip(*self.area.locator("table").evaluate(ROWS), strict=True))

    def iteration(self):
        """How many iterations the present run has done, as the table says."""
        return int(self.runs()[0][0].replace(",", ""))


def test_controls_are_named_explained_and_move_the_estimate_by_keyboard(notebook):
    panel = Panel(notebook([PANEL.format("panel", "")]))
    for name, tooltip in controls().values():
        expect(panel.area.get_by_title(tooltip)).to_contain_text(name)
    for part in panel.area.locator("button, img").all():
        expect(part).to_have_attribute("title", SAYS_SOMETHING)
    for image in panel.area.locator("img").all():
        expect(image).to_have_attribute("alt", SAYS_SOMETHING)
    panel.says("with the plain loop")
    for name, key, said in [
        ("iterations", "ArrowRight", "2,000 iterations (33 epochs): about"),
        ("batch size", "ArrowLeft", "2,000 iterations (17 epochs): about"),
        ("training digits", "Home", "2,000 iterations (1,000 epochs): about"),
    ]:
        panel.move(name, key)
        panel.says(said)
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


def test_curves_grow_while_another_panel_and_a_cell_answer_and_go_on_after_a_pause(notebook):
    cells = [
        PANEL.format("slow", "gradient='numerical', iterations=10_000"),
        PANEL.format("fast", "iterations=100, digits=300"),
    ]
    page = notebook(cells)
    slow, fast = Panel(page, 0), Panel(page, 1)
    empty = slow.pictures()
    slow.press("Start")
    slow.says("left")
    early = slow.changed(empty)
    fast.press("Start")
    fast.says("Finished at iteration 100.")
    state = "print(slow.task is None, slow.trainer.iteration, fast.trainer.iteration)"
    finished, iteration, end = run_new_cell(page, state).split()
    assert (finished, end) == ("False", "100")
    assert slow.changed(early)[0] not in (empty[0], early[0])
    expect(slow.control("numerical")).to_be_checked()
    expect(fast.control("backprop")).to_be_checked()
    slow.press("Pause")
    slow.says("Paused at iteration")
    stopped = slow.iteration()
    assert int(iteration) <= stopped < 10_000
    assert run_new_cell(page, state) == f"True {stopped} 100\n"
    slow.press("Continue")
    until(lambda: slow.iteration() > stopped, page)
    slow.press("Reset")
    slow.says("Ready.")


def test_pinned_runs_stay_until_they_are_taken_away_and_a_run_gives_its_code(notebook):
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
    panel.press("Copy as code")
    lines = panel.area.locator("pre")
    expect(lines).to_contain_text("learning_rate=0.2")
    panel.press("Reset")
    panel.says("The run before is discarded.")
    expect(lines).to_be_hidden()  # they were those of the run until then
    only_pinned = panel.changed(second)
    panel.press("Remove this run")
    until(lambda: len(panel.runs()) == 1, page)
    assert panel.changed(only_pinned)[0] not in (first[0], second[0])


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

while not Path("go").exists():
    time.sleep(0.01)"""


def test_a_kernel_that_does_not_answer_is_missed_until_it_does(notebook, lab):
    """As one that is busy, or one that was restarted and no word of it reached the page."""
    page = notebook([PANEL.format("panel", "iterations=1")])
    panel = Panel(page)
    page.evaluate(SOON)
    page.evaluate(NEW_CELL, BUSY)
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
