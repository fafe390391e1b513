"""The checks, and the exercises and solutions of the committed notebooks."""

import ast
import contextlib
import copy
import functools
import inspect
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest

from dlscratch import TwoLayerNet, compare_gradients, exercises, load_mnist, sigmoid, softmax
from dlscratch.gradient import numerical_gradient

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
CHECKS = {name: f for name, f in vars(exercises).items() if name.startswith("check_")}
SOLUTION = re.compile(r"<details>\s*<summary>Solution</summary>(.*?)</details>", re.S)
PYTHON = re.compile(r"```python\n(.*?)```", re.S)


def verdict(check, *answers, **options):
    """Return what a check prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert CHECKS[check](*answers, **options) is None
    return printed.getvalue()


# The notebooks: an exercise is a code cell that calls a check, its solution the python block
# in the <details> of the next markdown cell.


def cells_of(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [(cell["cell_type"], "".join(cell["source"])) for cell in cells]


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


# Wrong answers: each is caught, and each has its own message.


def function(source, old="", new=""):
    """Make a function of a source in which one thing is replaced."""
    assert old in source
    source = source.replace(old, new)
    found = {"np": np, "sigmoid": sigmoid, "softmax": softmax}
    exec(inspect.cleandoc(source), found)
    return found["answer"]


SHAPES = {"W1": (784, 100), "b1": (100,), "W2": (100, 10), "b2": (10,)}

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

EPOCHS = """
def answer(n, batch_size):
    return -(-n // batch_size)
"""

COUNTS = np.array([[90, 2, 6, 2], [1, 85, 2, 12], [9, 8, 60, 23], [3, 4, 13, 80]])
RUNS = {
    "fits": ([0.1, 0.8, 0.9], [0.1, 0.79, 0.89]),
    "overfits": ([0.1, 0.9, 0.95, 1.0], [0.1, 0.85, 0.8, 0.7]),
    "knows little": ([0.1, 0.2, 0.3], [0.1, 0.2, 0.28]),
}
TRAIN = tuple(part[:6000] for part in load_mnist()[0])


def in_place_softmax(a):
    a -= a.max(axis=-1, keepdims=True)
    return np.exp(a) / np.exp(a).sum(axis=-1, keepdims=True)


def shuffling_batch(x, t, batch_size, rng):
    rng.shuffle(x)
    return x[:batch_size], t[:batch_size]


def own_seed_batch(x, t, batch_size, rng):
    rows = np.random.default_rng(0).choice(len(x), batch_size)
    return x[rows], t[rows]


def unseeded_batch(x, t, batch_size, rng):
    rows = np.random.default_rng().choice(len(x), batch_size)
    return x[rows], t[rows]


# check: [(answers, what the message says)]
WRONG = {
    "check_shapes": [
        ((SHAPES | {"W1": (100, 784)}, 79_510), "W1 is turned round"),
        ((SHAPES | {"b1": (1, 100)}, 79_510), "b1 is one number for each unit; it does not have 2"),
        ((SHAPES | {"b2": 10}, 79_510), "the shape of b2 must be a tuple"),
        (
            (SHAPES | {"b1": (784,)}, 79_510),
            "b1 has another size: it needs one number for each unit of its layer",
        ),
        ((SHAPES, 79_400), "the biases are parameters too\nright so far: the shapes"),
        ((SHAPES, 78_500), "the second layer is missing"),
        ((SHAPES, 1104), "multiply its rows by its columns"),
        ((list(SHAPES.values()), 79_510), "shapes must be a dict with the names W1, b1, W2, b2"),
    ],
    "check_softmax": [
        ((lambda a: np.exp(a) / np.exp(a).sum(axis=-1, keepdims=True),), "[1000, 1000] gives [nan"),
        ((lambda a: np.exp(a - abs(a).max()) / np.exp(a - abs(a).max()).sum(),), "[-1000, -1000]"),
        ((lambda a: np.exp(a - a.max()) / np.exp(a - a.max()).sum(),), "all rows together"),
        ((lambda a: softmax(a.T).T,), "the columns sum to 1"),
        (
            (lambda a: np.exp(a - a.max()) / np.exp(a - a.max()).sum(axis=-1, keepdims=True),),
            "the first row gives [nan nan]: subtract from each row its own",
        ),
        ((lambda a: np.exp(a - a.max()),), "sum to 1.503: divide by their sum"),
        ((lambda a: a / a.sum(),), "where is exp?"),
        ((in_place_softmax,), "in_place_softmax changes the array it is given"),
        (
            (lambda a: np.exp(a - a.max(axis=-1)) / np.exp(a - a.max(axis=-1)).sum(axis=-1),),
            "given arrays of shape (2, 3), stops with ValueError: operands",
        ),
        ((softmax([1.0, 2.0]),), "its name without brackets, no ndarray"),
    ],
    "check_cross_entropy": [
        ((function(CROSS_ENTROPY, "-np.sum", "np.sum"),), "the error is negative"),
        ((function(CROSS_ENTROPY, " / len(y)", ""),), "4 times too large"),
        ((function(CROSS_ENTROPY, "len(y)", "y.size"),), "divided by all 12 numbers"),
        ((function(CROSS_ENTROPY, "np.log", "np.log2"),), "base 2"),
        ((function(CROSS_ENTROPY, "np.log", "np.log10"),), "base 10"),
        ((function(CROSS_ENTROPY, "-np.sum(", "-np.sum(axis=1, a="),), "4 pictures give 4 numbers"),
        ((function(CROSS_ENTROPY, "t.ndim == 1", "False"),), "what does t * np.log(y) do here?"),
        ((function(CROSS_ENTROPY, "y.shape[1]", "len(y)"),), "stops with ValueError"),
        ((function(CROSS_ENTROPY, " + 1e-7", ""),), "what is 0 * log(0)?"),
    ],
    "check_one_weight": [
        ((function(SLOPE, "(2 * h)", "h"),), "twice too large"),
        ((function(SLOPE, "plus - minus", "minus - plus"),), "the sign is wrong"),
        ((function(SLOPE.replace("value - h", "value"), "(2 * h)", "h"),), "compare it with -h"),
        ((function(SLOPE.replace("value + h", "value"), "(2 * h)", "h"),), "compare it with +h"),
        ((function(SLOPE, "value - h", "value - 1e-4"),), "W1[2, 3], h=0.2: "),
        ((function(SLOPE, "W[index] = value - h\n    minus", "minus"),), "the slope is 0"),
        ((function(SLOPE, " / (2 * h)", ""),), "their difference is not divided"),
        ((function(SLOPE, "    W[index] = value\n", ""),), "the weight is 0.2 too low"),
        ((function(SLOPE, "    W[index] = value\n", "    W[index] += h\n"),), "not exactly"),
    ],
    "check_backprop": [
        ((function(GRADIENT, " / len(x)", ""),), "W2 is 6 times too large with 6 pictures"),
        ((function(GRADIENT, "(y - t)", "(t - y)"),), "W2 has the wrong sign"),
        (
            (function(GRADIENT, "z1 * (1 - z1)", "a1 * (1 - a1)"),),
            "with z1, not a1\nright so far: W2; b2",
        ),
        ((function(GRADIENT, " * z1 * (1 - z1)", ""),), "where is the slope of sigmoid?"),
        (
            (function(GRADIENT, "z1 * (1 - z1)", "sigmoid(z1) * (1 - sigmoid(z1))"),),
            "sigmoid is applied to it again",
        ),
        ((function(GRADIENT, "da1.sum(axis=0)", "da1"),), "b1 has a row for each picture"),
        ((function(GRADIENT, "da2.sum(", "da2.mean("),), "b2 is 6 times too small"),
        ((function(GRADIENT, "x.T @ da1", "x @ da1"),), "stops with ValueError: matmul"),
        ((function(GRADIENT, "z1.T @ da2,", "W2,"),), "W2 differs from the central differences"),
        (
            (function(GRADIENT, '"b2": da2.sum(axis=0)', ""),),
            "a dict with the names W1, b1, W2, b2",
        ),
    ],
    "check_batch": [
        (
            (function(BATCH, "t[rows]", "t[rng.choice(len(x), batch_size)]"),),
            "other pictures' answers",
        ),
        (
            (function(BATCH, "rng.choice(len(x), batch_size)", "slice(batch_size)"),),
            "rows [0, 1, 2, 3, 4, 5, 6, 7]: draw",
        ),
        ((function(BATCH, "choice(len(x), batch_size)", "choice(len(x), 8)"),), "batch_size=5"),
        ((function(BATCH, "choice(len(x),", "choice(len(x) - 1,"),), "row 29 is never drawn"),
        ((function(BATCH, "choice(len(x),", "choice(60000,"),), "stops with IndexError"),
        ((function(BATCH, ", t[rows]", ""),), "return two arrays"),
        ((shuffling_batch,), "shuffling_batch changes the array it is given"),
        ((own_seed_batch,), "every call gives the rows [25"),
        ((unseeded_batch,), "the same seed gives two different batches"),
    ],
    "check_run_time": [
        ((79_510, 13.25), "How many losses does each take?"),
        ((158_800, 13.25), "the biases are parameters too"),
        ((79_520, 13.25), "that is for 50 hidden units"),
        ((1, 13.25), "how many parameters are there"),
        ((159_020, 47_706), "the time in seconds\nright so far: losses"),
        ((159_020, 795.1), "the time in minutes"),
        ((159_020, 47.7), "the seconds of one iteration"),
        ((159_020, 132.5), "the time of 10,000 iterations"),
        ((159_020, 2), "how many seconds does one iteration take"),
    ],
    "check_learning_rates": [
        ((1.0, 100.0, TRAIN), "and that is learning. Try a smaller one"),
        ((100.0, 0.001, TRAIN), "Are the two in the right order?"),
        ((0.001, 1.0, TRAIN), "and that is still learning. Try a larger one\nright so far: crawls"),
        ((0.001, 0.0001, TRAIN), "and that is crawling"),
        ((0.001, -1.0, TRAIN), "diverges is -1; a learning rate is a number above 0"),
        ((0, 100.0, TRAIN), "crawls is 0; a learning rate is a number above 0"),
    ],
    "check_epochs": [
        ((function(EPOCHS, "-(-n // batch_size)", "n / batch_size"), 16), "be done in part?"),
        ((function(EPOCHS, "-(-n // batch_size)", "n // batch_size"), 16), "96 samples are still"),
        ((function(EPOCHS, "-(-n // batch_size)", "n // batch_size + 1"), 16), "one too many"),
        ((function(EPOCHS, "-(-n // batch_size)", "round(n / batch_size)"), 16), "10 samples"),
        (
            (function(EPOCHS, "-(-n // batch_size)", "np.ceil(n / batch_size)"), 16),
            "of type float64; make them int",
        ),
        ((function(EPOCHS), 17), "the 17th epoch has begun"),
        ((function(EPOCHS), 10_000 / 600), "only whole epochs count"),
        ((function(EPOCHS), 100), "you divided by the batch size"),
    ],
    "check_confusion": [
        ((COUNTS, 315, (2, 3), 0.6), "the number of right answers"),
        ((COUNTS, 78.75, (2, 3), 0.6), "accuracy: that is in percent"),
        ((COUNTS, 0.2125, (2, 3), 0.6), "the share of the wrong answers"),
        (
            (COUNTS, 0.7875, (3, 2), 0.6),
            "the other way round; the row comes first\nright so far: acc",
        ),
        ((COUNTS, 0.7875, (0, 0), 0.6), "on the diagonal, where nothing is wrong"),
        ((COUNTS, 0.7875, (1, 3), 0.6), "there is a larger number"),
        ((COUNTS, 0.7875, (2, 3), 60 / 81), "among all that was read as a 2"),
        ((COUNTS, 0.7875, (2, 3), 0.15), "you divided by all pictures"),
        ((COUNTS, 0.7875, (2, 3), 60), "share: that is in percent"),
    ],
    "check_overfitting": [
        ((RUNS, "knows little", 1), "is bad on training data too"),
        ((RUNS, "fits", 1), "0.01 apart, and in another run they are further apart"),
        ((RUNS, 2, 1), "expected one of 'fits', 'overfits', 'knows little'"),
        ((RUNS, "overfits", 2), "the first epoch is number 0"),
        ((RUNS, "overfits", 3), "the best epoch for training data"),
        ((RUNS, "overfits", 0), "in which epoch is the accuracy on test data highest?"),
    ],
    "check_integer_bug": [
        ((6,), "3.0001 does get lost here"),
        ((8,), "3 does become 2 here"),
        ((11,), "Print f_plus and f_minus"),
        ((4,), "line 4 does what it should"),
    ],
    "check_sigmoid_bug": [
        ((2,), "at which a is it called?"),
        ((9,), "da2 is right"),
        ((10,), "Go on from there"),
        ((12,), "if da1 is. Is it?"),
        ((5,), "line 5 does what it should"),
    ],
    "check_batch_size_bug": [
        ((6,), "it is what predict returns"),
        ((8,), "this line is right if da2 is"),
        ((9,), "the sums are right here"),
        ((2,), "line 2 does what it should"),
    ],
    "check_label_bug": [
        ((6,), "The labels come in later"),
        ((8,), "this line is right if da2 is"),
        ((9,), "if da1 and da2 are"),
        ((3,), "line 3 does what it should"),
    ],
    "check_interrupt_bug": [
        ((5,), "this line has to move the number. Which"),
        ((6,), "nobody can forbid an interruption"),
        ((7,), "back and down"),
        ((8,), "an interruption may come in f"),
        ((10,), "line 10 does what it should"),
    ],
    "check_epoch_bug": [
        ((4,), "i counts the iterations"),
        ((5,), "right for a whole number of iterations"),
        ((6,), "too seldom"),
        ((1,), "line 1 does what it should"),
    ],
}


@pytest.mark.parametrize(
    ("check", "answers", "message"),
    [
        pytest.param(check, answers, message, id=f"{check}-{message[:30]}")
        for check, rows in WRONG.items()
        for answers, message in rows
    ],
)
def test_wrong_answer_gets_its_message(check, answers, message):
    printed = verdict(check, *answers)
    assert printed.startswith("not yet: ")
    assert message in printed


@pytest.mark.parametrize("check", CHECKS)
def test_three_wrong_answers_have_three_messages(check):
    assert len({message for _, message in WRONG[check]}) >= 3


@pytest.mark.parametrize(
    ("check", "answers"),
    [
        ("check_softmax", [softmax]),
        ("check_cross_entropy", [function(CROSS_ENTROPY)]),
        ("check_one_weight", [function(SLOPE)]),
        ("check_backprop", [TwoLayerNet.gradient]),
        ("check_backprop", [TwoLayerNet.numerical_gradient]),
        ("check_batch", [function(BATCH)]),
        ("check_batch", [function(BATCH, "batch_size)", "batch_size, replace=False)")]),
        ("check_run_time", [159_020, 13]),
        ("check_learning_rates", [1e-9, 1e300, TRAIN]),
        ("check_learning_rates", [0.03, 50, TRAIN]),
        ("check_epochs", [function(EPOCHS), np.int64(16)]),
        ("check_confusion", [COUNTS, 0.79, [2, 3], 0.6]),
    ],
)
def test_other_right_answers_are_right_too(check, answers):
    assert verdict(check, *answers).startswith("right: ")


def parameters(check):
    return [name for name in inspect.signature(CHECKS[check]).parameters if name != "hint"]


def answers_with(check, value):
    """The value for each answer, and real data for what is not an answer."""
    data = {"train": TRAIN, "counts": COUNTS, "runs": RUNS}
    return [data.get(name, value) for name in parameters(check)]


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("value", [..., None, (..., ...), {"W1": ...}])
def test_answer_that_is_not_filled_in_is_not_attempted(check, value):
    assert verdict(check, *answers_with(check, value)).startswith("not attempted: ")


@pytest.mark.parametrize("check", [check for check in CHECKS if not check.endswith("_bug")])
@pytest.mark.parametrize("result", [..., (..., ...), {"W1": ..., "b1": 1.0}])
def test_function_that_is_not_filled_in_is_not_attempted(check, result):
    answers = [(lambda *args: result) for name in parameters(check)]
    if callable(WRONG[check][0][0][0]):
        assert verdict(check, *answers).startswith("not attempted: ")


def test_dots_left_in_a_calculation_are_not_attempted():
    half = function(GRADIENT, "da2 = (y - t) / len(x)", "da2 = (y - t) / ...")
    assert verdict("check_backprop", half).startswith("not attempted: ")


@pytest.mark.parametrize("check", CHECKS)
def test_each_hint_follows_the_verdict_and_is_another(check):
    answers = answers_with(check, ...)
    hints = [verdict(check, *answers, hint=k) for k in (1, 2, 3)]
    for k, text in enumerate(hints, start=1):
        assert text.startswith("not attempted: ")
        assert f"\nhint {k} of 3: " in text
    assert len({text.split(" of 3: ")[1] for text in hints}) == 3
    with pytest.raises(ValueError, match="hint is 4; expected 1 to 3"):
        verdict(check, *answers, hint=4)


JUNK = [
    *(0, -1, 1.5, np.nan, np.inf, 10**400, True, 1j, "", "12", b"x", (), [], {}, object()),
    *(np.array([]), np.array(["a"]), np.ones((2, 2)), [[1], [1, 2]], {"W1": 1}, len, np.exp),
    *(lambda *args: "x", lambda *args: 1j, lambda *args: {}, lambda *args: [1, "a"]),
    *(lambda: 1, lambda *args: args[0], lambda *args: [args], lambda *args: 1 / 0),
]


@pytest.mark.parametrize("check", CHECKS)
def test_no_answer_makes_a_check_fail(check):
    for junk in JUNK:
        printed = verdict(check, *answers_with(check, junk))
        assert printed.startswith(("not yet: ", "right: ")), junk


def test_error_in_the_learners_function_is_named_with_its_line(tmp_path):
    cell = tmp_path / "cell.py"
    cell.write_text("def f(a):\n    b = a + 1\n    return b / missing\n")
    found = {}
    exec(compile(cell.read_text(), str(cell), "exec"), found)
    printed = verdict("check_softmax", found["f"])
    assert "f, given arrays of shape (3,), stops with NameError: name 'missing' is not" in printed
    assert "(line 3 of the cell: return b / missing)" in printed


def test_function_without_return_is_told_so():
    assert "f returns None: does its last line begin with return?" in verdict(
        "check_softmax", function("def f(a): pass\nanswer = f")
    )


@pytest.mark.parametrize("check", ["check_confusion", "check_overfitting"])
def test_check_leaves_what_it_is_given_unchanged(check):
    for answers, _ in WRONG[check]:
        before = copy.deepcopy(answers)
        verdict(check, *answers)
        np.testing.assert_equal(answers, before)


def test_one_weight_expects_what_the_plain_loop_gives():
    """With a small h, the slope by hand is a number of the gradient by the plain loop."""
    net = TwoLayerNet(3, 4, 2, weight_init_std=1.0, rng=0)
    x, t = np.array([[1.0, -2.0, 0.5]]), np.array([1])
    slow = numerical_gradient(lambda _: net.loss(x, t), net.params["W1"])
    np.testing.assert_allclose(function(SLOPE)(net, x, t, "W1", (1, 2), 1e-4), slow[1, 2])
