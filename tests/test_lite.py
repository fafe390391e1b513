"""What `make lite` takes from Pyodide's release, and what it enters in Pyodide's lock."""

import hashlib
import importlib.util
import io
import json
import sys
import zipfile
from pathlib import Path

import pytest
from editions import ENGLISH, read
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from test_environment import entries

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


PROGRAM = b"a program"
DIGEST = hashlib.sha256(PROGRAM).hexdigest()


def zipped(files):
    """Make an archive of some texts."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return data.getvalue()


def test_a_file_of_the_release_is_read_and_another_one_refused(distribution, tmp_path):
    file = tmp_path / "pyodide.js"
    file.write_bytes(PROGRAM)
    assert distribution.read(str(tmp_path), file.name, DIGEST) == PROGRAM
    file.write_bytes(b"A program")
    with pytest.raises(ValueError, match=f"pyodide.js has the SHA-256 .*; .* is {DIGEST}"):
        distribution.read(str(tmp_path), file.name, DIGEST)


def test_a_download_is_kept_and_checked_each_time(distribution, tmp_path, monkeypatch):
    asked = []

    def download(address):
        asked.append(address)
        return io.BytesIO(PROGRAM)

    monkeypatch.setattr("urllib.request.urlopen", download)
    monkeypatch.setattr(distribution, "CACHE", tmp_path / "deep" / "cache")
    for _ in range(2):
        assert distribution.read("https://host/full", "pyodide.js", DIGEST) == PROGRAM
    assert asked == ["https://host/full/pyodide.js"]
    (distribution.CACHE / "pyodide.js").write_bytes(b"A program")
    with pytest.raises(ValueError, match="pyodide.js has the SHA-256"):
        distribution.read("https://host/full", "pyodide.js", DIGEST)


def test_a_wheel_is_entered_with_its_modules_and_what_it_needs_in_a_browser(distribution):
    files = dict.fromkeys(["my_course/__init__.py", "my_course/widgets/pad.py", "single.py"], "")
    files["My_Course-1.2.dist-info/METADATA"] = (
        "Metadata-Version: 2.1\nName: My_Course\nVersion: 1.2\nRequires-Dist: numpy>=2\n"
        "Requires-Dist: Typing_Extensions; python_version < '3.13'\n"
        "Requires-Dist: colorama; sys_platform == 'win32'\nRequires-Dist: jupyterlab-widgets\n"
        "Requires-Dist: pytest; extra == 'test'\n"
    )
    entry = distribution.lock_entry("My_Course-1.2-py3-none-any.whl", zipped(files))
    assert (entry["name"], entry["version"]) == ("my-course", "1.2")
    assert entry["imports"] == ["my_course", "single"]
    assert entry["depends"] == ["numpy", "typing-extensions"]


def test_a_package_that_is_nowhere_is_noticed(distribution):
    packages = {"course": {"depends": ["numpy"]}, "numpy": {"depends": []}, "scipy": {}}
    assert distribution.with_dependencies(packages, ["course"]) == {"course", "numpy"}
    packages["course"]["depends"].append("nowhere")
    with pytest.raises(KeyError, match="nowhere"):
        distribution.with_dependencies(packages, ["course"])


def test_matplotlib_is_made_lighter_and_finds_its_own_list_of_fonts(distribution):
    fonts = [{"fname": f"fonts/ttf/{name}.ttf"} for name in ("DejaVuSans", "DejaVuSerif")]
    files = {f"matplotlib/mpl-data/{font['fname']}": "" for font in fonts}
    files["matplotlib/font_manager.py"] = "class Manager:\n    __version__ = 330\n"
    files["matplotlib/fontlist.json"] = json.dumps(
        {"_version": 390, "afmlist": [], "ttflist": fonts}
    )
    changed = distribution.lighter(zipped(files), "matplotlib-3.8.4-pyodide_wasm32.whl")
    with zipfile.ZipFile(io.BytesIO(changed)) as archive:
        assert archive.testzip() is None
        assert set(files) - set(archive.namelist()) == {
            "matplotlib/mpl-data/fonts/ttf/DejaVuSerif.ttf"
        }
        listed = json.loads(archive.read("matplotlib/fontlist.json"))
    assert listed == {"_version": 330, "afmlist": [], "ttflist": fonts[:1]}


def test_bytecode_is_imported_in_the_place_of_its_source(distribution, tmp_path, monkeypatch):
    program = '"""Words."""\nanswer = 42\n'
    whole = zipped({"only_here/__init__.py": program, "only_here/words.txt": "words"})
    monkeypatch.setattr(distribution, "PYTHON", (2, 7))
    assert distribution.as_bytecode(whole) == whole
    monkeypatch.setattr(distribution, "PYTHON", sys.version_info[:2])
    changed = tmp_path / "changed.zip"
    changed.write_bytes(distribution.as_bytecode(whole))
    with zipfile.ZipFile(changed) as archive:
        assert archive.namelist() == ["only_here/__init__.pyc", "only_here/words.txt"]
    monkeypatch.syspath_prepend(changed)
    only_here = importlib.import_module("only_here")
    assert (only_here.answer, only_here.__doc__) == (42, "Words.")


def test_the_lock_of_the_build_has_the_versions_that_are_asked_for():
    locked = [line.split("--hash=")[0] for line in entries("lite/requirements.txt")]
    pinned = {each.name: each.specifier for each in map(Requirement, locked)}
    for line in (LITE / "requirements.in").read_text("utf-8").splitlines():
        if wanted := line.partition("#")[0].strip():
            (pin,) = pinned[canonicalize_name(Requirement(wanted).name)]
            assert Requirement(wanted).specifier.contains(pin.version), wanted


def test_every_widget_in_the_notebooks_has_its_picture_in_each_language():
    shown = {cell.id for path in ENGLISH for cell in read(path).cells if shows_a_widget(cell)}
    for language in LANGUAGES:
        pictures = LITE / "pictures" / language
        assert {path.stem for path in pictures.glob("*.png")} == shown, "call make pictures"


def shows_a_widget(cell):
    """Whether a notebook's cell makes one of the course's widgets, and shows it."""
    made = any(f"{name}(" in cell.source for name in widgets.__all__ if name[0].isupper())
    return made and bool(cell.get("outputs"))
