"""The concept questions: every letter gets its own reaction, one of them is right."""

import re
from itertools import pairwise

import numpy as np
import pytest
from exercise_helpers import NOTEBOOKS, cells_of, verdict

from dlscratch.exercises.questions import questions

QUESTIONS = questions()


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_letter_has_a_reaction_and_one_is_right(question):
    reactions = dict(QUESTIONS[question])
    right = reactions.pop("right")
    assert list(reactions) == ["a", "b", "c"]
    said = {letter: verdict("check_question", question, letter) for letter in reactions}
    assert len(set(said.values())) == 3
    assert [letter for letter in said if said[letter].startswith("right: ")] == [right]
    assert sum(text.startswith("not yet: ") for text in said.values()) == 2


def test_a_letter_may_be_a_capital():
    assert verdict("check_question", "step", " B") == verdict("check_question", "step", "b")


@pytest.mark.parametrize("answer", ["4.6", 2, np.zeros(50)], ids=str)
def test_what_is_no_letter_is_told_how_to_answer(answer):
    """`answer = b` without quotation marks is the bias, if the notebook has one."""
    said = verdict("check_question", "step", answer)
    assert said == 'not yet: answer with "a", "b" or "c", quotation marks included.\n'


def test_an_untouched_question_is_not_attempted_and_has_no_hint():
    said = verdict("check_question", "step", ...)
    assert said == 'not attempted: replace ... by "a", "b" or "c".\n'


@pytest.mark.parametrize("name", ["rows", None, ["row"]], ids=str)
def test_a_question_of_another_name_is_told_in_a_line(name):
    said = verdict("check_question", name, "a")
    assert said == f"not yet: no question is called {name}: leave the name as it was.\n"


def test_every_question_stands_in_one_notebook_below_its_three_answers():
    asked = []
    for path in NOTEBOOKS:
        cells = cells_of(path)
        for (_, above), (kind, source) in pairwise(cells):
            for name in re.findall(r'check_question\("(\w+)"', source if kind == "code" else ""):
                asked.append(name)
                assert re.findall(r"(?:\*\*|\(|- )([abc])(?::|\))", above) == ["a", "b", "c"]
    assert sorted(asked) == sorted(QUESTIONS)
