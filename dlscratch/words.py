"""What the course says to a learner, in English until `dlscratch.language` chooses another.

A sentence for a learner stands in the code in English, as a whole, inside `_`:

    print(_("loss {loss:.3f}").format(loss=loss))

`_` looks it up in the words of the language, which are in locale/. It cannot find an f-string,
whose values are already in it. Errors raised as exceptions stay English, as NumPy's do.
"""

import gettext
from pathlib import Path

LANGUAGES = ("en", "ja")
LOCALE = Path(__file__).parent / "locale"

_words = gettext.NullTranslations()  # English: every sentence is its own translation


def choose_words(language):
    """Choose the language in which `_` and `look_up` speak from now on: "en" or "ja".

    Raises
    ------
    ValueError
        If the course does not speak that language.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language is {language!r}; expected one of {list(LANGUAGES)}")
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
