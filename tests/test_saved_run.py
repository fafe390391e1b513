"""Saved runs: continued bit for bit, written whole or not at all, refused if damaged."""

import copy
import io
import json
import os
import stat
import subprocess
import sys
import tracemalloc
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
from small_training import ONES, TEST, Line, T, X, after, state, trainer_for

import dlscratch
from dlscratch import Trainer, TwoLayerNet, saved_run


def output_of(script, folder):
    """Run a script in a new process, in a folder, and return what it prints."""
    paths = Path(__file__).parent, Path(dlscratch.__file__).parents[1]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, paths))}
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


@pytest.mark.parametrize("bit_generator", ["PCG64", "MT19937", "PCG64DXSM", "Philox", "SFC64"])
def test_saved_run_goes_on_bit_for_bit(tmp_path, bit_generator):
    def rng():
        return np.random.Generator(getattr(np.random, bit_generator)(3))

    trainer = trainer_for(rng=rng(), learning_rate=0.3)
    trainer.run(20)
    trainer.save(tmp_path / "run.npz")
    loaded = Trainer.load(tmp_path / "run.npz", TwoLayerNet(4, 5, 3), (X, T), TEST)
    assert state(loaded) == state(trainer)
    loaded.run(30)
    assert state(loaded) == after(50, rng=rng(), learning_rate=0.3)


def test_saved_run_goes_on_in_a_new_process(tmp_path):
    trainer = trainer_for(gradient="numerical", learning_rate=0.3)
    trainer.run(40)
    trainer.save(tmp_path / "run.npz")
    np.savez(tmp_path / "data.npz", x=X, t=T, x_test=TEST[0], t_test=TEST[1])
    script = """
import numpy as np
from dlscratch import Trainer, TwoLayerNet
data = np.load("data.npz")
net = TwoLayerNet(4, 5, 3)
trainer = Trainer.load("run.npz", net, (data["x"], data["t"]), (data["x_test"], data["t_test"]))
trainer.run(60)
trainer.save("run.npz")
"""
    output_of(script, tmp_path)
    loaded = Trainer.load(tmp_path / "run.npz", TwoLayerNet(4, 5, 3), (X, T), TEST)
    assert state(loaded) == after(100, gradient="numerical", learning_rate=0.3)


@pytest.fixture
def saves(monkeypatch):
    """Return a list of the iterations at which a trainer saved; it does save."""
    at, save = [], Trainer.save

    def noted(self, path):
        save(self, path)
        at.append(self.iteration)

    monkeypatch.setattr(Trainer, "save", noted)
    return at


@pytest.mark.parametrize(
    ("every", "expected"), [(None, [0, 9, 18, 20]), (8, [0, 8, 16, 20]), (100, [0, 20])]
)
def test_run_saves_before_it_begins_every_so_often_and_at_its_end(tmp_path, saves, every, expected):
    trainer = trainer_for()
    trainer.run(20, autosave=str(tmp_path / "run.npz"), every=every)
    assert saves == expected
    loaded = Trainer.load(tmp_path / "run.npz", TwoLayerNet(4, 5, 3), (X, T), TEST)
    assert state(loaded) == state(trainer) == after(20)


def test_run_that_diverges_is_saved_as_it_was_before(tmp_path):
    trainer = trainer_for(Line(), ONES, ONES, learning_rate=5)
    with pytest.raises(FloatingPointError):
        trainer.run(200, autosave=tmp_path / "run.npz")
    loaded = Trainer.load(tmp_path / "run.npz", Line(), ONES, ONES)
    assert state(loaded) == state(trainer)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"autosave": 5}, TypeError, "autosave is 5; expected the path of a file"),
        ({"autosave": "run.npz", "every": 0}, ValueError, "every is 0; expected 1 or more"),
        ({"autosave": "run.npz", "every": 2.5}, TypeError, "every is 2.5; expected an integer"),
        ({"every": 5}, ValueError, "every is 5, but autosave names no file"),
        ({"autosave": "missing/run.npz"}, FileNotFoundError, "run is not saved: No such file"),
        ({"autosave": "file/run.npz"}, NotADirectoryError, "run is not saved: Not a directory"),
        ({"autosave": "folder"}, IsADirectoryError, "run is not saved: Is a directory: 'folder'"),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="Windows has other words for these errors")
