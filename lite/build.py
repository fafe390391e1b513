"""Build the course as a web site that runs it in the reader's browser: `make lite`.

The site is plain files for any web server: JupyterLab without a server (JupyterLite), Python
for web pages (Pyodide), the course's package and notebooks, and a first page that leads to them.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from distribution import KERNEL, RELEASE, VERSION, write_pyodide
from pages import write_pages

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / "notebooks"
CACHE = ROOT / "lite" / "cache"
SCRIPTS = ROOT / "lite" / "scripts"
WHEELS = ["anywidget", "comm", "ipywidgets", "matplotlib-fontja", "psygnal", "tqdm"]
WHEELS += ["typing-extensions"]
EXTENSION = "@jupyterlite/pyodide-kernel-extension"
KERNEL_WHEELS = ["ipykernel", "piplite", "pyodide_kernel"]  # in that extension
LOADED_AT_ONCE = [*KERNEL, *KERNEL_WHEELS, "comm", "dlscratch"]  # faster than when first imported
SETTINGS = {
    "appName": "dlscratch",
    "exposeAppInBrowser": True,  # for scripts/lesson.js, and the tests
    "disabledExtensions": ["@jupyterlab/terminal-extension"],
    "settingsOverrides": {
        "@jupyterlab/mainmenu-extension:plugin": {  # File, Download, as in JupyterLab
            "menus": [{"id": "jp-mainmenu-file", "items": [{"command": "docmanager:download"}]}]
        },
        "@jupyterlab/notebook-extension:tracker": {"codeCellConfig": {"lineWrap": True}},
        "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": True},  # shown on another day
    },
}
KERNEL_SETTINGS = {
    "disablePyPIFallback": True,  # ask no other host
    "loadPyodideOptions": {"packages": LOADED_AT_ONCE},
}
APPS = ["notebooks", "tree"]  # JupyterLab, with its sidebar, leaves a phone no room
# No SSL, 2 MB, at the kernel's start: a page has that of its browser.
WITHOUT_SSL = '["ssl","sqlite3","ipykernel"', '["sqlite3","ipykernel"'
# JupyterLite hands the kernel no question for its comms, and saved widgets wait for the answer.
CASE = 'case"comm_open":await this.commOpen(e);break;'
REPLY = (
    'n.KernelMessage.createMessage({msgType:"comm_info_reply",channel:"shell",parentHeader:e.header,'
    "session:e.header.session,content:await this.commInfoRequest(e.content)})"
)
ANSWER = CASE, f'{CASE}case"comm_info_request":this._sendMessage({REPLY});break;'
OLD_FONTS = ["*.eot", "*.svg", "*.ttf"]  # in build/, beside the .woff2 that every browser takes


def main():
    """Build the site, for the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("site", type=Path, help="folder to write")
    parser.add_argument(
        "--pyodide", default="download", help=f"folder with the files of Pyodide {VERSION}"
    )
    args = parser.parse_args()
    build(args.site.resolve(), RELEASE if args.pyodide == "download" else args.pyodide)
    sizes = [file.stat().st_size for file in args.site.rglob("*") if file.is_file()]
    print(f"{args.site}: {len(sizes)} files, {sum(sizes) / 1e6:.0f} MB")


