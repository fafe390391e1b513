import pytest

from dlscratch.widgets import panel_words as words


@pytest.mark.parametrize(
    "n, said",
    [
        (1 / 600, "0.0017 epochs"),
        (0.999, "1 epoch"),  # two digits are shown
        (1.7, "1.7 epochs"),
        (10_000, "10,000 epochs"),
    ],
)
def test_epochs_are_one_or_many(n, said):
    assert words.epochs(n) == said


@pytest.mark.parametrize(
    "seconds, said",
    [
        (0, "1 s"),
        (99.4, "99 s"),
        (100, "2 min"),
        (100 * 60, "1 h 40 min"),
        (48 * 3600, "2 days"),
    ],
)
def test_a_time_is_said_in_units_that_suit_it(seconds, said):
    assert words.duration(seconds) == said


def test_every_control_and_button_explains_itself():
    for name, tooltip in [*words.controls().values(), *words.buttons().values()]:
        assert name and tooltip.count(" ") >= 2


def test_every_button_can_be_pressed_in_some_state():
    assert {name for _, names in words.states().values() for name in names} == {*words.buttons()}
