"""Run every notebook from the top and store its outputs in place: `make notebooks`.

What would differ on another machine, or in another run, is left out: timings, versions, and
the views of widgets, which only a running kernel can fill. Their text stays.
"""

from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"

for path in sorted(NOTEBOOKS.glob("*.ipynb")):
    print(f"running {path.name}", flush=True)
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook, record_timing=False, resources={"metadata": {"path": str(NOTEBOOKS)}}
    ).execute()
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
    nbformat.write(notebook, path)
