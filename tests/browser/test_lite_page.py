"""The course in a browser alone: the site that `make lite` builds, served as plain files."""

import json
import re
import shutil
import subprocess
import zipfile
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from urllib.request import urlopen

import pytest
from conftest import CHROMIUM, FLAGS, PATIENCE, serve
from lessons import HARMLESS, note_complaints, open_lesson, run_new_cell
from playwright.sync_api import expect
from waiting import until

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PICTURES = ROOT / "lite" / "pictures"
PACKAGES = Path(pytest.__file__).parents[1]
LESSON = "notebooks/index.html?path=4.5.1_class.ipynb"
DIGITS = "from dlscratch import load_mnist\n\nprint(len(load_mnist()[0][0]))"
KEPT = """async () => {
    const caches_ = await Promise.all((await caches.keys())
        .filter(name => name.startsWith('dlscratch')).map(name => caches.open(name)));
    const kept = await Promise.all(caches_.map(cache => cache.keys()));
    return [kept.length, kept.flat().length];
}"""
BUILD = "async () => (await caches.keys()).filter(name => name.startsWith('dlscratch'))"
WATCH = """
    window.persists = false;
    navigator.storage.persist = async () => (window.persists = true);
"""
CHANGE = """async () => {
    const { context } = window.jupyterapp.shell.currentWidget;
    context.model.setMetadata('dlscratch', { made_from: 'an older one' });
    await context.save();
}"""


@pytest.fixture(scope="module")
def server(site_folder):
    """Serve the site; its address. A test can close it."""
    with ExitStack() as server:
        server.address = server.enter_context(serve(site_folder))
        yield server


@pytest.fixture(scope="module")
def lab_page(chromium, server):
    """Open 4.5.1 in Chromium; note every complaint, and every host that is asked."""
    page = chromium.new_page(viewport={"width": 1280, "height": 1000})
    page.set_default_timeout(PATIENCE)
    page.add_init_script(WATCH)
    page.complaints, page.urls = [], []
    note_complaints(page, page.complaints)
    page.context.on("request", lambda request: page.urls.append(urlsplit(request.url)))
    page.goto(server.address)
    open_lesson(page, server.address + LESSON)
    return page


def test_the_numbers_are_right_in_that_python_too(site_folder):
    if shutil.which("node") is None:
        pytest.skip("THE BROWSER EDITION'S PYTHON IS NOT TESTED: needs node")
    files = ["test_functions.py", "test_perturbation.py", "test_training.py"]
    left_out = [
        "--deselect=test_training.py::test_parameter_in_a_file_is_trained_there",  # no mmap
        "--deselect=test_training.py::test_numbers_too_small_for_a_float_are_no_error",  # no signal
    ]
    command = ["node", HERE / "unit_tests.mjs", site_folder, HERE.parent, PACKAGES]
    command += [*files, *left_out, "-k", "not threads and not dropped"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]


def links(address):
    """Give the addresses of the same site that a page leads to."""
    with urlopen(address) as page:
        hrefs = re.findall(r'href="([^"#]+)', page.read().decode())
    return {urljoin(address, href) for href in hrefs if not href.startswith("https:")}


def test_first_page_leads_to_every_notebook_and_no_link_is_dead(site):
    first = links(site) | links(urljoin(site, "ja/index.html"))
    for path in (ROOT / "notebooks").rglob("*.ipynb"):
        name = path.relative_to(ROOT / "notebooks").as_posix()
        read = urljoin(site, f"read/{name.removesuffix('.ipynb')}.html")
        assert first >= {read, urljoin(site, f"notebooks/index.html?path={name}")}
        for address in links(read):
            urlopen(address).close()  # or an error
            if "?path=" in address:
                urlopen(urljoin(site, f"files/{address.partition('=')[2]}")).close()


def test_pages_to_read_have_no_bars_that_stand_still(site_folder):
    for page in (site_folder / "read").rglob("*.html"):
        assert "[00:00" not in page.read_text("utf-8"), page


def test_pages_to_read_show_figures_and_widgets_and_describe_each_in_words(site_folder):
    for path in (ROOT / "notebooks").rglob("*.ipynb"):
        name = path.relative_to(ROOT / "notebooks").with_suffix(".html")
        text = (site_folder / "read" / name).read_text("utf-8")
        words = re.findall(r'<img[^>]* alt="([^"]+)"', text)
        cells = json.loads(path.read_text("utf-8"))["cells"]
        outputs = [output for cell in cells for output in cell.get("outputs", [])]
        figures = sum("image/png" in output.get("data", {}) for output in outputs)
        widgets = len({cell["id"] for cell in cells} & {p.stem for p in PICTURES.rglob("*.png")})
        assert text.count("<img") == len(words) == figures + widgets


