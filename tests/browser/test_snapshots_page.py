"""The snapshots as a learner meets it: everything is read off the page."""

import re

import pytest
from playwright.sync_api import expect
from seen import ACTIVE, HAS_WIDTH, PIXELS
from waiting import until

CELLS = [
    """\
from dlscratch import Trainer, TwoLayerNet, load_mnist
from dlscratch.widgets import SnapshotBrowser, train_with_snapshots

train, (x_test, t_test) = load_mnist()
net = TwoLayerNet(784, 10, 10, rng=0)
trainer = Trainer(net, train, (x_test[:500], t_test[:500]), rng=0)
snapshots = train_with_snapshots(trainer, (0, 300, 1_000))""",
    "SnapshotBrowser(trainer, snapshots)",
    "1 + 1",
]


@pytest.fixture(scope="module")
def page(notebook):
    return notebook(CELLS)


def test_the_arrow_keys_move_through_the_training_and_not_through_the_cells(page):
    area = page.locator(".jp-OutputArea", has=page.get_by_role("radiogroup", name="Iteration"))
    moments = area.get_by_role("radio")
    expect(moments).to_have_count(3)
    expect(moments.nth(0)).to_be_checked()
    said, picture = area.get_by_text("After iteration"), area.locator("img").first
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
        until(lambda m=moment: f"After iteration {m}: " in said.all_inner_texts()[0], page)
        accuracies.append(float(re.search(r"([\d.]+) %", said.inner_text())[1]))
        # The page decodes a picture after it has shown the text.
        until(lambda: not pictures or picture.evaluate(PIXELS) != pictures[-1], page)
        pictures.append(picture.evaluate(PIXELS))
    assert accuracies[0] < 25 < accuracies[1] < accuracies[2]
    assert pictures[3] == pictures[1] and pictures[4] == pictures[0] and len(set(pictures)) == 3
    assert page.evaluate(ACTIVE) == cell


# 4 inches are 350 pixels or more: letters of 10 points are 12 pixels high.
PICTURES_FIT = """area => {
    const { right } = area.getBoundingClientRect();
    const pictures = [...area.querySelectorAll('img')].map(img => img.getBoundingClientRect());
    return area.scrollWidth <= area.clientWidth && pictures.length === 4
        && pictures.every(picture => picture.right <= right && picture.width >= 350);
}"""


@pytest.mark.parametrize("width", [800, 1280])
def test_the_picture_fits_the_page(page, width):
    size = page.viewport_size
    page.set_viewport_size({"width": width, "height": 1000})
    try:
        area = page.locator(".jp-OutputArea-output", has=page.locator(".picker"))
        until(lambda: area.evaluate(HAS_WIDTH, width), page)
        until(lambda: area.evaluate(PICTURES_FIT), page)
    finally:
        page.set_viewport_size(size)
