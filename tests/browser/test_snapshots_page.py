"""The snapshots as a learner meets it: everything is read off the page."""

import re

import pytest
from playwright.sync_api import expect
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
]
PIXELS = """image => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    canvas.getContext('2d').drawImage(image, 0, 0);
    return canvas.toDataURL();
}"""


@pytest.fixture(scope="module")
def snapshots(notebook):
    return notebook(CELLS)


def test_the_arrow_keys_move_through_the_training(snapshots):
    area = snapshots.locator(".jp-OutputArea", has_text="iteration").filter(
        has=snapshots.locator("img")
    )
    said, picture = area.get_by_text("After iteration"), area.locator("img")
    handle = area.locator(".noUi-handle")
    expect(said).to_contain_text("After iteration 0: test accuracy")
    accuracies, pictures = [], []
    handle.focus()
    for key, moment in [(None, "0"), ("Right", "300"), ("Right", "1,000"), ("Left", "300")]:
        if key:
            snapshots.keyboard.press(f"Arrow{key}")
        expect(said).to_contain_text(f"After iteration {moment}: ")
        expect(area.locator(".widget-readout")).to_have_text(moment)
        accuracies.append(float(re.search(r"([\d.]+) %", said.inner_text())[1]))
        # The page decodes a picture after it has shown the text.
        until(lambda: not pictures or picture.evaluate(PIXELS) != pictures[-1], snapshots)
        pictures.append(picture.evaluate(PIXELS))
    assert accuracies[0] < 25 < accuracies[1] < accuracies[2]
    assert pictures[3] == pictures[1] and len(set(pictures)) == 3
