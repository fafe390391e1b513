"""Take the pictures of the widgets that the pages to read show: `make pictures`.

The notebooks run in both languages, so the widgets hold the trainings that the notebooks print.
Then each widget is used as a learner uses it. A picture has the name of the notebook's cell that
shows the widget.
"""

import re

import pytest
from editions import ENGLISH, ROOT, edition, read
from playwright.sync_api import expect
from test_digit_pad_page import ZERO, Pad
from test_lite import shows_a_widget
from test_training_panel_page import Panel
from waiting import until

from dlscratch.language import set_language
from dlscratch.widgets.panel_words import buttons, controls
from dlscratch.words import say

PICTURES = ROOT / "lite" / "pictures"
AFTER_500 = re.compile(r"(?<![\d,])500(?!\d)")
PLAIN = "[class*=jp-OutputArea-prompt] { display: none } .jp-OutputArea-output { padding: 8px }"


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("english", ENGLISH, ids=lambda path: path.stem)
def test_pictures_are_taken(notebook, english, language):
    code = [cell for cell in read(edition(language, english)).cells if cell.cell_type == "code"]
    if not any(map(shows_a_widget, code)):
        return
    page = notebook([cell.source for cell in code])
    page.add_style_tag(content=PLAIN)
    (PICTURES / language).mkdir(parents=True, exist_ok=True)
    for k, cell in enumerate(code, 1):
        if shows_a_widget(cell):
            widget = page.locator(f".jp-CodeCell:nth-child({k}) .jp-OutputArea-output").first
            widget.scroll_into_view_if_needed()
            set_language(language)
            if "TrainingPanel" in cell.source:
                compare_learning_rates(Panel(page, state=""))
            elif "SnapshotBrowser" in cell.source:
                widget.get_by_role("radio", name=AFTER_500).check()
                until(lambda area=widget: "500" in area.get_by_role("status").inner_text(), page)
            elif "DigitPad" in cell.source:
                pad = Pad(page, clear=say("Clear"), empty=say("The pad is empty. Draw one digit."))
                pad.draw(ZERO + 60)
                until(lambda area=widget: "%" in area.inner_text(), page)
            set_language("en")
            widget.screenshot(path=PICTURES / language / f"{cell.id}.png")


def compare_learning_rates(panel):
    """Train for 1,000 iterations, keep the curves, and do it with a larger learning rate."""
    name = {key: name for key, (name, _) in [*controls().items(), *buttons().items()]}
    panel.control(say("backprop")).check()
    while panel.control(name["iterations"]).get_attribute("aria-valuetext") != "1,000":
        panel.move(name["iterations"], "ArrowRight")
    train(panel, name["start"])
    panel.press(name["pin"])
    panel.move(name["learning_rate"], "ArrowRight")
    train(panel, name["start"])


def train(panel, start):
    """Press Start and wait for the end."""
    panel.press(start)
    for now in ("true", "false"):
        expect(panel.button(start)).to_have_attribute("aria-disabled", now)
