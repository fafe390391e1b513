"""The widgets in Japanese, as a learner meets them: everything is read off the page."""

import re

import pytest
from playwright.sync_api import expect
from test_digit_pad_page import ZERO
from waiting import until

CELLS = [
    """\
from dlscratch import Trainer, TwoLayerNet, load_mnist
from dlscratch.exercises import check_softmax
from dlscratch.language import set_language
from dlscratch.widgets import (
    DigitBrowser, DigitPad, SnapshotBrowser, TrainingPanel, train_with_snapshots
)

set_language("ja")
(x, t), (x_test, t_test) = load_mnist()
data = (x[:6000], t[:6000]), (x_test[:500], t_test[:500])
trainer = Trainer(TwoLayerNet(784, 10, 10, rng=0), *data, rng=0)
snapshots = train_with_snapshots(trainer, (0, 300))""",
    "TrainingPanel(data, iterations=50)",
    "DigitPad(trainer.net)",
    "DigitBrowser(trainer.net, *data[1])",
    "SnapshotBrowser(trainer, snapshots)",
    "check_softmax(lambda a: a / a.sum(), hint=1)",
]
WORDS = """area => [area.innerText, ...[...area.querySelectorAll('*')].flatMap(each =>
    ['aria-label', 'aria-valuetext', 'title', 'alt'].map(name => each.getAttribute(name) ?? ''))
]"""
ENGLISH = re.compile("[A-Za-z]{2}[,;:]? [a-z]{2}")


@pytest.fixture(scope="module")
def areas(notebook):
    """Give what each code cell shows."""
    page = notebook(CELLS)
    return [cell.locator(".jp-OutputArea") for cell in page.locator(".jp-CodeCell").all()]


def says(area, text):
    """Wait until an area shows this text."""
    until(lambda: text in area.text_content(), area.page)


def in_japanese(area):
    """Whether an area has words, and none of them, seen or heard, are English."""
    words = [text for text in area.evaluate(WORDS) if text]
    return words and not [text for text in words if ENGLISH.search(text)]


def test_the_panel_trains_in_japanese(areas):
    panel = areas[1]
    says(panel, "準備ができました。")
    says(panel, "50回の繰り返し")
    assert in_japanese(panel)
    panel.get_by_role("button", name="開始", exact=True).click()
    says(panel, "50回目で終わりました。")
    assert in_japanese(panel)
    panel.get_by_role("button", name="残す", exact=True).click()
    says(panel, "残しました。")
    panel.get_by_role("radiogroup", name="勾配").get_by_role("radio", name="数値微分").check()
    says(panel, "単純なループなら")
    panel.get_by_role("slider", name="繰り返し").press("ArrowRight")
    panel.get_by_role("button", name="1回", exact=True).click()
    says(panel, "51")
    assert in_japanese(panel)


def test_the_pad_reads_in_japanese(areas):
    pad = areas[2]
    status = pad.get_by_role("status")
    expect(status).to_have_text("まだ何も書かれていません。数字を1つ書いてください。")
    pad.get_by_role("application").scroll_into_view_if_needed()
    box = pad.get_by_role("application").bounding_box()
    mouse = pad.page.mouse
    mouse.move(*(box[side] + at for side, at in zip("xy", ZERO[0], strict=True)))
    mouse.down()
    for x, y in ZERO[1:]:
        mouse.move(box["x"] + x, box["y"] + y)
    mouse.up()
    expect(status).to_have_text(re.compile(r"MNISTの形では\d.*書いたままでは\d"))
    assert in_japanese(pad)
    pad.get_by_role("button", name="消す", exact=True).click()
    expect(status).to_have_text("まだ何も書かれていません。数字を1つ書いてください。")


def test_the_digit_browser_speaks_japanese(areas):
    digits = areas[3]
    label = digits.get_by_role("status")
    expect(label).to_have_text(re.compile(r"^\d+番の画像: 正解は\d、答えは\d（確率[\d.]+%）$"))
    before = label.inner_text()
    digits.get_by_role("radio", name="自信のない数字", exact=True).check()
    expect(label).not_to_have_text(before)
    assert in_japanese(digits)


def test_the_snapshots_speak_japanese(areas):
    snapshots = areas[4]
    says(snapshots, "0回のあと: テストデータの認識精度")
    snapshots.get_by_role("radio", name="300回", exact=True).check()
    says(snapshots, "300回のあと: テストデータの認識精度")
    assert in_japanese(snapshots)


def test_a_check_answers_in_japanese(areas):
    expect(areas[5]).to_have_text(re.compile("✗ まだです .*exp.*ヒント 1/3: ", re.DOTALL))
