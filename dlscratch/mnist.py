"""The MNIST digits, read from the four files that come with the course (book 3.6.1)."""

import gzip
import math
import os
import sys
import zlib
from pathlib import Path

import numpy as np

DATA = Path(__file__).parent / "data"
SHARED = Path(sys.prefix) / "share" / "dlscratch"  # what share_mnist wrote
GZIP_MOST = 1032  # gzip shrinks nothing to less than a 1,032nd
CHUNK = 2**20  # bytes read at a time: the whole file is never in memory beside the array


def load_mnist(normalize=True, flatten=True, one_hot_label=False, *, path=DATA):
    """Load the 60,000 training and 10,000 test digits.

    Parameters
    ----------
    normalize : bool
        Pixels as float32 in 0..1; if False as they are stored, uint8 in 0..255.
    flatten : bool
        An image as 784 numbers; if False as (1, 28, 28).
    one_hot_label : bool
        A label as a float32 row of ten, 1 at the digit; if False as an integer (uint8).
    path : str or Path
        Folder with the four files, .gz or unpacked. Any data set in MNIST's form and under
        MNIST's file names will do, such as Fashion-MNIST.

    Returns
    -------
    (x_train, t_train), (x_test, t_test) : tuples of ndarray
        Images (n, 784) or (n, 1, 28, 28), labels (n,) or (n, 10).

    Raises
    ------
    FileNotFoundError
        If one of the files is not in the folder.
    ValueError
        If a file is damaged or is not what its name says; the message names the file.

    Notes
    -----
    Book 3.6.1. Nothing is downloaded. After `share_mnist` all notebooks share the images.
    """
    try:
        folder = Path(path)
    except TypeError:
        raise TypeError(f"path is {path!r}; expected the path of a folder") from None
    return tuple(
        _load_pair(folder, part, normalize, flatten, one_hot_label) for part in ("train", "t10k")
    )


def share_mnist():
    """Let all notebooks and users of this Python environment share the decoded images.

    Otherwise they take 220 MB in each notebook. This writes them once, to a folder of the
    environment, and `load_mnist` maps these files into memory from then on. What one notebook
    changes in its arrays stays its own.

    Returns
    -------
    Path
        The folder; its two files take 220 MB.

    Raises
    ------
    OSError
        If they cannot be written. Nothing is lost then: `load_mnist` does without.
    """
    SHARED.mkdir(parents=True, exist_ok=True)
    (x_train, _), (x_test, _) = load_mnist(path=DATA)
    for part, x in ("train", x_train), ("t10k", x_test):
        unfinished = SHARED / f"{part}.{os.getpid()}"
        try:
            x.tofile(unfinished)
            os.replace(unfinished, SHARED / f"{part}.float32")  # who has the old file keeps it
        finally:
            unfinished.unlink(missing_ok=True)
    return SHARED


def _shared(part, x):
    """Return the images that `share_mnist` wrote if they are the same as `x`, else `x`.

    Every number is compared: a file that is missing, damaged or of another version is not used.
    """
    try:  # mode c: a change is made in a copy of its page of memory, never in the file
        shared = np.memmap(SHARED / f"{part}.float32", x.dtype, mode="c", shape=x.shape)
    except (OSError, ValueError):
        return x
    return np.asarray(shared) if np.array_equal(shared, x) else x


def _load_pair(folder, part, normalize, flatten, one_hot_label):
    x = _read_idx(folder, f"{part}-images-idx3-ubyte", 3, np.float32 if normalize else np.uint8)
    t = _read_idx(folder, f"{part}-labels-idx1-ubyte", 1, np.uint8)
    if len(x) != len(t):
        raise ValueError(f"{part} has {len(x)} images, but {len(t)} labels")
    if normalize:
        x /= 255
        if folder == DATA:
            x = _shared(part, x)
    if one_hot_label:
        if t.max() > 9:
            raise ValueError(f"{part} holds the label {t.max()}; one-hot rows are for 0 to 9")
        t = np.eye(10, dtype=np.float32)[t]
    return x.reshape(len(x), -1) if flatten else x[:, np.newaxis], t


def _read_idx(folder, name, ndim, dtype):
    """Read one IDX file of bytes: a header of 4 + 4 ndim bytes, then the numbers.

    The header says how much must follow. It is believed only after the file's own size
    has been seen to allow it, so a lying header cannot ask for the whole memory.
    """
    file = folder / f"{name}.gz"
    packed = file.exists() or not (folder / name).exists()
    if not packed:
        file = folder / name
    try:
        with gzip.open(file) if packed else open(file, "rb") as stream:
            header = stream.read(4 + 4 * ndim)
            if header[:4] != bytes([0, 0, 8, ndim]) or len(header) < 4 + 4 * ndim:
                raise ValueError(
                    f"{file.name} does not start like an IDX file of {ndim} dimensions"
                )
            shape = tuple(np.frombuffer(header, ">u4", offset=4).tolist())
            size = math.prod(shape)
            if size == 0:
                raise ValueError(f"{file.name} holds no data: its header says {shape}")
            too_short = f"{file.name} ends before the {size:,} bytes that its header says, {shape}"
            if size > file.stat().st_size * (GZIP_MOST if packed else 1):
                raise ValueError(too_short)
            numbers = np.empty(size, dtype)
            for start in range(0, size, CHUNK):
                chunk = stream.read(min(CHUNK, size - start))
                if len(chunk) < min(CHUNK, size - start):
                    raise ValueError(too_short)
                numbers[start : start + CHUNK] = np.frombuffer(chunk, np.uint8)
            if stream.read(1):
                raise ValueError(f"{file.name} holds more than its header says, {shape}")
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{file.name} is damaged: {error}") from error
    return numbers.reshape(shape)
