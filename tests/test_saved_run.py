"""Saved runs: continued bit for bit, written whole or not at all, refused if damaged."""

import copy
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from small_training import ONES, TEST, Line, T, X, after, state, trainer_for

import dlscratch
from dlscratch import Trainer, TwoLayerNet, saved_run
from dlscratch.training import History


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


def test_run_saves_before_it_begins_at_each_epochs_end_and_at_its_own(tmp_path, saves):
    trainer = trainer_for()
    trainer.run(20, autosave=str(tmp_path / "run.npz"))
    assert saves == [0, 9, 18, 20]
    loaded = Trainer.load(tmp_path / "run.npz", TwoLayerNet(4, 5, 3), (X, T), TEST)
    assert state(loaded) == state(trainer) == after(20)


def test_longer_run_in_the_file_is_kept_under_another_name(tmp_path, capsys):
    """As of a learner who runs the notebook again on another day, from its beginning."""
    path, long, short = tmp_path / "run.npz", trainer_for(), trainer_for()
    long.run(20, autosave=path)
    long.run(5, autosave=path)  # its own file
    short.run(3, autosave=path)
    assert "run.npz holds more iterations than this training: it is kept as run_25.npz." in (
        capsys.readouterr().out
    )
    for file, iterations in ((path, 3), (tmp_path / "run_25.npz", 25)):
        loaded = Trainer.load(file, TwoLayerNet(4, 5, 3), (X, T), TEST)
        assert state(loaded) == after(iterations)


def test_run_that_diverges_is_saved_as_it_was_before(tmp_path):
    trainer = trainer_for(Line(), ONES, ONES, learning_rate=5)
    with pytest.raises(FloatingPointError):
        trainer.run(200, autosave=tmp_path / "run.npz")
    loaded = Trainer.load(tmp_path / "run.npz", Line(), ONES, ONES)
    assert state(loaded) == state(trainer)


@pytest.mark.parametrize(
    ("place", "error", "message"),
    [
        (5, TypeError, "autosave is 5; expected the path of a file"),
        ("missing/run.npz", FileNotFoundError, "run is not saved: No such file"),
        ("file/run.npz", NotADirectoryError, "run is not saved: Not a directory"),
        ("folder", PermissionError, "run is not saved: it is read-only, or no .* file: 'folder'"),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="Windows has other words for these errors")
def test_place_to_save_is_tried_before_the_first_iteration(
    tmp_path, monkeypatch, place, error, message
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    trainer = trainer_for()
    before = state(trainer)
    with pytest.raises(error, match=message):
        trainer.run(20, autosave=place)
    assert state(trainer) == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["file", "folder"]


@pytest.mark.parametrize("name", ["~run.npz", "~nobody-of-this-name/run.npz", "run", "~/run.npz"])
def test_file_may_be_called_anything(tmp_path, monkeypatch, name):
    """`~name` is a user's own folder only if there is such a user; what was there is replaced."""
    monkeypatch.chdir(tmp_path)
    for home in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(home, str(tmp_path))
    file = tmp_path / name.removeprefix("~/")
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"no run")
    trainer = trainer_for()
    trainer.run(9, autosave=name)
    assert [other for other in tmp_path.rglob("*") if other.is_file()] == [file]
    assert state(Trainer.load(name, TwoLayerNet(4, 5, 3), (X, T), TEST)) == state(trainer)


@pytest.mark.parametrize(("module", "call"), [(saved_run, "open"), (os, "fsync"), (os, "replace")])
def test_place_that_refuses_leaves_the_old_file(tmp_path, monkeypatch, module, call):
    """A folder that is read-only, or turns so; the modes of files stop no administrator."""
    trainer = trainer_for()
    trainer.save(tmp_path / "run.npz")
    old = (tmp_path / "run.npz").read_bytes()

    def refuse(*args, **kwargs):
        if call == "replace":  # the content is on the disk before the name is there
            assert fsynced
        raise OSError(30, "Read-only file system", "run.npz.part")

    fsynced, fsync = [], os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: fsynced.append(fsync(descriptor)))
    monkeypatch.setattr(module, call, refuse, raising=False)
    with pytest.raises(OSError, match=r"not saved: Read-only file system: '.*run\.npz'"):
        trainer.save(tmp_path / "run.npz")
    assert [file.name for file in tmp_path.iterdir()] == ["run.npz"]
    assert (tmp_path / "run.npz").read_bytes() == old


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
@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_new_file_has_the_mode_of_any_new_file(tmp_path, umask, mask):
    umask(mask)
    (tmp_path / "other").touch()
    trainer_for().save(tmp_path / "run.npz")
    assert mode(tmp_path / "run.npz") == mode(tmp_path / "other") == 0o666 & ~mask


