"""The site's pages as they are read: on a phone, in the dark, by keyboard, and on paper."""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from conftest import PATIENCE
from playwright.sync_api import expect

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LOST = """() => [...document.querySelectorAll('a[href^="#"]')].map(a => a.hash)
    .filter(hash => document.querySelector(hash) === null)"""
CUT = """() => [...document.querySelectorAll('pre, img, table, math')]
    .filter(part => part.scrollWidth > part.clientWidth && part.clientWidth > 0)
    .map(part => part.outerHTML)"""
SHOWN = "part => part.checkVisibility()"
COLOURS = """([selector, property]) =>
    getComputedStyle(document.querySelector(selector))[property]"""


@pytest.fixture(scope="module")
def lab_page(chromium):
    """Show pages in Chromium; note which hosts are asked."""
    page = chromium.new_page(locale="en-GB")
    page.set_default_timeout(PATIENCE)
    page.hosts = set()
    page.on("request", lambda request: page.hosts.add(urlsplit(request.url).netloc))
    return page


@pytest.fixture(scope="module")
def addresses(site, site_folder):
    """Give the addresses of the first pages and of all pages to read."""
    first = [site_folder / "index.html", site_folder / "ja" / "index.html"]
    pages = [*first, *sorted((site_folder / "read").rglob("*.html"))]
    return [site + page.relative_to(site_folder).as_posix() for page in pages]


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_axe_finds_nothing_wrong(lab_page, addresses, axe, width, scheme):
    lab_page.set_viewport_size({"width": width, "height": 900})
    lab_page.emulate_media(color_scheme=scheme)
    found = {}
    for address in addresses:
        lab_page.goto(address)
        found[address] = axe(lab_page)
    assert found == dict.fromkeys(addresses, [])


@pytest.mark.parametrize("width", [360, 820])
def test_no_page_scrolls_sideways(lab_page, addresses, width):
    lab_page.set_viewport_size({"width": width, "height": 900})
    for address in addresses:
        lab_page.goto(address)
        assert lab_page.evaluate(SIDEWAYS) == 0, address


def test_every_entry_of_a_list_of_contents_leads_somewhere(lab_page, addresses):
    for address in addresses[2:]:
        lab_page.goto(address)
        assert lab_page.locator(".contents a").count() == lab_page.locator("main h2[id]").count()
        assert lab_page.evaluate(LOST) == [], address


def test_the_list_of_contents_is_open_where_it_has_room(lab_page, addresses):
    for width in (1280, 390):
        lab_page.set_viewport_size({"width": width, "height": 900})
        lab_page.goto(addresses[2])
        assert lab_page.locator(".contents a").first.is_visible() == (width == 1280)


def test_lessons_lead_from_the_first_to_the_last_in_one_language(lab_page, addresses):
    for language in ("en", "ja"):
        lessons = [a for a in addresses[2:] if ("/ja/" in a) == (language == "ja")]
        for place, address in enumerate(lessons, start=1):
            lab_page.goto(address)
            leads_to = lab_page.locator("[rel=next]").evaluate_all(
                "links => links.map(a => a.href)"
            )
            assert leads_to == lessons[place : place + 1]


def test_the_other_language_is_one_click_away(lab_page, addresses):
    for address in addresses:
        lab_page.goto(address)
        here = lab_page.locator("html").get_attribute("lang")
        lab_page.locator("header [hreflang]").click()
        other = {"en": "ja", "ja": "en"}[here]
        expect(lab_page.locator("html")).to_have_attribute("lang", other)
        lab_page.locator("header [hreflang]").click()
        expect(lab_page).to_have_url(re.compile(f"{re.escape(address)}(#.*)?$"))


@pytest.mark.parametrize(("locale", "language"), [("ja-JP", "ja"), ("en-GB", "en"), ("de", "en")])
def test_the_first_page_is_in_the_browser_s_language(chromium, site, locale, language):
    page = chromium.new_page(locale=locale)
    page.goto(site)
    page.wait_for_function("language => document.documentElement.lang === language", arg=language)
    page.close()


def test_the_first_page_names_each_notebook_and_its_minutes(lab_page, addresses):
    for address, folder in zip(addresses[:2], [NOTEBOOKS, NOTEBOOKS / "ja"], strict=True):
        lab_page.goto(address)
        sections = lab_page.locator(".lessons section").all_inner_texts()
        for path, text in zip(sorted(folder.glob("*.ipynb")), sections, strict=True):
            about = "".join(json.loads(path.read_text("utf-8"))["cells"][0]["source"])
            title = re.match(r"# ([^(\n]*[^(\n ])", about)[1]
            minutes = re.search(
                r"\*\*(?:about |約)?(\d+) ?(?:minutes|分)", about.replace(":** ", "**")
            )
            assert title in text and minutes[1] in text
        assert lab_page.locator(".large.button").count() == 1


def test_nothing_is_lost_in_forced_colours(lab_page, addresses):
    lab_page.emulate_media(color_scheme="dark", forced_colors="active")
    lab_page.goto(addresses[2])
    page = lab_page.evaluate(COLOURS, ["body", "backgroundColor"])
    assert lab_page.evaluate(COLOURS, ["img", "backgroundColor"]) == "rgb(255, 255, 255)"
    for part in (".highlight", "header .button"):
        assert lab_page.evaluate(COLOURS, [part, "borderTopColor"]) != page, part
    lab_page.emulate_media(color_scheme="light", forced_colors="none")


def test_paper_shows_all_code_no_navigation_and_the_solutions_at_the_end(lab_page, addresses):
    lab_page.set_viewport_size({"width": 680, "height": 1000})  # A4 without its margins
    lab_page.emulate_media(media="print")
    for address in addresses[2:]:
        lab_page.goto(address)
        assert lab_page.evaluate(CUT) == [], address
        for navigation in lab_page.locator("nav").all():
            assert not navigation.is_visible()
        folded, answers = lab_page.locator("main details"), lab_page.locator(".answers h3")
        assert answers.count() == folded.count()
        assert all(answer.is_visible() for answer in answers.all())
    lab_page.emulate_media(media="screen")


def test_pages_ask_no_other_host(lab_page, site):
    assert lab_page.hosts == {urlsplit(site).netloc}