def test_place_to_save_is_tried_before_the_first_iteration(
    tmp_path, monkeypatch, settings, error, message
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    trainer = trainer_for()
    before = state(trainer)
    with pytest.raises(error, match=message):
        trainer.run(20, **settings)
    assert state(trainer) == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["file", "folder"]


def test_any_network_can_be_saved(tmp_path):
    trainer = trainer_for(Line(), ONES, None)
    trainer.run(20)
    trainer.save(tmp_path / "line.npz")
    line = Line()
    assert state(Trainer.load(tmp_path / "line.npz", line, ONES)) == state(trainer)
    assert line.params["w"] == trainer.net.params["w"]


def test_saved_file_holds_no_pickle(tmp_path):
    trainer = trainer_for()
    trainer.run(3)
    trainer.save(tmp_path / "run.npz")
    with np.load(tmp_path / "run.npz", allow_pickle=False) as saved:
        assert {name for name in saved.files if saved[name].dtype.hasobject} == set()
        np.testing.assert_array_equal(saved["params.W1"], trainer.net.params["W1"])


def test_save_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    trainer = trainer_for()
    trainer.save(tmp_path / "run.npz")
    old = (tmp_path / "run.npz").read_bytes()

    def full_disk(file, **arrays):
        file.write(b"PK half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full_disk)
    with pytest.raises(OSError, match=r"the run is not saved: No space left on device: .*run\.npz"):
        trainer.save(tmp_path / "run.npz")
    assert [file.name for file in tmp_path.iterdir()] == ["run.npz"]
    assert (tmp_path / "run.npz").read_bytes() == old


@pytest.mark.parametrize(("module", "call"), [(saved_run, "open"), (os, "fsync"), (os, "replace")])
def test_place_that_refuses_leaves_the_old_file(tmp_path, monkeypatch, module, call):
    """A folder that is read-only, or turns so; the modes of files stop no administrator."""
    trainer = trainer_for()
    trainer.save(tmp_path / "run.npz")
    old = (tmp_path / "run.npz").read_bytes()

    def refuse(*args, **kwargs):
        raise OSError(30, "Read-only file system", "run.npz.part")

    monkeypatch.setattr(module, call, refuse, raising=False)
    with pytest.raises(OSError, match=r"not saved: Read-only file system: '.*run\.npz'"):
        trainer.save(tmp_path / "run.npz")
    assert [file.name for file in tmp_path.iterdir()] == ["run.npz"]
    assert (tmp_path / "run.npz").read_bytes() == old


def test_folder_that_cannot_be_flushed_is_no_error(tmp_path, monkeypatch):
    """Windows opens no folder, and some file systems flush none."""
    opened = os.open

    def refuse(path, *rest, **more):
        if Path(path) == tmp_path:
            raise PermissionError(13, "Permission denied")
        return opened(path, *rest, **more)

    monkeypatch.setattr(os, "open", refuse)
    trainer_for().save(tmp_path / "run.npz")
    assert [file.name for file in tmp_path.iterdir()] == ["run.npz"]


unix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes and files")


@pytest.fixture
def umask():
    """Return a function that sets the umask until the test ends."""
    before = os.umask(0o022)
    yield os.umask
    os.umask(before)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@unix
@pytest.mark.parametrize("mask", [0o022, 0o002, 0o077, 0o000])
def test_new_file_has_the_mode_of_any_new_file(tmp_path, umask, mask):
    umask(mask)
    (tmp_path / "other").touch()
    trainer_for().save(tmp_path / "run.npz")
    assert mode(tmp_path / "run.npz") == mode(tmp_path / "other") == 0o666 & ~mask


@unix
@pytest.mark.parametrize("old", [0o664, 0o600, 0o640, 0o666])
def test_file_that_is_replaced_keeps_its_mode(tmp_path, umask, old):
    path = tmp_path / "run.npz"
    trainer_for().save(path)
    path.chmod(old)
    umask(0o077)
    trainer_for().run(9, autosave=path)
    assert mode(path) == old


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid(), reason="only root may give files")
def test_file_that_root_replaces_keeps_its_owner(tmp_path):
    path = tmp_path / "run.npz"
    path.touch()
    os.chown(path, 12_345, 23_456)
    path.chmod(0o640)
    trainer_for().save(path)
    assert (path.stat().st_uid, path.stat().st_gid, mode(path)) == (12_345, 23_456, 0o640)


@unix
@pytest.mark.parametrize("exists", [True, False])
@pytest.mark.parametrize("target", ["run.npz", "folder/run.npz", "absolute"])
def test_symbolic_link_stays_and_its_target_is_written(tmp_path, target, exists):
    (tmp_path / "folder").mkdir()
    target = tmp_path / "other.npz" if target == "absolute" else Path(target)
    second, first = tmp_path / "second", tmp_path / "first"
    second.symlink_to(target)
    first.symlink_to("second")
    if exists:
        (tmp_path / target).touch()
    trainer = trainer_for()
    trainer.run(9, autosave=first)
    assert first.is_symlink() and second.is_symlink()
    assert not (tmp_path / target).is_symlink()
    loaded = Trainer.load(first, TwoLayerNet(4, 5, 3), (X, T), TEST)
    assert state(loaded) == state(trainer)
    assert not [*tmp_path.rglob("*.part")]


@unix
def test_name_may_be_as_long_as_the_system_allows(tmp_path):
    longest = os.pathconf(tmp_path, "PC_NAME_MAX")
    name = "n" * (longest - 4) + ".npz"
    trainer_for().save(tmp_path / name)
    trainer_for().save(tmp_path / name)
    assert [file.name for file in tmp_path.iterdir()] == [name]
    with pytest.raises(OSError, match="not saved: File name too long"):
        trainer_for().save(tmp_path / f"n{name}")


@unix
def test_what_is_no_ordinary_file_is_not_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    for name, said in (("pipe", "not an ordinary file"), ("loop", "Too many levels of symb")):
        with pytest.raises(OSError, match=f"not saved: {said}"):
            trainer_for().save(tmp_path / name)
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["loop", "pipe"]


def test_file_that_may_not_be_written_is_not_replaced(tmp_path, monkeypatch):
    """Its folder may be written, so that it could be; an administrator may do all."""
    path = tmp_path / "run.npz"
    path.write_text("mine")
    path.chmod(0o444)
    monkeypatch.setattr(os, "access", lambda file, for_what: False)
    with pytest.raises(PermissionError, match="not saved: Permission denied"):
        trainer_for().save(path)
    assert path.read_text() == "mine"
    path.chmod(0o666)


@unix
def test_new_name_reaches_the_disk_too(tmp_path, monkeypatch):
    """First the content, then the folder with the name: else a power cut may lose both."""
    flushed, fsync = [], os.fsync

    def noted(descriptor):
        flushed.append((os.fstat(descriptor).st_ino, (tmp_path / "run.npz").exists()))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    trainer_for().save(tmp_path / "run.npz")
    file, folder = (tmp_path / "run.npz").stat().st_ino, tmp_path.stat().st_ino
    assert flushed == [(file, False), (folder, True)]


def test_save_replaces_an_older_file(tmp_path):
    trainer = trainer_for()
    trainer.save(tmp_path / "run.npz")
    trainer.run(5)
    trainer.save(tmp_path / "run.npz")
    loaded = Trainer.load(tmp_path / "run.npz", TwoLayerNet(4, 5, 3), (X, T), TEST)
    assert loaded.iteration == 5
    assert [file.name for file in tmp_path.iterdir()] == ["run.npz"]


def test_missing_folder_or_file_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        trainer_for().save(tmp_path / "missing" / "run.npz")
    with pytest.raises(FileNotFoundError, match=r"run\.npz"):
        Trainer.load(tmp_path / "run.npz", TwoLayerNet(4, 5, 3), (X, T))


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    """Return the bytes of a saved run whose losses are too many for one read of the file."""
    trainer = trainer_for()
    trainer.run(1_000)
    path = tmp_path_factory.mktemp("saved") / "run.npz"
    trainer.save(path)
    return path.read_bytes()


@pytest.fixture
def saved(tmp_path, content):
    """Return the path of that run."""
    (tmp_path / "run.npz").write_bytes(content)
    return tmp_path / "run.npz"


def assert_refused(path, message, net=None, train=(X, T), test=TEST):
    net = TwoLayerNet(4, 5, 3, 1, rng=1) if net is None else net
    before = copy.deepcopy(net.params)
    with pytest.raises(ValueError, match=rf"{path.name} cannot be continued.*{message}"):
        Trainer.load(path, net, train, test)
    for name, weights in before.items():
        np.testing.assert_array_equal(net.params[name], weights)


def test_network_that_is_read_only_is_left_alone(saved):
    net = TwoLayerNet(4, 5, 3, 1, rng=1)
    net.params["b2"].flags.writeable = False
    assert_refused(saved, "b2 of net.params is read-only", net)


@pytest.mark.parametrize(
    ("net", "message"),
    [
        (TwoLayerNet(4, 6, 3), r"holds .*\(4, 5\) of float64.*network has .*\(4, 6\) of float64"),
        (TwoLayerNet(4, 5, 3, dtype=np.float32), r"network has .*\(4, 5\) of float32"),
        (Line(), r"network has .*\(1,\) of float64"),
    ],
)
def test_run_of_another_network_is_refused(saved, net, message):
    assert_refused(saved, message, net)


def test_run_of_a_deeper_network_is_refused(tmp_path):
    deep = TwoLayerNet(4, 5, 3)
    deep.params["b3"] = np.zeros(3)
    trainer_for(deep).save(tmp_path / "deep.npz")
    assert_refused(tmp_path / "deep.npz", r"b3.*\(3,\)")


@pytest.mark.parametrize(
    ("train", "test"), [((X[:50], T[:50]), TEST), ((X[:5], T[:5]), TEST), ((X, T), None)]
)
def test_run_on_other_data_is_refused(saved, train, test):
    assert_refused(saved, "saved with other data", train=train, test=test)


def test_data_that_is_no_pair_is_not_blamed_on_the_file(saved):
    with pytest.raises(ValueError, match="train has samples"):
        Trainer.load(saved, TwoLayerNet(4, 5, 3), (X, T[:-1]), TEST)


@pytest.mark.parametrize("content", [b"", b"some text", b"\x93NUMPY\x01\x00"])
def test_foreign_file_is_refused(tmp_path, content):
    (tmp_path / "notes.txt").write_bytes(content)
    assert_refused(tmp_path / "notes.txt", "File is not a zip file")


def test_foreign_archive_is_refused(tmp_path):
    np.savez(tmp_path / "other.npz", x=X)
    assert_refused(tmp_path / "other.npz", "which are not the parts of a saved run")


def test_pickle_is_refused(tmp_path, saved):
    with np.load(saved) as arrays:
        np.savez(tmp_path / "evil.npz", **dict(arrays) | {"settings": np.array([{}], object)})
    assert_refused(tmp_path / "evil.npz", "Object arrays cannot be loaded")


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.99])
def test_truncated_file_is_refused(saved, content, kept):
    saved.write_bytes(content[: int(kept * len(content))])
    assert_refused(saved, "")


