"""Take the pictures of the widgets that the pages to read show: `make pictures`.

The notebooks run in both languages, so the widgets hold the trainings that the notebooks print.
Then each widget is used as a learner uses it. A picture has the name of the notebook's cell that
shows the widget.
"""

import re

import pytest
from editions import ENGLISH, ROOT, edition, read
from test_digit_pad_page import ZERO
from test_lite import shows_a_widget
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
            if "TrainingPanel" in cell.source:
                set_language(language)
                compare_learning_rates(widget, page)
                set_language("en")
            elif "SnapshotBrowser" in cell.source:
                widget.get_by_role("radio", name=AFTER_500).check()
                until(lambda area=widget: "500" in area.get_by_role("status").inner_text(), page)
            elif "DigitPad" in cell.source:
                draw(widget.locator("canvas").first, page)
                until(lambda area=widget: "%" in area.inner_text(), page)
            widget.screenshot(path=PICTURES / language / f"{cell.id}.png")


def compare_learning_rates(panel, page):
    """Train for 1,000 iterations, keep the curves, and do it with a larger learning rate."""
    setting = {key: panel.get_by_label(name, exact=True) for key, (name, _) in controls().items()}
    button = {
        key: panel.get_by_role("button", name=name, exact=True)
        for key, (name, _) in buttons().items()
    }
    panel.get_by_label(say("backprop"), exact=True).check()
    while setting["iterations"].get_attribute("aria-valuetext") != "1,000":
        setting["iterations"].press("ArrowRight")
    train(button["start"], page)
    button["pin"].click()
    setting["learning_rate"].press("ArrowRight")
    train(button["start"], page)


def train(start, page):
    """Press Start and wait for the end."""
    start.click()
    until(lambda: start.get_attribute("aria-disabled") == "true", page)
    until(lambda: start.get_attribute("aria-disabled") == "false", page)


def draw(canvas, page):
    """Draw a zero with the mouse."""
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    at = ZERO + 60 + [box["x"], box["y"]]
    page.mouse.move(*at[0])
    page.mouse.down()
    for point in at:
        page.mouse.move(*point)
    page.mouse.up()
