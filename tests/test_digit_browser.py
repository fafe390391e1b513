import numpy as np
import pytest
from all_digits import mnist
from label_forms import FORMS

from dlscratch import TwoLayerNet
from dlscratch.evaluation import least_certain, most_confident_errors
from dlscratch.widgets import DigitBrowser
from dlscratch.widgets.digit_browser import COUNT


@pytest.fixture(scope="module")
def digits():
    """Return pictures and labels of a few test digits."""
    _, (x_test, t_test) = mnist()
    return x_test[:60], t_test[:60]


class Net:
    """Give the same probabilities whatever it is asked."""

    def __init__(self, probabilities):
        self.probabilities = np.asarray(probabilities)

    def predict(self, x):
        assert np.shape(x) == (len(self.probabilities), 784)
        return self.probabilities


def captions(browser):
    kind, _k = browser.chosen
    return [option["text"] for option in browser.lists[kind]["options"]]


def picture(browser):
    (only,) = browser.view["pictures"]
    assert only["png"].startswith(b"\x89PNG") and only["alt"] == browser.view["said"]
    return only["png"]


def test_the_browser_lists_hard_digits_and_shows_the_chosen_one(digits):
    x, t = digits
    net = TwoLayerNet(784, 6, 10, rng=0)
    browser = DigitBrowser(net, x, t)
    probabilities = net.predict(x)
    worst = most_confident_errors(probabilities, t)[:COUNT]
    assert browser.shown == worst[0]
    reads = probabilities[worst].argmax(axis=1)
    assert captions(browser) == [f"{t[k]}>{read}" for k, read in zip(worst, reads, strict=True)]
    ink = np.frombuffer(browser.lists[0]["options"][1]["picture"]["ink"], np.uint8)
    np.testing.assert_allclose(ink / 255, x[worst[1]], atol=1 / 255)

    pictures = [picture(browser)]
    browser.chosen = [0, 1]
    most = 100 * probabilities[worst[1]].max()
    said = f"Digit {worst[1]} is a {t[worst[1]]}, read as {reads[1]} with {most:.1f} %"
    assert browser.view["said"] == said
    pictures.append(picture(browser))
    browser.chosen = [1, 0]
    assert browser.shown == least_certain(probabilities)[0]
    pictures.append(picture(browser))
    assert len(set(pictures)) == 3


def test_the_browser_of_a_network_without_mistakes_lists_none(digits):
    x, t = digits
    browser = DigitBrowser(Net(np.eye(10)[t]), x, t)
    assert browser.shown is None and captions(browser) == []
    assert browser.view["said"] == "There is no such digit." and browser.view["pictures"] == []
    browser.chosen = [1, 0]
    assert "read as" in browser.view["said"]
    browser.chosen = [0, 0]
    assert browser.view["said"] == "There is no such digit."


def test_the_browser_takes_labels_of_other_forms(digits):
    net = Net([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7], [0.6, 0.4, 0.0]])
    browser = DigitBrowser(net, digits[0][:3], FORMS["series"]([1, 2, 1]))
    assert captions(browser) == ["1>0", "1>0"]
    assert browser.view["said"] == "Digit 2 is a 1, read as 0 with 60.0 %"
    browser.chosen = [0, 1]  # the second of two equal captions
    assert browser.view["said"] == "Digit 0 is a 1, read as 0 with 50.0 %"


@pytest.mark.parametrize("classes, hidden", [(5, 1), (27, 3)])
def test_the_browser_takes_other_classes_and_fewer_digits_than_asked_for(digits, classes, hidden):
    net = TwoLayerNet(784, hidden, classes, rng=0)
    browser = DigitBrowser(net, digits[0][:3].reshape(3, 1, 28, 28), [0, 1, classes - 1])
    browser.chosen = [1, 0]
    assert len(captions(browser)) == 3 and picture(browser)


@pytest.mark.parametrize(
    "change, words",
    [
        ({"x": np.ones((60, 10))}, r"x has shape \(60, 10\); expected square pictures"),
        ({"t": np.zeros(59, int)}, r"t has shape \(59,\); expected .*\(60,\)"),
        ({"net": Net(np.full((60, 10), 5.0))}, r"net.predict\(x\) holds 5 to 5"),
    ],
)
def test_the_browser_says_what_it_needs(digits, change, words):
    x, t = digits
    arguments = {"net": TwoLayerNet(784, 6, 10, rng=0), "x": x, "t": t}
    with pytest.raises(ValueError, match=words):
        DigitBrowser(**arguments | change)