def test_array_made_shorter_in_its_header_is_refused(saved, content):
    assert content.count(b"(1000,), ") == 1
    saved.write_bytes(content.replace(b"(1000,), ", b"(100,),  "))
    with np.load(saved) as arrays:
        assert len(arrays["history.train_loss_list"]) == 100  # np.load alone believes it
    assert_refused(saved, "train_loss_list.npy is damaged")


def test_flipped_bytes_are_refused_or_change_nothing(saved, content):
    rng = np.random.default_rng(0)
    expected = state(Trainer.load(saved, TwoLayerNet(4, 5, 3), (X, T), TEST))
    for place in rng.integers(len(content), size=200):
        damaged = bytearray(content)
        damaged[place] ^= rng.integers(1, 256)
        saved.write_bytes(damaged)
        try:
            loaded = Trainer.load(saved, TwoLayerNet(4, 5, 3), (X, T), TEST)
        except ValueError:
            continue
        assert state(loaded) == expected


@pytest.mark.parametrize(
    "change",
    [
        {"batch_size": "many"},
        {"learning_rate": -1},
        {"gradient": "__class__"},
        {"rng": {"bit_generator": "Generator"}},
        {"rng": {"bit_generator": "PCG64", "state": {}}},
    ],
)
def test_edited_settings_are_refused(saved, change):
    with np.load(saved) as arrays:
        arrays = dict(arrays)
    settings = json.loads(arrays["settings"].item()) | change
    np.savez(saved, **arrays | {"settings": json.dumps(settings)})
    assert_refused(saved, "")


