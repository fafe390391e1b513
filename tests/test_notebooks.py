"""What holds for the notebooks as files, and what they promise a learner to try."""

import json
from pathlib import Path

import nbformat
import numpy as np
import pytest
from all_digits import mnist
from nbclient import NotebookClient

import dlscratch
from dlscratch import Trainer, TwoLayerNet
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


@pytest.fixture(scope="module")
def learners_notebook(tmp_path_factory):
    """Run a notebook of a learner's, where the environment asks for no figures, and save it."""
    cells = [
        "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
        "from dlscratch.exercises import check_epochs\n"
        "def right(n, batch):\n    return -(-n // batch)",
        *("check_epochs(right, 16)", "check_epochs(right, 17)", "check_epochs(right, ...)"),
    ]
    notebook = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, cells)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MPLBACKEND", "agg")
        NotebookClient(notebook).execute()
    path = tmp_path_factory.mktemp("learner") / "notebook.ipynb"
    nbformat.write(notebook, path)
    return path


def test_that_line_shows_figures_whatever_the_environment_says(learners_notebook):
    (output,) = cells(learners_notebook)[0]["outputs"]
    assert "image/png" in output["data"]


def test_the_line_of_teaching_counts_the_right_answers_in_a_notebook(learners_notebook):
    teaching = (FOLDER.parent / "docs/teaching.md").read_text("utf-8")
    assert "grep -c '\"right: ' */4.5.1_class.ipynb" in teaching
    assert learners_notebook.read_text("utf-8").count('"right: ') == 1


def test_class_of_the_learner_is_trained_by_trainer():
    """The last words of 4.5.3: with one-hot rows it does what the course's class does."""
    own = vars(dlscratch) | {"np": np, "numerical_gradient": numerical_gradient}
    (source,) = [
        source
        for path in NOTEBOOKS
        for cell in cells(path)
        if "class TwoLayerNet" in (source := "".join(cell["source"]))
    ]
    exec(source, own)
    (x, t), (x_test, t_test) = mnist()
    histories = []
    for kind, labels in ((own["TwoLayerNet"], np.eye(10)), (TwoLayerNet, np.arange(10))):
        some = (x[:1000], labels[t[:1000]]), (x_test[:500], labels[t_test[:500]])
        histories.append(Trainer(kind(784, 50, 10, rng=0), *some, rng=0).run(20))
    np.testing.assert_allclose(histories[0].train_loss_list, histories[1].train_loss_list)
    assert histories[0].test_acc_list == histories[1].test_acc_list
