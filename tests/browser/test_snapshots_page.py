"""The snapshots as a learner meets it: everything is read off the page."""

import re

import pytest
from playwright.sync_api import expect
from seen import ACTIVE, HAS_WIDTH, PIXELS
from waiting import until

CELLS = [
    """\
import time
from dlscratch import Trainer, TwoLayerNet, load_mnist
from dlscratch.widgets import SnapshotBrowser, train_with_snapshots

train, (x_test, t_test) = load_mnist()
net = TwoLayerNet(784, 10, 10, rng=0)
trainer = Trainer(net, train, (x_test[:500], t_test[:500]), rng=0)
snapshots = train_with_snapshots(trainer, (0, 300, 1_000, 1_001))
predict = snapshots[1_001].predict
snapshots[1_001].predict = lambda x: (time.sleep(2), predict(x))[1]""",
    "SnapshotBrowser(trainer, snapshots)",
    "1 + 1",
]


@pytest.fixture(scope="module")
def page(notebook):
    return notebook(CELLS)


def test_the_arrow_keys_move_through_the_training_and_not_through_the_cells(page):
    area = page.locator(".jp-OutputArea", has=page.get_by_role("radiogroup", name="Iteration"))
    moments = area.get_by_role("radio")
    expect(moments).to_have_count(4)
    expect(moments.nth(0)).to_be_checked()
    said, picture = area.get_by_role("status"), area.locator("img").first
    expect(said).to_contain_text("After iteration 0: test accuracy")
    moments.nth(0).focus()
    cell = page.evaluate(ACTIVE)
    accuracies, pictures = [], []
    for key, k, moment in [(None, 0, "0"), ("Right", 1, "300"), ("Down", 2, "1,000")] + [
        ("Left", 1, "300"), ("Up", 0, "0"),
    ]:  # fmt: skip
        if key:
            page.keyboard.press(f"Arrow{key}")
        expect(area.get_by_role("radio", name=f"Iteration {moment}", exact=True)).to_be_checked()
        expect(moments.nth(k)).to_be_focused()
        until(lambda m=moment: f"After iteration {m}: " in said.inner_text(), page)
        accuracies.append(float(re.search(r"([\d.]+) %", said.inner_text())[1]))
        # The page decodes a picture after it has shown the text.
        until(lambda: not pictures or picture.evaluate(PIXELS) != pictures[-1], page)
        pictures.append(picture.evaluate(PIXELS))
    assert accuracies[0] < 25 < accuracies[1] < accuracies[2]
    assert pictures[3] == pictures[1] and pictures[4] == pictures[0] and len(set(pictures)) == 3
    assert page.evaluate(ACTIVE) == cell


TWO_COLUMNS = """area => {
    const { right } = area.getBoundingClientRect();
    const pictures = [...area.querySelectorAll('img')].map(img => img.getBoundingClientRect());
    const lefts = new Set(pictures.map(picture => picture.left));
    return pictures.length === 4 && lefts.size === 2
        && pictures.every(picture => picture.right <= right && picture.width >= 280);
}"""


def test_pictures_stand_in_two_columns_and_are_large_enough_to_read(page):
    size = page.viewport_size
    page.set_viewport_size({"width": 1000, "height": 1000})
    area = page.locator(".jp-OutputArea-output", has=page.locator(".picker"))
    until(lambda: area.evaluate(HAS_WIDTH, 1000), page)
    until(lambda: area.evaluate(TWO_COLUMNS), page)
    page.set_viewport_size(size)


def test_a_picture_that_takes_long_is_announced(page):
    area = page.locator(".picker")
    area.get_by_role("radio", name="Iteration 1,001", exact=True).check()
    expect(area.get_by_text("Drawing ...")).to_be_visible()
    until(lambda: "After iteration 1,001" in area.inner_text(), page)
