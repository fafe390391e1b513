"""What the course says to a learner, in English until `dlscratch.language` chooses another.

A sentence for a learner stands in the code in English, as a whole, inside `say`:

    print(say("loss {loss:.3f}", loss=loss))

`say` looks it up in the words of the language, which are in locale/. It cannot find an f-string,
whose values are already in it, nor a sentence that was said before the language was chosen: so a
table of sentences is a function. Errors raised as exceptions stay English, as NumPy's do.
"""

import re
from ast import literal_eval
from pathlib import Path

LANGUAGES = {  # the package and the name of a font that figures need; a system's locale begins so
    "en": None,
    "ja": ("matplotlib_fontja", "IPAexGothic"),
}
LOCALE = Path(__file__).parent / "locale"

ENTRY = re.compile(r'^msgid ((?:".*"\n)+)msgstr ((?:".*"\n)+)', re.MULTILINE)

_words = {}  # English: every sentence is its own translation


def choose_words(language):
    """Choose the language in which `say` speaks from now on, one of the `LANGUAGES`.

    Raises
    ------
    ValueError
        If the course does not speak that language.
    """
    if language not in list(LANGUAGES):
        raise ValueError(f"language is {language!r}; expected one of {list(LANGUAGES)}")
    global _words
    _words = {} if language == "en" else _catalogue(language)


def say(sentence, **values):
    """Return a sentence in the language chosen, with its values put in if there are any."""
    said = _words.get(sentence) or sentence
    return said.format(**values) if values else said


def _catalogue(language):
    """Read a language's words from its file, which gettext's tools edit."""
    text = (LOCALE / language / "LC_MESSAGES/dlscratch.po").read_text("utf-8")
    return {
        literal_eval(f"({ours})"): literal_eval(f"({said})") for ours, said in ENTRY.findall(text)
    }
