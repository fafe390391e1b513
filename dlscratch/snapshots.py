"""Copies of a network at chosen moments of its training, to look inside later (book 4.5.3)."""

import copy

from dlscratch.checks import as_integer

MOMENTS = (0, 10, 50, 100, 150, 200, 300, 500, 1_000, 2_000, 5_000, 10_000)


def train_with_snapshots(trainer, moments=MOMENTS, *, autosave=None):
    """Do what `trainer.run` does, and keep a copy of the network at chosen iterations.

    Ctrl-C (the notebook's stop button) ends the training; the next call goes on.

    Parameters
    ----------
    trainer : Trainer
        Trained up to the last of the moments. Of moments that are past nothing is made.
    moments : sequence of int
        Iterations after which to keep the network; 0 is before the first one.
    autosave : str, Path or None
        An .npz file to save the trainer to, as `trainer.run` does. The copies are not in it.

    Returns
    -------
    dict of int to network
        All of `trainer.snapshots`, those of former calls included.
    """
    moments = sorted(as_integer(moment, "a moment", least=0) for moment in moments)
    if not moments:
        raise ValueError("moments is empty; expected iterations such as (0, 100, 1_000)")

    def keep(trainer):
        if trainer.iteration in moments:
            trainer.snapshots.setdefault(trainer.iteration, copy.deepcopy(trainer.net))

    keep(trainer)
    trainer.run(max(moments[-1] - trainer.iteration, 0), autosave=autosave, after_step=keep)
    return trainer.snapshots
