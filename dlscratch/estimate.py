"""How long a training will take: an estimate before it, and a bar while it runs."""

import itertools
import sys
import time

from dlscratch.words import _

TRAINED_SECONDS = 0.1
ACCURACY_SAMPLES = 10_000


def seconds_slices(trial, iters_num, *, clock=time.perf_counter):
    """Estimate the seconds of a run, in slices, so that a program can pause between them.

    Parameters
    ----------
    trial : Trainer
        A copy of the one that is to run; it is trained a little.
    iters_num : int
        Iterations of the run.
    clock : callable
        Returns the time in seconds.

    Yields
    ------
    float
        Seconds, better each time.
    """
    iterations = _timed_iterations(trial, clock)
    warm_seconds, warm_done = next(iterations)  # slower than the rest: the caches are cold

    accuracy_seconds = 0
    if trial.test is not None:
        x, t = (values[:ACCURACY_SAMPLES] for values in trial.train)
        start = clock()
        trial.net.accuracy(x, t)
        samples = (len(trial.train[0]) + len(trial.test[0])) / len(x)
        accuracies = iters_num // trial.iter_per_epoch + 2  # and one at either end
        accuracy_seconds = accuracies * samples * (clock() - start)

    seconds = 0
    while seconds < TRAINED_SECONDS:
        seconds, done = next(iterations)
        seconds, done = seconds - warm_seconds, done - warm_done
        yield iters_num * seconds / done + accuracy_seconds


def _timed_iterations(trial, clock):
    """Train without end; yield seconds spent and iterations done, with shares of one."""
    seconds, done = 0.0, 0.0
    for finished in itertools.count():
        slices, share = trial._update_slices(), 0.0
        while share is not None:
            start = clock()
            share = next(slices, None)
            seconds += clock() - start
            now = finished + (1 if share is None else share)
            if now > done:
                done = now
                yield seconds, done


def progress_bar(start, end):
    """Show a bar of the iterations from `start` to `end`."""
    from tqdm.auto import tqdm  # here, since in a notebook it imports ipywidgets

    no_console = sys.stderr is None  # as in a program with windows alone
    words = {"desc": _("training"), "unit": _("it")}  # it: iterations
    return tqdm(total=end, initial=start, disable=no_console, **words)
