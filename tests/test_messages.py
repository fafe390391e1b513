"""The Japanese words are complete, and all that the package says to a learner can be translated."""

import ast
import re
import string

import pytest
from babel.messages.mofile import read_mo
from messages import CALL, PACKAGE, PO, extracted, strings, translated

FILES = sorted(PACKAGE.rglob("*.py"))
SENTENCES = [message.id for message in extracted() if message.id]

# Modules that say nothing to a learner but by an exception, which stays English.
SILENT = {"checks", "functions", "mnist", "shared_digits", "perturbation"}
SILENT |= {"evaluation", "interrupts", "saved_run", "threads", "two_layer_net"}
LAYOUT = r"[\d.]+(em|px)|row wrap|(lower|upper) (left|right)|<[^>]*>"
KEYS = "pen down|an hour|plain loop|train, test"
CODE = "^import numpy.*from $"  # of what the panel writes
# Parts of what is raised.
ERRORS = "went from|is no longer finite|a number in |the test labels|the result of f"
TWO_WORDS = re.compile("[a-z]{2}[,;:]? [a-z]{2}")
NO_WORDS = re.compile(f"{LAYOUT}|^({KEYS})$|{CODE}|{ERRORS}", re.DOTALL)


def tree(file):
    return ast.parse(file.read_text("utf-8"))


def calls(nodes, *names):
    """Find the calls of functions of these names."""
    for node in nodes:
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) in names:
            yield node


def fields(sentence):
    """Name the values that a sentence has a place for, each as it is written there."""
    parts = string.Formatter().parse(sentence)
    return sorted({(name, spec, how) for _, name, spec, how in parts if name is not None})


def test_every_sentence_has_its_japanese():
    catalog = translated()
    assert [m.id for m in catalog if m.id and not m.string] == [], "missing: make messages"
    assert [m.id for m in catalog if m.id and m.fuzzy] == []
    assert list(catalog.obsolete) == []
    assert {m.id for m in catalog if m.id} == set(SENTENCES), "make messages"


def test_the_japanese_has_places_for_the_same_values():
    for message in translated():
        if message.id:
            assert fields(message.string) == fields(message.id), message.id
            assert message.string.count("\n") == message.id.count("\n"), message.id


def test_the_compiled_file_is_that_of_the_catalogue():
    with PO.with_suffix(".mo").open("rb") as file:
        compiled = {m.id: m.string for m in read_mo(file) if m.id}
    assert compiled == {m.id: m.string for m in translated() if m.id}, "make messages"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_babel_finds_all_that_is_looked_up(file):
    """It cannot see into an f-string, a sum, or a variable that no `N_` has marked."""
    nodes = list(ast.walk(tree(file)))
    for call in calls(nodes, "N_"):
        assert isinstance(call.args[0], ast.Constant), f"line {call.lineno}"
    for call in calls(nodes, "_"):
        at_use = isinstance(call.args[0], (ast.Name, ast.Attribute, ast.Subscript))
        assert isinstance(call.args[0], ast.Constant) or at_use, f"line {call.lineno}"
    for call in calls(nodes, "_", "N_"):
        if isinstance(call.args[0], ast.Constant):
            assert call.args[0].value in SENTENCES, f"line {call.lineno}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_the_name_of_the_look_up_is_not_used_for_something_else(file):
    """A function that counts with `_` cannot look anything up."""
    for function in ast.walk(tree(file)):
        nodes = list(ast.walk(function)) if isinstance(function, ast.FunctionDef) else []
        names = {(n.id, type(n.ctx)) for n in nodes if isinstance(n, ast.Name)}
        assert not {("_", ast.Load), ("_", ast.Store)} <= names, function.name


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_every_sentence_can_be_looked_up(file):
    """Two words in a row are for a learner; in the exercises `say` looks them up."""
    module = file.relative_to(PACKAGE).with_suffix("").parts[0]
    said = [] if module in SILENT else strings(file)
    for line, text, _ in said:
        if TWO_WORDS.search(NO_WORDS.sub("", text)) and not CALL.fullmatch(text):
            assert module == "exercises" and text in SENTENCES, f"line {line}: {text}"


@pytest.mark.parametrize("file", sorted(PACKAGE.rglob("*.js")), ids=lambda file: file.name)
def test_a_page_s_script_has_no_words_of_its_own(file):
    """It gets them from Python, in the learner's language."""
    code = re.sub(r"//.*|/\*[\s\S]*?\*/", "", file.read_text("utf-8"))
    texts = re.findall(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`]*`", code)
    texts = [
        text for text in texts if text[1:-1] not in ("pen down", "input, button, pre")
    ]  # names
    assert [text for text in texts if TWO_WORDS.search(text)] == []
    assert re.findall(r"textContent: ?[\"'`]|aria-label\", ?[\"'`]", code) == []
