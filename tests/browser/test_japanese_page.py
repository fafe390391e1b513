"""The widgets in Japanese, as a learner meets them: everything is read off the page."""

import re

import pytest
from playwright.sync_api import expect
from test_digit_pad_page import ZERO, Pad
from test_training_panel_page import Panel
from test_widgets_page import CELLS, WIDGETS

IN_JAPANESE = 'from dlscratch.language import set_language\n\nset_language("ja")\n'
CHECK = """\
from dlscratch.exercises import check_softmax

check_softmax(lambda a: a / a.sum(), hint=1)"""
WORDS = """area => [area.innerText, ...[...area.querySelectorAll('*')].flatMap(each =>
    ['aria-label', 'aria-valuetext', 'title', 'alt'].map(name => each.getAttribute(name) ?? ''))
]"""
ENGLISH = re.compile("[A-Za-z]{2}[,;:]? [a-z]{2}")


@pytest.fixture(scope="module")
def page(notebook):
    return notebook([IN_JAPANESE + CELLS[0], *CELLS[1:], CHECK])


def in_japanese(area):
    """Whether an area has words, and none of them, seen or heard, are English."""
    words = [text for text in area.evaluate(WORDS) if text]
    return words and not [text for text in words if ENGLISH.search(text)]


def test_the_panel_trains_in_japanese(page):
    panel = Panel(page, state="10回目で終わりました。")
    assert in_japanese(panel.area)
    panel.press("リセット")
    panel.says("準備ができました。")
    panel.move("繰り返し回数", "ArrowRight")
    panel.says("20回の繰り返し")
    panel.says("単純なループなら")
    assert in_japanese(panel.area)
    panel.press("開始")
    panel.says("20回目で終わりました。")
    panel.control("数値微分").check()
    panel.press("1回")
    panel.says("21")
    assert in_japanese(panel.area)


def test_the_pad_reads_in_japanese(page):
    empty = "まだ何も書かれていません。数字を1つ書いてください。"
    pad = Pad(page, clear="消す", empty=empty)
    pad.draw(ZERO)
    expect(pad.status).to_have_text(re.compile(r"MNISTの形では\d.*書いたままでは\d"))
    assert in_japanese(pad.area)


@pytest.mark.parametrize(
    ("widget", "other", "said"),
    [
        (WIDGETS[2], "100回", "^100回のあと: テストデータの認識精度"),
        (WIDGETS[3], "自信のない数字", r"^\d+番の画像: 正解は\d、答えは\d（確率[\d.]+%）$"),
    ],
)
def test_the_pickers_speak_japanese(page, widget, other, said):
    area = page.locator(widget)
    before = area.get_by_role("status").inner_text()
    area.get_by_role("radio", name=other, exact=True).check()
    expect(area.get_by_role("status")).not_to_have_text(before)
    expect(area.get_by_role("status")).to_have_text(re.compile(said))
    assert in_japanese(area)


def test_a_check_answers_in_japanese(page):
    answer = page.locator(".jp-CodeCell .jp-OutputArea").last
    expect(answer).to_have_text(re.compile("✗ まだです .*exp.*ヒント 1/3: ", re.DOTALL))
