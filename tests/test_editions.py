"""The Japanese notebooks are the English ones, cell by cell."""

import ast
import re

import pytest
from editions import (
    ENGLISH,
    GUIDES,
    JAPANESE,
    ROOT,
    digest,
    in_step,
    japanese,
    prose,
    read,
    sections,
    stale,
)
from IPython.core.inputtransformer2 import TransformerManager
from messages import PACKAGE, translated
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

CATALOGUE = PACKAGE / "locale/ja/LC_MESSAGES/dlscratch.po"
WORDS = {message.id: message.string for message in translated(CATALOGUE) if message.id}
FENCE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
NUMBERS = {
    word: str(n)
    for n, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen twenty".split()
    )
}
NUMBERS |= {"third": "3", "fourth": "4", "quarter": "4", "fifth": "5", "sixth": "6", "tenth": "10"}
NUMBERS |= {"tenfold": "10", "eleventh": "11"}
NUMBERS |= {"thirty": "30", "hundred": "100", "thousand": "1,000"}


def pairs(path, is_meant):
    """Pair the cells that are meant by their id."""
    ours = {cell.id: cell for cell in read(japanese(path)).cells}
    for cell in read(path).cells:
        if is_meant(cell) and cell.id in ours:
            yield cell, ours[cell.id]


def out_of_step(path, is_meant, agree):
    """Name the cells that do not agree."""
    return [ours.id for english, ours in pairs(path, is_meant) if not agree(english, ours)]


def is_text(cell):
    return cell.cell_type == "markdown"


def is_code(cell):
    return cell.cell_type == "code"


def draws(cell):
    return any("image/png" in output.get("data", {}) for output in cell.get("outputs", []))


def says(span):
    """Say in Japanese what a code span quotes: a button, or how a check's answer begins."""
    if span in WORDS and not span.islower():  # `gradient` is a name in the code, `Start` a button
        return WORDS[span]
    for english, ours in WORDS.items():
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