@pytest.mark.parametrize(
    ("bit_generator", "place", "value", "message"),
    [
        ("MT19937", ("state", "pos"), 625, "points outside of itself"),
        ("MT19937", ("state", "pos"), -1, "points outside of itself"),
        ("Philox", ("buffer_pos",), 5, "points outside of itself"),
        ("Philox", ("buffer_pos",), -1, "points outside of itself"),
        ("PCG64", ("more",), 1, "is not one of PCG64"),
    ],
)
def test_random_state_that_is_none_is_refused(tmp_path, bit_generator, place, value, message):
    """NumPy takes each of them, and would read the memory that the first four point to."""
    trainer = trainer_for(rng=np.random.Generator(getattr(np.random, bit_generator)(3)))
    trainer.save(tmp_path / "run.npz")
    with np.load(tmp_path / "run.npz") as arrays:
        arrays = dict(arrays)
    settings = json.loads(arrays["settings"].item())
    inner = settings["rng"]
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = value
    np.savez(tmp_path / "run.npz", **arrays | {"settings": json.dumps(settings)})
    assert_refused(tmp_path / "run.npz", f"its random state {message}")


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        (
            "history.train_loss_list",
            lambda v: np.append(v[1:], np.nan),
            "train_loss_list holds nan",
        ),
        (
            "history.train_loss_list",
            lambda v: v[np.newaxis],
            "train_loss_list is not a list of num",
        ),
        (
            "history.train_loss_list",
            lambda v: v.astype(str),
            "train_loss_list is not a list of num",
        ),
        (
            "history.epoch_list",
            lambda v: np.append(v[1:], np.inf),
            "epoch_list holds a negative or",
        ),
        ("history.epoch_list", lambda v: -v, "epoch_list holds a negative or"),
        ("history.epoch_list", lambda v: v[1:], "accuracies"),
        ("history.train_acc_list", lambda v: v[1:], "accuracies"),
        ("history.test_acc_list", lambda v: v[:0], "accuracies"),
        ("params.W1", lambda v: v * np.nan, "W1 holds nan or inf"),
    ],
)
def test_edited_lists_and_parameters_are_refused(saved, name, change, message):
    with np.load(saved) as arrays:
        arrays = dict(arrays)
    np.savez(saved, **arrays | {name: change(arrays[name])})
    assert_refused(saved, message)


