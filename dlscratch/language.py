"""The language of the course: its words, and a font that has the characters of its figures."""

from dataclasses import replace

import matplotlib
from matplotlib.font_manager import fontManager

from dlscratch.words import choose_words


def set_language(language):
    """Choose the language in which checks, widgets, figures and messages speak from now on.

    Parameters
    ----------
    language : "en" or "ja"
        English or Japanese.

    Raises
    ------
    ValueError
        If the course does not speak that language.
    ModuleNotFoundError
        If the font is not installed: it comes with the extra `ja`.
    """
    if language == "ja":
        _add_japanese_font()
    choose_words(language)


def _add_japanese_font():
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
