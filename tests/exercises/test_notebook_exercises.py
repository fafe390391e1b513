"""The exercises and the bug lab of the committed notebooks."""

import ast
import contextlib
import functools
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from exercise_helpers import CHECKS, verdict

from dlscratch import TwoLayerNet, compare_gradients, sigmoid, softmax

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
SOLUTION = re.compile(r"<details>\s*<summary>Solution</summary>(.*?)</details>", re.S)
PYTHON = re.compile(r"```python\n(.*?)```", re.S)


# The notebooks: an exercise is a code cell that calls a check, its solution the python block
# in the <details> of the next markdown cell.


def cells_of(path):
    """Kind and text of each cell, without the lines for IPython, such as %matplotlib."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    texts = ["".join(line for line in cell["source"] if line[0] != "%") for cell in cells]
    return [(cell["cell_type"], text) for cell, text in zip(cells, texts, strict=True)]


def exercises_of(path):
    """For each call of a check: its name, the call, its cell and the solution (or None)."""
    cells = cells_of(path)
    for place, (kind, source) in enumerate(cells):
        for statement in ast.parse(source).body if kind == "code" else []:
            call = ast.unparse(statement)
            if call.startswith("check_"):
                text = next((text for kind, text in cells[place + 1 :] if kind == "markdown"), "")
                found = PYTHON.findall("".join(SOLUTION.findall(text)))
                yield call.split("(")[0], call, source, found[0] if found else None


@functools.cache
def namespace_of(path):
    """What a solution may use: the notebook's imports, and MNIST if it loads it."""
    namespace = {}
    for kind, source in cells_of(path):
        for statement in ast.parse(source).body if kind == "code" else []:
            loads = isinstance(statement, ast.Assign) and "load_mnist(" in ast.unparse(statement)
            if isinstance(statement, (ast.Import, ast.ImportFrom)) or loads:
                exec(ast.unparse(statement), namespace)
    return namespace


def printed_by(source, namespace):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(source, namespace)
    return printed.getvalue()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_has_three_exercises_each_with_a_solution(path):
    found = list(exercises_of(path))
    assert len([name for name, *_ in found if not name.endswith("_bug")]) >= 3
    assert [name for name, *_, solution in found if solution is None] == []


@pytest.mark.parametrize(
    ("path", "call", "source", "solution"),
    [
        pytest.param(path, call, source, solution, id=f"{path.stem}-{name}")
        for path in NOTEBOOKS
        for name, call, source, solution in exercises_of(path)
    ],
)
def test_cell_is_not_attempted_and_its_solution_is_right(path, call, source, solution):
    namespace = dict(namespace_of(path))
    assert printed_by(source, namespace).startswith("not attempted: ")
    exec(solution, namespace)
    assert printed_by(call, namespace).startswith("right: ")


def test_every_check_is_an_exercise_of_a_notebook():
    assert {name for path in NOTEBOOKS for name, *_ in exercises_of(path)} == set(CHECKS)


# The listings of the bug lab: they are wrong, and right with the line of the check repaired.

X, LABELS = np.random.default_rng(0).random((10, 6)), np.arange(10)


def gradient_is_right(gradient, t):
    net = TwoLayerNet(6, 5, 10, weight_init_std=1.0, rng=0)
    return compare_gradients(gradient(net, X, t), net.numerical_gradient(X, t)).same


def slopes_are_right(found):
    slopes = found["slope"](lambda x: np.sum(x**2), found["point"].copy())
    return np.allclose(slopes, [6, 8])


def weights_survive_an_interruption(found):
    def f(x):
        raise KeyboardInterrupt

    weights = np.ones(2)
    with contextlib.suppress(KeyboardInterrupt):
        found["slopes"](f, weights)
    return np.array_equal(weights, np.ones(2))


LISTINGS = {
    "check_integer_bug": (slopes_are_right, "[3, 4]", "[3.0, 4.0]"),
    "check_sigmoid_bug": (
        lambda found: gradient_is_right(found["gradient_2"], np.eye(10)[LABELS]),
        "sigmoid_grad(z1)",
        "sigmoid_grad(a1)",
    ),
    "check_batch_size_bug": (
        lambda found: gradient_is_right(found["gradient_3"], np.eye(10)[LABELS]),
        "y - t",
        "(y - t) / len(x)",
    ),
    "check_label_bug": (
        lambda found: gradient_is_right(found["gradient_4"], LABELS),
        "y - t",
        "y - np.eye(10)[t]",
    ),
    "check_interrupt_bug": (weights_survive_an_interruption, "x[idx] = value", None),
    "check_epoch_bug": (
        lambda found: len(found["recording_points"](60_000, 128, 10_000)) == 22,
        "max(train_size / batch_size, 1)",
        "int(np.ceil(train_size / batch_size))",
    ),
}


def numbered_part(listing):
    """Run the functions and assignments whose lines are numbered."""
    lines, found = listing.splitlines(), {"np": np, "sigmoid": sigmoid, "softmax": softmax}
    for statement in ast.parse(listing).body:
        if re.search(r"# \d+$", lines[statement.lineno - 1]):
            exec(ast.unparse(statement), found)
    return found


@pytest.mark.parametrize("check", LISTINGS)
def test_listing_is_wrong_in_the_line_that_the_check_confirms(check):
    is_right, wrong, repaired = LISTINGS[check]
    sources = [source for path in NOTEBOOKS for kind, source in cells_of(path) if kind == "code"]
    asked = next(k for k, source in enumerate(sources) if f"{check}(" in source)
    listing = next(source for source in sources[asked::-1] if re.search("# 1$", source, re.M))
    numbers = [int(number) for number in re.findall(r"# (\d+)$", listing, re.M)]
    assert numbers == list(range(1, numbers[-1] + 1))
    assert f"lines 1 to {numbers[-1]}" in verdict(check, numbers[-1] + 1)

    (fault,) = (line for line in numbers if verdict(check, line).startswith("right: "))
    (line,) = re.findall(rf"^.*# {fault}$", listing, re.M)
    assert wrong in line
    assert not is_right(numbered_part(listing))
    if check == "check_interrupt_bug":
        line = re.search(r"^ +x\[idx\] = value \+ h.*# 9$", listing, re.M | re.S)[0]
        inside = "\n".join(f"    {text}" for text in line.splitlines()[:-1])
        repaired_part = f"        try:\n{inside}\n        finally:\n            x[idx] = value"
    else:
        repaired_part = line.replace(wrong, repaired)
    assert is_right(numbered_part(listing.replace(line, repaired_part)))
