"""What each figure shows: the numbers in its lines, texts and pictures."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
import test_ideas
from label_forms import FORMS
from matplotlib.colors import to_hex
from matplotlib.text import Text

from dlscratch import ideas, plots

DIGITS = np.random.default_rng(0).integers(256, size=(12, 64)).astype(np.uint8)
NOT_ENGLISH = re.compile(r"[\u3040-\u9fff]|log|sigmoid\(")
COUNTS = np.array([[5, 1, 0], [2, 7, 1], [0, 0, 9]])
FIGURES = {
    "plot_loss": lambda **ax: plots.plot_loss([2.3, 1.9, 1.2], **ax),
    "plot_accuracy": lambda **ax: plots.plot_accuracy([0, 1], [0.1, 0.9], [0.1, 0.8], **ax),
    "plot_loss_curves": lambda **ax: plots.plot_loss_curves([0, 1], [2.3, 1], [2.3, 2], **ax),
    "plot_accuracy_curves": lambda **ax: plots.plot_accuracy_curves([0, 1], [0, 1], [0, 1], **ax),
    "plot_digits": lambda **ax: plots.plot_digits(DIGITS, range(12), range(12), **ax),
    "plot_weights": lambda **ax: plots.plot_weights(DIGITS.T - 100.0, **ax),
    "plot_confusion_matrix": lambda **ax: plots.plot_confusion_matrix(COUNTS, **ax),
    "plot_network": lambda **ax: plots.plot_network((784, 50, 10), **ax),
} | test_ideas.FIGURES


def texts(ax):
    return [text.get_text() for text in ax.texts]


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_every_figure_is_tested_here():
    assert set(FIGURES) == {name for name in vars(plots) | vars(ideas) if name.startswith("plot_")}


@pytest.mark.parametrize("plot", FIGURES.values(), ids=FIGURES)
def test_axes_that_are_given_are_drawn_on_and_returned(ax, plot):
    assert plot(ax=ax) is ax
    assert ax.has_data()
    ax.figure.canvas.draw()
    assert plt.get_fignums() == []


@pytest.mark.parametrize("plot", FIGURES.values(), ids=FIGURES)
def test_figures_are_drawn_in_japanese_without_boxes(ax, plot, in_japanese):
    plot(ax=ax)
    ax.figure.canvas.draw()  # a character that the font lacks is a warning, and so an error
    said = [text.get_text() for text in ax.figure.findobj(Text)]
    english = [text for text in said if re.search("[a-z]{2}", text)]
    assert [text for text in english if not NOT_ENGLISH.search(text)] == []


@pytest.mark.parametrize("plot", FIGURES.values(), ids=FIGURES)
def test_current_axes_are_drawn_on_by_default(plot):
    _, (_, current) = plt.subplots(1, 2)
    assert plot() is current
    assert len(plt.get_fignums()) == 1
    plt.close("all")


def test_loss_is_drawn_at_its_iterations_with_its_running_mean(ax):
    losses = np.random.default_rng(0).uniform(size=250)  # a 50th of them is 5
    plots.plot_loss(losses, ax=ax)
    each, mean = ax.lines
    np.testing.assert_array_equal(each.get_xydata(), np.transpose([range(1, 251), losses]))
    np.testing.assert_array_equal(mean.get_xdata(), range(5, 251))
    np.testing.assert_allclose(mean.get_ydata(), [losses[k - 5 : k].mean() for k in range(5, 251)])
    assert legend(ax) == ["each iteration", "mean of 5"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("iteration", "cross-entropy loss")
    assert ax.get_ylim()[0] == 0


@pytest.mark.parametrize("n", [0, 99])
def test_loss_too_short_for_a_mean_is_drawn_alone(ax, n):
    plots.plot_loss(np.ones(n), ax=ax)
    (line,) = ax.lines
    assert line.get_marker() == "."


FALLS = 2.3 * np.exp(-np.arange(100) / 20)
STAYS = np.full(100, 2.3)


@pytest.mark.parametrize("losses", [FALLS, 3 * FALLS[::-1], 0 * STAYS])
def test_loss_is_hidden_neither_by_the_frame_nor_by_the_legend(ax, losses):
    plots.plot_loss(STAYS[:5], ax=ax)
    plots.plot_loss(losses, ax=ax)
    assert ax.get_ylim()[1] >= 1.04 * max(losses)
    ax.figure.canvas.draw()
    box = ax.get_legend().get_window_extent()
    for line in ax.lines:
        points = ax.transData.transform(line.get_xydata())
        assert not any(box.contains(*point) for point in points)


def test_accuracy_is_drawn_in_percent_over_epochs(ax):
    plots.plot_accuracy([0, 1, 1.5], [0.1, 0.9, 0.95], [0.2, 0.8, 0.85], ax=ax)
    train, test = ax.lines
    np.testing.assert_allclose(train.get_xydata(), [[0, 10], [1, 90], [1.5, 95]])
    np.testing.assert_allclose(test.get_xydata(), [[0, 20], [1, 80], [1.5, 85]])
    assert train.get_linestyle() != test.get_linestyle()
    assert train.get_marker() != test.get_marker()
    assert legend(ax) == ["training data", "test data"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "accuracy (%)")
    assert ax.get_ylim()[0] == 0 and ax.get_ylim()[1] > 100  # a marker at 100 is whole


@pytest.mark.parametrize("test_acc", [[], None])
def test_accuracy_without_test_data_is_one_line(ax, test_acc):
    plots.plot_accuracy([0, 1], [0.1, 0.9], test_acc, ax=ax)
    assert legend(ax) == ["training data"]


def test_losses_are_drawn_over_iterations_in_front_of_those_of_the_batches(ax):
    train, test, batches = [2.3, 1.0, 0.5], [2.4, 1.5, 1.9], [2.0, 99.0, 0.1]
    plots.plot_loss_curves([0, 1, 100], train, test, batch_losses=batches, ax=ax)
    batch_line, *lines = ax.lines
    assert [line.get_xdata().tolist() for line in lines] == [[0, 1, 100]] * 2
    assert [line.get_ydata().tolist() for line in lines] == [train, test]
    assert batch_line.get_xdata().tolist() == [1, 2, 3]
    assert batch_line.get_ydata().tolist() == batches
    assert batch_line.get_alpha() < 0.5
    assert lines[0].get_linestyle() != lines[1].get_linestyle()
    assert legend(ax) == ["each batch", "training data", "test data"]
    assert 2.4 < ax.get_ylim()[1] < 5  # the batch of 99 does not press the others flat


@pytest.mark.parametrize("plot", [plots.plot_loss_curves, plots.plot_accuracy_curves])
def test_curves_of_the_first_iterations_get_as_much_room_as_those_of_the_last(ax, plot):
    plot(range(1001), np.zeros(1001), ax=ax)
    places = ax.transData.transform([(x, 0) for x in (1, 10, 100, 1000)])[:, 0]
    np.testing.assert_allclose(np.diff(places), places[1] - places[0])
    assert len(ax.lines) == 1 and legend(ax) == ["training data"]
    assert ax.get_xlabel() == "iteration"


@pytest.mark.parametrize("shape", [(12, 64), (12, 1, 8, 8), (12, 8, 8)])
def test_digits_are_laid_out_row_by_row(ax, shape):
    plots.plot_digits(DIGITS.reshape(shape), ax=ax)
    (image,) = ax.images
    mosaic = np.ma.getdata(image.get_array())
    rows, columns = (np.flatnonzero(~np.isnan(mosaic).all(axis=k)) for k in (1, 0))
    assert (len(rows), len(columns)) == (2 * 8, 10 * 8)  # 10 + 2 digits
    assert len(mosaic) < 3 * 8  # no rows without digits
    drawn = mosaic[np.ix_(rows, columns)].reshape(2, 8, 10, 8).swapaxes(1, 2).reshape(20, 64)
    np.testing.assert_array_equal(drawn[:12], DIGITS)
    assert np.isnan(drawn[12:]).all()
    assert not ax.axison


def test_wrong_predictions_stand_out(ax):
    plots.plot_digits(DIGITS[:3], [5, 0, 4], [5, 6, 4], ax=ax)
    assert texts(ax) == ["5", "0>6", "4"]
    assert [to_hex(text.get_color()) == plots.ORANGE.lower() for text in ax.texts] == [
        False, True, False,
    ]  # fmt: skip
    assert [text.get_weight() for text in ax.texts] == ["normal", "bold", "normal"]


@pytest.mark.parametrize(
    ("labels", "predictions", "shown"),
    [
        ([5, 0], None, ["5", "0"]),
        (None, [3, 8], ["3", "8"]),
        ([26, 0], [25, 0], ["26>25", "0"]),
        (FORMS["series"]([2, 0]), FORMS["soft rows"]([1, 0]), ["2>1", "0"]),
    ],
)
def test_labels_and_predictions_may_stand_alone_and_have_any_form(ax, labels, predictions, shown):
    plots.plot_digits(DIGITS[:2], labels, predictions, ax=ax)
    assert texts(ax) == shown


def test_weights_of_each_unit_are_a_picture(ax):
    W = np.random.default_rng(0).standard_normal((64, 3))
    plots.plot_weights(W, ax=ax)
    image = ax.images[0]
    mosaic = np.ma.getdata(image.get_array())
    drawn = mosaic[~np.isnan(mosaic)].reshape(8, 3, 8).swapaxes(0, 1).reshape(3, 64)
    np.testing.assert_array_equal(drawn, W.T)
    assert image.norm.vmin == -image.norm.vmax  # no weight is white
    (bar,) = (other for other in ax.figure.axes if other is not ax)
    assert bar.get_ylabel() == "weight"


def test_confusion_matrix_shows_every_count_and_colours_the_errors(ax):
    plots.plot_confusion_matrix(COUNTS, ax=ax)
    assert texts(ax) == [str(count) for count in COUNTS.ravel()]
    share = np.ma.filled(ax.images[0].get_array(), np.nan)
    nan = np.nan
    np.testing.assert_allclose(share, [[nan, 100 / 6, 0], [20, nan, 10], [0, 0, nan]])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("read as", "is")
    (bar,) = (other for other in ax.figure.axes if other is not ax)
    assert bar.get_ylabel() == "share of the row (%)"
    right = [text.get_weight() == "bold" for text in ax.texts]
    assert right == np.eye(3, dtype=bool).ravel().tolist()


def test_counts_are_read_on_their_colours(ax):
    plots.plot_confusion_matrix([[50, 9, 1], [0, 9, 1], [8, 0, 2]], ax=ax)
    image, white = ax.images[0], [text.get_color() == "white" for text in ax.texts]
    assert image.norm.vmin == 0
    for share, is_white in zip(np.ravel(image.get_array().filled(0)), white, strict=True):
        dark = np.mean(image.cmap(image.norm(share))[:3]) < 0.5
        assert is_white == dark


@pytest.mark.parametrize("counts", [np.zeros((2, 2), int), [[0.25, 0.5], [0, 0.25]]])
def test_confusion_without_errors_or_samples_and_as_shares_is_drawn(ax, counts):
    plots.plot_confusion_matrix(counts, ax=ax)
    ax.figure.canvas.draw()
    assert texts(ax) == [f"{count}".removesuffix(".0") for count in np.ravel(counts)]


@pytest.mark.parametrize(("classes", "counts"), [(15, 15 * 15), (16, 0)])
def test_counts_of_a_confusion_are_written_for_15_classes_at_most(ax, classes, counts):
    plots.plot_confusion_matrix(np.ones((classes, classes), int), ax=ax)
    assert len(texts(ax)) == counts


def test_network_shows_its_shapes(ax):
    plots.plot_network((784, 50, 10), ax=ax)
    shown = "\n".join(texts(ax))
    for text in ("784 pixels", "50 units", "10 digits", "W1 (784, 50)", "b1 (50,)", "W2 (50, 10)"):
        assert text in shown
    assert sum(len(layer.get_offsets()) for layer in ax.collections) == 3 * 6
    assert texts(ax).count("...") == 3


def test_one_weight_moves_one_unit_and_all_outputs(ax):
    plots.plot_network((784, 50, 10), one_weight=True, ax=ax)
    moved = [line for line in ax.lines if to_hex(line.get_color()) == plots.ORANGE.lower()]
    assert len(moved) == 1 + 6
    starts = {tuple(line.get_xydata()[0]) for line in moved[1:]}
    assert starts == {tuple(moved[0].get_xydata()[1])}
    (unit,) = (u for u in ax.collections if to_hex(u.get_facecolor()) == plots.ORANGE.lower())
    assert {tuple(place) for place in unit.get_offsets()} == starts


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plots.plot_digits(np.ones((2, 10))), "x has .*; expected square pictures"),
        (lambda: plots.plot_digits(np.ones((0, 64))), "x has .*; expected square pictures"),
        (lambda: plots.plot_digits(DIGITS[:2], [1]), r"labels has .*; expected .*\(2,\)"),
        (lambda: plots.plot_digits(DIGITS[:2], None, [1, 2, 3]), "predictions has shape"),
        (lambda: plots.plot_weights(np.ones((4, 4)), columns=0), "columns is 0; expected"),
        (lambda: plots.plot_weights(np.full((64, 2), np.nan)), "W holds nan or inf"),
        (lambda: plots.plot_confusion_matrix([[1, -1], [0, 1]]), "counts holds .*; expected"),
        (lambda: plots.plot_confusion_matrix([[1, np.inf], [0, 1]]), "counts holds .*; expected"),
        (lambda: plots.plot_confusion_matrix(np.ones((6, 4))), r"counts .*\(6, 4\); expected"),
        (lambda: plots.plot_network((784, 10)), "expected three"),
        (lambda: plots.plot_network((4, 0, 2)), "a size is 0"),
        (lambda: plots.plot_accuracy([0, 1], [0.1, 94.7]), "train_acc holds 0.1 to 94.7"),
        (lambda: plots.plot_accuracy([0, 1], [0, 1], [0]), r"test_acc has shape \(1,\); "),
        (lambda: plots.plot_loss_curves([0, 1], [1, 1], [1]), r"\(1,\); expected \(2,\)"),
        (lambda: plots.plot_accuracy_curves([0, 1], [1, 1], [1]), "one for each moment"),
    ],
)
def test_what_cannot_be_drawn_is_an_error(draw, message):
    with pytest.raises(ValueError, match=message):
        draw()
