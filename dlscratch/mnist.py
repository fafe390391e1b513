"""MNIST: its digits, from the four files of the course, and its form of a picture (book 3.6.1)."""

import gzip
import math
import zlib
from pathlib import Path

import numpy as np

from dlscratch import shared_digits
from dlscratch.checks import as_floats, as_path

DATA = Path(__file__).parent / "data"
FIELD, BOX, MIDDLE = 28, 20, 14  # a digit of at most 20 x 20, its mass at pixel (14, 14)


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
        Folder with the four files, packed (.gz) or not. Any data set in MNIST's form and
        under MNIST's file names will do, such as Fashion-MNIST. Where a file is there in
        several forms, the first that can be read is.

    Returns
    -------
    (x_train, t_train), (x_test, t_test) : tuples of ndarray
        Images (n, 784) or (n, 1, 28, 28), labels (n,) or (n, 10).

    Raises
    ------
    FileNotFoundError
        If one of the files is not in the folder; the message says what is.
    ValueError
        If a file is damaged or is not what its name says; the message names the file.

    Notes
    -----
    Book 3.6.1. Nothing is downloaded. After `share_mnist` all notebooks share the images.
    """
    folder = as_path(path, "path")
    return tuple(
        _load_pair(folder, part, normalize, flatten, one_hot_label) for part in ("train", "t10k")
    )


def share_mnist():
    """Let all notebooks and users of this Python environment share the decoded images.

    `load_mnist` looks for them from then on. The two files take 220 MB.

    Returns
    -------
    Path
        Their folder.

    Raises
    ------
    OSError
        If they cannot be written. Nothing is lost then: `load_mnist` does without.
    """
    for part, (x, _) in zip(("train", "t10k"), load_mnist(path=DATA), strict=True):
        shared_digits.write_shared(part, x)
    return shared_digits.FOLDER


def to_mnist(drawing, centre=True):
    """Bring a drawing into the form that MNIST's authors gave their digits.

    The ink's bounding box is scaled to fit 20 x 20 pixels, keeping its shape; each new pixel
    is the mean of the area it covers, which gives soft edges. The result is put into 28 x 28
    pixels, moved by whole pixels so that its centre of mass comes to pixel (14, 14).

    Parameters
    ----------
    drawing : array_like, shape (height, width)
        How much ink is where, 0 (paper) to 1 (ink).
    centre : bool
        If False the whole drawing is shrunk to 28 x 28 as it is, margins included.

    Returns
    -------
    ndarray of float32, shape (28, 28)
        Numbers in 0..1. A drawing without ink gives all zeros.

    Raises
    ------
    ValueError, TypeError
        If `drawing` is not two-dimensional, is empty, or holds anything but 0..1.

    Notes
    -----
    The rule is the one on MNIST's own page (LeCun, Cortes, Burges). In all 70,000 digits the
    mass lies within half a pixel of (14, 14), counted from 0, but for the few whose ink was
    cut off at the edge of the field.
    """
    ink = as_floats(drawing, "drawing")
    if ink.ndim != 2 or ink.size == 0:
        raise ValueError(f"drawing has shape {ink.shape}; expected (height, width)")
    if not (ink.min() >= 0 and ink.max() <= 1):
        raise ValueError(f"drawing holds {ink.min()} to {ink.max()}; expected 0 to 1")
    top, left, scale = 0, 0, max(ink.shape) / FIELD
    if centre and ink.any():
        rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
        top, left = rows[0], columns[0]
        scale = (max(rows[-1] - top, columns[-1] - left) + 1) / BOX
        y, x = _centre_of_mass(_shrink(ink, top, left, scale))
        down, right = (MIDDLE - round(at - 1e-6) for at in (y, x))  # a tie goes one way always
        top, left = top - down * scale, left - right * scale
    return _shrink(ink, top, left, scale).astype(np.float32)


def _load_pair(folder, part, normalize, flatten, one_hot_label):
    x = _read_idx(folder, f"{part}-images-idx3-ubyte", 3, np.float32 if normalize else np.uint8)
    t = _read_idx(folder, f"{part}-labels-idx1-ubyte", 1, np.uint8)
    if len(x) != len(t):
        raise ValueError(f"{part} has {len(x)} images, but {len(t)} labels")
    if normalize:
        x /= 255
        if folder == DATA:
            x = shared_digits.read_shared(part, x)
    if one_hot_label:
        if t.max() > 9:
            raise ValueError(f"{part} holds the label {t.max()}; one-hot rows are for 0 to 9")
        t = np.eye(10, dtype=np.float32)[t]
    return x.reshape(len(x), -1) if flatten else x[:, np.newaxis], t


def _read_idx(folder, name, ndim, dtype):
    """Read an IDX file of bytes, under whichever of its names can be read."""
    names = [name + end for end in (".gz", "")]
    names += [other.replace("-idx", ".idx") for other in names]  # as some tools unpack it
    places = [folder / outer / inner for outer in ("", *names) for inner in names]
    errors = []
    for file in filter(Path.is_file, places):
        try:
            return _read_idx_file(file, ndim, dtype)
        except ValueError as error:
            errors.append(error)
    if errors:
        raise errors[0]
    if not folder.is_dir():
        raise FileNotFoundError(f"path is {folder}, which is no folder")
    found = ", ".join(sorted(file.name for file in folder.iterdir())) or "nothing"
    raise FileNotFoundError(f"{folder} has no file {name}.gz or {name}; found there: {found}")


def _read_idx_file(file, ndim, dtype):
    """Read a header of 4 + 4 ndim bytes, which says how many numbers follow, and the numbers."""
    data = file.read_bytes()
    if data[:2] == b"\x1f\x8b":  # packed, whatever the file is called
        try:
            data = gzip.decompress(data)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise ValueError(f"{file.name} is damaged: {error}") from error
    begin = 4 + 4 * ndim
    if data[:4] != bytes([0, 0, 8, ndim]) or len(data) < begin:
        raise ValueError(f"{file.name} does not start like an IDX file of {ndim} dimensions")
    shape = tuple(np.frombuffer(data[4:begin], ">u4").tolist())
    held, said = len(data) - begin, math.prod(shape)
    if held != said or said == 0:
        raise ValueError(f"{file.name} holds {held:,} bytes; its header says {said:,}, {shape}")
    return np.frombuffer(data, np.uint8, offset=begin).reshape(shape).astype(dtype)


def _shrink(ink, top, left, scale):
    """Average `ink` over 28 x 28 squares of side `scale`, the first one at (top, left)."""
    height, width = ink.shape
    return _overlap(height, top, scale) @ ink @ _overlap(width, left, scale).T / scale**2


def _overlap(n, start, scale):
    """How much of each of n pixels lies in each of 28 stretches: shape (28, n)."""
    begin = start + scale * np.arange(FIELD)[:, np.newaxis]
    pixel = np.arange(n)
    return np.clip(np.minimum(begin + scale, pixel + 1) - np.maximum(begin, pixel), 0, None)


def _centre_of_mass(picture):
    """Row and column of the centre of mass, counted from 0."""
    place = np.arange(FIELD)
    mass = picture.sum()
    return picture.sum(axis=1) @ place / mass, picture.sum(axis=0) @ place / mass