@unix
@pytest.mark.parametrize("old", [0o664, 0o600])
def test_file_that_is_replaced_keeps_its_mode(tmp_path, umask, old):
    path = tmp_path / "run.npz"
    trainer_for().save(path)
    path.chmod(old)
    umask(0o077)
    trainer_for().run(9, autosave=path)
    assert mode(path) == old


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
def test_what_is_read_only_or_no_ordinary_file_is_not_replaced(tmp_path, monkeypatch):
    """The folder may be written, so a rename would succeed; an administrator may write both."""
    (tmp_path / "nowhere").symlink_to("/dev/null")
    (tmp_path / "mine").write_text("mine")
    for name in ("nowhere", "mine"):
        if name == "mine":
            monkeypatch.setattr(os, "access", lambda file, for_what: for_what != os.W_OK)
        with pytest.raises(PermissionError, match="not saved: it is read-only, or no ordinary"):
            trainer_for().save(tmp_path / name)
    assert Path("/dev/null").is_char_device()
    assert (tmp_path / "mine").read_text() == "mine"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["mine", "nowhere"]


def assert_refused(path, message, net=None, train=(X, T), test=TEST):
    net = TwoLayerNet(4, 5, 3, 1, rng=1) if net is None else net
    before = copy.deepcopy(net.params)
    with pytest.raises(ValueError, match=rf"{path.name} cannot be continued.*{message}"):
        Trainer.load(path, net, train, test)
    for name, weights in before.items():
        np.testing.assert_array_equal(net.params[name], weights)


@pytest.mark.parametrize(
    ("net", "message"),
    [
        (TwoLayerNet(4, 6, 3), r"holds .*\(4, 5\) of float64.*network has .*\(4, 6\) of float64"),
        (TwoLayerNet(4, 5, 3, dtype=np.float32), r"network has .*\(4, 5\) of float32"),
        (Line(), r"network has .*\(1,\) of float64"),
    ],
)
def test_run_of_another_network_is_refused(tmp_path, net, message):
    trainer_for().save(tmp_path / "run.npz")
    assert_refused(tmp_path / "run.npz", message, net)


@pytest.mark.parametrize(
    ("train", "test"), [((X[:50], T[:50]), TEST), ((X[:5], T[:5]), TEST), ((X, T), None)]
)
def test_run_on_other_data_is_refused(tmp_path, train, test):
    trainer_for().save(tmp_path / "run.npz")
    assert_refused(tmp_path / "run.npz", "saved with other data", train=train, test=test)


def test_foreign_file_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_bytes(b"some text")
    assert_refused(tmp_path / "notes.txt", "File is not a zip file")
    np.savez(tmp_path / "other.npz", x=X)
    assert_refused(tmp_path / "other.npz", r"it is not a saved run: it holds \['x'\]")


@pytest.mark.parametrize("test", [TEST, None], ids=["test data", "no test data"])
def test_file_of_the_form_that_its_module_describes_is_taken_up(tmp_path, test):
    """What was saved by an older version of the course has this form."""
    measured = ([0.0, 1.0], [0.25, 0.5], [0.125, 0.375]) if test else ([], [], [])
    params = {name: np.full_like(w, 0.5) for name, w in TwoLayerNet(4, 5, 3).params.items()}
    rng = np.random.default_rng(5)
    settings = {
        "batch_size": 30,
        "learning_rate": 0.25,
        "gradient": "numerical",
        "sizes": [60, 30 if test else 0],
        "rng": rng.bit_generator.state,
    }
    np.savez(
        tmp_path / "run.npz",
        **{f"params.{name}": weights for name, weights in params.items()},
        **{
            "history.train_loss_list": [1.5, 1.25],
            "history.epoch_list": measured[0],
            "history.train_acc_list": measured[1],
            "history.test_acc_list": measured[2],
        },
        settings=json.dumps(settings),
    )
    trainer = Trainer.load(tmp_path / "run.npz", TwoLayerNet(4, 5, 3), (X, T), test)
    assert (trainer.batch_size, trainer.learning_rate, trainer.gradient) == (30, 0.25, "numerical")
    assert trainer.history == History([1.5, 1.25], *measured)
    assert trainer.rng.random() == rng.random()
    for name, weights in params.items():
        np.testing.assert_array_equal(trainer.net.params[name], weights)


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
        content[start : start + 8] = bytes([rng.choice([0x00, 0x7F, 0xFF])]) * 8
    return bytes(content) if rng.integers(8) else bytes(content[:end])


def test_damaged_file_is_refused_or_loads_the_right_run(tmp_path, fewer):
    """20,000 files in `make faults`, else a tenth."""
    path, rng = tmp_path / "run.npz", np.random.default_rng(0)
    trainer = trainer_for()
    trainer.run(20)
    trainer.save(path)
    content, right = path.read_bytes(), state(trainer)
    net, untrained = TwoLayerNet(4, 5, 3), TwoLayerNet(4, 5, 3, rng=1).params
    cases = 20_000 // fewer
    loaded = 0
    for _ in range(cases):
        path.write_bytes(with_bytes_changed(content, rng))
        for name, weights in untrained.items():
            net.params[name][...] = weights
        try:
            trainer = Trainer.load(path, net, (X, T), TEST)
        except ValueError as error:
            assert str(error).startswith("run.npz cannot be continued with this network and data: ")
            assert all((net.params[name] == weights).all() for name, weights in untrained.items())
        else:
            assert state(trainer) == right
            loaded += 1
    assert 0.01 * cases < loaded < 0.4 * cases
