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

PICTURES = ROOT / "lite" / "pictures"
WORDS = {  # what is pressed or chosen, and what the panel says at the end
    "en": ("Start", "Finished", "Pin", "learning rate", "iterations", "backprop"),
    "ja": ("開始", "回目で終わりました", "残す", "学習率", "繰り返し回数", "逆伝播"),
}
AFTER_500 = re.compile(r"(?<![\d,])500(?!\d)")
PLAIN = "[class*=jp-OutputArea-prompt] { display: none } .jp-OutputArea-output { padding: 8px }"


@pytest.mark.parametrize("language", WORDS)
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
                compare_learning_rates(widget, WORDS[language], page)
            elif "SnapshotBrowser" in cell.source:
                widget.get_by_role("radio", name=AFTER_500).check()
                until(lambda area=widget: drawn(area.locator(".widget-label").inner_text()), page)
            elif "DigitPad" in cell.source:
                draw(widget.locator("canvas").first, page)
                until(lambda area=widget: "%" in area.inner_text(), page)
            widget.screenshot(path=PICTURES / language / f"{cell.id}.png")


def drawn(said):
    """Whether a snapshot is drawn: until then, the words about it have no accuracy."""
    return "500" in said and "%" in said


def compare_learning_rates(panel, words, page):
    """Train for 1,000 iterations, keep the curves, and do it with a larger learning rate."""
    start, finished, pin, learning_rate, iterations, backprop = words
    panel.get_by_label(backprop, exact=True).check()
    slider = panel.get_by_label(iterations, exact=True)
    while "1,000" not in slider.get_attribute("aria-valuetext"):
        slider.press("ArrowRight")
    for larger in (False, True):
        if larger:
            panel.get_by_role("button", name=pin, exact=True).click()
            panel.get_by_label(learning_rate, exact=True).press("ArrowRight")
        panel.get_by_role("button", name=start, exact=True).click()
        until(lambda: finished not in panel.inner_text(), page)  # of the run before
        until(lambda: finished in panel.inner_text(), page)


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
