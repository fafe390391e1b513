"""The learner's own copies of the notebooks."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import types
import urllib.error
import urllib.request

import nbformat
import pytest
from jupyter_server.services.config import ConfigManager
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import dlscratch.__main__ as course
from dlscratch import copies
from dlscratch.copies import NOTEBOOKS, make_copies, of_edition, report
from dlscratch.words import LANGUAGES, choose_words

NAMES = ["4.5.1_class.ipynb", "4.5.2_minibatch.ipynb", "4.5.3_test_evaluation.ipynb"]


@pytest.fixture
def notebooks(tmp_path):
    """Make a course of three notebooks with outputs."""
    folder = tmp_path / "notebooks"
    for edition in LANGUAGES:
        of_edition(folder, edition).mkdir()
        for name in NAMES:
            store(of_edition(folder, edition) / name, "1 + 1", "2")
    return folder


@pytest.fixture
def my_course(tmp_path, notebooks, monkeypatch):
    """Let these notebooks be the course's, and its folder for copies one of the test's own."""
    monkeypatch.setattr(copies, "COURSE", tmp_path)
    monkeypatch.setattr(copies, "NOTEBOOKS", notebooks)
    monkeypatch.setattr(copies, "MY_COURSE", tmp_path / "my_course")
    return tmp_path / "my_course"


@pytest.fixture
def mine(tmp_path):
    """Name a folder that is not there yet, with spaces and letters of another script."""
    return tmp_path / "私の コース" / "ja"


def store(path, source, result):
    output = new_output("execute_result", {"text/plain": result}, execution_count=7)
    cells = [
        new_markdown_cell("# 2層ニューラルネットワーク", id="text"),
        new_code_cell(source, id="code", outputs=[output], execution_count=7),
    ]
    nbformat.write(new_notebook(cells=cells), path)


def save_later(copy, text):
    """Save a copy as an editor does, some time after the copies were made."""
    later = copy.stat().st_mtime_ns + 10**9
    copy.write_text(copy.read_text("utf-8").replace("1 + 1", text), "utf-8")
    os.utime(copy, ns=(later, later))


def test_copies_have_the_same_cells_without_outputs(mine):
    made, older = make_copies(NOTEBOOKS, mine)
    names = sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))
    assert [copy.name for copy in made] == names and older == []
    for copy in made:
        source, copied = (nbformat.read(path, 4) for path in (NOTEBOOKS / copy.name, copy))
        nbformat.validate(copied)
        for ours, theirs in zip(source.cells, copied.cells, strict=True):
            assert (ours.id, ours.source) == (theirs.id, theirs.source)
            assert "outputs" not in theirs or (theirs.outputs, theirs.execution_count) == ([], None)
        for key in ("kernelspec", "language_info"):
            assert copied.metadata[key] == source.metadata[key]


def test_a_copy_that_is_there_is_left_alone(notebooks, mine):
    first = make_copies(notebooks, mine)[0][0]
    save_later(first, "my work")
    (mine / NAMES[1]).write_bytes(b"\xff damaged")
    (mine / NAMES[2]).unlink()
    (mine / NAMES[2]).mkdir()
    before = [(path.stat().st_mtime_ns, path.stat().st_size) for path in mine.iterdir()]
    assert make_copies(notebooks, mine) == ([], [])
    assert [(path.stat().st_mtime_ns, path.stat().st_size) for path in mine.iterdir()] == before
    assert "my work" in first.read_text("utf-8")


def test_a_newer_notebook_of_the_course_is_told_and_comes_beside_a_renamed_copy(
    notebooks, mine, capsys
):
    make_copies(notebooks, mine)
    store(notebooks / NAMES[1], "2 + 2", "4")
    made, older = make_copies(notebooks, mine)
    report(made, older)
    said = capsys.readouterr().out
    assert made == [] and older == [mine / NAMES[1]]
    assert said.count("\n") == 1 and NAMES[1] in said and "rename yours" in said

    (mine / NAMES[1]).rename(mine / "old.ipynb")
    assert make_copies(notebooks, mine) == ([mine / NAMES[1]], [])
    assert "1 + 1" in (mine / "old.ipynb").read_text("utf-8")
    assert "2 + 2" in (mine / NAMES[1]).read_text("utf-8")


def test_a_folder_without_notebooks_is_named(tmp_path, mine):
    with pytest.raises(FileNotFoundError, match=f"no notebooks in {tmp_path}"):
        make_copies(tmp_path, mine)
    assert not mine.exists()


def test_command_makes_the_copies_of_all_editions_or_of_one_folder(
    notebooks, my_course, mine, monkeypatch
):
    for folders in ([], [notebooks, mine]):
        monkeypatch.setattr(sys, "argv", ["dlscratch.copies", *map(str, folders)])
        copies.main()
    for folder in (my_course, my_course / "ja", mine):
        assert sorted(path.name for path in folder.glob("*.ipynb")) == NAMES
    monkeypatch.setattr(sys, "argv", ["dlscratch.copies", "one"])
    with pytest.raises(SystemExit, match="name two folders, or none"):
        copies.main()


@pytest.fixture
def opened(my_course, monkeypatch):
    """Open the course with a stand-in for JupyterLab; return the flags that it gets."""

    def run(*words, user=1000, **languages):
        flags = []
        app = types.SimpleNamespace(LabApp=types.SimpleNamespace(launch_instance=flags.extend))
        monkeypatch.setitem(sys.modules, "jupyterlab.labapp", app)
        monkeypatch.setattr(os, "geteuid", lambda: user, raising=False)
        monkeypatch.setattr(sys, "argv", ["dlscratch", *words])
        for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
            monkeypatch.setenv(name, languages.get(name, ""))
        course.main()
        return flags

    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "/somewhere")
    yield run
    choose_words("en")


def test_the_course_opens_on_the_lesson_that_was_saved_last(opened, my_course, capsys):
    root, at = f"--ServerApp.root_dir={my_course.parent}", "--LabApp.default_url=/lab/tree"
    assert opened("--no-browser") == [root, f"{at}/my_course/{NAMES[0]}", "--no-browser"]
    assert f"copies of the notebooks are in {my_course}" in capsys.readouterr().out
    save_later((my_course / NAMES[2]).rename(my_course / "私の 4.ipynb"), "my work")
    assert opened() == [root, f"{at}/my_course/%E7%A7%81%E3%81%AE%204.ipynb"]


def test_the_edition_that_is_asked_for_opens(opened, my_course):
    flags = opened("ja", "--no-browser", LANG="de_DE.UTF-8")
    assert flags[1:] == [f"--LabApp.default_url=/lab/tree/my_course/ja/{NAMES[0]}", "--no-browser"]
    assert not (my_course / NAMES[0]).exists()
    assert opened("en", LANG="ja_JP.UTF-8")[1].endswith(f"my_course/{NAMES[0]}")


@pytest.mark.parametrize(
    ("languages", "locale", "edition"),
    [
        ({"LANG": "C.UTF-8", "LC_ALL": "ja_JP.eucJP"}, ValueError, "ja/"),
        ({"LANGUAGE": "ja:en", "LANG": "en_US.UTF-8"}, ValueError, "ja/"),
        ({"LANG": "de_DE"}, "ja_JP", ""),
        ({}, "ja_JP", "ja/"),  # macOS
        ({}, "Japanese_Japan", "ja/"),  # Windows
        ({}, ValueError, ""),
    ],
)
def test_the_edition_is_of_the_system_s_language(opened, monkeypatch, languages, locale, edition):
    def getlocale():
        if locale is ValueError:
            raise ValueError("unknown locale: en_150")
        return locale, "cp932"

    monkeypatch.setattr(course.locale, "getlocale", getlocale)
    assert opened(**languages)[1].endswith(f"my_course/{edition}{NAMES[0]}")


def test_an_edition_that_is_not_there_is_named(opened):
    with pytest.raises(SystemExit, match="no edition 'fr'; the course has en and ja"):
        opened("fr")


@pytest.mark.parametrize(("edition", "locale"), [("en", "en"), ("ja", "ja_JP")])
def test_jupyterlab_s_menus_are_in_the_edition_s_language(opened, edition, locale):
    opened(edition)
    settings = ConfigManager(config_dir_name="labconfig").get("default_setting_overrides")
    assert settings["@jupyterlab/translation-extension:plugin"] == {"locale": locale}
    assert settings["@jupyterlab/notebook-extension:tracker"]["codeCellConfig"]["lineWrap"]
    assert os.environ["JUPYTER_CONFIG_PATH"].endswith("/somewhere")


def test_jupyterlab_opens_the_lesson_and_no_launcher(tmp_path):
    pytest.importorskip("jupyterlab")
    for name in ("dlscratch", "notebooks"):
        shutil.copytree(NOTEBOOKS.parent / name, tmp_path / name)
    settings = {"JUPYTER_CONFIG_DIR": str(tmp_path / "config"), "JUPYTER_TOKEN": "secret"}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "dlscratch", "en", "--no-browser", f"--ServerApp.port={port}"]
    server, page = subprocess.Popen(command, cwd=tmp_path, env=os.environ | settings), None
    try:
        while page is None:
            assert server.poll() is None
            with contextlib.suppress(urllib.error.URLError):
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/?token=secret") as answer:
                    page = answer.read().decode()
            time.sleep(0.1)
    finally:
        server.terminate()
        server.wait()
    config = json.loads(page.partition('type="application/json">')[2].partition("</script>")[0])
    names = sorted(path.name for path in (tmp_path / "my_course").iterdir())
    assert config["treePath"] == f"my_course/{names[0]}"
    assert "@jupyterlab/apputils-extension:announcements" in config["disabledExtensions"]


def test_root_is_told_how_jupyterlab_is_started(opened, capsys):
    assert "--allow-root" in opened(user=0)
    assert "You are root" in capsys.readouterr().out


def test_without_jupyterlab_the_course_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "jupyterlab.labapp", None)
    monkeypatch.setattr(sys, "argv", ["dlscratch"])
    with pytest.raises(SystemExit, match="pip install jupyterlab"):
        course.main()
