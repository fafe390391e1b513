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


def test_place_to_save_is_tried_before_the_first_iteration(tmp_path):
    trainer = trainer_for()
    before = state(trainer)
    with pytest.raises(TypeError, match="autosave is 5; expected the path of a file"):
        trainer.run(20, autosave=5)
    with pytest.raises(FileNotFoundError, match="the run is not saved: .*missing"):
        trainer.run(20, autosave=tmp_path / "missing" / "run.npz")
    assert state(trainer) == before


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


@unix
def test_new_file_has_the_mode_of_any_new_file_and_keeps_its_own(tmp_path):
    path, umask = tmp_path / "run.npz", os.umask(0o027)
    try:
        trainer_for().save(path)
    finally:
        os.umask(umask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    path.chmod(0o664)
    trainer_for().save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o664


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


@pytest.mark.parametrize(
    ("net", "train", "test", "message"),
    [
        (TwoLayerNet(4, 6, 3), (X, T), TEST, r"holds .*\(4, 5\) of float64.* has .*\(4, 6\) of fl"),
        (
            TwoLayerNet(4, 5, 3, dtype=np.float32),
            (X, T),
            TEST,
            r"network has .*\(4, 5\) of float32",
        ),
        (TwoLayerNet(4, 5, 3), (X[:50], T[:50]), TEST, "it was saved with other data"),
        (TwoLayerNet(4, 5, 3), (X, T), None, "it was saved with other data"),
    ],
)
def test_run_of_another_network_or_other_data_is_refused(tmp_path, net, train, test, message):
    trainer_for().save(tmp_path / "run.npz")
    before = copy.deepcopy(net.params)
    with pytest.raises(ValueError, match=rf"run\.npz cannot be continued.*{message}"):
        Trainer.load(tmp_path / "run.npz", net, train, test)
    for name, weights in before.items():
        np.testing.assert_array_equal(net.params[name], weights)


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
    np.savez(tmp_path / "run.npz", x=X)
    with pytest.raises(ValueError, match=r"it is not a saved run: it holds \['x'\]"):
        Trainer.load(tmp_path / "run.npz", TwoLayerNet(4, 5, 3), (X, T), TEST)
    (tmp_path / "run.npz").write_bytes(b"some text")
    with pytest.raises(ValueError, match="File is not a zip file"):
        Trainer.load(tmp_path / "run.npz", TwoLayerNet(4, 5, 3), (X, T), TEST)


def test_file_of_the_form_that_its_module_describes_is_taken_up(tmp_path):
    """What was saved by an older version of the course has this form."""
    expected = trainer_for(batch_size=30, learning_rate=0.25, gradient="numerical")
    expected.history = History([1.5, 1.25], [0.0, 1.0], [0.25, 0.5], [0.125, 0.375])
    settings = {
        "batch_size": 30,
        "learning_rate": 0.25,
        "gradient": "numerical",
        "sizes": [60, 30],
        "rng": expected.rng.bit_generator.state,
    }
    np.savez(
        tmp_path / "run.npz",
        **{f"params.{name}": weights for name, weights in expected.net.params.items()},
        **{f"history.{name}": values for name, values in vars(expected.history).items()},
        settings=json.dumps(settings),
    )
    trainer = Trainer.load(tmp_path / "run.npz", TwoLayerNet(4, 5, 3), (X, T), TEST)
    assert (trainer.batch_size, trainer.learning_rate, trainer.gradient) == (30, 0.25, "numerical")
    assert state(trainer) == state(expected)
