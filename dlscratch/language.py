"""The language of the course: that of its words, and the font of its figures for it.

Notebooks alone import it. The package's other modules ask `words`, which knows no figures.
"""

from dlscratch import plots
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
        plots.use_japanese_font()
    choose_words(language)
