import numpy as np
import pytest
from matplotlib.figure import Figure

from dlscratch import Trainer, TwoLayerNet, load_mnist
from dlscratch.widgets import SnapshotBrowser, draw_snapshot, train_with_snapshots


@pytest.fixture(scope="module")
def data():
    (x_train, t_train), (x_test, t_test) = load_mnist()
    return (x_train[:200], t_train[:200]), (x_test[:60], t_test[:60])


@pytest.fixture
def trainer(data):
    net = TwoLayerNet(784, 6, 10, rng=0)
    return Trainer(net, *data, batch_size=20, learning_rate=0.5, rng=0)


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_snapshots_are_the_network_after_so_many_iterations(trainer, data):
    snapshots = train_with_snapshots(trainer, (12, 0, 5))
    assert list(snapshots) == [0, 5, 12]
    for iteration, snapshot in snapshots.items():
        net = TwoLayerNet(784, 6, 10, rng=0)
        alone = Trainer(net, *data, batch_size=20, learning_rate=0.5, rng=0)
        alone.run(iteration)
        for name, weights in net.params.items():
            np.testing.assert_array_equal(snapshot.params[name], weights)
    assert trainer.history == alone.history


def test_a_training_with_snapshots_saves_itself_as_a_run_does(trainer, data, tmp_path):
    path, saved_at = tmp_path / "run.npz", []
    save = trainer.save
    trainer.save = lambda path: saved_at.append(trainer.iteration) or save(path)
    train_with_snapshots(trainer, (0, 5, 25), autosave=path)
    assert saved_at == [10, 20, 25]
    loaded = Trainer.load(path, TwoLayerNet(784, 6, 10), *data)
    assert loaded.history == trainer.history
    np.testing.assert_array_equal(loaded.net.params["W1"], trainer.net.params["W1"])


def test_a_moment_that_is_past_is_refused(trainer):
    trainer.run(3)
    with pytest.raises(ValueError, match="moment 2 is past: this is iteration 3"):
        train_with_snapshots(trainer, (2, 5))


def test_an_interrupt_keeps_the_snapshots_made_until_then(trainer, monkeypatch, capsys):
    step = trainer.step

    def interrupted():
        if trainer.iteration == 4:
            raise KeyboardInterrupt
        return step()

    monkeypatch.setattr(trainer, "step", interrupted)
    assert list(train_with_snapshots(trainer, (0, 3, 9))) == [0, 3]
    assert "Stopped after iteration 4; 2 copies are kept." in capsys.readouterr().out


def test_the_figure_of_a_snapshot_marks_its_moment_and_tells_its_accuracy(trainer):
    snapshots = train_with_snapshots(trainer, (0, 15, 30))
    figure = Figure()
    assert draw_snapshot(trainer, snapshots[15], 15, digits=(4, 2), figure=figure) is figure
    x, t = trainer.test
    accuracy = snapshots[15].accuracy(x, t)
    assert figure.get_suptitle() == f"After iteration 15: test accuracy {100 * accuracy:.1f} %"
    axes = {ax.get_label(): ax for ax in figure.axes}
    marks = {
        name: [line for line in axes[name].lines if line.get_color() == "black"] for name in "la"
    }
    assert [line.get_xdata()[0] for line in marks["l"]] == [15]
    assert [line.get_xdata()[0] for line in marks["a"]] == [1.5]  # 10 iterations an epoch
    assert axes["a"].lines[-1].get_ydata() == pytest.approx([100 * accuracy])
    assert sum(int(count) for count in texts(axes["c"])) == len(t)
    read = snapshots[15].predict(x[[4, 2]]).argmax(axis=1)
    assert [text.split(">")[-1] for text in texts(axes["d"])] == [str(digit) for digit in read]
    assert texts(axes["b"]) == [str(digit) for digit in read]


def test_a_snapshot_is_not_drawn_without_test_data(trainer):
    trainer.test = None
    with pytest.raises(ValueError, match="no test data"):
        draw_snapshot(trainer, trainer.net, 0)


def test_the_slider_chooses_the_picture(trainer):
    nets = [TwoLayerNet(784, 6, 10, rng=seed) for seed in range(3)]
    trainer.run(3)
    browser = SnapshotBrowser(trainer, dict(zip((0, 10, 1_000), nets, strict=True)))
    assert [label for label, _ in browser.slider.options] == ["0", "10", "1,000"]
    pictures = []
    for moment in (0, 10, 1_000, 0):
        browser.slider.value = moment
        assert browser.said.value.startswith(f"After iteration {moment:,}: test accuracy")
        pictures.append(bytes(browser.picture.value))
    assert pictures[0].startswith(b"\x89PNG")
    assert len(set(pictures)) == 3 and pictures[3] == pictures[0]


def test_where_widgets_do_not_show_the_cell_says_so(trainer):
    browser = SnapshotBrowser(trainer, {0: trainer.net})
    text = browser._repr_mimebundle_()["text/plain"]
    assert text.endswith("it shows where notebook widgets run.")
