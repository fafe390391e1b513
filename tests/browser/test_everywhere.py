"""The browser edition as a learner uses it, the same in every browser."""

import time

import pytest
from conftest import CHROMIUM
from drivers import FIREFOX, WEBKIT, Chromium, Firefox, WebKit
from lessons import HARMLESS, run, run_new_cell, wait_for_kernel, wrong
from test_digit_pad_page import ZERO
from waiting import until

BROWSERS = {  # driver, program, Debian's package, language
    "chromium": (Chromium, CHROMIUM, "chromium", "en"),
    "firefox": (Firefox, FIREFOX, "firefox-esr", "ja"),
    "webkit": (WebKit, WEBKIT, "webkit2gtk-driver xvfb", "en"),
}
WORDS = {
    "en": {
        "language": "en",
        "first": "index.html#en",
        "start": "Start",
        "training": "iterations a second",
        "pause": "Pause",
        "paused": "Paused at iteration",
        "reads 0": "the network reads 0 (",
    },
    "ja": {
        "language": "ja",
        "first": "ja/index.html#ja",
        "start": "開始",
        "training": "1秒に",
        "pause": "一時停止",
        "paused": "回目で止まっています",
        "reads 0": "MNISTの形では0",
    },
}
NO_NOTICE = "() => document.getElementById('notice').innerText === ''"
CENTRE = """([selector, text]) => {
    const part = [...document.querySelectorAll(selector)]
        .filter(part => part.innerText.trim().startsWith(text)).at(-1);
    part.addEventListener('click', () => (window.pressed = true));
    part.scrollIntoView({ block: 'center' });
    const { x, y, width, height } = part.getBoundingClientRect();
    return [x + width / 2, y + height / 2];
}"""
TEXT = "selector => [...document.querySelectorAll(selector)].at(-1)?.innerText ?? ''"
SHARE = (
    "document.querySelector('.jp-Cell.jp-mod-active').getBoundingClientRect().width / innerWidth"
)
CORNER = """() => {
    const pad = [...document.querySelectorAll('.digit-pad canvas')].findLast(c => c.tabIndex >= 0);
    pad.scrollIntoView({ block: 'center' });
    const { x, y } = pad.getBoundingClientRect();
    return [x, y];
}"""
CHOOSE = """source => {
    const { content } = window.jupyterapp.shell.currentWidget;
    content.activeCellIndex = content.widgets.findIndex(
        cell => cell.model.sharedModel.getSource() === source);
    return content.scrollToItem(content.activeCellIndex, 'start');
}"""
ADVICE = "Run All Above Selected Cell"  # in Japanese too
PANEL = "panel = TrainingPanel((data, data), iterations=10_000)\npanel"
DATA = """\
from dlscratch import Trainer, TwoLayerNet, load_mnist
from dlscratch.language import set_language
from dlscratch.widgets import DigitBrowser, DigitPad, TrainingPanel

(x, t), test = load_mnist()
data = x[:6000], t[:6000]
set_language("{language}")
"""


@pytest.fixture(scope="module", params=BROWSERS)
def driven(request, site, tmp_path_factory):
    """Name a browser, and show its page."""
    driver, program, package, _ = BROWSERS[request.param]
    if program is None:
        pytest.skip(f"{request.param.upper()} IS NOT TESTED: apt-get install {package}")
    if driver is WebKit and "webkit" not in request.config.option.keyword:
        pytest.skip("WEBKIT IS NOT TESTED, WHICH TAKES LONG: make webkit")
    with driver.start(tmp_path_factory.mktemp(request.param)) as page:
        yield request.param, page


@pytest.fixture(scope="module")
def lab_page(driven):
    """Show the page of the browser."""
    return driven[1]


@pytest.fixture(scope="module")
def words(driven):
    """Give the words of the edition that this browser shows."""
    return WORDS[BROWSERS[driven[0]][-1]]


def press(page, selector, text=""):
    """Click on, or touch, the last part of this kind that begins with this text."""
    page.evaluate("() => { window.pressed = false; }")
    while not page.evaluate("window.pressed"):  # missed: the page has moved meanwhile
        page.tap(*at_rest(page, CENTRE, [selector, text]))
        time.sleep(0.5)