def npy(values, **claims):
    """Write an array as save does; the header may claim something else."""
    header = {"descr": values.dtype.str, "fortran_order": False, "shape": values.shape}
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, header | claims)
    return file.getvalue() + values.tobytes()


def pick(rng, *choices):
    return choices[rng.integers(len(choices))]


ODD = [None, True, -1, 0, 7, 1.5, -0.1, float("nan"), float("inf"), 10**30, "", "0.1", "PCG64"]
ODD += [[], [1], [60, 30], {}, {"state": 1}, [[]] * 50, "MT19937", 625, -(10**9), 2**63]


def with_bytes_changed(content, rng):
    """Flip, cut, splice, insert or overwrite bytes anywhere in a file."""
    content = bytearray(content)
    start, end = sorted(rng.integers(len(content) + 1, size=2).tolist())
    if rng.integers(2):
        end = min(end, start + int(rng.integers(1, 9)))
    kind = rng.integers(5)
    if kind == 0:
        for place in rng.integers(len(content), size=rng.integers(1, 9)):
            content[place] ^= 1 << rng.integers(8)
    elif kind == 1:
        del content[start:end]
    elif kind == 2:
        content[start:start] = content[start:end]
    elif kind == 3:
        content[start:start] = rng.bytes(rng.integers(1, 40))
    else:
        content[start : start + 8] = pick(rng, b"\xff" * 4, b"\xff" * 8, b"\0" * 4, b"\x7f" * 4)
    return bytes(content) if rng.integers(8) else bytes(content[:end])


