"""The file of a saved run: an .npz of plain arrays, written whole or not at all.

========================  ================================================================
params.W1, ...            the network's parameters
history.epoch_list, ...   the lists of the History
settings                  JSON: batch_size, learning_rate, gradient, sizes (samples to learn
                          from and to test with) and the state of the random generator
========================  ================================================================

Whatever bytes are in it, reading it gives a run or an error. It runs no code (no pickle), and
fills no more memory than the file is long.
"""

import errno
import json
import os
import secrets
import stat
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np

HISTORY = ("train_loss_list", "epoch_list", "train_acc_list", "test_acc_list")
SETTINGS = ("batch_size", "learning_rate", "gradient", "sizes", "rng")
BIT_GENERATORS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")  # NumPy's own


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
    TypeError
        If a parameter is an array of Python objects: only a pickle could hold it.
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
    for name, values in arrays.items():
        if np.asarray(values).dtype.hasobject:
            raise TypeError(f"{name} holds Python objects; expected numbers")
    try:
        _write_npz(path, arrays)
    except OSError as error:
        raise OSError(
            error.errno, f"the run is not saved: {error.strerror or error}", str(path)
        ) from error


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
    saved = _read_npz(file)
    params = {n.removeprefix("params."): w for n, w in saved.items() if n.startswith("params.")}
    others = [name for name in saved if not name.startswith("params.")]
    if sorted(others) != sorted(["settings", *(f"history.{name}" for name in HISTORY)]):
        raise ValueError(f"it holds {others}, which are not the parts of a saved run")
    settings = json.loads(saved["settings"].item())
    if not isinstance(settings, dict) or sorted(settings) != sorted(SETTINGS):
        raise ValueError(f"its settings are not those of a saved run, which are {SETTINGS}")
    sizes = _sizes(train, test)
    if settings.pop("sizes") != sizes:
        raise ValueError(f"it was saved with other data than these {sizes} samples (train, test)")
    if _shapes(params) != _shapes(net.params):
        raise ValueError(f"it holds {_shapes(params)}, the network has {_shapes(net.params)}")
    for name, weights in params.items():
        if not np.isfinite(weights).all():
            raise ValueError(f"{name} holds nan or inf")
    history = {name: saved[f"history.{name}"] for name in HISTORY}
    _check_history(history, has_test=test is not None)
    history = {name: values.tolist() for name, values in history.items()}
    return params, history, settings | {"rng": _generator(settings["rng"])}


def _write_npz(path, arrays):
    path = Path(os.path.realpath(path))  # a symbolic link stays; what it points to is written
    old = _ordinary_file(path)
    unfinished = path.with_name(f"{secrets.token_hex(8)}.part")  # short: `path` may be long
    try:
        with open(unfinished, "xb") as file:
            if old:
                with suppress(OSError, AttributeError):  # not everybody may, and not on Windows
                    os.chown(unfinished, old.st_uid, old.st_gid)
                os.chmod(unfinished, stat.S_IMODE(old.st_mode))
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    with suppress(OSError):  # flush the new name too, where a folder can be flushed
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _ordinary_file(path):
    """Return what the system knows of a file that may be replaced; None if there is none."""
    try:
        old = os.stat(path)
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(old.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(old.st_mode):  # such as /dev/null
        raise OSError(errno.EINVAL, "not an ordinary file")
    if not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return old


def _read_npz(file):
    """Read arrays; a file that would take more memory than it is long is refused."""
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        for entry in entries:
            if entry.compress_type != zipfile.ZIP_STORED:
                raise ValueError(f"{entry.filename} is compressed; a saved run is not")
        if sum(entry.file_size for entry in entries) > os.fstat(file.fileno()).st_size:
            raise ValueError("it says that it holds more bytes than there are")
        if damaged := archive.testzip():
            raise ValueError(f"{damaged} is damaged")
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        return dict(arrays)


def _check_history(history, has_test):
    for name, values in history.items():
        if values.ndim != 1 or values.dtype.kind not in "fiub":
            raise ValueError(f"{name} is not a list of numbers")
    losses, epochs, *accuracies = history.values()
    if not np.isfinite(losses).all():
        raise ValueError("train_loss_list holds nan or inf")
    if not (np.isfinite(epochs).all() and (epochs >= 0).all()):
        raise ValueError("epoch_list holds a negative or non-finite epoch")
    counts, expected = [len(acc) for acc in accuracies], [len(epochs), has_test * len(epochs)]
    if counts != expected:
        raise ValueError(f"it holds {counts} accuracies (train, test); expected {expected}")


def _generator(state):
    """Make a random generator of its stored state, unless the state is none of NumPy's."""
    name = state["bit_generator"]
    if name not in BIT_GENERATORS:
        raise ValueError(f"its random generator is {name!r}; expected one of {BIT_GENERATORS}")
    # NumPy does not check these two, and would read the memory that they point to.
    if not 0 <= state["state"].get("pos", 0) <= 624 or not 0 <= state.get("buffer_pos", 0) <= 4:
        raise ValueError("its random state points outside of itself")
    bit_generator = getattr(np.random, name)()
    bit_generator.state = state
    if json.loads(json.dumps(bit_generator.state, default=np.ndarray.tolist)) != state:
        raise ValueError(f"its random state is not one of {name}")
    return np.random.Generator(bit_generator)


def _shapes(params):
    return {name: f"{weights.shape} of {weights.dtype}" for name, weights in params.items()}


def _sizes(train, test):
    """Count the samples to learn from and to test with."""
    return [len(train[0]), 0 if test is None else len(test[0])]
