"""Ctrl-C, the notebook's stop button, at any instant of a training.

Python raises KeyboardInterrupt between any two lines, so also after one parameter has moved and
before the next one has. Here Ctrl-C waits, except while the network works, which may take long.
"""

import signal
import threading
from contextlib import contextmanager, nullcontext
from functools import wraps

import numpy as np

NOTHING = nullcontext()  # to do in a block that is inside another one
QUIET = {"over": "ignore", "under": "ignore", "invalid": "ignore"}  # for np.errstate


class CtrlC:
    """Make Ctrl-C wait in a `with` block, except while a network works.

    Attributes
    ----------
    presses : int
        How often Ctrl-C was pressed in the block.
    """

    def __init__(self):
        self.presses = 0
        self._only_counted = 0  # presses that interrupt nothing
        self._deferring = False
        self._interruptible = False

    def deferred(self, only_counted=0):
        """Make Ctrl-C wait until the end of a `with` block.

        Parameters
        ----------
        only_counted : int
            How many presses are only counted; one more interrupts the network's work, or else
            raises KeyboardInterrupt at the end of the block.
        """
        return NOTHING if self._deferring else self._defer(only_counted)

    @contextmanager
    def _defer(self, only_counted):
        self.presses = 0
        previous = signal.getsignal(signal.SIGINT)
        main = threading.current_thread() is threading.main_thread()  # only there Python acts
        if not (main and callable(previous)):  # a program in the background ignores Ctrl-C
            yield
            return
        self._previous_handler, self._only_counted = previous, only_counted
        signal.signal(signal.SIGINT, self._count)
        self._deferring = True
        try:
            yield
        finally:
            self._deferring = False
            signal.signal(signal.SIGINT, previous)
        if self.presses > only_counted:
            signal.raise_signal(signal.SIGINT)

    def interruptible(self, work, *args):
        """Return work(*args); Ctrl-C interrupts it, a press that is waiting does so at once."""
        self._interruptible = True
        try:
            if self.presses > self._only_counted:
                self._previous_handler(signal.SIGINT, None)
            return work(*args)
        finally:
            self._interruptible = False

    def interruptible_slices(self, slices):
        """Do a generator's slices of work as in `interruptible`; return what it returns."""
        while True:
            try:
                share = self.interruptible(next, slices)
            except StopIteration as end:
                return end.value
            yield share

    def _count(self, signum, frame):
        """Count a press of Ctrl-C; call the previous handler if it may interrupt now."""
        self.presses += 1
        if self._interruptible and self.presses > self._only_counted:
            self._previous_handler(signum, frame)


def undisturbed(method):
    """Let each slice of a Trainer's generator method come to its end.

    In a slice Ctrl-C waits, unless the network works, and NumPy tells of no overflow: a loss
    that is not finite is found anyway. Between slices all is as usual. If another iteration is
    done there, what is left of the work is dropped: the weights it belongs to have changed.
    """

    @wraps(method)
    def slices(trainer):
        work, iteration = method(trainer), trainer.iteration
        while trainer.iteration == iteration:
            with trainer._ctrl_c.deferred(), np.errstate(**QUIET):
                share = next(work, None)
            if share is None:
                return
            yield share

    return slices
