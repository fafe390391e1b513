"""Hold the notebooks and guides of every other language in step with the English ones.

    python tests/editions.py                        give all the same cells, say what is left to do
    python tests/editions.py ja/4.5.1_class ID ...  these cells render the English of today
    python tests/editions.py README.ja.md           all its sections do

A text cell of another language keeps in its metadata a digest of the English cell that it renders;
a code cell that draws a figure, one of the words ("alt" in its metadata) that describe it to who
cannot see it. The first command brings in the cells that are new, in English and without a digest,
drops those that are gone, and takes over code that has no words of the language in it;
tests/test_editions.py checks what it prints.
A section of a guide keeps its digest in a comment below its heading.
"""

import hashlib
import re
import sys
import unicodedata
from itertools import product
from pathlib import Path

import nbformat
from messages import CATALOGUES, translated

from dlscratch.copies import of_edition
from dlscratch.words import LANGUAGES

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / "notebooks"
ENGLISH = sorted(NOTEBOOKS.glob("*.ipynb"))
GUIDES = [ROOT / "README.md", ROOT / "docs/teaching.md", ROOT / "docs/hub.md"]
MARK = re.compile("<!-- english: (\\w+) -->\n")
OTHERS = [language for language in LANGUAGES if language != "en"]
WORDS = {  # of each language: {English: translation}
    po.parts[-3]: {message.id: message.string for message in translated(po) if message.id}
    for po in CATALOGUES
}


def scripts(text):
    """Name the scripts of the letters in a text, such as HIRAGANA, but for English ones."""
    names = {unicodedata.name(letter).split()[0] for letter in text if letter.isalpha()}
    return names - {"LATIN", "GREEK"}


SCRIPTS = {language: scripts("".join(words.values())) for language, words in WORDS.items()}


def is_in(language, text):
    """Whether a text has letters of a language; one that has none but Latin ones passes."""
    return not SCRIPTS[language] or bool(SCRIPTS[language] & scripts(text))


def read(path):
    """Read a notebook; an empty one if there is none."""
    return nbformat.read(path, 4) if path.exists() else nbformat.v4.new_notebook()


def edition(language, path):
    """Name the edition of an English notebook or guide in a language."""
    if path.suffix == ".md":
        return path.with_suffix(".md" if language == "en" else f".{language}.md")
    return of_edition(path.parent, language) / path.name


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
    """Whether a cell renders another English than today's."""
    text = prose(english)
    return text is not None and cell.metadata.get("english") != digest(text)


def in_step(language, english, ours):
    """Return the cell of a language for an English one: as it is, taken over, or new."""
    source = english.source.replace('set_language("en")', f'set_language("{language}")')
    if ours is not None and ours.cell_type == english.cell_type:
        if english.cell_type == "markdown" or ours.source == source or is_in(language, ours.source):
            return ours  # with its outputs, which are in that language
    new = english.copy()
    new.source = source
    return new


def take_over(language, path):
    """Give a notebook of a language the cells of the English one, and name what is left to do."""
    english, mine = read(path), edition(language, path)
    notebook = read(mine)
    ours = {cell.id: cell for cell in notebook.cells}
    notebook.cells = [in_step(language, cell, ours.get(cell.id)) for cell in english.cells]
    notebook.metadata = english.metadata
    mine.parent.mkdir(exist_ok=True)
    nbformat.write(notebook, mine)
    for cell, translated_cell in zip(english.cells, notebook.cells, strict=True):
        if stale(cell, translated_cell):
            print(f"{mine.stem} {cell.id}: {prose(cell).strip().splitlines()[0][:60]}")


def confirm(path, mine, ids):
    """Note that these cells render the English cells as they are now."""
    notebook = read(mine)
    english = {cell.id: cell for cell in read(path).cells}
    for cell in notebook.cells:
        if cell.id in ids:
            cell.metadata["english"] = digest(prose(english[cell.id]))
    nbformat.write(notebook, mine)


def confirm_guide(guide, mine):
    """Note that all sections of a guide render the English ones as they are now."""
    pairs = zip(sections(guide), sections(mine), strict=True)
    text = "".join(
        f"{heading}\n<!-- english: {digest(english)} -->\n{ours}"
        for (_, _, english), (heading, _, ours) in pairs
    )
    mine.write_text(text, "utf-8")


if __name__ == "__main__":
    name, *ids = sys.argv[1:] or [None]
    found = name is None
    for language, path in product(OTHERS, ENGLISH + GUIDES):
        mine = edition(language, path)
        if name is None and path in ENGLISH:
            take_over(language, path)
        elif mine in (ROOT / str(name), NOTEBOOKS / f"{name}.ipynb"):
            confirm_guide(path, mine) if path in GUIDES else confirm(path, mine, ids)
            found = True
    if not found:
        sys.exit(f"There is no {name}. {__doc__}")
