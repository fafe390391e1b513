"""What the tests of the checks share: verdicts, the notebooks' exercises, answers to change."""

import ast
import contextlib
import functools
import inspect
import io
import json
import re
from pathlib import Path

import numpy as np
from all_digits import mnist
from editions import OTHERS, WORDS, is_in

from dlscratch import exercises, sigmoid, softmax
from dlscratch.words import choose_words

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
SOLUTION = re.compile(r"<details>\s*<summary>Solution</summary>(.*?)</details>", re.S)
PYTHON = re.compile(r"```python\n(.*?)```", re.S)
CHECKS = dict(exercises.CHECKS)
del CHECKS["check_question"]  # its answers are in test_questions.py


def verdict(check, *answers, **options):
    """Return what a check prints in English; in every other language it must say the same."""
    names = {"check": getattr(exercises, check), "answers": answers, "options": options}
    english = printed_by(CALL, names)
    for language in OTHERS if english not in SAID else []:
        choose_words(language)
        try:
            assert_says_the_same(language, english, printed_by(CALL, names))
        finally:
            choose_words("en")
    SAID.add(english)
    return english


CALL = "assert check(*answers, **options) is None"
SAID = set()  # in every language: a check of a hundred wrong answers need not say the same twice


def printed_by(source, namespace):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(source, namespace)
    return printed.getvalue()


def assert_says_the_same(language, english, ours):
    """Line by line: in that language, with the same verdict and the same numbers."""
    verdicts = {
        a.split("{")[0]: b.split("{")[0]
        for a, b in WORDS[language].items()
        if re.match(r"[a-z ]+: \{", a)
    }
    for line, our_line in zip(english.splitlines(), ours.splitlines(), strict=True):
        assert is_in(language, our_line), our_line
        begins = next((b for a, b in verdicts.items() if line.startswith(a)), "")
        assert our_line.startswith(begins), (line, our_line)
        assert set(re.findall(r"\d+", line)) <= set(re.findall(r"\d+", our_line)), (line, our_line)


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
            name = call.split("(")[0].removeprefix("exercises.")
            if name.startswith("check_") and name != "check_question":
                text = next((text for kind, text in cells[place + 1 :] if kind == "markdown"), "")
                found = PYTHON.findall("".join(SOLUTION.findall(text)))
                yield name, call, source, found[0] if found else None


@functools.cache
def namespace_of(path):
    """What a solution may use: the notebook's imports, MNIST, and the runs that it judges."""
    namespace = {}
    for kind, source in cells_of(path):
        for statement in ast.parse(source).body if kind == "code" else []:
            code = ast.unparse(statement)
            makes = isinstance(statement, (ast.Assign, ast.FunctionDef))
            needed = makes and ("load_mnist(" in code or "losses_of(" in code)
            if isinstance(statement, (ast.Import, ast.ImportFrom)) or needed:
                exec(ast.unparse(statement), namespace)
                namespace["load_mnist"] = mnist  # in the place of the one just imported
    return namespace


# Wrong answers, made from right ones.


def function(source, old="", new=""):
    """Make a function of a source in which one thing is replaced."""
    assert old in source
    source = source.replace(old, new)
    found = {"np": np, "sigmoid": sigmoid, "softmax": softmax}
    exec(inspect.cleandoc(source), found)
    return found["answer"]


SLOPE = """
def answer(net, x, t, name, index, h):
    W = net.params[name]
    value = W[index]
    W[index] = value + h
    plus = net.loss(x, t)
    W[index] = value - h
    minus = net.loss(x, t)
    W[index] = value
    return (plus - minus) / (2 * h)
"""

GRADIENT = """
def answer(net, x, t):
    W1, b1, W2, b2 = (net.params[name] for name in ("W1", "b1", "W2", "b2"))
    a1 = x @ W1 + b1
    z1 = sigmoid(a1)
    y = softmax(z1 @ W2 + b2)
    da2 = (y - t) / len(x)
    da1 = (da2 @ W2.T) * z1 * (1 - z1)
    return {"W1": x.T @ da1, "b1": da1.sum(axis=0), "W2": z1.T @ da2, "b2": da2.sum(axis=0)}
"""

BATCH = """
def answer(x, t, batch_size, rng):
    rows = rng.choice(len(x), batch_size)
    return x[rows], t[rows]
"""

CROSS_ENTROPY = """
def answer(y, t):
    if t.ndim == 1:
        t = np.eye(y.shape[1])[t]
    return -np.sum(t * np.log(y + 1e-7)) / len(y)
"""

COUNTS = np.array([[90, 2, 6, 2], [1, 85, 2, 12], [9, 8, 60, 23], [3, 4, 13, 80]])
RUNS = {  # iterations, and the losses on training and on test data after them
    "fits": ([10, 20, 30], [2.0, 0.8, 0.5], [2.0, 0.82, 0.51]),
    "overfits": ([10, 20, 30, 40], [1.5, 0.4, 0.2, 0.1], [1.6, 1.1, 1.2, 1.4]),
    "knows little": ([10, 20, 30], [2.3, 2.2, 2.1], [2.3, 2.2, 2.12]),
}
TRAIN = tuple(part[:6000].copy() for part in mnist()[0])  # which answers may change
