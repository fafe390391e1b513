"""Saved runs: continued bit for bit, written whole or not at all, refused if damaged."""

import copy
import json
import os
import stat

import numpy as np
import pytest
from small_training import ONES, TEST, Line, T, X, after, state, trainer_for

from dlscratch import Trainer, TwoLayerNet, saved_run
from dlscratch.training import History


@pytest.mark.parametrize("bit_generator", ["PCG64", "MT19937"])
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


def test_longer_run_in_the_file_is_kept_under_another_name(tmp_path, capsys):
    """As of a learner who runs the notebook again on another day, from its beginning."""
    path, long, short = tmp_path / "run.npz", trainer_for(), trainer_for()
    long.run(20, autosave=path)
    long.run(5, autosave=path)  # its own file
    short.run(3, autosave=path)
    assert "run.npz holds more iterations than this training: it is kept as run_25.npz." in (
        capsys.readouterr().out
    )
    assert sorted(file.name for file in tmp_path.iterdir()) == ["run.npz", "run_25.npz"]
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
        ("folder", PermissionError, "run is not saved: it is read-only, or no .* file: 'folder'"),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="Windows has other words for these errors")
def test_place_to_save_is_tried_before_the_first_iteration(
    tmp_path, monkeypatch, place, error, message
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    trainer = trainer_for()
    before = state(trainer)
    with pytest.raises(error, match=message):
        trainer.run(20, autosave=place)
    assert state(trainer) == before
    assert [file.name for file in tmp_path.iterdir()] == ["folder"]


@pytest.mark.parametrize("name", ["~run.npz", "run", "~/run.npz"])
def test_file_may_be_called_anything(tmp_path, monkeypatch, name):
    """`~name` is a user's own folder only if there is such a user; what was there is replaced."""
    monkeypatch.chdir(tmp_path)
    for home in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(home, str(tmp_path))
    file = tmp_path / name.removeprefix("~/")
    file.write_bytes(b"no run")
    trainer = trainer_for()
    trainer.run(9, autosave=name)
    assert [other for other in tmp_path.rglob("*") if other.is_file()] == [file]
    assert state(Trainer.load(name, TwoLayerNet(4, 5, 3), (X, T), TEST)) == state(trainer)


@pytest.mark.parametrize(("module", "call"), [(saved_run, "open"), (os, "fsync"), (os, "replace")])
def test_place_that_refuses_leaves_the_old_file(tmp_path, monkeypatch, module, call):
    """As a full disk; the modes of files stop no administrator."""
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
def test_new_file_has_the_mode_of_any_new_file_and_keeps_its_own(tmp_path, umask):
    path = tmp_path / "run.npz"
    umask(0o027)
    trainer_for().save(path)
    assert mode(path) == 0o640
    path.chmod(0o664)
    trainer_for().save(path)
    assert mode(path) == 0o664


@unix
def test_symbolic_link_stays_and_its_target_is_written(tmp_path):
    (tmp_path / "folder").mkdir()
    second, first = tmp_path / "second", tmp_path / "first"
    second.symlink_to("folder/run.npz")
    first.symlink_to("second")
    for _ in range(2):  # there is no target yet, and there is one
        trainer_for().save(first)
        assert first.is_symlink() and second.is_symlink()
        assert [file.name for file in (tmp_path / "folder").iterdir()] == ["run.npz"]
        assert not (tmp_path / "folder/run.npz").is_symlink()


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
    os.mkfifo(tmp_path / "pipe")  # and no /dev/null, which a fault in the code would replace
    (tmp_path / "mine").write_text("mine")
    for name in ("pipe", "mine"):
        if name == "mine":
            monkeypatch.setattr(os, "access", lambda file, for_what: for_what != os.W_OK)
        with pytest.raises(PermissionError, match="not saved: it is read-only, or no ordinary"):
            trainer_for().save(tmp_path / name)
    assert (tmp_path / "pipe").is_fifo()
    assert (tmp_path / "mine").read_text() == "mine"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["mine", "pipe"]


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
    ],
)
def test_run_of_another_network_is_refused(tmp_path, net, message):
    trainer_for().save(tmp_path / "run.npz")
    assert_refused(tmp_path / "run.npz", message, net)


@pytest.mark.parametrize(("train", "test"), [((X[:50], T[:50]), TEST), ((X, T), None)])
def test_run_on_other_data_is_refused(tmp_path, train, test):
    trainer_for().save(tmp_path / "run.npz")
    assert_refused(tmp_path / "run.npz", "saved with other data", train=train, test=test)


def test_damaged_file_is_refused_or_loads_the_right_run(tmp_path):
    """One bit changed, and cut short, in some 400 places."""
    path = tmp_path / "run.npz"
    trainer = trainer_for()
    trainer.run(20)
    trainer.save(path)
    content, right = path.read_bytes(), state(trainer)
    for place in range(0, len(content), 13):
        flipped = bytearray(content)
        flipped[place] ^= 1 << place % 8
        for damaged in (flipped, content[:place]):
            path.write_bytes(damaged)
            try:
                loaded = Trainer.load(path, TwoLayerNet(4, 5, 3), (X, T), TEST)
            except ValueError as error:
                assert str(error).startswith("run.npz cannot be continued")
            else:
                assert state(loaded) == right


def test_foreign_file_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_bytes(b"some text")
    assert_refused(tmp_path / "notes.txt", "File is not a zip file")
    np.savez(tmp_path / "other.npz", x=X)
    assert_refused(tmp_path / "other.npz", r"it is not a saved run: it holds \['x'\]")


def test_file_of_the_form_that_its_module_describes_is_taken_up(tmp_path):
    """What was saved by an older version of the course has this form."""
    history = History([1.5, 1.25], [0.0, 1.0], [0.25, 0.5], [0.125, 0.375])
    params = {name: np.full_like(w, 0.5) for name, w in TwoLayerNet(4, 5, 3).params.items()}
    rng = np.random.default_rng(5)
    settings = {
        "batch_size": 30,
        "learning_rate": 0.25,
        "gradient": "numerical",
        "sizes": [60, 30],
        "rng": rng.bit_generator.state,
    }
    np.savez(
        tmp_path / "run.npz",
        **{f"params.{name}": weights for name, weights in params.items()},
        **{f"history.{name}": values for name, values in vars(history).items()},
        settings=json.dumps(settings),
    )
    trainer = Trainer.load(tmp_path / "run.npz", TwoLayerNet(4, 5, 3), (X, T), TEST)
    assert (trainer.batch_size, trainer.learning_rate, trainer.gradient) == (30, 0.25, "numerical")
    assert trainer.history == history
    assert trainer.rng.random() == rng.random()
    for name, weights in params.items():
        np.testing.assert_array_equal(trainer.net.params[name], weights)
