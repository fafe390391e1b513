"""The language in which the course speaks to a learner: English, until `set_language` is called.

A sentence for a learner stands in the code in English, as a whole, inside `_`:

    print(_("loss {loss:.3f}").format(loss=loss))

`_` looks it up in the words of the language, which are in locale/. It cannot find an f-string,
whose values are already in it. Errors raised as exceptions stay English, as NumPy's do.
"""

import gettext
from dataclasses import replace
from pathlib import Path

LANGUAGES = ("en", "ja")
LOCALE = Path(__file__).parent / "locale"

_words = gettext.NullTranslations()  # English: every sentence is its own translation


def set_language(language, *, font=True):
    """Choose the language in which checks, widgets, figures and messages speak from now on.

    Parameters
    ----------
    language : "en" or "ja"
        English or Japanese.
    font : bool
        Give matplotlib a font that has the language's characters; False where nothing is drawn.

    Raises
    ------
    ValueError
        If the course does not speak that language.
    ModuleNotFoundError
        If the font is not installed: it comes with the extra `ja`.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language is {language!r}; expected one of {list(LANGUAGES)}")
    if language == "ja" and font:
        _add_japanese_font()
    global _words
    _words = gettext.translation("dlscratch", LOCALE, [language], fallback=language == "en")


def _(sentence):
    """Return the sentence in the language chosen."""
    return _words.gettext(sentence)


def N_(sentence):
    """Mark a sentence written before the language is chosen, for `_` or `look_up` at its use."""
    return sentence


def look_up(table):
    """Return a table of dicts, lists and tuples with all its sentences in the language chosen."""
    if isinstance(table, str):
        return _(table)
    if isinstance(table, dict):
        return {name: look_up(value) for name, value in table.items()}
    return [look_up(value) for value in table]


def _add_japanese_font():
    import matplotlib  # here, since the numbers need no figures
    from matplotlib.font_manager import fontManager

    try:
        import matplotlib_fontja  # noqa: F401  its import registers the font
    except ModuleNotFoundError as error:
        error.add_note("Figures in Japanese need a font: python -m pip install matplotlib-fontja")
        raise
    # It has no bold, and matplotlib would warn: let the one weight stand for bold too.
    fonts = fontManager.ttflist
    bold = [replace(font, weight=700) for font in fonts if font.name == "IPAexGothic"]
    fonts.extend(font for font in bold if font not in fonts)
    # DejaVu Sans first: it has the superscript minus, which IPAexGothic lacks.
    matplotlib.rcParams["font.family"] = ["DejaVu Sans", "IPAexGothic"]
