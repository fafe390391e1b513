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
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import sync_playwright

FAILURES = Path(__file__).parents[2] / "test-results"  # screenshots; not under version control
CHROMIUM = next(
    filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
OPEN = """async (path) => {
    const app = window.jupyterapp;
    await app.restored;
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
        "OPENBLAS_NUM_THREADS": "1",  # its threads wait for one another on a busy machine
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
            _wait_for(f"{address}/api?token={token}", server, home / "log")
            yield f"{address}/lab?token={token}", folder
        finally:
            server.terminate()


def _wait_for(url, server, log):
    for _ in range(300):
        try:
            with urllib.request.urlopen(url):
                return
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.2)
    pytest.fail(f"JupyterLab does not answer:\n{log.read_text()}")


@pytest.fixture(scope="module")
def chromium(lab):
    """Start Chromium, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_notebook(lab, chromium, request):
    """Open a notebook in a page of its own: open_notebook(path or list of cells)."""
    address, folder = lab
    pages = []

    def open_(cells, width=1280, height=1000):
        path = folder / f"notebook{len(list(folder.iterdir()))}.ipynb"
        if isinstance(cells, Path):
            shutil.copy(cells, path)
        else:
            cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
            nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=KERNEL), path)
        context = chromium.new_context(viewport={"width": width, "height": height})
        page = context.new_page()
        pages.append(page)
        page.goto(address)
        page.wait_for_function("window.jupyterapp")
        page.evaluate(OPEN, path.name)
        return page

    yield open_
    for page in pages:
        if request.node.stash.get(FAILED, False):
            FAILURES.mkdir(exist_ok=True)
            page.screenshot(path=FAILURES / f"{request.node.name}-{pages.index(page)}.png")
        page.evaluate("window.jupyterapp.serviceManager.sessions.shutdownAll()")
        page.context.close()


FAILED = pytest.StashKey()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Remember a failure, so that the fixtures above keep a screenshot."""
    report = yield
    if report.when == "call" and report.failed:
        item.stash[FAILED] = True
    return report
