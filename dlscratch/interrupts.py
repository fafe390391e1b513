"""Ctrl-C, the notebook's stop button, at any instant of a training.

Python raises KeyboardInterrupt between any two lines, so also after one parameter has moved and
before the next one has. An iteration that it breaks off is put back; what must not be broken off,
such as the putting back itself, is done in `uninterrupted`.
"""

import math
import signal
import threading
import time
from contextlib import contextmanager

TWICE = 2  # seconds: a second press in this time ends more than one run

_last_press = -math.inf  # of the whole process, since a loop may have many trainers


@contextmanager
def uninterrupted():
    """Make Ctrl-C wait until the end of a `with` block.

    In another thread, and where Ctrl-C is ignored, nothing changes.
    """
    presses, handler = [], signal.getsignal(signal.SIGINT)
    main = threading.current_thread() is threading.main_thread()  # only there Python acts
    if not (main and callable(handler)):
        yield
        return
    signal.signal(signal.SIGINT, lambda *press: presses.append(press))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        if presses:
            signal.raise_signal(signal.SIGINT)


def pressed_twice():
    """Note that Ctrl-C was pressed; return whether the last press was less than 2 s ago."""
    global _last_press
    before, _last_press = _last_press, time.monotonic()
    return _last_press - before < TWICE
