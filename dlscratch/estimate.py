"""How long a training will take: an estimate before it, and a bar while it runs."""

import copy
import sys
from functools import cache
from time import perf_counter

from dlscratch.words import say

TRAINED_SECONDS = 0.1
ACCURACY_SAMPLES = 10_000


def run_seconds(trainer, iters_num):
    """Estimate the seconds of a run by training a copy of the network a little.

    Parameters
    ----------
    trainer : Trainer
        The one that is to run; it is not changed.
    iters_num : int
        Iterations of the run.
    """
    if trainer.gradient == "numerical" and getattr(trainer.net, "takes_plain_loop", True):
        seconds = iters_num * plain_loop_seconds(trainer)
    else:
        trial = copy.copy(trainer)
        trial.net, trial.rng = copy.deepcopy(trainer.net), copy.deepcopy(trainer.rng)
        trial.history, trial.test = type(trainer.history)(), None
        seconds = iters_num * _mean_seconds(trial.step, TRAINED_SECONDS)
    if trainer.test is not None:
        x, t = (values[:ACCURACY_SAMPLES] for values in trainer.train)
        start = perf_counter()
        trainer.net.accuracy(x, t)
        samples = (len(trainer.train[0]) + len(trainer.test[0])) / len(x)
        accuracies = iters_num // trainer.iter_per_epoch + 2  # and one at either end
        seconds += accuracies * samples * (perf_counter() - start)
    return seconds


def plain_loop_seconds(trainer):
    """Estimate the seconds of one numerical gradient by the plain loop.

    Notes
    -----
    Book 4.4: it computes two losses for each parameter. One loss is timed, of one mini-batch.
    """
    x, t = (values[: trainer.batch_size] for values in trainer.train)
    losses = 2 * sum(weights.size for weights in trainer.net.params.values())
    return losses * _mean_seconds(lambda: trainer.net.loss(x, t), TRAINED_SECONDS / 10)


def _mean_seconds(function, least):
    """Time the calls of a function for so many seconds, once it was called."""
    function()  # slower than the rest: the caches are cold
    start, calls, seconds = perf_counter(), 0, 0
    while seconds < least:
        function()
        calls, seconds = calls + 1, perf_counter() - start
    return seconds / calls


def progress_bar(start, end):
    """Show a bar of the iterations from `start` to `end`."""
    no_console = sys.stderr is None  # as in a program with windows alone
    return _bar()(total=end, initial=start, disable=no_console, desc=say("training"))


@cache
def _bar():
    """Make tqdm's bar say its rate in the learner's language: once, as each kind has a thread."""
    from tqdm.auto import tqdm  # here, since in a notebook it imports ipywidgets

    class Bar(tqdm):
        @staticmethod
        def format_meter(*args, **kwargs):
            """Say iterations a second, or seconds an iteration."""
            bar = tqdm.format_meter(*args, **kwargs)
            return bar.replace("it/s", say("it/s")).replace("s/it", say("s/it"))

    return Bar