def same_code(english, ours):
    """Whether code differs at most in comments, spaces and strings that are now Japanese."""
    (was, texts), (now, ours_texts) = shape(english), shape(ours)
    return was == now and all(
        "".join(a.split()) == "".join(b.split()) or JAPANESE.search(b) or (a, b) == ("en", "ja")
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
    """Japanese writes in digits what English has as words, and counts where English need not."""
    extra = numbers(ours) - written(english)
    return numbers(english) <= numbers(ours) and all(n in "12" for n in extra)


def written(text):
    """Find the numbers in an English text, those in words as well."""
    words = (word.removesuffix("s") for word in re.findall("[a-z]+", text.lower()))
    return numbers(text) | {NUMBERS[word] for word in words if word in NUMBERS}


def test_every_notebook_has_a_japanese_edition_with_the_same_cells():
    for path in ENGLISH:
        assert [(cell.id, cell.cell_type) for cell in read(japanese(path)).cells] == [
            (cell.id, cell.cell_type) for cell in read(path).cells
        ], f"{path.name}: call tests/editions.py"


@pytest.mark.parametrize("path", ENGLISH, ids=lambda path: path.stem)
class TestEdition:
    def test_cells_render_the_english_of_today(self, path):
        changed = out_of_step(path, prose, lambda english, ours: not stale(english, ours))
        assert changed == [], "their English has changed: CONTRIBUTING.md says what to do"

    def test_prose_is_japanese(self, path):
        assert out_of_step(path, prose, lambda _, ours: JAPANESE.search(prose(ours))) == []

    def test_figures_are_described_to_who_cannot_see_them(self, path):
        assert out_of_step(path, draws, lambda english, _: prose(english)) == []

    def test_code_cells_differ_by_strings_and_comments_only(self, path):
        assert out_of_step(path, is_code, lambda a, b: same_code(a.source, b.source)) == []

    def test_code_in_text_cells_differs_by_strings_and_comments_only(self, path):
        def agree(english, ours):
            a, b = FENCE.findall(english.source), FENCE.findall(ours.source)
            return len(a) == len(b) and all(map(same_code, a, b))

        assert out_of_step(path, is_text, agree) == []

    def test_code_spans_are_the_same(self, path):
        def agree(english, ours):
            return {says(span) for span in spans(english.source)} == spans(ours.source)

        assert out_of_step(path, is_text, agree) == []

    def test_formulas_and_links_are_the_same(self, path):
        def agree(english, ours):
            return (formulas(english.source), links(english.source)) == (
                formulas(ours.source),
                links(ours.source),
            )

        assert out_of_step(path, is_text, agree) == []

    def test_numbers_are_the_same(self, path):
        assert out_of_step(path, prose, lambda a, b: same_numbers(prose(a), prose(b))) == []


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_sections_of_a_guide_render_the_english_of_today(guide):
    english, ours = list(sections(guide)), list(sections(japanese(guide)))
    assert len(english) == len(ours)
    changed = [
        heading
        for (heading, _, text), (_, rendered, _) in zip(english, ours, strict=True)
        if rendered != digest(text)
    ]
    assert changed == [], "their English has changed: CONTRIBUTING.md says what to do"


def test_the_teaching_plan_names_sections_of_the_japanese_notebooks():
    notebooks = [read(japanese(path)) for path in ENGLISH]
    headings = {
        line.lstrip("# ")
        for notebook in notebooks
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if line[:1] == "#"
    }
    plan = (ROOT / "docs/teaching.ja.md").read_text("utf-8").split("\n## 学ぶ人の思い込み")[0]
    named = set(re.findall("「(.+?)」", plan)) - {"わからない"}
    assert len(named) > 5 and named <= headings


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_a_guide_has_no_numbers_of_its_own(guide):
    """It may leave some out, such as tables of measurements."""
    for (_, _, english), (heading, _, ours) in zip(
        sections(guide), sections(japanese(guide)), strict=True
    ):
        assert {n for n in numbers(ours) if int(n[0]) > 2} <= written(english), heading


@pytest.mark.parametrize(
    ("english", "ours", "same"),
    [
        ('print("loss", x)  # now', 'print("損失", x)  # 今', True),
        ('f"{n} of {m:.2f} right"', 'f"{m:.2f}のうち{n}が正解"', True),
        ("%matplotlib inline\nx = 1", "%matplotlib inline\nx = 1", True),
        ('set_language("en")', 'set_language("ja")', True),
        ('print("loss", x)', 'print("損失", y)', False),
        ('f"{n} of {m:.2f}"', 'f"{m:.3f}のうち{n}"', False),
        ('f"{n:5} %"', 'f"  {n:5}%"', True),
        ("rate = 0.1", "rate = 0.01", False),
        ('params["W1"]', 'params["W2"]', False),
        ('gradient="backprop"', 'gradient="numerical"', False),
    ],
)
def test_code_may_differ_by_comments_and_by_strings_that_are_japanese(english, ours, same):
    assert same_code(english, ours) == same


@pytest.mark.parametrize(
    ("english", "ours", "same"),
    [
        ("ten of 10,000 are 94.7 %", "10,000枚のうち10枚は94.7%", True),
        ("half of 4.5.1, `3` and $5$", "4.5.1の半分、`3`と$5$を1つ", True),
        ("ends at 88 %", "80%で終わる", False),
        ("ends at 88 %", "終わる", False),
        ("a sixth of it", "その7分の1", False),
    ],
)
def test_numbers_may_be_words_in_english_alone(english, ours, same):
    assert same_numbers(english, ours) == same


def test_a_text_cell_is_stale_as_soon_as_its_english_changes():
    english = new_markdown_cell("two losses")
    ours = new_markdown_cell("2つの損失", metadata={"english": digest("two losses")})
    assert not stale(english, ours)
    english.source = "three losses"
    assert stale(english, ours)
    assert stale(english, new_markdown_cell("3つの損失"))


def test_code_without_japanese_is_taken_over_when_it_changes():
    ours = new_code_cell("check(1)", outputs=[new_output("stream", text="正解")])
    assert in_step(new_code_cell("check(1)"), ours) is ours
    assert in_step(new_code_cell("check(2)"), ours).source == "check(2)"
    assert in_step(new_code_cell('set_language("en")'), ours).source == 'set_language("ja")'
    ours = new_code_cell('print("損失", loss)')
    assert in_step(new_code_cell('print("loss", loss)'), ours) is ours
