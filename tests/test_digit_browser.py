import numpy as np
import pytest
from matplotlib.figure import Figure

from dlscratch import TwoLayerNet, load_mnist
from dlscratch.evaluation import least_certain, most_confident_errors
from dlscratch.widgets import DigitBrowser, draw_digit


@pytest.fixture(scope="module")
def digits():
    """Return pictures and labels of a few test digits."""
    _, (x_test, t_test) = load_mnist()
    return x_test[:60], t_test[:60]


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_the_figure_of_a_digit_says_what_it_is_and_what_was_read(digits):
    x, t = digits
    figure = Figure()
    draw_digit(x[0], np.eye(10)[3], t[0], figure=figure)
    left, right = figure.axes
    assert texts(left) == ["7>3"]
    assert [tick.get_text() for tick in right.get_xticklabels()] == list("0123456789")


def test_the_browser_lists_hard_digits_and_shows_the_chosen_one(digits):
    x, t = digits
    net = TwoLayerNet(784, 6, 10, rng=0)
    browser = DigitBrowser(net, x, t, count=4)
    probabilities = net.predict(x)
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


def test_the_browser_of_a_network_without_mistakes_lists_none(digits):
    x, t = digits

    class Perfect:
        def predict(self, x):
            return np.eye(10)[t]

    browser = DigitBrowser(Perfect(), x, t)
    assert browser.choice.options == () and browser.said.value == "There is none."
    browser.kind.index = 1
    assert "read as" in browser.said.value
    browser.kind.index = 0
    assert browser.said.value == "There is none."


def test_where_widgets_do_not_show_the_cell_says_so(digits):
    browser = DigitBrowser(TwoLayerNet(784, 6, 10, rng=0), *digits)
    text = browser._repr_mimebundle_()["text/plain"]
    assert text.endswith("it shows where notebook widgets run.")
