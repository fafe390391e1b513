"""What README, CONTRIBUTING and docs/ say of the notebooks and of the package's modules."""

import json
import re
from pathlib import Path

import pytest

import dlscratch
from dlscratch import exercises

ROOT = Path(dlscratch.__file__).parents[1]
GUIDES = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
MODULES = sorted(
    path.stem + "/" * path.is_dir()
    for path in (ROOT / "dlscratch").iterdir()
    if (path.suffix == ".py" or (path / "__init__.py").exists()) and path.stem != "__init__"
)


def read(name):
    return (ROOT / name).read_text("utf-8")


PICTURE = read("CONTRIBUTING.md").partition("## Finding your way")[2].split("```")[1]


def cells():
    """Yield the section's number, the kind and the text of every cell of the notebooks."""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            yield path.stem.partition("_")[0], cell["cell_type"], "".join(cell["source"])


def places():
    """Say where each check stands: (kind, number, notebook), such as ("exercise", 1, "4.5.1")."""
    found, place = {}, None
    for notebook, kind, text in cells():
        if kind == "markdown":
            for word, number in re.findall(r"^#+ (Exercise|Fault) (\d+):", text, re.MULTILINE):
                place = word.lower(), int(number), notebook
        else:
            for check in re.findall(r"^(?:exercises\.)?(check_\w+)\(", text, re.MULTILINE):
                found[check] = place
    return found


def test_every_session_has_ninety_minutes():
    sessions = read("docs/teaching.md").split("\n## Session ")[1:]
    assert len(sessions) == 2
    for session in sessions:
        table = session.split("\n## ")[0]
        assert sum(map(int, re.findall(r"^\| (\d+) \|", table, re.MULTILINE))) == 90


def test_teaching_names_only_sections_that_the_notebooks_have():
    plan = read("docs/teaching.md").split("\n## What learners believe")[0]
    headings = {
        line.lstrip("# ").rstrip("?")
        for _, kind, text in cells()
        if kind == "markdown"
        for line in text.splitlines()
        if line.startswith("#")
    }
    named = re.findall(r'"([^"]+?)[.?]?"', plan)
    assert len(named) > 5
    assert [name for name in named if name not in headings] == []


def test_teaching_says_of_every_check_what_it_answers_and_where_it_stands():
    stands = places()
    table = read("docs/teaching.md").split("\n## What learners believe")[1].split("\n## ")[0]
    said, notebook = {}, "4.5.1"
    for word, number, of, check in re.findall(
        r"\b(exercise|fault) (\d+)(?: of (4\.5\.\d))?, `(check_\w+)`", table, re.IGNORECASE
    ):
        notebook = of or notebook
        said[check] = word.lower(), int(number), notebook
    assert set(said) == set(exercises.__all__) - {"check_question"}  # it stands in all of them
    assert said == {check: place for check, place in stands.items() if check != "check_question"}


def test_readme_gives_the_notebooks_names_and_times():
    firsts = {}
    for notebook, _, text in cells():
        firsts.setdefault(notebook, text)
    for notebook, text in firsts.items():
        title = re.match(r"# (.*) \((.*)\)", text)
        times = re.search(r"\*\*Time:\*\* about (\d+) minutes(?:, and (\d+) more)?", text)
        lesson, lab = times.groups()
        (row,) = re.findall(rf"^\| \[{re.escape(notebook)} .*", read("README.md"), re.MULTILINE)
        assert row.startswith(f"| [{title[1]}](notebooks/") and f" ({title[2]}) | " in row
        assert row.endswith(f" | {lesson} min{f', bug lab {lab} min' if lab else ''} |")


def test_readme_adds_up_the_notebooks_times():
    for readme in ROOT.glob("README*.md"):
        rows = re.findall(r"^\| \[4\.5.* \| (.*) \|$", read(readme), re.MULTILINE)
        times = [list(map(int, re.findall(r"\d+", row))) for row in rows]
        lessons, labs = (sum(time[k] for time in times if len(time) > k) for k in (0, 1))
        lines = re.findall(r"^\*\*.*$", read(readme), re.MULTILINE)
        assert [lessons, labs] in [list(map(int, re.findall(r"\d+", line))) for line in lines]


def test_contributing_shows_every_module():
    assert [name for name in MODULES if not re.search(rf"\b{name.rstrip('/')}\b", PICTURE)] == []


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_links_of_a_guide_lead_to_files(guide):
    links = re.findall(r"\]\((?!https?:)([^)#]+)", guide.read_text("utf-8"))
    assert [link for link in links if not (guide.parent / link).exists()] == []
