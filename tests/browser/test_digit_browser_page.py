"""The digit browser as a learner meets it: everything is read off the page."""

import re

import pytest
from playwright.sync_api import expect
from waiting import until

CELLS = [
    """\
from dlscratch import Trainer, TwoLayerNet, load_mnist
from dlscratch.widgets import DigitBrowser

train, (x_test, t_test) = load_mnist()
net = TwoLayerNet(784, 10, 10, rng=0)
_ = Trainer(net, train, rng=0).run(1_000)
DigitBrowser(net, x_test[:500], t_test[:500])""",
]
PIXELS = """image => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    canvas.getContext('2d').drawImage(image, 0, 0);
    return canvas.toDataURL();
}"""


@pytest.fixture(scope="module")
def page(notebook):
    return notebook(CELLS)


def test_buttons_pick_a_digit_by_mouse_and_by_keyboard(page):
    area = page.locator(".jp-OutputArea", has=page.get_by_role("button", name="least certain"))
    said, picture = area.locator(".widget-label").last, area.locator("img")
    buttons = area.locator(".widget-toggle-buttons").nth(1).get_by_role("button")
    expect(buttons).to_have_count(20)

    def shown():
        """Which digit is shown, what it is, what it is read as, and how surely."""
        text = said.inner_text()
        return re.search(r"Digit (\d+) is a (\d), read as (\d) with ([\d.]+) %", text).groups()

    def pick(n, by):
        before, drawn = said.inner_text(), picture.evaluate(PIXELS)
        by(buttons.nth(n))
        expect(said).not_to_have_text(before)
        # The page decodes a picture after it has shown the text.
        until(lambda: picture.evaluate(PIXELS) != drawn, page)
        k, label, read, sure = shown()
        expect(buttons.nth(n)).to_have_text(read if label == read else f"{label}>{read}")
        return k, float(sure), picture.evaluate(PIXELS)

    def by_keyboard(button):
        button.focus()
        page.keyboard.press("Enter")

    surest = float(shown()[3])
    third = pick(2, lambda button: button.click())
    last = pick(19, by_keyboard)
    assert surest >= third[1] >= last[1]
    assert third[2] != last[2]

    by_keyboard(area.get_by_role("button", name="least certain"))
    expect(said).not_to_contain_text(f"Digit {last[0]} ")
    assert float(shown()[3]) < last[1]
