"""What `make lite` takes from Pyodide's release, and what it enters in Pyodide's lock."""

import hashlib
import importlib.util
import json
import re
import sys
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from editions import ENGLISH, read
from packaging.requirements import Requirement

from dlscratch import widgets
from dlscratch.words import LANGUAGES

LITE = Path(__file__).parents[1] / "lite"


@pytest.fixture(scope="module")
def distribution():
    """Import lite/distribution.py, which is no part of a package."""
    spec = importlib.util.spec_from_file_location("distribution", LITE / "distribution.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def release(tmp_path):
    """Make a folder with one file, which stands for Pyodide's release; and its digest."""
    folder = tmp_path / "release"
    folder.mkdir()
    (folder / "pyodide.js").write_bytes(b"a program")
    return folder, hashlib.sha256(b"a program").hexdigest()


def test_a_file_of_the_release_is_read_and_another_one_refused(distribution, release):
    folder, digest = release
    assert distribution.read(str(folder), "pyodide.js", digest) == b"a program"
    (folder / "pyodide.js").write_bytes(b"A program")
    with pytest.raises(ValueError, match=f"pyodide.js has the SHA-256 .*; .* is {digest}"):
        distribution.read(str(folder), "pyodide.js", digest)


def test_a_download_is_kept_and_checked_each_time(distribution, release, tmp_path, monkeypatch):
    folder, digest = release
    monkeypatch.setattr(distribution, "CACHE", tmp_path / "cache")
    handler = partial(SimpleHTTPRequestHandler, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        address = f"http://127.0.0.1:{server.server_port}"
        first = distribution.read(address, "pyodide.js", digest)
        server.shutdown()
    assert first == distribution.read(address, "pyodide.js", digest) == b"a program"
    (tmp_path / "cache" / "pyodide.js").write_bytes(b"A program")
    with pytest.raises(ValueError, match="pyodide.js has the SHA-256"):
        distribution.read(address, "pyodide.js", digest)


def test_a_wheel_is_entered_with_its_modules_and_what_it_needs_in_a_browser(distribution, tmp_path):
    wheel = tmp_path / "My_Course-1.2-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("my_course/__init__.py", "")
        archive.writestr("my_course/widgets/pad.py", "")
        archive.writestr("single.py", "")
        archive.writestr(
            "My_Course-1.2.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: My_Course\nVersion: 1.2\nRequires-Dist: numpy>=2\n"
            "Requires-Dist: Typing_Extensions; python_version < '3.13'\n"
            "Requires-Dist: colorama; sys_platform == 'win32'\nRequires-Dist: jupyterlab-widgets\n"
            "Requires-Dist: pytest; extra == 'test'\n",
        )
    entry = distribution.lock_entry(wheel.name, wheel.read_bytes())
    assert (entry["name"], entry["version"]) == ("my-course", "1.2")
    assert entry["imports"] == ["my_course", "single"]
    assert entry["depends"] == ["numpy", "typing-extensions"]


def test_a_package_that_is_nowhere_is_noticed(distribution):
    packages = {"course": {"depends": ["numpy"]}, "numpy": {"depends": []}, "scipy": {}}
    assert distribution.with_dependencies(packages, ["course"]) == {"course", "numpy"}
    packages["course"]["depends"].append("nowhere")
    with pytest.raises(KeyError, match="nowhere"):
        distribution.with_dependencies(packages, ["course"])


def test_matplotlib_is_made_lighter_and_finds_its_own_list_of_fonts(distribution, tmp_path):
    wheel = tmp_path / "matplotlib-3.8.4-cp312-cp312-pyodide_wasm32.whl"
    fonts = [{"fname": f"fonts/ttf/{name}.ttf"} for name in ("DejaVuSans", "DejaVuSerif")]
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("matplotlib/font_manager.py", "class Manager:\n    __version__ = 330\n")
        for font in fonts:
            archive.writestr(f"matplotlib/mpl-data/{font['fname']}", "")
        archive.writestr(
            "matplotlib/fontlist.json",
            json.dumps({"_version": 390, "afmlist": [], "ttflist": fonts}),
        )
    changed = tmp_path / "changed.whl"
    changed.write_bytes(distribution.lighter(wheel.read_bytes(), wheel.name))
    with zipfile.ZipFile(changed) as archive:
        assert archive.testzip() is None
        assert "matplotlib/mpl-data/fonts/ttf/DejaVuSans.ttf" in archive.namelist()
        assert "matplotlib/mpl-data/fonts/ttf/DejaVuSerif.ttf" not in archive.namelist()
        listed = json.loads(archive.read("matplotlib/fontlist.json"))
    assert listed == {"_version": 330, "afmlist": [], "ttflist": fonts[:1]}


def test_bytecode_is_imported_in_the_place_of_its_source(distribution, tmp_path, monkeypatch):
    whole = tmp_path / "whole.zip"
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("only_here/__init__.py", '"""Words."""\nanswer = 42\n')
        archive.writestr("only_here/words.txt", "words")
    monkeypatch.setattr(distribution, "PYTHON", (2, 7))
    assert distribution.as_bytecode(whole.read_bytes()) == whole.read_bytes()
    monkeypatch.setattr(distribution, "PYTHON", sys.version_info[:2])
    changed = tmp_path / "changed.zip"
    changed.write_bytes(distribution.as_bytecode(whole.read_bytes()))
    with zipfile.ZipFile(changed) as archive:
        assert archive.namelist() == ["only_here/__init__.pyc", "only_here/words.txt"]
    monkeypatch.syspath_prepend(changed)
    only_here = importlib.import_module("only_here")
    assert (only_here.answer, only_here.__doc__) == (42, "Words.")


def test_the_lock_of_the_build_pins_by_hash_and_holds_no_address():
    text = (LITE / "requirements.txt").read_text("utf-8")
    assert "://" not in text
    entries = re.sub(r"\\\n", "", re.sub(r"^ *#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    pinned = {}
    for entry in entries:
        requirement, *hashes = entry.split("--hash=")
        assert hashes and all(h.startswith("sha256:") for h in hashes), entry
        pinned[Requirement(requirement).name] = Requirement(requirement).specifier
    for line in (LITE / "requirements.in").read_text("utf-8").splitlines():
        if wanted := line.partition("#")[0].strip():
            name = re.sub("[-_.]+", "-", Requirement(wanted).name)
            version = next(iter(pinned[name])).version
            assert Requirement(wanted).specifier.contains(version), wanted


def test_every_widget_in_the_notebooks_has_its_picture_in_each_language():
    shown = {cell.id for path in ENGLISH for cell in read(path).cells if shows_a_widget(cell)}
    for language in LANGUAGES:
        pictures = LITE / "pictures" / language
        assert {path.stem for path in pictures.glob("*.png")} == shown, "call make pictures"


def shows_a_widget(cell):
    """Whether a notebook's cell makes one of the course's widgets, and shows it."""
    made = any(f"{name}(" in cell.source for name in widgets.__all__ if name[0].isupper())
    return made and bool(cell.get("outputs"))
