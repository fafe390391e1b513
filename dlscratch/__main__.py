"""Open the course in JupyterLab, in the learner's own copies: python -m dlscratch [en|ja].

Without a word the edition is that of the system's language; options after it are JupyterLab's.
"""

import locale
import os
import sys

from dlscratch import copies
from dlscratch.words import LANGUAGES, LOCALE, choose_words, say


def main():
    """Make the copies that are missing, and open the one that the learner saved last."""
    edition, flags = system_language(), sys.argv[1:]
    if flags and not flags[0].startswith("-"):
        edition = flags.pop(0)
    if edition not in LANGUAGES:
        sys.exit(f"There is no edition {edition!r}; the course has {' and '.join(LANGUAGES)}.")
    choose_words(edition)
    try:
        from jupyter_server.utils import url_escape
        from jupyterlab.labapp import LabApp
    except ImportError:
        sys.exit(say("JupyterLab is not installed here: python -m pip install jupyterlab"))
    mine = copies.of_edition(copies.MY_COURSE, edition)
    try:
        copies.report(*copies.make_copies(copies.of_edition(copies.NOTEBOOKS, edition), mine))
    except FileNotFoundError as error:  # the package is installed, and the course is elsewhere
        sys.exit(f"{error} Call this in the folder of the course.")
    lesson = copies.last_saved(mine).relative_to(copies.COURSE).as_posix()
    course = [
        f"--ServerApp.root_dir={copies.COURSE}",
        f"--LabApp.default_url=/lab/tree/{url_escape(lesson)}",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        print(
            say(
                "You are root, which JupyterLab refuses by itself: it is started with --allow-root."
            )
        )
        course.append("--allow-root")
    set_menus(edition)
    print(
        say(
            "Opening {lesson} in your browser. To end JupyterLab, press Ctrl-C here, twice.",
            lesson=lesson,
        )
    )
    LabApp.launch_instance(course + flags)


def system_language():
    """Return the edition for the language of the learner's system, or else the English one."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):  # Windows has none of them
        if said := os.environ.get(name):
            break
    else:
        try:
            said = locale.getlocale()[0] or ""
        except ValueError:  # Windows has names, such as en_150, that Python does not know
            said = ""
    code = said[:2].lower()
    return code if code in LANGUAGES else "en"


def set_menus(edition):
    """Let JupyterLab's own menus speak the edition's language, unless its settings name one.

    It does not ask about news either, nor look for updates: the course fetches nothing. Long
    lines of code wrap, for a small window to cut none.
    """
    folders = [str(LOCALE / edition), str(LOCALE), os.environ.get("JUPYTER_CONFIG_PATH")]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, folders))


if __name__ == "__main__":
    main()
