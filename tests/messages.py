"""Bring the words of every other language up to date with the code.

`make messages` calls this. A sentence that is new in the code becomes an empty entry of the
catalogue, one whose English has changed becomes a "fuzzy" one that keeps the old translation.
Edit dlscratch.po, remove the word "fuzzy", and call this again. tests/test_messages.py says
whether anything is left to do.
"""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).parents[1] / "dlscratch"
CATALOGUES = sorted(PACKAGE.glob("locale/*/LC_MESSAGES/dlscratch.po"))


# What says its first argument to a learner; `exercise` says three, its hints.
SAY = dict.fromkeys(("say", "Wrong", "part", "right", "mistake", "otherwise"))
SAY["exercise"] = (1, 2, 3)


def extracted():
    """Collect the sentences that are said to a learner."""
    catalog = Catalog()
    for file, line, said, *_ in extract_from_dir(PACKAGE, [("**.py", "python")], keywords=SAY):
        for sentence in [said] if isinstance(said, str) else said:
            catalog.add(sentence, locations=[(f"dlscratch/{file}", line)])
    return catalog


def translated(po):
    """Read the catalogue of a language, whose code is the name of a folder on its way."""
    with po.open("rb") as file:
        return read_po(file, locale=po.parts[-3], domain="dlscratch")


def update(po):
    """Update a catalogue, and say what is left to translate."""
    catalog = translated(po)
    catalog.update(extracted(), update_creation_date=False)
    with po.open("wb") as file:
        write_po(
            file, catalog, width=0, sort_by_file=True, ignore_obsolete=True, include_lineno=False
        )
    empty = sum(not message.string for message in catalog)
    fuzzy = sum(message.fuzzy for message in catalog if message.id)
    print(f"{len(catalog)} sentences in {po}: {empty} to translate, {fuzzy} fuzzy")


if __name__ == "__main__":
    for po in CATALOGUES:
        update(po)
