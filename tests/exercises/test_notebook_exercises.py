"""The exercises and the bug lab of the committed notebooks."""

import pytest
from exercise_helpers import CHECKS, NOTEBOOKS, exercises_of, namespace_of, printed_by


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_has_three_exercises_each_with_a_solution(path):
    found = list(exercises_of(path))
    least = 2 if path.stem.startswith("4.5.0") else 3  # the short one before the lessons
    assert len([name for name, *_ in found if not name.endswith("_bug")]) >= least
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
