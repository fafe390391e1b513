"""Bring the Japanese words up to date with the code, and compile them: `make messages`.

A sentence that is new in the code becomes an empty entry of the catalogue, one whose English
has changed becomes a "fuzzy" one that keeps the old Japanese. Edit dlscratch.po, remove the word
"fuzzy", and call this again. tests/test_messages.py says whether anything is left to do.
"""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).parents[1] / "dlscratch"
PO = PACKAGE / "locale/ja/LC_MESSAGES/dlscratch.po"


def extracted():
    """Collect the sentences that stand in `say`."""
    catalog = Catalog()
    for file, line, sentence, *_ in extract_from_dir(
        PACKAGE, [("**.py", "python")], keywords={"say": None}
    ):
        catalog.add(sentence, locations=[(f"dlscratch/{file}", line)])
    return catalog


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
