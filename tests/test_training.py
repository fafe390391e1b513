"""The training loop against the book's, written out, and against a straight line's closed form."""

import numpy as np
import pytest
from small_training import ONES, Line, T, X, after, state, trainer_for

from dlscratch import History, Trainer, TwoLayerNet

GRADIENTS = {"backprop": "gradient", "numerical": "numerical_gradient"}


@pytest.mark.parametrize("gradient", ["backprop", "numerical"])
@pytest.mark.parametrize("targets", [T, np.eye(3)[T]])
def test_training_is_the_books_loop(targets, gradient):
    net, rng = TwoLayerNet(4, 5, 3, 1, rng=1), np.random.default_rng(2)
    train_loss_list = []
    for _ in range(20):
        batch_mask = rng.choice(60, 7)
        x_batch, t_batch = X[batch_mask], targets[batch_mask]
        grad = getattr(net, GRADIENTS[gradient])(x_batch, t_batch)
        for key in ("W1", "b1", "W2", "b2"):
            net.params[key] -= 0.5 * grad[key]
        train_loss_list.append(net.loss(x_batch, t_batch))

    trainer = trainer_for(train=(X, targets), learning_rate=0.5, gradient=gradient)
    W1 = trainer.net.params["W1"]
    history = trainer.run(20)
    assert trainer.net.params["W1"] is W1  # the network is trained in place
    assert history.train_loss_list == train_loss_list
    for key, weights in net.params.items():
        np.testing.assert_array_equal(trainer.net.params[key], weights)


def test_anything_with_params_can_be_trained():
    """From w = 0 with x = t = 1: w = 1 - (1 - 2 lr)^k after k steps, the loss (1 - w)^2.

    The test data have t = 0, and so the loss w^2.
    """
    trainer = trainer_for(Line(), ONES, (ONES[0], np.zeros(60)), learning_rate=0.1)
    history = trainer.run(20)
    assert trainer.net.params["w"] == pytest.approx(1 - 0.8**20)
    assert history.train_loss_list == pytest.approx([0.8 ** (2 * k) for k in range(1, 21)])
    assert history.epoch_list == pytest.approx([0, 1, 2, 20 / 9])
    left = np.array([1, 0.8**9, 0.8**18, 0.8**20])  # 1 - w at these times
    assert history.train_acc_list == pytest.approx(1 - left**2)
    assert history.test_acc_list == pytest.approx(1 - (1 - left) ** 2)


def test_settings_are_the_chapters_where_none_are_given():
    trainer = Trainer(Line(), (np.ones(100), np.ones(100)))
    assert (trainer.batch_size, trainer.learning_rate, trainer.gradient) == (100, 0.1, "backprop")


def test_step_does_one_iteration_and_measures_accuracies_once_an_epoch():
    trainer, measured = trainer_for(), []
    accuracy = trainer.net.accuracy
    trainer.net.accuracy = lambda x, t: measured.append(len(x)) or accuracy(x, t)
    losses = [trainer.step() for _ in range(18)]
    assert trainer.history.train_loss_list == losses
    assert trainer.history.epoch_list == [0, 1, 2]
    assert state(trainer) == after(18)
    trainer.run(9)
    assert measured == [60, 30] * 5  # before the first, three epochs, and the end of the run


def test_float32_weights_stay_float32_whatever_float_the_learning_rate_is():
    nets = [TwoLayerNet(4, 5, 3, rng=1, dtype=np.float32) for _ in range(2)]
    for net, learning_rate in zip(nets, (0.1, np.float64(0.1)), strict=True):
        trainer_for(net, learning_rate=learning_rate).run(10)
    for name, weights in nets[0].params.items():
        assert weights.dtype == nets[1].params[name].dtype == np.float32
        np.testing.assert_array_equal(weights, nets[1].params[name])


