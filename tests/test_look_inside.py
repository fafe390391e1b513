import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from dlscratch import Trainer, TwoLayerNet, load_mnist, plots
from dlscratch.widgets.digit_browser import (
    DigitBrowser,
    draw_digit,
    least_certain,
    most_confident_errors,
    plot_probabilities,
)
from dlscratch.widgets.look_inside import Scrubber, draw_snapshot, train_with_snapshots


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


def test_bars_are_the_probabilities_and_the_right_digit_is_orange():
    probabilities = np.array([[0.5, 0.3, 0.2] + 7 * [0], [0.1, 0.2, 0.3, 0.4] + 6 * [0]])
    ax = plot_probabilities(probabilities, [1, 3], ax=Figure().subplots())
    np.testing.assert_allclose(
        [bar.get_height() for bar in ax.patches], 100 * probabilities.ravel()
    )
    orange = [
        k for k, bar in enumerate(ax.patches) if to_hex(bar.get_facecolor()).upper() == plots.ORANGE
    ]
    assert orange == [1, 13]
    assert texts(ax) == ["0", "3"]


def test_the_figure_of_a_digit_says_what_it_is_and_what_was_read(data):
    _, (x_test, t_test) = data
    figure = Figure()
    draw_digit(x_test[0], np.eye(10)[3], t_test[0], figure=figure)
    left, right = figure.axes
    assert texts(left) == ["7>3"]
    assert [tick.get_text() for tick in right.get_xticklabels()] == list("0123456789")


def test_hard_digits_are_found_and_put_in_order():
    probabilities = np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.55, 0.45]])
    assert most_confident_errors(probabilities, np.array([0, 0, 0, 1])) == [2, 1, 3]
    assert least_certain(probabilities) == [3, 1, 2, 0]


def test_the_slider_chooses_the_picture(trainer):
    nets = [TwoLayerNet(784, 6, 10, rng=seed) for seed in range(3)]
    trainer.run(3)
    scrubber = Scrubber(trainer, dict(zip((0, 10, 1_000), nets, strict=True)))
    assert [label for label, _ in scrubber.slider.options] == ["0", "10", "1,000"]
    pictures = []
    for moment in (0, 10, 1_000, 0):
        scrubber.slider.value = moment
        assert scrubber.said.value.startswith(f"After iteration {moment:,}: test accuracy")
        pictures.append(bytes(scrubber.picture.value))
    assert pictures[0].startswith(b"\x89PNG")
    assert len(set(pictures)) == 3 and pictures[3] == pictures[0]


def test_the_browser_lists_hard_digits_and_shows_the_chosen_one(trainer):
    trainer.run(20)
    x, t = trainer.test
    browser = DigitBrowser(trainer.net, x, t, count=4)
    probabilities = trainer.net.predict(x)
    worst = most_confident_errors(probabilities, t)[:4]
    assert [k for _, k in browser.choice.options] == worst
    read, most = probabilities[worst[0]].argmax(), 100 * probabilities[worst[0]].max()
    assert browser.choice.options[0][0] == f"{t[worst[0]]}>{read}"
    assert f"is a {t[worst[0]]}, read as {read} with {most:.1f} %" in browser.said.value

    first = bytes(browser.picture.value)
    browser.choice.index = 1
    assert bytes(browser.picture.value) not in (b"", first)
    browser.kind.index = 1
    assert browser.choice.value == least_certain(probabilities)[0]


def test_the_browser_of_a_network_without_mistakes_lists_none(data):
    x, t = data[1]

    class Perfect:
        def predict(self, x):
            return np.eye(10)[t]

    browser = DigitBrowser(Perfect(), x, t)
    assert browser.choice.options == () and browser.said.value == "There is none."
    browser.kind.index = 1
    assert "read as" in browser.said.value
    browser.kind.index = 0
    assert browser.said.value == "There is none."


def test_where_widgets_do_not_show_the_cell_says_so(trainer):
    x, t = trainer.test
    snapshots = train_with_snapshots(trainer, (0,))
    for widget in (Scrubber(trainer, snapshots), DigitBrowser(trainer.net, x, t)):
        text = widget._repr_mimebundle_()["text/plain"]
        assert text.endswith("it shows where notebook widgets run.")
