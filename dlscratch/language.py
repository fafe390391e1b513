"""The language of the course: that of its words, and the font of its figures for it.

Notebooks alone import it. The package's other modules ask `words`, which knows no figures.
"""

from dlscratch import plots
from dlscratch.words import LANGUAGES, choose_words


def set_language(language):
    """Choose the language in which checks, widgets, figures and messages speak from now on.

    Parameters
    ----------
    language : str
        "en", English, or "ja", Japanese.

    Raises
    ------
    ValueError
        If the course does not speak that language.
    ModuleNotFoundError
        If the font is not installed: it comes with the extra of that language, such as `ja`.
    """
    choose_words(language)
    if LANGUAGES[language]:
        try:
            plots.use_font(*LANGUAGES[language])
        except ModuleNotFoundError:
            choose_words("en")  # no half of a language
            raise
