"""Bring the Japanese words up to date with the code, and compile them: `make messages`.

A sentence that is new in the code becomes an empty entry of the catalogue, one whose English
has changed becomes a "fuzzy" one that keeps the old Japanese. Edit dlscratch.po, remove the word
"fuzzy", and call this again. tests/test_messages.py says whether anything is left to do.
"""

import ast
import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).parents[1] / "dlscratch"
EXERCISES = PACKAGE / "exercises"  # they speak through `say`, which looks a sentence up
SENTENCE = re.compile("[a-z]{2}.* | .*[a-z]{2}", re.DOTALL)  # two letters, and a space
CALL = re.compile(r"\w+\([\w, ]*\)")  # as a learner wrote it
PO = PACKAGE / "locale/ja/LC_MESSAGES/dlscratch.po"


def extracted():
    """Collect the sentences that stand in `_` or `N_`, and all those of the exercises."""
    catalog = Catalog()
    for file, line, sentence, *_ in extract_from_dir(PACKAGE, [("**.py", "python")]):
        catalog.add(sentence, locations=[(f"dlscratch/{file}", line)])
    for file in sorted(EXERCISES.glob("*.py")):
        for line, sentence, in_f_string in strings(file):
            if not in_f_string and SENTENCE.search(sentence) and not CALL.fullmatch(sentence):
                catalog.add(sentence, locations=[(f"dlscratch/exercises/{file.name}", line)])
    return catalog


def strings(file):
    """Find the strings in a module that are not in docstrings, errors or `_`.

    Yields the line, the text, and whether it stands between the values of an f-string.
    """

    def visit(node, in_f_string=False):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return
        if isinstance(node, ast.Raise) and called(node.exc).endswith("Error"):
            return
        if isinstance(node, ast.Call) and called(node) in ("_", "N_", "error", "exit", "add_note"):
            return
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value, in_f_string
        for child in ast.iter_child_nodes(node):
            yield from visit(child, isinstance(node, ast.JoinedStr))

    yield from visit(ast.parse(file.read_text("utf-8")))


def called(node):
    """Name what a call calls."""
    function = getattr(node, "func", None)
    return getattr(function, "id", getattr(function, "attr", ""))


def translated():
    """Read the catalogue."""
    with PO.open("rb") as file:
        return read_po(file, locale="ja", domain="dlscratch")


def main():
    """Update the catalogue, compile it, and say what is left to translate."""
    catalog = translated()
    catalog.update(extracted(), update_creation_date=False)
    with PO.open("wb") as file:
        write_po(
            file, catalog, width=0, sort_by_file=True, ignore_obsolete=True, include_lineno=False
        )
    with PO.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalog)
    empty = sum(not message.string for message in catalog)
    fuzzy = sum(message.fuzzy for message in catalog if message.id)
    print(f"{len(catalog)} sentences in {PO}: {empty} to translate, {fuzzy} fuzzy")


if __name__ == "__main__":
    main()
