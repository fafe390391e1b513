"""Every catalogue is complete, and all that the package says to a learner can be translated."""

import ast
import re
import string

import pytest
from messages import CATALOGUES, PACKAGE, SAY, extracted, translated

from dlscratch.words import LANGUAGES, _catalogue

FILES = sorted(PACKAGE.rglob("*.py"))
SENTENCES = [message.id for message in extracted() if message.id]

each_catalogue = pytest.mark.parametrize("po", CATALOGUES, ids=lambda po: po.parts[-3])

TWO_WORDS = re.compile("^(?!import |<).*[a-z]{2}[,;:]? [a-z]{2}")
NO_SENTENCES = {"upper left", "row wrap", "pen down", "an hour", "train, test", "the test labels"}
NO_SENTENCES |= {"slope(net, x, t, name, index, h)"}


def tree(file):
    return ast.parse(file.read_text("utf-8"))


def calls(file, name):
    """Find the calls of a function or a method."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == name:
            yield node


def fields(sentence):
    """Name the values that a sentence has a place for, each as it is written there."""
    parts = string.Formatter().parse(sentence)
    return sorted({(name, spec, how) for _, name, spec, how in parts if name is not None})


def test_every_other_language_has_a_catalogue():
    assert {po.parts[-3] for po in CATALOGUES} == set(LANGUAGES) - {"en"}


@each_catalogue
def test_every_sentence_has_its_translation(po):
    catalog = translated(po)
    assert [m.id for m in catalog if m.id and not m.string] == [], "missing: make messages"
    assert [m.id for m in catalog if m.id and m.fuzzy] == []
    assert list(catalog.obsolete) == []
    assert {m.id for m in catalog if m.id} == set(SENTENCES), "make messages"


@each_catalogue
def test_the_translation_has_places_for_the_same_values(po):
    for message in translated(po):
        if message.id:
            assert fields(message.string) == fields(message.id), message.id
            assert message.string.count("\n") == message.id.count("\n"), message.id


@each_catalogue
def test_the_course_reads_the_catalogue_as_its_tools_do(po):
    read = _catalogue(po.parts[-3])
    del read[""]  # the file's own head
    assert read == {m.id: m.string for m in translated(po) if m.id}


def test_all_that_is_said_is_a_sentence_that_babel_finds():
    """It cannot see into an f-string, a sum, or a variable."""
    for file in FILES:
        for name in SAY:
            for call in calls(file, name):
                said = call.args if name == "exercise" else call.args[:1]
                found = {text for node in said for text in plain_strings(node)} <= set(SENTENCES)
                # Some may be given what `say` has said, and check.py hands sentences on
                if name not in ("Wrong", "part", "right") and file.name != "check.py":
                    found = found and all(isinstance(node, ast.Constant) for node in said)
                assert found, f"{file.name}, line {call.lineno}"


def test_no_sentence_is_written_that_babel_does_not_find():
    """Two words in a row are for a learner, unless an error or a docstring says them."""
    for file in FILES:
        if file.parent.name in ("exercises", "widgets"):
            unsaid = {text for text in plain_strings(tree(file)) if TWO_WORDS.search(text)}
            assert unsaid <= NO_SENTENCES | set(SENTENCES), file.name


def plain_strings(node):
    """Find the strings that stand neither in a docstring nor in a raised error."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if getattr(getattr(node, "func", None), "id", "").endswith("Error"):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from plain_strings(child)


def test_scripts_of_pages_have_no_words_of_their_own():
    """They get them from Python, in the learner's language."""
    code = "\n".join(file.read_text("utf-8") for file in PACKAGE.rglob("*.js"))
    code = re.sub(r"//.*|/\*[\s\S]*?\*/", "", code)
    texts = re.findall(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`]*`", code)
    texts = [
        text for text in texts if text[1:-1] not in ("pen down", "input, button, pre")
    ]  # names
    assert [text for text in texts if TWO_WORDS.search(text)] == []
    assert re.findall(r"textContent: ?[\"'`]|aria-label\", ?[\"'`]", code) == []