def test_readme_says_how_much_the_site_holds_and_a_visit_loads(lab_page, site_folder):
    assert run_new_cell(lab_page, DIGITS) == "60000\n"
    readme = (ROOT / "lite" / "README.md").read_text("utf-8")
    holds, loads = map(int, re.search(r"(\d+) MB, of .* visit loads (\d+) MB", readme).groups())
    files = {file: file.stat().st_size / 1e6 for file in site_folder.rglob("*") if file.is_file()}
    loaded = {site_folder / url.path.lstrip("/") for url in lab_page.urls}
    less = 0 if "os.pyc" in names_in(site_folder) else 4  # MB of bytecode, as the README says
    assert sum(files.values()) == pytest.approx(holds - less, rel=0.05)
    assert sum(files.get(file, 0) for file in loaded) == pytest.approx(loads - less, rel=0.05)


@pytest.mark.parametrize(
    "start", ["multiprocessing/", "PIL/_webp.", "numpy/f2py/", "jedi/third_party/django"]
)
def test_what_a_page_cannot_use_is_left_out(site_folder, start):
    assert [name for name in names_in(site_folder) if name.startswith(start)] == []


def names_in(site_folder):
    """Name what the wheels of the site and Python's own library hold."""
    (folder,) = site_folder.glob("static/pyodide-*")
    archives = [*folder.glob("*.whl"), folder / "python_stdlib.zip"]
    return [name for archive in archives for name in zipfile.ZipFile(archive).namelist()]


def test_nothing_was_complained_of_and_no_other_host_asked(lab_page, server):
    assert [text for text in lab_page.complaints if not HARMLESS.search(text)] == []
    hosts = {url.netloc for url in lab_page.urls if url.scheme not in ("blob", "data")}
    assert hosts == {urlsplit(server.address).netloc}


def test_the_browser_is_asked_to_keep_the_work_and_file_download_gives_it(lab_page):
    assert lab_page.evaluate("window.persists")
    lab_page.get_by_role("menuitem", name="File", exact=True).click()
    expect(lab_page.get_by_role("menuitem", name="Download", exact=True)).to_be_visible()
    lab_page.keyboard.press("Escape")


def test_a_saved_notebook_says_that_the_course_has_a_newer_one(lab_page, server):
    assert lab_page.locator("#notice").count() == 0
    lab_page.evaluate(CHANGE)
    open_lesson(lab_page, server.address + LESSON)
    expect(lab_page.locator("#notice")).to_contain_text("a newer version of this notebook")


def test_a_lesson_runs_without_a_network_and_a_new_build_replaces_it_whole(
    lab_page, server, site_folder, tmp_path
):
    page, address = lab_page, server.address
    until(lambda: page.evaluate(KEPT)[1] > 150, lambda: page.evaluate(KEPT))
    server.close()
    open_lesson(page, address + LESSON)
    assert run_new_cell(page, DIGITS) == "60000\n"
    old = page.evaluate(BUILD)
    new_build(site_folder, tmp_path / "site", old[0].split()[-1])
    with serve(tmp_path / "site", urlsplit(address).port):
        page.goto(address)
        until(lambda: page.evaluate(BUILD) != old, lambda: page.evaluate(BUILD))
        until(lambda: len(page.evaluate(BUILD)) == 1, lambda: page.evaluate(KEPT))
        page.goto(f"{address}read/4.5.1_class.html")
    page.goto(f"{address}read/4.5.1_class.html")
    assert page.evaluate("document.title") == "new"
    assert [build.split()[-1] for build in page.evaluate(BUILD)] == ["0123abcd"]


def new_build(old, new, build):
    """Write a site that differs in one page."""
    shutil.copytree(old, new)
    for name, found, other in [
        ("service-worker.js", build, "0123abcd"),
        ("read/4.5.1_class.html", "<title>4.5.1 A class for the two-layer network", "<title>new"),
    ]:
        text = (new / name).read_text("utf-8")
        assert found in text
        (new / name).write_text(text.replace(found, other), "utf-8")


@pytest.mark.parametrize("path", ["", "ja/", LESSON])
def test_plain_http_is_named_before_anything_is_written(chromium, site, path):
    page = chromium.new_page()
    page.goto(site.replace("127.0.0.1", "school.test") + path)
    expect(page.locator("#notice")).to_contain_text("https")
    page.context.close()


def test_service_workers_that_are_off_are_named(chromium, site):
    page = chromium.new_page()
    page.add_init_script("delete Navigator.prototype.serviceWorker")
    page.goto(site)
    expect(page.locator("#notice")).to_contain_text("Service workers are off")
    page.context.close()


def test_blocked_site_data_are_named(site, tmp_path, chromium):
    settings = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (tmp_path / "Default").mkdir()
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(settings), "utf-8")
    context = chromium.browser_type.launch_persistent_context(
        tmp_path, executable_path=CHROMIUM, args=FLAGS
    )
    for address in (site, site + LESSON):
        page = context.new_page()
        page.goto(address)
        expect(page.locator("#notice")).to_contain_text("Allow cookies and site data")
        expect(page.locator("#jupyterlite-loading-indicator")).to_have_count(0)
    context.close()
