"""The notebooks of every other language are the English ones, cell by cell."""

import ast
import re

import pytest
from editions import (
    ENGLISH,
    GUIDES,
    OTHERS,
    WORDS,
    digest,
    edition,
    in_step,
    is_in,
    prose,
    read,
    sections,
    stale,
)
from IPython.core.inputtransformer2 import TransformerManager
from nbformat.v4 import new_code_cell, new_output

FENCE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
WORDS_TO_TWENTY = """zero one two three four five six seven eight nine ten eleven twelve thirteen
fourteen fifteen sixteen seventeen eighteen nineteen twenty""".split()
NUMBERS = {word: str(n) for n, word in enumerate(WORDS_TO_TWENTY)}
NUMBERS |= {"third": "3", "fourth": "4", "quarter": "4", "fifth": "5", "sixth": "6", "tenth": "10"}
NUMBERS |= {"tenfold": "10", "eleventh": "11"}
NUMBERS |= {"thirty": "30", "hundred": "100", "thousand": "1,000"}


def out_of_step(path, language, is_meant, agree):
    """Name the cells that do not agree with the English ones of the same id."""
    ours = {cell.id: cell for cell in read(edition(language, path)).cells}
    return [
        cell.id
        for cell in read(path).cells
        if is_meant(cell) and cell.id in ours and not agree(cell, ours[cell.id])
    ]


def is_text(cell):
    return cell.cell_type == "markdown"


def draws(cell):
    return any("image/png" in output.get("data", {}) for output in cell.get("outputs", []))


def says(language, span):
    """Translate what a code span quotes: a button, or how a check's answer begins."""
    words = WORDS[language]
    if span in words and not span.islower():  # `gradient` is a name in the code, `Start` a button
        return words[span]
    for english, ours in words.items():
        if english.startswith(f"{span}: ") and ": " in ours:
            return ours.partition(": ")[0]
    return span


def parse(code):
    return ast.parse(TransformerManager().transform_cell(code))


def shape(code):
    """Dump code without its strings, and the strings by themselves."""
    strings = []

    class Blank(ast.NodeTransformer):
        def visit_Constant(self, node):
            if not isinstance(node.value, str):
                return node
            strings.append(node.value)
            return ast.Constant("")

        def visit_JoinedStr(self, node):
            """Take the values in any order: another language has another."""
            texts = [part.value for part in node.values if isinstance(part, ast.Constant)]
            values = [part for part in node.values if not isinstance(part, ast.Constant)]
            strings.append("".join(texts))
            return ast.JoinedStr(sorted(values, key=ast.dump))

    return ast.dump(Blank().visit(parse(code))), strings


def same_code(language, english, ours):
    """Whether code differs at most in comments, spaces and strings that are translated."""
    (was, texts), (now, ours_texts) = shape(english), shape(ours)
    return was == now and all(
        "".join(a.split()) == "".join(b.split()) or is_in(language, b) or (a, b) == ("en", language)
        for a, b in zip(texts, ours_texts, strict=True)
    )


def spans(text):
    """Find the code spans in a text."""
    return set(re.findall(r"(?<!`)`([^`\n]+)`(?!`)", FENCE.sub("", text)))


def formulas(text):
    text = re.sub(r"`[^`\n]+`", "", FENCE.sub("", text))
    return {"".join(f.split()) for f in re.findall(r"\$\$?[^$]+\$\$?", text)}


def links(text):
    return set(re.findall(r"\]\(([^)\s]+)\)|<(https?:[^>]+)>", text))


def numbers(text):
    """Find the numbers in a text, without those in its code and its formulas."""
    text = re.sub(r"`[^`\n]+`|\$\$?[^$]+\$\$?|\]\([^)]+\)|&\w+;", " ", FENCE.sub("", text))
    return set(re.findall(r"\d+(?:[.,]\d+)*", text))


def same_numbers(english, ours):
    """Others write in digits what English has as words, and count where English need not."""
    extra = numbers(ours) - written(english)
    return numbers(english) <= numbers(ours) and all(n in "12" for n in extra)


