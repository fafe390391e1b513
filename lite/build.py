"""Build the course as a web site that runs it in the reader's browser: `make lite`.

The site is plain files for any web server: JupyterLab without a server (JupyterLite), Python
for web pages (Pyodide), the course's package and notebooks, and a first page that leads to them.
"""

import argparse
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
WHEELS = ["anywidget", "comm", "ipywidgets", "matplotlib-fontja", "psygnal", "tqdm"]
WHEELS += ["typing-extensions"]
LOADED_AT_ONCE = [*KERNEL, "dlscratch", "matplotlib-fontja"]  # faster than when first imported
SETTINGS = {
    "jupyter-lite-schema-version": 0,
    "jupyter-config-data": {
        "appName": "dlscratch",
        "exposeAppInBrowser": True,  # for the tests
        "disabledExtensions": ["@jupyterlab/terminal-extension"],
        "faviconUrl": "./favicon.ico",
        "litePluginSettings": {
            "@jupyterlite/pyodide-kernel-extension:kernel": {
                "disablePyPIFallback": True,  # ask no other host
                "loadPyodideOptions": {"packages": LOADED_AT_ONCE},
            }
        },
    },
}
OVERRIDES = {  # a notebook that is closed gives its memory back
    "@jupyterlab/notebook-extension:tracker": {"kernelShutdown": True}
}
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
    for folder in (CACHE / "stage", CACHE / "wheels", site):
        shutil.rmtree(folder, ignore_errors=True)
    stage, wheels = CACHE / "stage", CACHE / "wheels"
    (stage / "static" / "pyodide").mkdir(parents=True)
    run("-m", "flit_core.wheel", "--outdir", wheels, ROOT)
    fetch_wheels(wheels)
    write_pyodide(stage / "static" / "pyodide", pyodide, sorted(wheels.glob("*.whl")))
    copy_notebooks(stage / "notebooks")
    (stage / "jupyter-lite.json").write_text(json.dumps(SETTINGS), "utf-8")
    (stage / "overrides.json").write_text(json.dumps(OVERRIDES), "utf-8")
    run(
        *["-m", "jupyter", "lite", "build", "--apps=lab", "--no-sourcemaps", "--no-libarchive"],
        *["--no-unused-shared-packages", "--lite-dir", stage, "--contents", stage / "notebooks"],
        *["--output-dir", site],
    )
    (site / "lab" / "favicon.ico").rename(site / "favicon.ico")  # where browsers look for it
    for pattern in OLD_FONTS:
        for file in (site / "build").glob(pattern):
            file.unlink()
    write_pages(site, NOTEBOOKS)


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