def with_setting_changed(settings, rng):
    """Change, remove or add one setting, the random state's parts among them."""
    place = settings
    while isinstance(place.get("rng", place.get("state")), dict) and rng.integers(2):
        place = place.get("rng", place.get("state"))
    name = pick(rng, *place)
    kind = rng.integers(8)
    if kind == 0:
        del place[name]
    elif kind == 1:
        place[pick(rng, "state", "extra", "pos", "buffer_pos")] = pick(rng, *ODD)
    else:
        place[name] = pick(rng, *ODD)
    text = json.dumps(settings)
    return text if rng.integers(9) else pick(rng, text[:-1], "[" * 9000, "9" * 5000, "null", "")


def with_array_changed(values, rng):
    """Claim or hold another shape or dtype, or hold other numbers."""
    kind = rng.integers(6)
    if kind == 0:
        far = 10 ** int(rng.integers(1, 19))
        return npy(values, shape=pick(rng, (far,), (far, far), (-1,), (0, far), (-far, -1), ()))
    if kind == 1:
        return npy(
            values, descr=pick(rng, "<f4", "<i8", ">f8", "<U9", "|O", "|V0", "<M8[s]", "|b1")
        )
    if kind == 2:
        return npy(np.resize(values, pick(rng, (3,), (4, 5), (5, 4), (0,), (1, 1, 1), ())))
    if kind == 3:
        return npy(values.astype(pick(rng, "<f4", ">f8", "<i2", "<c16", "?", "<U3", "S2")))
    if kind == 4:
        return rng.bytes(int(rng.integers(200)))
    values = values.copy()
    if values.size:
        values.flat[rng.integers(values.size)] = pick(rng, np.nan, np.inf, -1, 1e308, 0)
    return npy(values)


def with_entry_changed(arrays, rng):
    """Rebuild the archive, its checksums right, with one entry changed, gone, doubled or new."""
    entries = {name: npy(values) for name, values in arrays.items()}
    compression, name = zipfile.ZIP_STORED, pick(rng, *entries)
    kind = rng.integers(16)
    if kind < 6:
        settings = json.loads(arrays["settings"].item())
        entries["settings"] = npy(np.array(with_setting_changed(settings, rng)))
    elif kind < 12:
        values = arrays[name]
        entries[name] = npy(values) if name == "settings" else with_array_changed(values, rng)
    elif kind == 12:
        del entries[name]
    elif kind == 13:
        entries[pick(rng, "params.W9", "evil", "history.x", "../up", "params.")] = npy(np.zeros(3))
    elif kind == 14:
        entries[name], compression = bytes(10**7), zipfile.ZIP_DEFLATED
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of a name that comes twice
        for entry, content in entries.items():
            archive.writestr(f"{entry}.npy", content)
        if kind == 15:
            archive.writestr(f"{name}.npy", entries[name])
    return file.getvalue()


