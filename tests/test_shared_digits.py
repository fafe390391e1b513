"""Images in files that processes share: the same numbers, and each process's changes its own.

A small data set stands for the course's, in folders of the test's own.
"""

import os

import numpy as np
import pytest
from test_mnist import X_TEST, X, write

from dlscratch import mnist, shared_digits


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Let a small data set be the course's; where share_mnist writes it."""
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(mnist, "DATA", write(tmp_path / "data"))
    monkeypatch.setattr(shared_digits, "FOLDER", tmp_path / "share" / "dlscratch")
    return shared_digits.FOLDER


def load(**options):
    (x_train, _), (x_test, _) = mnist.load_mnist(path=mnist.DATA, **options)
    return x_train, x_test


def is_shared(x):
    while x is not None and not isinstance(x, np.memmap):
        x = x.base
    return x is not None


def check_numbers(x_train, x_test):
    np.testing.assert_array_equal(x_train, X.reshape(3, -1) / np.float32(255))
    np.testing.assert_array_equal(x_test, X_TEST.reshape(2, -1) / np.float32(255))


def test_nothing_is_written_or_shared_unasked(folder):
    assert not any(map(is_shared, load()))
    assert not folder.exists()


def test_shared_images_are_ordinary_arrays_with_the_same_numbers(folder):
    assert mnist.share_mnist() == folder
    images = load()
    assert all(map(is_shared, images))
    check_numbers(*images)
    for x in images:
        assert type(x) is np.ndarray and x.dtype == np.float32
        assert x.flags.writeable and x.flags.c_contiguous
    assert [x.shape for x in load(flatten=False)] == [(3, 1, 2, 4), (2, 1, 2, 4)]
    assert all(map(is_shared, load(flatten=False)))
    assert not any(map(is_shared, load(normalize=False)))


def test_a_change_is_seen_nowhere_else(folder):
    file = mnist.share_mnist() / "train.float32"
    before = file.read_bytes()
    mine, _ = load()
    mine[0] = 5
    assert file.read_bytes() == before
    assert (mine[0] == 5).all() and (mine[1:] == load()[0][1:]).all()
    check_numbers(*load())


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:-1],
        lambda content: content[:8] + bytes([content[8] ^ 1]) + content[9:],
        lambda content: b"\xff" * len(content),  # not a number
    ],
    ids=["cut short", "one bit", "nan"],
)
def test_a_damaged_file_is_not_used_and_can_be_written_anew(folder, damage):
    file = mnist.share_mnist() / "train.float32"
    file.write_bytes(damage(file.read_bytes()))
    x_train, x_test = load()
    assert not is_shared(x_train) and is_shared(x_test)
    check_numbers(x_train, x_test)
    del x_test  # Windows replaces no file that is in use
    mnist.share_mnist()
    assert all(map(is_shared, load()))
    check_numbers(*load())


def test_another_data_set_is_not_shared(folder, tmp_path):
    mnist.share_mnist()
    (tmp_path / "other").mkdir()
    (x_train, _), (x_test, _) = mnist.load_mnist(path=write(tmp_path / "other"))
    assert not is_shared(x_train) and not is_shared(x_test)


def test_a_folder_that_cannot_be_written_is_an_error_and_loading_does_without(folder):
    folder.parent.write_text("a file is where the folder should be")
    with pytest.raises(OSError):
        mnist.share_mnist()
    check_numbers(*load())


def test_a_write_that_fails_leaves_the_old_files_and_nothing_else(folder, monkeypatch):
    mnist.share_mnist()
    before = {file.name: file.read_bytes() for file in folder.iterdir()}

    def disk_full(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "replace", disk_full)
    with pytest.raises(OSError, match="No space left"):
        mnist.share_mnist()
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
