"""Japanese figures have all their characters, and English ones stay as they are."""

import sys

import matplotlib
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from dlscratch.language import set_language
from dlscratch.words import say


@pytest.fixture(autouse=True)
def english_again():
    with matplotlib.rc_context():
        yield
        set_language("en")


@pytest.mark.parametrize("asked", ["fr", "JA", "", None, ["ja"]])
def test_a_language_that_the_course_does_not_speak_is_named(asked):
    with pytest.raises(ValueError, match="language is .*; expected one of"):
        set_language(asked)


def drawn(text, **style):
    figure = Figure(figsize=(2, 1))
    figure.text(0.1, 0.4, text, **style)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # a missing character is a warning, and so an error
    return bytes(canvas.buffer_rgba())


@pytest.mark.parametrize("text", ["学習率 −1", "$10^{-3}$", "10⁻³"])
def test_figures_draw_japanese_and_negative_exponents(text, caplog):
    """Not both in one text: matplotlib before 3.11 has no Japanese in formulas."""
    set_language("ja")
    drawn(text)
    assert caplog.text == ""


def test_english_figures_stay_as_they_are():
    before = drawn("learning rate $10^{-3}$ −1")
    set_language("ja")
    assert drawn("learning rate $10^{-3}$ −1") == before


def test_a_missing_font_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib_fontja", None)
    with pytest.raises(ModuleNotFoundError) as caught:
        set_language("ja")
    assert "pip install matplotlib-fontja" in caught.value.__notes__[0]
    assert say("iteration") == "iteration"  # no half of Japanese
