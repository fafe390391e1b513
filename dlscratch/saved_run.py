"""The file of a saved run: an .npz of plain arrays, written whole or not at all.

========================  ================================================================
params.W1, ...            the network's parameters
history.epoch_list, ...   the lists of the History
settings                  JSON: batch_size, learning_rate, gradient, sizes (samples to learn
                          from and to test with) and the state of the random generator
========================  ================================================================

Nothing in it is a pickle, so reading it runs no code.
"""

import errno
import json
import os
import secrets
import shutil
from pathlib import Path

import numpy as np

from dlscratch.words import say

HISTORY = ("train_loss_list", "epoch_list", "train_acc_list", "test_acc_list")


def write_run(path, trainer):
    """Write a run to a file that is complete or not there at all.

    Parameters
    ----------
    path : Path
        The file. It is written under another name beside it, flushed to the disk, and renamed.
    trainer : Trainer

    Raises
    ------
    OSError
        If it cannot be written; an older file is untouched.
    """
    settings = {
        "batch_size": trainer.batch_size,
        "learning_rate": float(trainer.learning_rate),
        "gradient": trainer.gradient,
        "sizes": _sizes(trainer.train, trainer.test),
        "rng": trainer.rng.bit_generator.state,
    }
    arrays = {f"params.{name}": weights for name, weights in trainer.net.params.items()}
    arrays |= {f"history.{name}": getattr(trainer.history, name) for name in HISTORY}
    arrays["settings"] = json.dumps(settings, default=np.ndarray.tolist)
    try:
        _write_npz(path, arrays)
    except OSError as error:
        reason = f"the run is not saved: {error.strerror or error}"
        raise OSError(error.errno, reason, str(path)) from error


def read_run(file, net, train, test):
    """Read a run, and check that it belongs to such a network and as many data.

    Parameters
    ----------
    file : binary file
    net : object
        The network that is to go on; only the names, shapes and dtypes of its `params` count.
    train, test : (x, t)
        The data; only the number of samples counts.

    Returns
    -------
    params : dict of str to ndarray
    history : dict of str to list
        The fields of a History.
    settings : dict
        The other arguments of a Trainer.

    Raises
    ------
    ValueError, zipfile.BadZipFile and other errors
        If the file is damaged, is not a saved run or belongs to another network or other
        data; the errors of damaged bytes are many.
    """
    with np.lib.npyio.NpzFile(file, allow_pickle=False) as npz:
        if damaged := npz.zip.testzip():
            raise ValueError(f"{damaged} is damaged")
        saved = dict(npz)
    if "settings" not in saved:
        raise ValueError(f"it is not a saved run: it holds {list(saved)}")
    params = {n.removeprefix("params."): w for n, w in saved.items() if n.startswith("params.")}
    if _shapes(params) != _shapes(net.params):
        raise ValueError(f"it holds {_shapes(params)}, the network has {_shapes(net.params)}")
    settings = json.loads(saved["settings"].item())
    if settings.pop("sizes") != _sizes(train, test):
        raise ValueError(f"it was saved with other data than these {_sizes(train, test)} samples")
    history = {name: saved[f"history.{name}"].tolist() for name in HISTORY}
    rng = np.random.Generator(getattr(np.random, settings["rng"]["bit_generator"])())
    rng.bit_generator.state = settings["rng"]
    return params, history, settings | {"rng": rng}


def keep_longer_run(path, iterations):
    """Rename the file of a run that has done more iterations than this one, and say so."""
    try:
        with np.load(path, allow_pickle=False) as saved:
            done = len(saved["history.train_loss_list"])
    except Exception:  # there is no such file, or it is something else
        return
    if done > iterations:
        kept = path.with_name(f"{path.stem}_{done}{path.suffix}")
        os.replace(path, kept)
        sentence = say(
            "{name} holds more iterations than this training: it is kept as {kept}.",
            name=path.name,
            kept=kept.name,
        )
        print(sentence)


def _write_npz(path, arrays):
    path = Path(os.path.realpath(path))  # a symbolic link stays; what it points to is written
    if path.exists() and not (path.is_file() and os.access(path, os.W_OK)):  # such as /dev/null
        raise PermissionError(errno.EACCES, "it is read-only, or no ordinary file")
    unfinished = path.with_name(f"{secrets.token_hex(8)}.part")  # short: `path` may be long
    try:
        with open(unfinished, "xb") as file:
            np.savez(file, **arrays)  # which flushes it
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, unfinished)
        os.replace(unfinished, path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _shapes(params):
    return {name: f"{weights.shape} of {weights.dtype}" for name, weights in params.items()}


def _sizes(train, test):
    """Count the samples to learn from and to test with."""
    return [len(train[0]), 0 if test is None else len(test[0])]
