import numpy as np
import pytest
from all_digits import mnist
from label_forms import FORMS
from matplotlib.text import Text

from dlscratch import Trainer, TwoLayerNet
from dlscratch.snapshots import train_with_snapshots
from dlscratch.widgets import SnapshotBrowser, snapshots


@pytest.fixture(scope="module")
def data():
    (x_train, t_train), (x_test, t_test) = mnist()
    return (x_train[:200], t_train[:200]), (x_test[:60], t_test[:60])


@pytest.fixture
def trainer(data):
    net = TwoLayerNet(784, 6, 10, rng=0)
    return Trainer(net, *data, batch_size=20, learning_rate=0.5, rng=0)


def texts(ax):
    return [text.get_text() for text in ax.texts]


@pytest.fixture
def figures(monkeypatch):
    """Return a list of the figures whose pictures a browser shows; it does show them."""
    drawn, png_bytes = [], snapshots.png_bytes

    def noted(figure):
        drawn.append(figure)
        return png_bytes(figure)

    monkeypatch.setattr(snapshots, "png_bytes", noted)
    return drawn


def test_the_pictures_show_the_network_at_its_moment(trainer, figures):
    nets = train_with_snapshots(trainer, (15, 30))
    browser = SnapshotBrowser(trainer, nets)
    x, t = trainer.test
    accuracy = nets[15].accuracy(x, t)
    assert browser.view["said"] == f"After iteration 15: test accuracy {100 * accuracy:.1f} %"
    (weights, _bar), (matrix,), (loss,), readings = (figure.axes for figure in figures)
    drawn = np.ma.getdata(weights.images[0].get_array())
    assert np.isin(nets[15].params["W1"], drawn).all()  # all six units
    assert [line.get_xdata()[0] for line in loss.lines if line.get_color() == "black"] == [15]
    assert len(loss.lines[0].get_xdata()) == 30
    assert sum(int(count) for count in texts(matrix)) == len(t)
    read = nets[15].predict(x[[0, 1, 8]]).argmax(axis=1)
    captions = [texts(left)[0] for left in readings[::2]]
    assert [caption.split(">")[-1] for caption in captions] == [str(digit) for digit in read]
    for k, right in zip((0, 1, 8), readings[1::2], strict=True):
        heights = [bar.get_height() for bar in right.patches]
        np.testing.assert_allclose(heights, 100 * nets[15].predict(x[k]))


def test_letters_have_nine_pixels_where_a_picture_has_280(trainer, figures):
    SnapshotBrowser(trainer, {0: trainer.net})
    for figure in figures:
        sizes = [text.get_size() for text in figure.findobj(Text) if text.get_text()]
        assert min(sizes) / 72 * 280 / figure.get_figwidth() >= 9


def test_there_may_be_few_digits_and_classes_and_labels_of_other_forms(data, figures):
    net = TwoLayerNet(784, 1, 3, rng=0)
    x, labels = data[1][0][:3], [2, 0, 1]
    trainer = Trainer(net, (x, labels), rng=0, batch_size=1)
    trainer.test = x, FORMS["series"](labels)
    SnapshotBrowser(trainer, {0: net})  # three digits: fewer than there are rows to draw
    _, (matrix,), _, readings = (figure.axes for figure in figures)
    read = net.predict(x).argmax(axis=1).tolist()
    expected = [f"{t}" if t == y else f"{t}>{y}" for t, y in zip(labels, read, strict=True)]
    assert [texts(left)[0] for left in readings[::2]] == expected[:2]
    assert sum(int(count) for count in texts(matrix)) == 3


def test_a_training_without_test_data_cannot_be_browsed(trainer):
    trainer.test = None
    with pytest.raises(ValueError, match="no test data"):
        SnapshotBrowser(trainer, {0: trainer.net})


def test_each_moment_has_its_own_pictures(trainer):
    nets = {n: TwoLayerNet(784, 6, 10, rng=n) for n in (3, 0, 1)}
    trainer.run(3)
    browser = SnapshotBrowser(trainer, nets)
    assert [option["text"] for option in browser.lists[0]["options"]] == ["0", "1", "3"]
    pictures = []
    for index, moment in enumerate((0, 1, 3)):
        browser.chosen = [0, index]
        assert browser.view["said"].startswith(f"After iteration {moment}: test accuracy")
        pictures.append([picture["png"] for picture in browser.view["pictures"]])
    for part in zip(*pictures, strict=True):  # the four parts, each at three moments
        assert part[0].startswith(b"\x89PNG") and len(set(part)) == 3


@pytest.mark.parametrize("nothing", [{}, [], None])
def test_no_snapshots_cannot_be_browsed(trainer, nothing):
    with pytest.raises(ValueError, match="snapshots is .*; expected those of"):
        SnapshotBrowser(trainer, nothing)
