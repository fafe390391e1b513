"""Run every notebook from the top and store its outputs in place: `make notebooks`.

What would differ on another machine, or in another run, is left out: timings, versions, and
the views of widgets, which only a running kernel can fill. Their text stays, but for that of
`interact`, which is none for readers.
"""

import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from dlscratch.copies import NOTEBOOKS, of_edition
from dlscratch.words import LANGUAGES

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {
        "name": "python",
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}


def run(path):
    """Run one notebook, in an empty folder, and store its outputs."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(
            notebook,
            record_timing=False,
            coalesce_streams=True,
            resources={"metadata": {"path": folder}},
        ).execute()
    notebook.metadata = METADATA
    for cell in notebook.cells:
        if "interact(" in cell.source:
            cell.outputs = []
        for output in cell.get("outputs", []):
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
    nbformat.write(notebook, path)


if __name__ == "__main__":
    editions = [
        path for edition in LANGUAGES for path in of_edition(NOTEBOOKS, edition).glob("*.ipynb")
    ]
    for path in [Path(name) for name in sys.argv[1:]] or sorted(editions):
        print(f"running {path}", flush=True)
        run(path)
