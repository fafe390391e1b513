"""Ctrl-C, the notebook's stop button, at any instant of a training.

Python raises KeyboardInterrupt between any two lines, so also after one parameter has moved and
before the next one has. In a shield it waits, except while the network works, which may take long.
"""

import math
import signal
import threading
import time

TWICE = 2  # seconds: a second press in this time ends more than one run

_last_press = -math.inf  # of the whole process, since a loop may have many trainers


class Shield:
    """Make Ctrl-C wait until the end of a `with` block, except in `interruptible`.

    In another thread, and where Ctrl-C is ignored, nothing changes.
    """

    def __enter__(self):
        self._waiting = self._open = False
        self._previous = signal.getsignal(signal.SIGINT)
        main = threading.current_thread() is threading.main_thread()  # only there Python acts
        self._shields = main and callable(self._previous)
        if self._shields:
            signal.signal(signal.SIGINT, self._press)
        return self

    def __exit__(self, *error):
        if self._shields:
            signal.signal(signal.SIGINT, self._previous)
        if self._waiting:
            signal.raise_signal(signal.SIGINT)

    def interruptible(self, work, *args):
        """Return work(*args); the first press of Ctrl-C breaks it off."""
        self._open = True
        try:
            if self._waiting:
                self._waiting = False
                self._press(signal.SIGINT, None)
            return work(*args)
        finally:
            self._open = False

    def _press(self, signum, frame):
        """Let the press through if the network works, once; else keep it for the end."""
        if self._open:
            self._open = False
            self._previous(signum, frame)
        else:
            self._waiting = True


def pressed_twice():
    """Note that Ctrl-C was pressed; return whether the last press was less than 2 s ago."""
    global _last_press
    before, _last_press = _last_press, time.monotonic()
    return _last_press - before < TWICE
