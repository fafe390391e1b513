"""The part of Pyodide, Python for web pages, that the course needs, with the course added."""

import hashlib
import io
import json
import re
import urllib.request
import zipfile
from email.parser import HeaderParser
from pathlib import Path

from packaging.requirements import Requirement

VERSION = "0.27.7"
RELEASE = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full"
CACHE = Path(__file__).parent / "cache" / f"pyodide-{VERSION}"
LOCK = "pyodide-lock.json"
CORE = {  # SHA-256; those of the packages are in the lock
    LOCK: "9c45b916001a750f4102fc287494f3eab215909c7535c626a20db80fd6333e2c",
    "pyodide.js": "b4cb23a53aba19c221659b9fb40a2f18281d685691dc06647fb0afd0681baf98",
    "pyodide.asm.js": "6b4c90de5b7172873f04f21884d0e9d2274e305fe32116558fe3e4fbe3618d51",
    "pyodide.asm.wasm": "a50dd1843f805a0b7c45b61037ee0d7b26dfe85efe0e18ef95a34ad24e401f5f",
    "python_stdlib.zip": "16611534726e5d8ac2bd8f926410b2dcb8d6f49aa24913463533b457a2115c16",
}
KERNEL = ["micropip", "ssl", "sqlite3", "ipython", "jedi"]  # what the kernel itself loads
SERVER_SIDE = {"jupyterlab", "jupyterlab-widgets", "widgetsnbextension"}  # the site has its own
MACHINE = {"sys_platform": "emscripten", "python_version": "3.12", "extra": ""}


def write_pyodide(folder, source, wheels):
    """Write Pyodide with some wheels added, and without what they do not need.

    Parameters
    ----------
    folder : Path
        Where to write it.
    source : str
        Folder or address with the files of Pyodide's release.
    wheels : list of Path
        Wheels in pure Python. They and all that they depend on are entered in Pyodide's lock,
        so that `import` loads them.

    Raises
    ------
    ValueError
        If a file is not the one of the release.
    KeyError
        If a wheel depends on a package that is nowhere.
    """
    lock = json.loads(read(source, LOCK, CORE[LOCK]))
    added = {entry["name"]: entry for entry in map(lock_entry, wheels)}
    packages = lock["packages"] | added
    lock["packages"] = {
        name: packages[name] for name in sorted(with_dependencies(packages, [*KERNEL, *added]))
    }
    for name in CORE.keys() - {LOCK}:
        (folder / name).write_bytes(read(source, name, CORE[name]))
    for wheel in wheels:
        (folder / wheel.name).write_bytes(wheel.read_bytes())
    for name, entry in lock["packages"].items():
        if name in added:
            continue
        content = read(source, entry["file_name"], entry["sha256"])
        if name == "matplotlib":
            content = with_its_font_list(content)
            entry["sha256"] = hashlib.sha256(content).hexdigest()
        (folder / entry["file_name"]).write_bytes(content)
    (folder / LOCK).write_text(json.dumps(lock), "utf-8")


def read(source, name, sha256):
    """Read a file from a folder, or from an address (once), and check its digest."""
    if re.match("https?://", source):
        file = CACHE / name
        if not file.exists():
            with urllib.request.urlopen(f"{source}/{name}") as response:
                content = response.read()
            CACHE.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    else:
        file = Path(source, name)
    content = file.read_bytes()
    if (found := hashlib.sha256(content).hexdigest()) != sha256:
        raise ValueError(f"{file} has the SHA-256 {found}; that of Pyodide {VERSION} is {sha256}")
    return content


def with_dependencies(packages, names):
    """Give these packages and all that they depend on."""
    found, left = set(), list(names)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += map(normal, packages[name]["depends"])
    return found


def normal(name):
    """Write a package's name as the lock does."""
    return re.sub("[-_.]+", "-", name).lower()


def lock_entry(wheel):
    """Describe a wheel as Pyodide's lock does."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = next(name for name in names if name.endswith(".dist-info/METADATA"))
        about = HeaderParser().parsestr(archive.read(metadata).decode())
    required = [Requirement(line) for line in about.get_all("Requires-Dist", [])]
    depends = {normal(r.name) for r in required if not r.marker or r.marker.evaluate(MACHINE)}
    modules = {name.split("/")[0].removesuffix(".py") for name in names if name.endswith(".py")}
    return {
        "name": normal(about["Name"]),
        "version": about["Version"],
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": sorted(modules),
        "depends": sorted(depends - SERVER_SIDE),
        "unvendored_tests": False,
        "shared_library": False,
    }


def with_its_font_list(wheel):
    """Make matplotlib's wheel use the list of fonts that is in it.

    Pyodide 0.27 put the list of a newer matplotlib beside this one, which therefore makes its
    own at every start: that takes seconds and prints a warning.
    """
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(wheel)) as old, zipfile.ZipFile(changed, "w") as new:
        manager = old.read("matplotlib/font_manager.py").decode()
        version = re.search(r"^    __version__ = (\d+)$", manager, re.MULTILINE)[1]
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "matplotlib/fontlist.json":
                content = re.sub(rb'"_version": \d+', f'"_version": {version}'.encode(), content)
            new.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return changed.getvalue()