def written(text):
    """Find the numbers in an English text, those in words as well."""
    words = (word.removesuffix("s") for word in re.findall("[a-z]+", text.lower()))
    return numbers(text) | {NUMBERS[word] for word in words if word in NUMBERS}


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("path", ENGLISH, ids=lambda path: path.stem)
class TestEdition:
    def test_it_has_the_same_cells(self, path, language):
        assert [(cell.id, cell.cell_type) for cell in read(edition(language, path)).cells] == [
            (cell.id, cell.cell_type) for cell in read(path).cells
        ], "call tests/editions.py"

    def test_cells_render_the_english_of_today(self, path, language):
        changed = out_of_step(path, language, prose, lambda a, b: not stale(a, b))
        assert changed == [], "their English has changed: CONTRIBUTING.md says what to do"

    def test_prose_is_translated(self, path, language):
        assert out_of_step(path, language, prose, lambda _, b: is_in(language, prose(b))) == []

    def test_figures_are_described_to_who_cannot_see_them(self, path, language):
        assert out_of_step(path, language, draws, lambda a, _: prose(a)) == []

    def test_code_cells_differ_by_strings_and_comments_only(self, path, language):
        def agree(a, b):
            return is_text(a) or same_code(language, a.source, b.source)

        assert out_of_step(path, language, bool, agree) == []

    def test_text_cells_have_the_same_code_spans_formulas_links_and_numbers(self, path, language):
        def agree(a, b):
            blocks = FENCE.findall(a.source), FENCE.findall(b.source)
            return (
                len(blocks[0]) == len(blocks[1])
                and all(same_code(language, *pair) for pair in zip(*blocks, strict=True))
                and {says(language, span) for span in spans(a.source)} == spans(b.source)
                and formulas(a.source) == formulas(b.source)
                and links(a.source) == links(b.source)
            )

        assert out_of_step(path, language, is_text, agree) == []
        assert (
            out_of_step(path, language, prose, lambda a, b: same_numbers(*map(prose, (a, b)))) == []
        )


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_sections_of_a_guide_render_the_english_of_today(guide, language):
    """They have no numbers of their own; they may leave some out, as in tables of measurements."""
    changed = []
    for (_, _, english), (heading, rendered, ours) in zip(
        sections(guide), sections(edition(language, guide)), strict=True
    ):
        assert {n for n in numbers(ours) if int(n[0]) > 2} <= written(english), heading
        changed += [heading] if rendered != digest(english) else []
    assert changed == [], "their English has changed: CONTRIBUTING.md says what to do"


def headings(cell):
    return [line.lstrip("# ") for line in cell.source.splitlines() if line[:1] == "#"]


@pytest.mark.parametrize("language", OTHERS)
def test_the_teaching_plan_names_sections_as_the_notebooks_do(language):
    ours = {}
    for path in ENGLISH:
        for pair in zip(
            *(read(edition(each, path)).cells for each in ("en", language)), strict=True
        ):
            ours |= zip(*map(headings, pair), strict=True) if is_text(pair[0]) else {}
    (guide,) = (guide for guide in GUIDES if guide.stem == "teaching")
    plan, our_plan = (
        "".join(text for _, _, text in list(sections(edition(each, guide)))[:3])
        for each in ("en", language)
    )
    named = [heading for heading in ours if f'"{heading.rstrip("?")}' in plan]
    assert len(named) > 5
    assert [heading for heading in named if ours[heading] not in our_plan] == []


def test_other_code_and_other_numbers_are_found():
    """So that the tests above cannot pass in silence."""
    assert same_code("ja", 'f"{n} of {m:.2f} right"  # now', 'f"{m:.2f}のうち{n}が正解"  # 今')
    assert not same_code("ja", 'print("loss", x)', 'print("損失", y)')
    assert not same_code("ja", 'f"{n} of {m:.2f}"', 'f"{m:.3f}のうち{n}"')
    assert not same_code("ja", 'params["W1"]', 'params["W2"]')
    assert same_numbers("ten of 10,000 are 94.7 %", "10,000枚のうち10枚は94.7%")
    assert not same_numbers("a sixth of it ends at 88 %", "その7分の1は88%で終わる")


def test_code_without_japanese_is_taken_over_when_it_changes():
    ours = new_code_cell("check(1)", outputs=[new_output("stream", text="正解")])
    assert in_step("ja", new_code_cell("check(1)"), ours) is ours
    assert in_step("ja", new_code_cell("check(2)"), ours).source == "check(2)"
    assert in_step("ja", new_code_cell('set_language("en")'), ours).source == 'set_language("ja")'
    ours = new_code_cell('print("損失", loss)')
    assert in_step("ja", new_code_cell('print("loss", loss)'), ours) is ours
