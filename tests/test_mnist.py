"""The shipped digits against the published files, and the reader on files that lie."""

import gzip
import inspect
import struct

import numpy as np
import pytest

from dlscratch.mnist import load_mnist

NAMES = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
]
X, T = np.arange(3 * 2 * 4, dtype=np.uint8).reshape(3, 2, 4) * 11, np.array([7, 0, 9], np.uint8)
X_TEST, T_TEST = X[:2] + 1, np.array([1, 2], np.uint8)


def idx(array, shape=None):
    """Write an array as an IDX file, whose header may claim another shape."""
    shape = array.shape if shape is None else shape
    return struct.pack(f">4B{len(shape)}I", 0, 0, 8, len(shape), *shape) + array.tobytes()


def write(folder, *, packed=True, **changed):
    """Write four small files, some of them changed: images=..., labels=... of the training."""
    contents = {"images": idx(X), "labels": idx(T), "x_test": idx(X_TEST), "t_test": idx(T_TEST)}
    for name, content in zip(NAMES, (contents | changed).values(), strict=True):
        if packed:
            (folder / f"{name}.gz").write_bytes(gzip.compress(content))
        else:
            (folder / name).write_bytes(content)
    return folder


def test_signature_is_the_books():
    signature = str(inspect.signature(load_mnist))
    assert signature.startswith("(normalize=True, flatten=True, one_hot_label=False, *, path=")


@pytest.mark.parametrize("one_hot_label", [False, True])
@pytest.mark.parametrize("flatten", [True, False])
@pytest.mark.parametrize("normalize", [True, False])
def test_options_give_their_shapes_and_dtypes(tmp_path, normalize, flatten, one_hot_label):
    for _ in range(2):  # what is changed is the caller's own
        loaded = load_mnist(normalize, flatten, one_hot_label, path=write(tmp_path))
        for (x, t), pixels, labels in zip(loaded, (X, X_TEST), (T, T_TEST), strict=True):
            assert x.shape == ((len(t), 8) if flatten else (len(t), 1, 2, 4))
            assert x.dtype == (np.float32 if normalize else np.uint8)
            expected = pixels.astype(np.float32) / np.float32(255) if normalize else pixels
            np.testing.assert_array_equal(x.reshape(pixels.shape), expected)
            np.testing.assert_array_equal(t, np.eye(10)[labels] if one_hot_label else labels)
            x[:], t[:] = 0, 0


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("laid", ["{name}", "{name}/{name}", "{unpacked}", "{wrong}"])
def test_own_files_are_found_as_archives_and_tools_leave_them(tmp_path, monkeypatch, laid, packed):
    """As they are; in folders; as a tool names what it unpacks; a packed one called unpacked."""
    for home in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(home, str(tmp_path))
    (tmp_path / "data").mkdir()
    for file in list(write(tmp_path / "data", packed=packed).iterdir()):
        content = file.read_bytes()
        file.unlink()
        wrong = file.stem if packed else f"{file.name}.gz"
        unpacked = file.name.replace("-idx", ".idx")
        place = file.parent / laid.format(name=file.name, unpacked=unpacked, wrong=wrong)
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(content)
    loaded = load_mnist(normalize=False, flatten=False, path="~/data")
    for (x, t), pixels, labels in zip(loaded, (X, X_TEST), (T, T_TEST), strict=True):
        np.testing.assert_array_equal(x[:, 0], pixels)
        np.testing.assert_array_equal(t, labels)


def test_a_whole_file_stands_in_for_a_damaged_one(tmp_path):
    write(tmp_path, packed=False)
    (tmp_path / f"{NAMES[0]}.gz").write_bytes(b"\x1f\x8b damaged")
    (x, _), _ = load_mnist(normalize=False, flatten=False, path=tmp_path)
    np.testing.assert_array_equal(x[:, 0], X)


def test_labels_beyond_nine_have_no_one_hot_row(tmp_path):
    write(tmp_path, labels=idx(np.array([7, 0, 10], np.uint8)))
    assert load_mnist(path=tmp_path)[0][1].tolist() == [7, 0, 10]
    with pytest.raises(ValueError, match="train holds the label 10; one-hot rows are for 0 to 9"):
        load_mnist(one_hot_label=True, path=tmp_path)


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (idx(T), "does not start like an IDX file of 3 dimensions"),
        (idx(X)[:9], "does not start like an IDX file of 3 dimensions"),
        (b"<html>Not Found</html>", "does not start like an IDX file of 3 dimensions"),
        (idx(X)[:-1], r"holds 23 bytes; its header says 24, \(3, 2, 4\)"),
        (idx(X, (2**32 - 1,) * 3), "holds 24 bytes; its header says 79"),  # it asks for no memory
        (idx(X) + b"\0", r"holds 25 bytes; its header says 24, \(3, 2, 4\)"),
        (idx(X[:0]), r"holds 0 bytes; its header says 0, \(0, 2, 4\)"),
    ],
)
def test_file_that_is_not_what_it_says_is_an_error(tmp_path, content, message, packed):
    write(tmp_path, images=content, packed=packed)
    with pytest.raises(ValueError, match=f"train-images-idx3-ubyte(.gz)? {message}"):
        load_mnist(path=tmp_path)


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file[: len(file) // 2],
        lambda file: file[:-8] + bytes([file[-8] ^ 1]) + file[-7:],  # the checksum
        lambda file: file[:20] + b"\xff\xff" + file[22:],
    ],
)
def test_damaged_gz_is_an_error(tmp_path, damage):
    file = write(tmp_path) / "train-images-idx3-ubyte.gz"
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(ValueError, match="train-images-idx3-ubyte.gz is damaged"):
        load_mnist(path=tmp_path)


def test_more_labels_than_images_are_an_error(tmp_path):
    with pytest.raises(ValueError, match="train has 3 images, but 2 labels"):
        load_mnist(path=write(tmp_path, labels=idx(T_TEST)))


def test_missing_file_is_an_error_that_says_what_is_there(tmp_path):
    write(tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte.gz").rename(tmp_path / "t10k.gz")
    said = r"no file t10k-labels-idx1-ubyte.gz or t10k-labels-idx1-ubyte; found there: t10k-.*t10k"
    with pytest.raises(FileNotFoundError, match=said):
        load_mnist(path=tmp_path)


@pytest.mark.parametrize("name", ["nowhere", "train-images-idx3-ubyte.gz"])
def test_path_that_is_no_folder_is_an_error(tmp_path, name):
    with pytest.raises(FileNotFoundError, match=f"{name}, which is no folder"):
        load_mnist(path=write(tmp_path) / name)
