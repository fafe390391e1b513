"""The course in a browser alone: the site that `make lite` builds, served as plain files."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from urllib.request import urlopen

import pytest
from conftest import CHROMIUM, FLAGS, PATIENCE
from playwright.sync_api import sync_playwright
from test_digit_pad_page import ZERO, Pad
from test_training_panel_page import Panel
from waiting import until

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PICTURES = ROOT / "lite" / "pictures"
PACKAGES = Path(pytest.__file__).parents[1]
NOTEBOOK_IS_OPEN = """async () => {
    await window.jupyterapp?.restored;
    const notebook = window.jupyterapp?.shell.currentWidget;
    await notebook?.context?.ready;
    await notebook?.sessionContext?.ready;
    return Boolean(notebook?.sessionContext?.session);
}"""
RUN_ALL = """() => {
    window.ran = false;
    const { commands } = window.jupyterapp;
    commands.execute('notebook:run-all-cells').then(() => (window.ran = true));
}"""
RUN_NEW_CELL = """async source => {
    window.ran = false;
    const { commands, shell } = window.jupyterapp;
    const notebook = shell.currentWidget.content;
    notebook.activeCellIndex = notebook.widgets.length - 1;
    await commands.execute('notebook:insert-cell-below');
    notebook.activeCell.model.sharedModel.setSource(source);
    commands.execute('notebook:run-cell').then(() => (window.ran = true));
}"""
CODE_CELLS = """() => window.jupyterapp.shell.currentWidget.content.widgets
    .filter(cell => cell.model.type === 'code')
    .map(cell => ({ count: cell.model.executionCount, outputs: cell.model.outputs.toJSON() }))"""
HARMLESS = re.compile("using kernel python that matches language|is duplicated")
TRAINED = """\
from dlscratch import Trainer, TwoLayerNet, load_mnist

(x, t), test = load_mnist()
data = x[:6000], t[:6000]
"""


@pytest.fixture(scope="module")
def lab_page(site):
    """Open the site in Chromium; note every complaint, and every host that is asked."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.set_default_timeout(PATIENCE)
        page.complaints, page.urls = [], []
        page.on("console", lambda said: complain(page, said.type, said.text))
        page.on("pageerror", lambda error: complain(page, "error", str(error)))
        page.context.on("request", lambda request: page.urls.append(urlsplit(request.url)))
        open_notebook(page, site)
        yield page
        browser.close()


def open_notebook(page, site):
    """Open 4.5.1 from the first page, and wait for its kernel."""
    page.goto(site)
    page.get_by_role("link", name="Run it here").first.click()
    until(lambda: page.evaluate(NOTEBOOK_IS_OPEN), page)


def complain(page, kind, text):
    """Note an error or a warning, but for those that JupyterLite has of its own."""
    if kind in ("error", "warning") and not HARMLESS.search(text):
        page.complaints.append(text)


def code_cells(page):
    """Wait until nothing runs any more; give every code cell with its outputs."""
    until(lambda: page.evaluate("window.ran"), page)
    return page.evaluate(CODE_CELLS)


def run(page, source):
    """Run a cell below all others; give what it printed."""
    page.evaluate(RUN_NEW_CELL, source)
    outputs = code_cells(page)[-1]["outputs"]
    assert wrong(outputs) == []
    return "".join(output["text"] for output in outputs if output["output_type"] == "stream")


def wrong(outputs):
    """Give the outputs that are errors or warnings."""
    return [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"]


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


def test_4_5_1_runs_from_the_top(lab_page):
    lab_page.evaluate(RUN_ALL)
    cells = code_cells(lab_page)
    assert [cell["count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert [output for cell in cells for output in wrong(cell["outputs"])] == []


def test_the_panel_trains_and_pauses(lab_page):
    run(
        lab_page,
        f"{TRAINED}\nfrom dlscratch.widgets import DigitPad, TrainingPanel\n\n"
        "panel = TrainingPanel((data, data), iterations=10_000)\npanel",
    )
    panel = Panel(lab_page)
    empty = panel.pictures()
    panel.press("Start")
    panel.says("iterations a second")
    panel.changed(empty)
    panel.press("Pause")
    panel.says("Paused at iteration")
    assert 0 < panel.iteration() < 10_000


def test_the_pad_reads_a_digit(lab_page):
    run(lab_page, "panel.trainer.run(300)\nDigitPad(panel.net)")
    pad = Pad(lab_page)
    pad.press(ZERO)
    pad.lift(ZERO)
    until(lambda: "the network reads 0 (" in pad.status.inner_text(), lab_page)


def test_a_saved_run_is_continued_after_the_page_was_reloaded(lab_page, site):
    settings = "data, rng=0, batch_size=10"
    whole = run(
        lab_page,
        f"trainer = Trainer(TwoLayerNet(784, 10, 10, rng=0), {settings})\n"
        "_ = trainer.run(30)\ntrainer.save('my_run.npz')\n"
        "print(trainer.run(20).train_loss_list)",
    )
    open_notebook(lab_page, site)
    continued = run(
        lab_page,
        f"{TRAINED}\ntrainer = Trainer.load('my_run.npz', TwoLayerNet(784, 10, 10), data)\n"
        "print(trainer.run(20).train_loss_list)",
    )
    assert continued == whole and len(whole) > 500


def test_readme_says_how_much_the_site_holds_and_a_visit_loads(lab_page, site_folder):
    readme = (ROOT / "lite" / "README.md").read_text("utf-8")
    holds, loads = map(int, re.search(r"(\d+) MB, of .* visit loads (\d+) MB", readme).groups())
    files = {file: file.stat().st_size / 1e6 for file in site_folder.rglob("*") if file.is_file()}
    loaded = {site_folder / url.path.lstrip("/") for url in lab_page.urls}
    assert sum(files.values()) == pytest.approx(holds, rel=0.05)
    assert sum(files.get(file, 0) for file in loaded) == pytest.approx(loads, rel=0.05)


def test_nothing_was_complained_of_and_no_other_host_asked(lab_page, site):
    assert lab_page.complaints == []
    hosts = {url.netloc for url in lab_page.urls if url.scheme not in ("blob", "data")}
    assert hosts == {urlsplit(site).netloc}
