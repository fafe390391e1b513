"""What holds for the notebooks as files, and what they promise a learner to try."""

import json
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from dlscratch import Trainer, TwoLayerNet, cross_entropy_error, load_mnist, sigmoid, softmax
from dlscratch.copies import of_edition
from dlscratch.gradient import numerical_gradient
from dlscratch.words import LANGUAGES

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
EDITIONS = [p for edition in LANGUAGES for p in sorted(of_edition(FOLDER, edition).glob("*.ipynb"))]
each_edition = pytest.mark.parametrize(
    "path", EDITIONS, ids=lambda path: str(path.relative_to(FOLDER))
)


def cells(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


@each_edition
def test_language_has_a_file_extension_so_that_a_script_is_a_py_file(path):
    language = json.loads(path.read_text(encoding="utf-8"))["metadata"]["language_info"]
    assert (language["name"], language["file_extension"]) == ("python", ".py")


@each_edition
def test_words_for_the_tests_are_tags_and_no_code(path):
    assert not [cell["id"] for cell in cells(path) if "NBVAL" in "".join(cell["source"])]
    tags = [tag for cell in cells(path) for tag in cell["metadata"].get("tags", [])]
    assert set(tags) <= {"nbval-ignore-output"}


@each_edition
def test_the_first_line_asks_for_figures_in_the_notebook(path):
    first = next("".join(cell["source"]) for cell in cells(path) if cell["cell_type"] == "code")
    assert first.startswith("%matplotlib inline\n")


def test_that_line_shows_figures_whatever_the_environment_says(tmp_path, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "agg")
    code = "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    NotebookClient(notebook, resources={"metadata": {"path": str(tmp_path)}}).execute()
    (output,) = notebook.cells[0].outputs
    assert "image/png" in output.data


def test_class_of_the_learner_is_trained_by_trainer():
    """The last words of 4.5.3: with one-hot rows it does what the course's class does."""
    own = {
        "np": np,
        "sigmoid": sigmoid,
        "softmax": softmax,
        "cross_entropy_error": cross_entropy_error,
        "numerical_gradient": numerical_gradient,
    }
    (source,) = [
        "".join(cell["source"])
        for path in NOTEBOOKS
        for cell in cells(path)
        if "class TwoLayerNet" in "".join(cell["source"])
    ]
    exec(source, own)
    histories = []
    for kind, one_hot in ((own["TwoLayerNet"], True), (TwoLayerNet, False)):
        train, test = load_mnist(one_hot_label=one_hot)
        some = tuple(part[:1000] for part in train), tuple(part[:500] for part in test)
        trainer = Trainer(kind(784, 50, 10, rng=0), *some, rng=0)
        histories.append(trainer.run(20))
    np.testing.assert_allclose(histories[0].train_loss_list, histories[1].train_loss_list)
    assert histories[0].test_acc_list == histories[1].test_acc_list