@pytest.mark.parametrize(
    ("n", "batch_size", "epoch"), [(60_000, 100, 600), (60_000, 70, 858), (60, 60, 1), (60, 59, 2)]
)
def test_epoch_is_as_many_iterations_as_cover_the_data(n, batch_size, epoch):
    """Accuracies are measured before the first, at each epoch's end and at the run's end."""
    data = np.zeros(n), np.zeros(n)
    history = trainer_for(Line(), data, data, batch_size=batch_size).run(2_000)
    assert history.epoch_list == sorted({*range(2_000 // epoch + 1), 2_000 / epoch})


def test_without_test_data_no_accuracy_is_measured():
    """The book's loop of 4.5.2: nothing but the loss, and no time for anything else."""
    trainer, both = trainer_for(test=None), trainer_for()
    trainer.net.accuracy = None
    losses = trainer.run(10).train_loss_list
    assert trainer.history == History(losses)
    assert losses == both.run(10).train_loss_list


@pytest.mark.parametrize("parts", [(20, 30), (9, 41), (0, 0, 50)])
def test_broken_run_ends_like_an_unbroken_one(parts):
    trainer = trainer_for()
    for iterations in parts:
        trainer.run(iterations)
    assert state(trainer) == after(50)


@pytest.mark.parametrize("left_after", [1, 2, 9, 10, 11])
def test_iterations_that_are_left_are_whole(left_after):
    """Also between the accuracies of training and test data, which the next run then measures."""
    trainer = trainer_for()
    for k, _loss in enumerate(trainer.iterations(50), start=1):
        if k == left_after:
            break
    trainer.run(50 - trainer.iteration)
    assert state(trainer) == after(50)


def test_run_between_two_iterations_of_another_program_is_the_same_training():
    trainer = trainer_for()
    paused = trainer.iterations(20)
    next(paused)
    trainer.run(20)
    for _ in paused:
        pass
    trainer.run(10)
    assert state(trainer) == after(50)


@pytest.mark.parametrize("setting", ["batch_size", "train"])
def test_setting_that_counts_the_epochs_stays(setting):
    trainer = trainer_for()
    trainer.run(9)
    with pytest.raises(AttributeError, match=f"{setting} cannot be changed.*Make a new Trainer"):
        setattr(trainer, setting, getattr(trainer, setting))


@pytest.mark.parametrize(("method", "finished"), [("gradient", 12), ("loss", 12), ("accuracy", 18)])
def test_error_in_the_network_leaves_the_last_finished_iteration(method, finished):
    trainer = trainer_for()
    trainer.run(12)
    original = getattr(trainer.net, method)

    def failing(x, t):
        original(x, t)
        raise ZeroDivisionError

    setattr(trainer.net, method, failing)
    with pytest.raises(ZeroDivisionError):
        trainer.run(38)
    assert trainer.iteration == finished
    setattr(trainer.net, method, original)
    trainer.run(50 - finished)
    assert state(trainer) == after(50)


GRADS = {name: np.zeros(w.shape) for name, w in TwoLayerNet(4, 5, 3).params.items()}


@pytest.mark.parametrize(
    ("grads", "error", "message"),
    [
        ({"W1": GRADS["W1"]}, ValueError, r"\(4, 5\)}; expected .* 'b2': \(3,\)}"),
        (GRADS | {"W1": np.zeros((1, 5))}, ValueError, r"shapes {'W1': \(1, 5\), "),
        (GRADS | {"b1": [1j] * 5}, TypeError, "has dtype complex128; expected numbers"),
        (True, TypeError, "is a bool; expected a dict"),
    ],
)
def test_gradient_that_does_not_fit_is_refused_by_name(grads, error, message):
    """Some of them broadcast, and a forgotten one would only stay as it is."""
    trainer = trainer_for()
    before = state(trainer)
    trainer.net.gradient = lambda x, t: grads
    with pytest.raises(error, match=rf"net\.gradient .*{message}"):
        trainer.step()
    assert state(trainer)[:2] == before[:2]


@pytest.mark.parametrize("gradient", GRADIENTS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_numbers_too_small_for_a_float_are_no_error(gradient, dtype):
    """With such weights most probabilities underflow to 0, and their gradients with them."""

    def trainer():
        net = TwoLayerNet(4, 5, 3, 1, rng=1, dtype=dtype)
        net.params["W1"] *= 50
        net.params["W2"] *= 3_000
        return trainer_for(net, gradient=gradient, learning_rate=1e-9)

    usual, strict = trainer(), trainer()
    usual.run(20)
    with np.errstate(all="raise"):
        assert strict.estimate_seconds(10) > 0
        strict.run(20)
    assert state(strict) == state(usual)


def test_bar_ends_with_the_last_loss(capsys):
    history = trainer_for().run(20)
    assert f"loss {history.train_loss_list[-1]:.3f}" in capsys.readouterr().err.split("\r")[-1]


def test_divergence_is_an_error_that_keeps_the_last_good_weights():
    """w - 1 grows by 2 lr - 1 = -9 each step, and (w - 1)^2 beyond all floats at 9^161.6."""
    trainer = trainer_for(Line(), ONES, ONES, learning_rate=5)
    with pytest.raises(
        FloatingPointError, match=r"iteration 162 the loss .* to inf\..*learning_rate below 5\.0"
    ):
        trainer.run(200)
    assert trainer.iteration == 161
    assert trainer.net.params["w"] == pytest.approx(1 + 9.0**161)
    trainer.learning_rate = 0.5
    assert np.isfinite(trainer.step())


@pytest.mark.parametrize(
    ("before", "after", "diverges"),
    [(2, 1_999, False), (2, 2_001, True), (0.01, 999, False), (0.01, 1_001, True)],
)
def test_loss_a_thousand_times_as_large_is_a_divergence(before, after, diverges):
    trainer, losses = trainer_for(Line(), ONES, ONES), iter([before, after])
    trainer.net.loss, trainer.net.accuracy = lambda x, t: next(losses), lambda x, t: 0
    if diverges:
        with pytest.raises(
            FloatingPointError, match=f"iteration 1 the loss goes from {before} to {after}"
        ):
            trainer.step()
    else:
        assert trainer.step() == after


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("params", "b1 of net.params"),
        ("loss", "loss of net"),
        ("gradient", "W2 of net.gradient"),
        ("update", "b1 of net.params"),  # the loss is finite, as sigmoid(inf) is 1
    ],
)
def test_what_gave_a_number_that_is_not_finite_is_named(part, name):
    trainer = trainer_for(learning_rate=10)
    net, grads = trainer.net, trainer.net.gradient(X, T)
    if part == "params":
        net.params["b1"][1] = np.inf
    elif part == "loss":
        net.loss = lambda x, t: np.nan
    else:
        grads["W2"][:] = np.nan if part == "gradient" else 0
        grads["b1"][:] = -1e308
        net.gradient = lambda x, t: grads
    before = state(trainer)
    with pytest.raises(FloatingPointError, match=f"{name} holds nan or inf in iteration 1"):
        trainer.step()
    assert state(trainer)[:2] == before[:2]


@pytest.mark.parametrize("method", ["loss", "accuracy"])
def test_method_that_returns_no_number_is_named(method):
    trainer = trainer_for()
    setattr(trainer.net, method, lambda x, t: [1.0, 2.0])
    with pytest.raises(TypeError, match=rf"net\.{method}\(x, t\) is .*; expected one number"):
        trainer.run(1)
    assert trainer.iteration == 0


@pytest.mark.parametrize("name", ["train", "test"])
def test_samples_that_are_not_finite_are_told_before_the_training(name):
    x = np.full((5_000, 4), 1e200)  # the sum of their squares is not finite, they are
    trainer_for(train=(x, np.zeros(5_000, int)))
    x[4_321, 2] = np.nan
    with pytest.raises(ValueError, match=f"{name} holds nan or inf among its samples"):
        trainer_for(**{name: (x, np.zeros(5_000, int))})


def net_of(**params):
    net = Line()
    net.params = params
    return net


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"net": 5}, TypeError, "net is a int without params; a Trainer needs"),
        ({"net": net_of(W1=[1.0])}, TypeError, r"W1 of net\.params is list"),
        ({"net": net_of()}, ValueError, r"net\.params is empty"),
        ({"net": net_of(w=ONES[0]), "gradient": "numerical"}, TypeError, "without numerical_gradi"),
        ({"batch_size": 0}, ValueError, "batch_size is 0; expected 1 or more"),
        ({"batch_size": 61}, ValueError, "batch_size is 61, but there are 60 training samples"),
        ({"learning_rate": 0}, ValueError, "learning_rate is 0; expected a positive number"),
        ({"gradient": []}, ValueError, r"gradient is \[\]; expected one of \['backprop'"),
        ({"train": (X, T[:-1])}, ValueError, r"train has samples of shape \(60, 4\).* \(59,\)"),
        ({"train": (X[:0], T[:0])}, ValueError, r"train has samples of shape \(0, 4\)"),
        ({"train": None}, ValueError, r"train must be a pair \(x, t\)"),
        ({"train": (list("abcdef"), range(6))}, TypeError, "x of train has dtype <U1;"),
        ({"test": (X[:5], T)}, ValueError, r"test has samples of shape \(5, 4\)"),
    ],
)
def test_setting_out_of_range_is_an_error(settings, error, message):
    with pytest.raises(error, match=message):
        trainer_for(**settings)


def test_number_of_iterations_that_is_none_is_an_error():
    with pytest.raises(ValueError, match="iters_num is -1; expected"):
        trainer_for().run(-1)
