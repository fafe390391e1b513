"""A learner's own copies of the notebooks, without the outputs that would answer the questions.

    python -m dlscratch.copies [NOTEBOOKS FOLDER]

copies the notebooks of the course, all editions, into its folder `my_course`, or those in NOTEBOOKS
into FOLDER. `python -m dlscratch` does so for one edition and then opens it in JupyterLab.
"""

import hashlib
import json
import os
import sys
from pathlib import Path

from dlscratch.words import LANGUAGES, say

COURSE = Path(__file__).parents[1]  # the course's folder, unless only the package is installed
NOTEBOOKS = COURSE / "notebooks"
MY_COURSE = COURSE / "my_course"


def of_edition(folder, edition):
    """Name the folder of an edition within a folder of notebooks; the English one is that itself.

    Parameters
    ----------
    folder : Path
        `NOTEBOOKS` or `MY_COURSE`.
    edition : "en" or "ja"
        The edition's language.
    """
    return folder if edition == "en" else folder / edition


def make_copies(notebooks=NOTEBOOKS, folder=MY_COURSE):
    """Copy every notebook that the learner has no copy of; leave the others as they are.

    Parameters
    ----------
    notebooks : path
        The folder with the course's notebooks.
    folder : path
        The learner's folder. It is made if it is missing.

    Returns
    -------
    made : list of Path
        The copies made now.
    older : list of Path
        The copies whose notebook has changed in the course since they were made.
    """
    notebooks, folder = Path(notebooks), Path(folder)
    sources = sorted(notebooks.glob("*.ipynb"))
    if not sources:
        raise FileNotFoundError(f"no notebooks in {notebooks.absolute()}: is this the course?")
    folder.mkdir(parents=True, exist_ok=True)
    made, older = [], []
    for source in sources:
        notebook = json.loads(source.read_text("utf-8"))
        copy = folder / source.name
        if not os.path.lexists(copy):
            _write(without_outputs(notebook), copy)
            made.append(copy)
        elif _made_from(copy) not in (None, _digest(notebook)):
            older.append(copy)
    for copy in made:  # all of one age: the newest file is then one that the learner saved
        os.utime(copy, ns=(made[0].stat().st_mtime_ns,) * 2)
    return made, older


def without_outputs(notebook):
    """Return a notebook as a learner gets it: without outputs, with a note of what it is from.

    Parameters
    ----------
    notebook : dict
        What a notebook's file holds.
    """
    cells = [
        cell | {"execution_count": None, "outputs": []} if cell["cell_type"] == "code" else cell
        for cell in notebook["cells"]
    ]
    metadata = notebook["metadata"] | {"dlscratch": {"made_from": _digest(notebook)}}
    return notebook | {"cells": cells, "metadata": metadata}


def last_saved(folder=MY_COURSE):
    """Return the notebook that the learner saved last, or the first of copies just made."""
    return max(sorted(Path(folder).glob("*.ipynb")), key=lambda path: path.stat().st_mtime_ns)


def report(made, older):
    """Tell the learner what `make_copies` returned."""
    if made:
        folder = made[0].parent
        print(say("Your own copies of the notebooks are in {folder}", folder=folder))
    for copy in older:
        print(
            say(
                "The course has a newer {name}. Yours stays as it is; to get the new one beside "
                "it, rename yours and run this again.",
                name=copy.name,
            )
        )


def _digest(notebook):
    """Digest the text of a notebook's cells."""
    text = [(cell["cell_type"], "".join(cell["source"])) for cell in notebook["cells"]]
    return hashlib.sha256(json.dumps(text).encode()).hexdigest()


def _made_from(copy):
    """Return the digest that a copy keeps of its source; None if the file does not say."""
    try:
        return json.loads(copy.read_text("utf-8"))["metadata"]["dlscratch"]["made_from"]
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _write(notebook, path):
    """Write a notebook's file whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    text = json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False)
    part.write_text(f"{text}\n", "utf-8")
    part.replace(path)


def main():
    """Make the copies, for the command line."""
    folders = sys.argv[1:]
    if len(folders) not in (0, 2):
        sys.exit("name two folders, or none: python -m dlscratch.copies [NOTEBOOKS FOLDER]")
    all_editions = [
        [of_edition(place, name) for place in (NOTEBOOKS, MY_COURSE)] for name in LANGUAGES
    ]
    try:
        for notebooks, folder in [folders] if folders else all_editions:
            report(*make_copies(notebooks, folder))
    except FileNotFoundError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
