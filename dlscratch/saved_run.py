"""The file of a saved run: an .npz of plain arrays, written whole or not at all.

Whatever bytes are in it, reading it gives arrays or an error; it runs no code (no pickle) and
asks for no more memory than the file is long.
"""

import io
import json
import math
import os
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np

BIT_GENERATORS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")  # NumPy's own


def write_npz(path, arrays):
    """Write arrays to a file that is complete or not there at all.

    Parameters
    ----------
    path : Path
        The file. It is written under another name beside it, flushed to the disk, and renamed.
    arrays : dict of str to array_like
        None of them of Python objects.

    Raises
    ------
    OSError
        If it cannot be written; an older file is untouched.
    """
    handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with open(handle, "wb") as file:
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
    with suppress(OSError):  # the new name too, where a folder can be flushed
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def read_npz(file):
    """Read all arrays of an .npz file that `write_npz` wrote.

    Parameters
    ----------
    file : binary file
        What it claims of its sizes is believed only as far as the file is long.

    Returns
    -------
    dict of str to ndarray

    Raises
    ------
    ValueError, zipfile.BadZipFile and other errors
        If the file is damaged or of another form; the errors of damaged bytes are many.
    """
    with zipfile.ZipFile(file) as archive:
        entries, size = archive.infolist(), os.fstat(file.fileno()).st_size
        for entry in entries:
            if entry.compress_type != zipfile.ZIP_STORED:
                raise ValueError(f"{entry.filename} is compressed; a saved run is not")
            if entry.compress_size != entry.file_size:
                raise ValueError(f"{entry.filename} says two sizes")
        if len({entry.filename for entry in entries}) < len(entries):
            raise ValueError("a name in it is there twice")
        if sum(entry.file_size for entry in entries) > size:
            raise ValueError(f"it says that it holds more than its {size:,} bytes")
        return {e.filename.removesuffix(".npy"): _read_npy(archive.read(e)) for e in entries}


def _read_npy(content):
    file = io.BytesIO(content)
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError("an array in it is of another version than saved runs are")
    shape, columns_first, dtype = np.lib.format.read_array_header_1_0(file)
    if dtype.hasobject:
        raise ValueError("it holds Python objects (a pickle), which are not read")
    numbers = content[file.tell() :]
    if math.prod(shape) * dtype.itemsize != len(numbers):
        raise ValueError(f"{len(numbers):,} bytes are no array of shape {shape} of {dtype}")
    return np.frombuffer(numbers, dtype).reshape(shape, order="F" if columns_first else "C")


def generator(state):
    """Rebuild a random generator from its stored state.

    Parameters
    ----------
    state : dict
        `rng.bit_generator.state`, with lists for arrays.

    Returns
    -------
    numpy.random.Generator

    Raises
    ------
    ValueError and other errors
        If it is not the state of one of `BIT_GENERATORS`.
    """
    name = state["bit_generator"]
    if name not in BIT_GENERATORS:
        raise ValueError(f"its random generator is {name!r}; expected one of {BIT_GENERATORS}")
    # NumPy believes these two, and would read the memory that they point to
    if not 0 <= state["state"].get("pos", 0) <= 624 or not 0 <= state.get("buffer_pos", 0) <= 4:
        raise ValueError("its random state points outside of itself")
    bit_generator = getattr(np.random, name)()
    bit_generator.state = state
    if _plain(bit_generator.state) != state:
        raise ValueError(f"its random state is none of {name}")
    return np.random.Generator(bit_generator)


def _plain(state):
    return json.loads(json.dumps(state, default=np.ndarray.tolist))
