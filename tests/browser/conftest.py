"""A real JupyterLab, on a free loopback port and with a token, driven in headless Chromium.

Playwright's own pytest fixtures keep an event loop running until the last test of all, which
disturbs notebooks and asyncio in other tests; the ones here end with their module.
"""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import nbformat
import pytest
from lessons import run
from playwright.sync_api import expect, sync_playwright
from waiting import STILL, listens, until

ROOT = Path(__file__).parents[2]
FAILURES = ROOT / "test-results"  # screenshots; not under version control
CHROMIUM = next(
    filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None
)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
PATIENCE = 1000 * STILL  # milliseconds for the answer to one press; for work there is `until`
expect.set_options(timeout=PATIENCE)
PYODIDE = os.environ.get("PYODIDE", ROOT.parent / "shared" / "pyodide")
AXE = "axe-core@4.14.1"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
VIOLATIONS = """async ([selector, values]) => {
    const found = await axe.run(selector, { runOnly: { type: 'tag', values } });
    return found.violations.map(({ id, nodes }) => [id, ...nodes.map(node => node.html)].join(' '));
}"""
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
OPEN = """async (path) => {
    const app = window.jupyterapp;
    await app.serviceManager.sessions.shutdownAll();
    app.shell.currentWidget?.dispose();
    const notebook = await app.commands.execute('docmanager:open', { path });
    app.shell.activateById(notebook.id);
    await notebook.context.ready;
    await notebook.sessionContext.ready;
    await notebook.sessionContext.session.kernel.info;
}"""


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """Start JupyterLab in an empty folder; its address, with the token, and that folder."""
    if CHROMIUM is None:
        pytest.skip("needs Chromium or Chrome, such as Debian's: apt-get install chromium")
    pytest.importorskip("jupyterlab")
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("notebooks")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex()
    settings = {
        "JUPYTER_TOKEN": token,
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_CONFIG_PATH": str(ROOT / "dlscratch" / "locale"),  # as `make lab` has it
    }
    quiet = home / "settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings"
    quiet.parent.mkdir(parents=True)
    quiet.write_text('{"fetchNews": "false", "checkForUpdates": false}')
    flags = ["--no-browser", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"]
    flags += ["--expose-app-in-browser"]
    flags += ["--allow-root"] * (hasattr(os, "geteuid") and os.geteuid() == 0)
    with (
        open(home / "log", "w") as log,
        subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *flags],
            cwd=folder,
            env=os.environ | settings,
            stdout=log,
            stderr=log,
        ) as server,
    ):
        address = f"http://127.0.0.1:{port}"
        try:
            until(lambda: listens(f"{address}/api?token={token}"), (home / "log").read_text)
            yield f"{address}/lab?token={token}", folder
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def chromium():
    """Start Chromium, without a window; school.test is this computer, but no name it trusts."""
    with sync_playwright() as playwright:
        flags = [*FLAGS, "--host-resolver-rules=MAP school.test 127.0.0.1"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def lab_page(lab, chromium):
    """Show JupyterLab."""
    page = chromium.new_page(viewport={"width": 1280, "height": 1000})
    page.set_default_timeout(PATIENCE)
    page.goto(f"{lab[0]}&reset")  # no tabs of the module before
    page.wait_for_function("window.jupyterapp")
    page.evaluate("window.jupyterapp.restored")
    yield page
    page.evaluate("window.jupyterapp.serviceManager.sessions.shutdownAll()")


@pytest.fixture(scope="module")
def notebook(lab, lab_page):
    """Make a notebook of code cells, open it instead of the one before, and run it all."""
    folder = lab[1]

    def run_all(cells):
        cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
        path = folder / f"notebook{len(list(folder.iterdir()))}.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=KERNEL), path)
        lab_page.evaluate(OPEN, path.name)
        run(lab_page, "notebook:run-all-cells")
        return lab_page

    return run_all


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory):
    """Build the site with `make lite`; its folder."""
    if CHROMIUM is None:
        pytest.skip("needs Chromium or Chrome, such as Debian's: apt-get install chromium")
    if "PYODIDE" not in os.environ and not PYODIDE.is_dir():
        pytest.skip("THE BROWSER EDITION IS NOT TESTED: name Pyodide's files with PYODIDE=FOLDER")
    if shutil.which("make") is None:
        pytest.skip("THE BROWSER EDITION IS NOT TESTED: needs make")
    folder = tmp_path_factory.mktemp("site")
    command = ["make", "lite", f"SITE={folder}", f"PYODIDE={PYODIDE}", f"PYTHON={sys.executable}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="session")
def site(site_folder):
    """Serve the site; its address."""
    with serve(site_folder) as address:
        yield address


@contextmanager
def serve(folder, port=0):
    """Serve a folder; its address."""
    with QuietServer(("127.0.0.1", port), partial(QuietHandler, directory=folder)) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()


class QuietServer(ThreadingHTTPServer):
    """Say nothing of a page that was left before all its files had come."""

    def handle_error(self, request, client_address):
        """Write nothing."""


class QuietHandler(SimpleHTTPRequestHandler):
    """Serve files without a line for each, and let the browser ask each time for newer ones."""

    def end_headers(self):
        """Add a header."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format, *args):
        """Write nothing."""


@pytest.fixture(scope="session")
def axe(tmp_path_factory):
    """Fetch axe-core with npm; give a function that finds what is wrong in a page."""
    npm, folder = shutil.which("npm"), tmp_path_factory.mktemp("axe")
    if npm is None:
        pytest.skip("ACCESSIBILITY IS NOT TESTED: needs npm, which comes with Node.js")
    command = [npm, "install", "--no-audit", "--no-fund", "--prefix", folder, AXE]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"ACCESSIBILITY IS NOT TESTED: npm does not get {AXE}: {done.stderr}")
    program = (folder / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")

    def violations(page, selector="html"):
        """List the rules that a part of a page breaks, each with the HTML that breaks it."""
        page.evaluate(program)
        return page.evaluate(VIOLATIONS, [selector, RULES])

    return violations


@pytest.fixture(autouse=True)
def screenshot(request, lab_page):
    """Keep a picture of the page when a test fails."""
    yield
    if request.node.stash.get(FAILED, False):
        FAILURES.mkdir(exist_ok=True)
        lab_page.screenshot(path=FAILURES / f"{request.node.name}.png")


FAILED = pytest.StashKey()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Remember a failure, so that the fixture above keeps a screenshot."""
    report = yield
    if report.when == "call" and report.failed:
        item.stash[FAILED] = True
    return report
