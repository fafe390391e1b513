"""Hold the Japanese notebooks and guides in step with the English ones.

    python tests/editions.py                        give both the same cells, say what is left to do
    python tests/editions.py 4.5.1_class ID ...     these cells render the English of today
    python tests/editions.py README.md              all sections of README.ja.md do

A Japanese text cell keeps in its metadata a digest of the English cell that it renders; a code
cell that draws a figure, one of the words ("alt" in its metadata) that describe it to who cannot
see it. The first command brings in the cells that are new, in English and without a digest, drops
those that are gone, and takes over code that has no Japanese in it; tests/test_editions.py checks
what it prints.
A section of a Japanese guide keeps its digest in a comment below its heading.
"""

import hashlib
import re
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / "notebooks"
ENGLISH = sorted(NOTEBOOKS.glob("*.ipynb"))
GUIDES = [ROOT / "README.md", ROOT / "docs/teaching.md", ROOT / "docs/hub.md"]
MARK = re.compile("<!-- english: (\\w+) -->\n")
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


def read(path):
    """Read a notebook; an empty one if there is none."""
    return nbformat.read(path, 4) if path.exists() else nbformat.v4.new_notebook()


def japanese(path):
    """Name the Japanese edition of an English notebook or guide."""
    if path.suffix == ".md":
        return path.with_suffix(".ja.md")
    return path.parent / "ja" / path.name


def sections(guide):
    """Split a guide into its sections: (heading, digest of the English in it, text)."""
    for section in re.split("^(?=## )", guide.read_text("utf-8"), flags=re.MULTILINE):
        heading, _, text = section.partition("\n")
        mark = MARK.match(text)
        yield heading, mark and mark[1], text[mark.end() :] if mark else text


def digest(text):
    """Digest an English text, for what is made from it."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def prose(cell):
    """Give what a cell says to a reader: its text, or the words for the figure that it draws."""
    return cell.source if cell.cell_type == "markdown" else cell.metadata.get("alt")


def stale(english, cell):
    """Whether a Japanese cell renders another English than today's."""
    text = prose(english)
    return text is not None and cell.metadata.get("english") != digest(text)


def in_step(english, ours):
    """Return the Japanese cell for an English one: as it is, taken over, or new."""
    source = english.source.replace('set_language("en")', 'set_language("ja")')
    if ours is not None and ours.cell_type == english.cell_type:
        if english.cell_type == "markdown" or ours.source == source or JAPANESE.search(ours.source):
            return ours  # with its outputs, which are Japanese
    new = english.copy()
    new.source = source
    return new


def take_over(path):
    """Give a Japanese notebook the cells of the English one, and name what is left to do."""
    english, notebook = read(path), read(japanese(path))
    ours = {cell.id: cell for cell in notebook.cells}
    notebook.cells = [in_step(cell, ours.get(cell.id)) for cell in english.cells]
    notebook.metadata = english.metadata
    japanese(path).parent.mkdir(exist_ok=True)
    nbformat.write(notebook, japanese(path))
    for cell, mine in zip(english.cells, notebook.cells, strict=True):
        if stale(cell, mine):
            print(f"{path.stem} {cell.id}: {prose(cell).strip().splitlines()[0][:60]}")


def confirm(path, ids):
    """Note that these Japanese cells render the English cells as they are now."""
    notebook = read(japanese(path))
    english = {cell.id: cell for cell in read(path).cells}
    for cell in notebook.cells:
        if cell.id in ids:
            cell.metadata["english"] = digest(prose(english[cell.id]))
    nbformat.write(notebook, japanese(path))


def confirm_guide(guide):
    """Note that all sections of a Japanese guide render the English ones as they are now."""
    pairs = zip(sections(guide), sections(japanese(guide)), strict=True)
    text = "".join(
        f"{heading}\n<!-- english: {digest(english)} -->\n{ours}"
        for (_, _, english), (heading, _, ours) in pairs
    )
    japanese(guide).write_text(text, "utf-8")


if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1].endswith(".md"):
        confirm_guide(Path(sys.argv[1]).absolute())
    elif sys.argv[1:]:
        if (notebook := NOTEBOOKS / f"{sys.argv[1]}.ipynb") not in ENGLISH:
            sys.exit(f"There is no {notebook.name}. {__doc__}")
        confirm(notebook, sys.argv[2:])
    else:
        for path in ENGLISH:
            take_over(path)