def at_rest(page, source, value=None):
    """Give a place in the page once it no longer moves, as it does while charts come."""
    place = None
    while (now := page.evaluate(source, value)) != place:
        place = now
        time.sleep(0.2)
    return place


def test_the_first_page_leads_to_4_5_1_which_has_the_whole_width(lab_page, words, site):
    lab_page.goto(site + words["first"])
    assert lab_page.evaluate(NO_NOTICE)
    lab_page.tap(*at_rest(lab_page, CENTRE, ["a.large", ""]))
    until(lambda: "4.5.1" in lab_page.address(), lab_page.address)
    wait_for_kernel(lab_page)
    assert lab_page.evaluate(SHARE) > 0.9


def test_4_5_1_runs_from_the_top(lab_page):
    cells = run(lab_page, "notebook:run-all-cells")
    assert [cell["count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert [output for cell in cells for output in wrong(cell["outputs"])] == []


def train_and_pause(page, words):
    """Press Start in the panel, and Pause."""
    until(lambda: page.evaluate(TEXT, ".training-panel [role=status]"), page)
    press(page, "button", words["start"])
    until(lambda: words["training"] in page.evaluate(TEXT, ".training-panel"), page)
    press(page, "button", words["pause"])
    until(lambda: words["paused"] in page.evaluate(TEXT, ".training-panel"), page)


def test_the_panel_trains_and_pauses(lab_page, words):
    run_new_cell(lab_page, DATA.format(**words))
    run_new_cell(lab_page, PANEL)
    train_and_pause(lab_page, words)
    assert 0 < int(run_new_cell(lab_page, "print(panel.trainer.iteration)")) < 10_000


@pytest.mark.parametrize("width", [None, 820])
def test_the_pad_reads_a_digit(lab_page, driven, words, width):
    if width:
        if driven[0] != "chromium":
            pytest.skip("a tablet is tried in Chromium alone")
        lab_page.resize(width, 1180)
        until(lambda: lab_page.evaluate(SHARE) > 0.9, lab_page)
    run_new_cell(lab_page, "_ = panel.trainer.run(300)\nDigitPad(panel.net)")
    until(lambda: lab_page.evaluate(TEXT, ".digit-pad [role=status]"), lab_page)
    lab_page.draw(at_rest(lab_page, CORNER) + ZERO)
    until(lambda: words["reads 0"] in lab_page.evaluate(TEXT, ".digit-pad [role=status]"), lab_page)


def test_the_pickers_choose_another_digit(lab_page):
    run_new_cell(lab_page, "digits = DigitBrowser(panel.net, *test)\ndigits")
    until(lambda: lab_page.evaluate(TEXT, ".picker label"), lab_page)
    before = run_new_cell(lab_page, "print(digits.shown)")
    press(lab_page, ".picker label")
    until(lambda: run_new_cell(lab_page, "print(digits.shown)") != before, lab_page)


def test_a_saved_run_is_continued_after_the_page_was_reloaded(lab_page, words):
    settings = "data, rng=0, batch_size=10"
    whole = run_new_cell(
        lab_page,
        f"trainer = Trainer(TwoLayerNet(784, 10, 10, rng=0), {settings})\n"
        "_ = trainer.run(30)\ntrainer.save('my_run.npz')\n"
        "print(trainer.run(20).train_loss_list)",
    )
    run(lab_page, "docmanager:save")
    lab_page.goto(lab_page.address())
    wait_for_kernel(lab_page)
    continued = run_new_cell(
        lab_page,
        f"{DATA.format(**words)}\n"
        "trainer = Trainer.load('my_run.npz', TwoLayerNet(784, 10, 10), data)\n"
        "print(trainer.run(20).train_loss_list)",
    )
    assert continued == whole and len(whole) > 500


def test_widgets_of_the_day_before_say_what_to_do(lab_page, words):
    lab_page.evaluate(CHOOSE, PANEL)
    for widget in [".training-panel", ".digit-pad", ".picker"]:
        until(lambda s=f"{widget} .no-kernel": ADVICE in lab_page.evaluate(TEXT, s), lab_page)
    run(lab_page, "notebook:run-cell")
    train_and_pause(lab_page, words)


def test_nothing_was_complained_of(lab_page):
    assert [text for text in lab_page.complaints if not HARMLESS.search(text)] == []
