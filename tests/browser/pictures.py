"""Take the pictures of the widgets that the pages to read show: `make pictures`.

Each widget is used as a learner uses it, in both languages. A picture has the name of the
notebook's cell that shows the widget.
"""

from pathlib import Path

import pytest
from test_digit_pad_page import ZERO
from waiting import until

PICTURES = Path(__file__).parents[2] / "lite" / "pictures"
WORDS = {  # what is pressed, and what the panel says at the end
    "en": ("Start", "Finished", "Pin", "learning rate"),
    "ja": ("開始", "回目で終わりました", "残す", "学習率"),
}
BEFORE = """\
from dlscratch import Trainer, TwoLayerNet, load_mnist
from dlscratch.language import set_language
from dlscratch.widgets import (
    DigitBrowser, DigitPad, SnapshotBrowser, TrainingPanel, train_with_snapshots
)

set_language({!r})
train, test = load_mnist()
trainer = Trainer(TwoLayerNet(784, 50, 10, rng=0), train, test, rng=0)
snapshots = train_with_snapshots(trainer)"""
CELLS = {
    "2841bae3": "TrainingPanel((train, None), iterations=1000)",
    "433b2d66": "TrainingPanel((train, test), iterations=1000)",
    "5be30bac": "SnapshotBrowser(trainer, snapshots)",
    "53b60be4": "DigitBrowser(trainer.net, *test)",
    "a988b709": "DigitPad(trainer.net)",
}


@pytest.mark.parametrize("language", WORDS)
def test_pictures_are_taken(notebook, language):
    start, finished, pin, learning_rate = WORDS[language]
    page = notebook([BEFORE.format(language), *CELLS.values()])
    page.add_style_tag(content="[class*=jp-OutputArea-prompt] { display: none }")
    areas = [
        page.locator(f".jp-CodeCell:nth-child({k}) .jp-OutputArea-output") for k in range(2, 7)
    ]
    *panels, snapshots, digits, pad = areas
    for panel in panels:
        train(panel, start, finished, page)
        panel.get_by_role("button", name=pin, exact=True).click()
        panel.get_by_label(learning_rate, exact=True).press("ArrowRight")
        train(panel, start, finished, page)
    snapshots.get_by_role("radio").nth(7).check()
    until(lambda: "500" in snapshots.locator(".widget-label").inner_text(), page)
    draw(pad.locator("canvas").first, page)
    until(lambda: "%" in pad.inner_text(), page)
    (PICTURES / language).mkdir(parents=True, exist_ok=True)
    for cell, area in zip(CELLS, areas, strict=True):
        area.screenshot(path=PICTURES / language / f"{cell}.png")


def train(panel, start, finished, page):
    """Press Start and wait for the end."""
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
