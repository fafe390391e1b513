"""The course speaks English until a learner asks for Japanese."""

import os
import subprocess
import sys

import matplotlib
import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager

from dlscratch import language
from dlscratch.language import N_, _, look_up, set_language


@pytest.fixture(autouse=True)
def english_again():
    with matplotlib.rc_context():
        yield
        set_language("en")


@pytest.fixture
def words(monkeypatch, tmp_path):
    """Put a catalogue of one sentence in the place of the real ones."""
    catalog = Catalog(locale="ja")
    catalog.add("loss {loss:.3f}", "損失 {loss:.3f}")
    (tmp_path / "ja/LC_MESSAGES").mkdir(parents=True)
    with open(tmp_path / "ja/LC_MESSAGES/dlscratch.mo", "wb") as file:
        write_mo(file, catalog)
    monkeypatch.setattr(language, "LOCALE", tmp_path)


def test_a_sentence_is_looked_up_when_it_is_said(words):
    marked = N_("loss {loss:.3f}")
    assert _(marked).format(loss=2) == "loss 2.000"
    set_language("ja")
    assert _(marked).format(loss=2) == "損失 2.000"
    assert _("not in the catalogue") == "not in the catalogue"
    set_language("en")
    assert _(marked).format(loss=2) == "loss 2.000"


def test_a_table_is_looked_up_as_a_whole(words):
    table = {"loss": N_("loss {loss:.3f}"), "names": ("W1", ["b1", N_("loss {loss:.3f}")])}
    assert look_up(table) == {"loss": "loss {loss:.3f}", "names": ["W1", ["b1", "loss {loss:.3f}"]]}
    set_language("ja")
    assert look_up(table) == {"loss": "損失 {loss:.3f}", "names": ["W1", ["b1", "損失 {loss:.3f}"]]}


def test_the_system_does_not_choose_the_language():
    script = "from dlscratch.language import _; print(_('iteration'))"
    environment = os.environ | dict.fromkeys(("LANGUAGE", "LC_ALL", "LANG"), "ja_JP.UTF-8")
    run = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, check=True
    )
    assert run.stdout.decode().split() == ["iteration"]


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


def test_bold_words_are_drawn_without_a_message(caplog):
    set_language("ja")
    drawn("最大 5>9", weight="bold", size=11.5)
    assert caplog.text == ""
    fonts = [font.fname for font in fontManager.ttflist if font.name == "IPAexGothic"]
    set_language("ja")
    assert fonts == [font.fname for font in fontManager.ttflist if font.name == "IPAexGothic"]


def test_english_figures_stay_as_they_are():
    before = drawn("learning rate $10^{-3}$ −1")
    set_language("ja")
    assert drawn("learning rate $10^{-3}$ −1") == before


def test_a_missing_font_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib_fontja", None)
    with pytest.raises(ModuleNotFoundError) as caught:
        set_language("ja")
    assert "pip install matplotlib-fontja" in caught.value.__notes__[0]
    set_language("ja", font=False)