def test_edited_file_is_refused_or_loads_a_run_that_trains(tmp_path, fewer):
    """20,000 cases in `make faults`, else 600.

    Half have bytes changed; half are edited and have all their checksums right.
    """
    path, rng, saved = tmp_path / "run.npz", np.random.default_rng(0), []
    for bit_generator in ("PCG64", "MT19937", "Philox", "SFC64"):
        trainer = trainer_for(rng=np.random.Generator(getattr(np.random, bit_generator)(3)))
        trainer.run(20)
        trainer.save(path)
        with np.load(path) as arrays:
            saved.append((path.read_bytes(), dict(arrays), state(trainer)))
    net, untrained = TwoLayerNet(4, 5, 3), TwoLayerNet(4, 5, 3, rng=1).params
    cases = 20_000 if fewer == 1 else 600
    refused = loaded = 0
    for k in range(cases):
        content, arrays, right = saved[k % 4]
        edit = with_entry_changed(arrays, rng) if k % 8 < 4 else with_bytes_changed(content, rng)
        path.write_bytes(edit)
        for name, weights in untrained.items():
            net.params[name][...] = weights
        try:
            trainer = Trainer.load(path, net, (X, T), TEST)
        except ValueError as error:
            refused += 1
            assert str(error).startswith("run.npz cannot be continued with this network and data: ")
            assert all((net.params[name] == weights).all() for name, weights in untrained.items())
            continue
        loaded += 1
        if k % 8 < 4:
            assert all(np.isfinite(weights).all() for weights in net.params.values())
            history = trainer.history
            assert len(history.epoch_list) == len(history.train_acc_list)
            assert len(history.epoch_list) == len(history.test_acc_list)
            trainer.rng.integers(60, size=2_000)
        else:
            assert state(trainer) == right
    assert refused > 0.6 * cases and loaded > 0.01 * cases


def test_compressed_entry_that_lies_about_its_size_gets_no_memory(tmp_path, traced_memory):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("settings.npy", bytes(10**8))
        entry = archive.getinfo("settings.npy")
    small, large = (n.to_bytes(4, "little") for n in (entry.compress_size, entry.file_size))
    assert file.getvalue().count(large) == 2
    (tmp_path / "bomb.npz").write_bytes(file.getvalue().replace(large, small))
    tracemalloc.reset_peak()
    assert_refused(tmp_path / "bomb.npz", "settings.npy is compressed; a saved run is not")
    assert traced_memory()[1] < 2e6


def test_entries_that_share_their_bytes_get_no_memory(tmp_path, traced_memory):
    with zipfile.ZipFile(tmp_path / "bomb.npz", "w") as archive:
        archive.writestr("settings.npy", npy(np.zeros(10**5)))
        archive.filelist *= 1000
    tracemalloc.reset_peak()
    before = traced_memory()[0]
    assert_refused(tmp_path / "bomb.npz", "says that it holds more bytes than there are")
    assert traced_memory()[1] - before < 2e6


@pytest.mark.skipif(os.name == "nt", reason="Windows does not tell the peak like this")
def test_file_that_claims_much_gets_no_memory(tmp_path, saved):
    """A new process, since a peak stays; memory that is asked for but not touched is none."""
    with np.load(saved) as arrays:
        arrays = dict(arrays)
    for name, values in arrays.items():
        for exponent in (7, 8, 9, 10, 18):
            entries = {key: npy(value) for key, value in arrays.items()}
            entries[name] = npy(values, shape=(10**exponent,))
            with zipfile.ZipFile(tmp_path / f"{name}-{exponent}.npz", "w") as archive:
                for key, entry in entries.items():
                    archive.writestr(f"{key}.npy", entry)
    saved.unlink()
    script = """
import resource
from pathlib import Path
from small_training import TEST, T, X
from dlscratch import Trainer, TwoLayerNet

before, refused = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, 0
for path in Path().glob("*.npz"):
    try:
        Trainer.load(path, TwoLayerNet(4, 5, 3), (X, T), TEST)
    except ValueError:
        refused += 1
print(refused, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    refused, more = map(int, output_of(script, tmp_path).split())
    assert refused == 5 * len(arrays)
    assert more / (2**20 if sys.platform == "darwin" else 2**10) < 30  # MB
