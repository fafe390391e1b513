"""Wait for a page or a program as long as it moves, however slow the machine is."""

import time
import urllib.request

import pytest

STILL = 180  # seconds in which nothing moves: it hangs
PAGE = """() => {
    const area = document.querySelector('.jp-NotebookPanel') ?? document.documentElement;
    const parts = [...area.querySelectorAll('img, .progress-bar')];
    return [area.innerText, ...parts.map(part => part.src ?? part.style.width)].join();
}"""


def until(condition, moves):
    """Return what `condition()` gives once it is true.

    The wait has no limit as long as what `moves()` gives changes. A page can be given for
    `moves`: its notebook's text, pictures and bars.
    """
    look = moves if callable(moves) else lambda: moves.evaluate(PAGE)
    seen, since = look(), time.monotonic()
    while not (result := condition()):
        time.sleep(0.05)
        if (now := look()) != seen:
            seen, since = now, time.monotonic()
        elif time.monotonic() - since > STILL:
            pytest.fail(f"nothing has moved for {STILL} seconds; last seen:\n{seen}")
    return result


def listens(address):
    """Whether a server answers."""
    try:
        urllib.request.urlopen(address).close()
    except OSError:
        return False
    return True
