import re

import numpy as np
import pytest
from label_forms import FORMS
from matplotlib.figure import Figure

from dlscratch import TwoLayerNet, load_mnist
from dlscratch.evaluation import least_certain, most_confident_errors
from dlscratch.widgets import DigitBrowser, draw_digit


@pytest.fixture(scope="module")
def digits():
    """Return pictures and labels of a few test digits."""
    _, (x_test, t_test) = load_mnist()
    return x_test[:60].copy(), t_test[:60].copy()  # a view would keep all digits in memory


def texts(ax):
    return [text.get_text() for text in ax.texts]


class Net:
    """Give the same probabilities whatever it is asked."""

    def __init__(self, probabilities):
        self.probabilities = np.asarray(probabilities)

    def predict(self, x):
        assert np.shape(x) == (len(self.probabilities), 784)
        return self.probabilities


def captions(browser):
    return [option["text"] for option in browser.choice.options]


@pytest.mark.parametrize("shape", [(784,), (28, 28), (1, 28, 28)])
def test_the_figure_of_a_digit_says_what_it_is_and_what_was_read(digits, shape):
    x, t = digits
    figure = Figure()
    draw_digit(x[0].reshape(shape), np.eye(10)[3], t[0], figure=figure)
    left, right = figure.axes
    assert texts(left) == ["7>3"]
    drawn = np.ma.getdata(left.images[0].get_array())
    np.testing.assert_array_equal(drawn[-28:, :28], x[0].reshape(28, 28))
    assert [tick.get_text() for tick in right.get_xticklabels()] == list("0123456789")


@pytest.mark.parametrize("label", [1, np.uint8(1), [1], [0, 1, 0], [0.2, 0.5, 0.3]])
def test_the_label_of_a_digit_may_have_every_form(digits, label):
    figure = draw_digit(digits[0][0], [0.7, 0.2, 0.1], label)
    assert texts(figure.axes[0]) == ["1>0"]


@pytest.mark.parametrize(
    "probabilities, label, words",
    [
        ([3.0, -1.0, 0.5], 0, "probabilities holds -1 to 3"),
        (np.full((2, 3), 1 / 3), 0, "probabilities has shape \\(2, 3\\); expected one row"),
        ([0.5, 0.5], 7, "label holds labels from 7 to 7; expected 0 to 1"),
    ],
)
def test_a_digit_with_what_is_no_reading_is_refused(digits, probabilities, label, words):
    with pytest.raises(ValueError, match=words):
        draw_digit(digits[0][0], probabilities, label)


def test_the_browser_lists_hard_digits_and_shows_the_chosen_one(digits):
    x, t = digits
    net = TwoLayerNet(784, 6, 10, rng=0)
    browser = DigitBrowser(net, x, t, count=4)
    probabilities = net.predict(x)
    worst = most_confident_errors(probabilities, t)[:4]
    assert browser.shown == worst[0]
    reads = probabilities[worst].argmax(axis=1)
    assert captions(browser) == [f"{t[k]}>{read}" for k, read in zip(worst, reads, strict=True)]
    ink = np.frombuffer(browser.choice.options[1]["picture"]["ink"], np.uint8)
    np.testing.assert_allclose(ink / 255, x[worst[1]], atol=1 / 255)

    pictures = [bytes(browser.picture.value)]
    browser.choice.index = 1
    most = 100 * probabilities[worst[1]].max()
    said = f"Digit {worst[1]} is a {t[worst[1]]}, read as {reads[1]} with {most:.1f} %"
    assert browser.said.value == said
    pictures.append(bytes(browser.picture.value))
    browser.kind.index = 1
    assert browser.choice.index == 0
    assert browser.shown == least_certain(probabilities)[0]
    pictures.append(bytes(browser.picture.value))
    assert len(set(pictures)) == 3 and pictures[0].startswith(b"\x89PNG")


def test_the_browser_of_a_network_without_mistakes_lists_none(digits):
    x, t = digits
    browser = DigitBrowser(Net(np.eye(10)[t]), x, t)
    assert browser.shown is None and captions(browser) == []
    assert browser.said.value == "There is no such digit." and browser.picture.value == b""
    browser.kind.index = 1
    assert "read as" in browser.said.value
    browser.kind.index = 0
    assert browser.said.value == "There is no such digit."


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_the_browser_takes_labels_of_every_form(digits, form):
    net = Net([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7], [0.6, 0.4, 0.0]])
    browser = DigitBrowser(net, digits[0][:3], form([1, 2, 1]))
    assert captions(browser) == ["1>0", "1>0"]
    assert browser.said.value == "Digit 2 is a 1, read as 0 with 60.0 %"
    browser.choice.index = 1  # the second of two equal captions
    assert browser.said.value == "Digit 0 is a 1, read as 0 with 50.0 %"


@pytest.mark.parametrize("classes, hidden", [(5, 1), (27, 3)])
def test_the_browser_takes_other_classes_and_fewer_digits_than_asked_for(digits, classes, hidden):
    net = TwoLayerNet(784, hidden, classes, rng=0)
    browser = DigitBrowser(net, digits[0][:3].reshape(3, 1, 28, 28), [0, 1, classes - 1])
    browser.kind.index = 1
    assert len(captions(browser)) == 3 and bytes(browser.picture.value)[1:4] == b"PNG"


@pytest.mark.parametrize(
    "change, words",
    [
        ({"count": 0}, "count is 0; expected 1 or more"),
        ({"x": np.ones((60, 10))}, r"x has shape \(60, 10\); expected square pictures"),
        ({"t": np.zeros(59, int)}, r"t has shape \(59,\); expected .*\(60,\)"),
        ({"net": Net(np.full((60, 10), 5.0))}, r"net.predict\(x\) holds 5 to 5"),
        ({"x": np.ones((60, 100))}, r"takes \(n, 784\)"),
    ],
)
def test_the_browser_says_what_it_needs(digits, change, words):
    x, t = digits
    arguments = {"net": TwoLayerNet(784, 6, 10, rng=0), "x": x, "t": t}
    with pytest.raises(ValueError, match=words):
        DigitBrowser(**arguments | change)


def test_the_browser_speaks_japanese(digits, in_japanese):
    browser = DigitBrowser(TwoLayerNet(784, 6, 10, rng=0), *digits)
    said = [option["name"] for option in browser.choice.options + browser.kind.options]
    for text in [*said, browser.said.value, browser.kind.name, browser.choice.name, repr(browser)]:
        assert re.search("[\u3040-\u9fff]", text)


def test_where_widgets_do_not_show_the_cell_says_so(digits):
    browser = DigitBrowser(TwoLayerNet(784, 6, 10, rng=0), *digits)
    text = browser._repr_mimebundle_()["text/plain"]
    assert text.endswith("it shows where notebook widgets run.")
