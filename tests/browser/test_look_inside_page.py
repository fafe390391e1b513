"""The look inside as a learner meets it: everything is read off the page."""

import re

import pytest
from playwright.sync_api import expect

CELLS = [
    """\
from dlscratch import Trainer, TwoLayerNet, load_mnist
from dlscratch.widgets.digit_browser import DigitBrowser
from dlscratch.widgets.look_inside import Scrubber, train_with_snapshots

train, (x_test, t_test) = load_mnist()
net = TwoLayerNet(784, 10, 10, rng=0)
trainer = Trainer(net, train, (x_test[:500], t_test[:500]), rng=0)
snapshots = train_with_snapshots(trainer, (0, 300, 1_000))""",
    "Scrubber(trainer, snapshots)",
    "DigitBrowser(net, x_test[:500], t_test[:500])",
]
PIXELS = """image => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    canvas.getContext('2d').drawImage(image, 0, 0);
    return canvas.toDataURL();
}"""


@pytest.fixture(scope="module")
def look(notebook):
    return notebook(CELLS)


def test_the_arrow_keys_move_through_the_training(look):
    area = look.locator(".jp-OutputArea", has_text="iteration").filter(has=look.locator("img"))
    said, picture = area.get_by_text("After iteration"), area.locator("img")
    handle = area.locator(".noUi-handle")
    expect(said).to_contain_text("After iteration 0: test accuracy")
    accuracies, pictures = [], []
    handle.focus()
    for key, moment in [(None, "0"), ("Right", "300"), ("Right", "1,000"), ("Left", "300")]:
        if key:
            look.keyboard.press(f"Arrow{key}")
        expect(said).to_contain_text(f"After iteration {moment}: ")
        expect(area.locator(".widget-readout")).to_have_text(moment)
        accuracies.append(float(re.search(r"([\d.]+) %", said.inner_text())[1]))
        for _ in range(100):  # the page decodes a picture after it has shown the text
            if not pictures or picture.evaluate(PIXELS) != pictures[-1]:
                break
            look.wait_for_timeout(100)
        pictures.append(picture.evaluate(PIXELS))
    assert accuracies[0] < 25 < accuracies[1] < accuracies[2]
    assert pictures[3] == pictures[1] and len(set(pictures)) == 3


def test_buttons_pick_a_digit_by_mouse_and_by_keyboard(look):
    area = look.locator(".jp-OutputArea", has=look.get_by_role("button", name="least certain"))
    said, picture = area.locator(".widget-label").last, area.locator("img")
    digits = area.locator(".widget-toggle-buttons").nth(1).get_by_role("button")
    expect(digits).to_have_count(20)

    def shown():
        """Which digit is shown, what it is, what it is read as, and how surely."""
        text = said.inner_text()
        return re.search(r"Digit (\d+) is a (\d), read as (\d) with ([\d.]+) %", text).groups()

    def pick(n, by):
        before, drawn = said.inner_text(), picture.evaluate(PIXELS)
        by(digits.nth(n))
        expect(said).not_to_have_text(before)
        for _ in range(100):  # the page decodes a picture after it has shown the text
            if picture.evaluate(PIXELS) != drawn:
                break
            look.wait_for_timeout(100)
        k, label, read, sure = shown()
        expect(digits.nth(n)).to_have_text(read if label == read else f"{label}>{read}")
        return k, float(sure), picture.evaluate(PIXELS)

    def by_keyboard(button):
        button.focus()
        look.keyboard.press("Enter")

    surest = float(shown()[3])
    third = pick(2, lambda button: button.click())
    last = pick(19, by_keyboard)
    assert surest >= third[1] >= last[1]
    assert third[2] != last[2]

    by_keyboard(area.get_by_role("button", name="least certain"))
    expect(said).not_to_contain_text(f"Digit {last[0]} ")
    assert float(shown()[3]) < last[1]
