"""The digit browser as a learner meets it: everything is read off the page."""

import re

import pytest
from playwright.sync_api import expect
from seen import ACTIVE, PIXELS
from waiting import until

CELLS = [
    """\
from dlscratch import Trainer, TwoLayerNet, load_mnist
from dlscratch.widgets import DigitBrowser

train, (x_test, t_test) = load_mnist()
net = TwoLayerNet(784, 10, 10, rng=0)
_ = Trainer(net, train, rng=0).run(1_000)""",
    "DigitBrowser(net, x_test[:500], t_test[:500])",
    "1 + 1",
]


@pytest.fixture(scope="module")
def page(notebook):
    return notebook(CELLS)


class Digits:
    """What can be seen and done of the digit browser."""

    def __init__(self, page):
        self.page = page
        self.kinds = page.get_by_role("radiogroup", name="Kind of difficult digit")
        self.digits = page.get_by_role("radiogroup", name="Digit", exact=True).get_by_role("radio")
        area = page.locator(".jp-OutputArea", has=self.kinds)
        self.said, self.picture = area.get_by_role("status"), area.locator("img")
        self.kinds.get_by_role("radio", name="confidently wrong").check()  # after the test before
        expect(self.digits).to_have_count(20)
        self.digits.nth(0).check()
        self.expect_shown(0)

    def expect_shown(self, k):
        """Expect that button k alone is marked, and that its digit is the one shown."""
        expect(self.digits.nth(k)).to_be_checked()
        marked = self.digits.evaluate_all("all => all.map(each => each.checked)")
        assert marked == [k == n for n in range(20)]
        name = self.digits.nth(k).get_attribute("aria-label")
        expect(self.said).to_contain_text(f"{name} with ")
        _, label, read = re.search(r"Digit (\d+) is a (\d), read as (\d)", name).groups()
        caption = self.digits.nth(k).locator("..").inner_text()
        assert caption == (read if label == read else f"{label}>{read}")

    def sure(self):
        return float(re.search(r"with ([\d.]+) %", self.said.inner_text())[1])

    def pixels(self):
        return self.picture.evaluate(PIXELS)

    def until_drawn_anew(self, before):
        """Wait for another picture: the page decodes it after it has shown the text."""
        until(lambda: self.pixels() != before, self.page)
        return self.pixels()


def test_the_arrow_keys_choose_a_digit_and_do_not_move_through_the_cells(page):
    digits = Digits(page)
    digits.digits.nth(0).focus()
    cell, sure, drawn = page.evaluate(ACTIVE), [digits.sure()], digits.pixels()
    for key, k in [("Right", 1), ("Down", 2), ("Right", 3), ("Left", 2), ("Up", 1)]:
        page.keyboard.press(f"Arrow{key}")
        digits.expect_shown(k)
        expect(digits.digits.nth(k)).to_be_focused()
        drawn = digits.until_drawn_anew(drawn)
        sure.append(digits.sure())
    assert sure[:4] == sorted(sure[:4], reverse=True) and sure[4:] == sure[2:0:-1]
    assert page.evaluate(ACTIVE) == cell


def test_the_keyboard_alone_changes_the_kind(page):
    digits = Digits(page)
    digits.digits.nth(19).check()
    digits.expect_shown(19)
    sure = digits.sure()
    digits.kinds.get_by_role("radio", name="confidently wrong").focus()
    page.keyboard.press("ArrowRight")
    expect(digits.kinds.get_by_role("radio", name="least certain")).to_be_checked()
    until(lambda: digits.sure() < sure, page)
    digits.expect_shown(0)
    page.keyboard.press("Tab")
    expect(digits.digits.nth(0)).to_be_focused()