def build(site, pyodide):
    """Write the site.

    Parameters
    ----------
    site : Path
        Folder to write; a site that is there already is removed.
    pyodide : str
        Folder or address with the files of Pyodide's release.
    """
    if site.exists() and any(site.iterdir()) and not (site / "jupyter-lite.json").exists():
        sys.exit(f"{site} holds something else than a site; name an empty folder")
    stage, wheels, python = CACHE / "stage", CACHE / "wheels", CACHE / "pyodide"
    for folder in (stage, wheels, python, site):
        shutil.rmtree(folder, ignore_errors=True)
    for folder in (stage, wheels, python):
        folder.mkdir(parents=True)
    run("-m", "flit_core.wheel", "--outdir", wheels, ROOT)
    fetch_wheels(wheels)
    of_kernel = Path(sys.prefix, "share/jupyter/labextensions", EXTENSION, "static/pypi")
    for name in KERNEL_WHEELS:
        shutil.copy(next(of_kernel.glob(f"{name}-*.whl")), wheels)
    digest = write_pyodide(python, pyodide, sorted(wheels.glob("*.whl")))
    address = f"static/pyodide-{digest[:8]}"  # a new one for each new content
    copy_notebooks(stage / "notebooks")
    kernel = KERNEL_SETTINGS | {"pyodideUrl": f"./{address}/pyodide.js"}
    settings = SETTINGS | {"litePluginSettings": {f"{EXTENSION}:kernel": kernel}}
    lite = {"jupyter-lite-schema-version": 0, "jupyter-config-data": settings}
    (stage / "jupyter-lite.json").write_text(json.dumps(lite), "utf-8")
    run(
        *["-m", "jupyter", "lite", "build", *[f"--apps={app}" for app in APPS], "--no-sourcemaps"],
        *["--no-libarchive", "--no-unused-shared-packages", "--lite-dir", stage],
        *["--contents", stage / "notebooks", "--output-dir", site],
    )
    shutil.move(python, site / address)
    shutil.copy(site / "notebooks" / "favicon.ico", site)  # for the first page
    for pattern in OLD_FONTS:
        for file in (site / "build").glob(pattern):
            file.unlink()
    change(site / "extensions" / EXTENSION / "static", *WITHOUT_SSL)
    change(site / "build", *ANSWER)
    write_pages(site, NOTEBOOKS)
    add_scripts(site)


def change(folder, old, new):
    """Change what stands in JupyterLite's programs; end where a new version has it no more."""
    programs = [file for file in folder.glob("*.js") if old in file.read_text("utf-8")]
    if not programs:
        sys.exit(f"{folder}: what is to be changed is not where it was in version 0.6: {old}")
    for file in programs:
        file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")


def add_scripts(site):
    """Add the site's own scripts: to the pages of JupyterLite, and to its service worker."""
    for app in APPS:
        page = site / app / "index.html"
        tags = "".join(f'<script src="../{name}.js"></script>' for name in ["notices", "lesson"])
        page.write_text(page.read_text("utf-8").replace("</head>", f"{tags}</head>", 1), "utf-8")
    for name in ["notices.js", "lesson.js"]:
        shutil.copy(SCRIPTS / name, site)
    paths = sorted(path for path in site.rglob("*") if path.is_file())
    build = hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in paths))
    lines = [
        f'const BUILD = "{build.hexdigest()[:8]}";',
        f"const FILES = {json.dumps([path.relative_to(site).as_posix() for path in paths])};",
        (SCRIPTS / "offline.js").read_text("utf-8"),
    ]
    worker = site / "service-worker.js"
    worker.write_text("\n".join([*lines, worker.read_text("utf-8")]), "utf-8")


def run(*command):
    """Run a program with this Python; show what it says if it fails."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=CACHE / "stage",  # where the builder keeps its notes of what is done already
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    if done.returncode:
        sys.exit(f"{done.stdout}\n{command[:2]} failed")


def fetch_wheels(folder):
    """Fetch the wheels that Pyodide has not, in the versions of the lock beside this file."""
    lock = (ROOT / "lite" / "requirements.txt").read_text("utf-8")
    entries = re.findall(r"^[\w.-]+==(?:.*\\\n)*.*\n", lock, re.MULTILINE)
    wanted = [e for e in entries if e.partition("==")[0] in WHEELS]
    (folder / "requirements.txt").write_text("".join(wanted), "utf-8")
    run(
        *["-m", "pip", "download", "--disable-pip-version-check", "--no-deps"],
        *[
            "--require-hashes",
            "--only-binary=:all:",
            "--implementation=py",
            "--abi=none",
            "--platform=any",
        ],
        *["--python-version=3.12", "--dest", folder, "-r", folder / "requirements.txt"],
    )


def copy_notebooks(folder):
    """Write the learner's copies: in each language's folder, without outputs."""
    for edition in sorted({path.parent for path in NOTEBOOKS.rglob("*.ipynb")}):
        run("-m", "dlscratch.copies", edition, folder / edition.relative_to(NOTEBOOKS))


if __name__ == "__main__":
    main()
