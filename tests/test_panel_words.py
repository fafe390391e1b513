import pytest

from dlscratch.widgets import panel_words as words


@pytest.mark.parametrize(
    "say, number, said",
    [
        (words.epochs, 1 / 600, "0.0017 epochs"),
        (words.epochs, 0.999, "1 epoch"),  # two digits are shown
        (words.epochs, 1.7, "1.7 epochs"),
        (words.epochs, 10_000, "10,000 epochs"),
        (words.duration, 0, "1 s"),
        (words.duration, 99.4, "99 s"),
        (words.duration, 100, "2 min"),
        (words.duration, 100 * 60, "1 h 40 min"),
        (words.duration, 48 * 3600, "2 days"),
    ],
)
def test_epochs_and_times_are_said_in_words_that_suit_the_number(say, number, said):
    assert say(number) == said


def test_every_control_and_button_explains_itself():
    for name, tooltip in [*words.controls().values(), *words.buttons().values()]:
        assert name and tooltip.count(" ") >= 2


def test_every_button_can_be_pressed_in_some_state():
    assert {name for _, names in words.states().values() for name in names} == {*words.buttons()}
