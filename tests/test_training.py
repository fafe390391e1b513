"""The training loop against the book's, written out, and against a straight line's closed form."""

import copy

import numpy as np
import pytest
from small_training import ONES, TEST, Line, T, X, after, state, trainer_for

from dlscratch import History, Trainer, TwoLayerNet, perturbation

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
    history = trainer.run(20)
    assert history.train_loss_list == train_loss_list
    for key, weights in net.params.items():
        np.testing.assert_array_equal(trainer.net.params[key], weights)


def test_anything_with_params_can_be_trained():
    """From w = 0 with x = t = 1: w = 1 - (1 - 2 lr)^k after k steps, the loss (1 - w)^2."""
    trainer = trainer_for(Line(), ONES, ONES, learning_rate=0.1)
    history = trainer.run(20)
    assert trainer.net.params["w"] == pytest.approx(1 - 0.8**20)
    assert history.train_loss_list == pytest.approx([0.8 ** (2 * k) for k in range(1, 21)])
    assert history.epoch_list == pytest.approx([0, 1, 2, 20 / 9])
    for accuracies in (history.train_acc_list, history.test_acc_list):
        assert accuracies == pytest.approx([0, 1 - 0.8**18, 1 - 0.8**36, 1 - 0.8**40])


def test_digits_of_three_kinds_are_learnt():
    centres = np.random.default_rng(0).standard_normal((3, 4)) * 3
    trainer = trainer_for(train=(centres[T] + X / 10, T), test=None)
    assert trainer.run(300).train_acc_list[-1] == 1


def test_step_does_one_iteration_and_returns_its_loss():
    trainer = trainer_for()
    losses = [trainer.step() for _ in range(18)]
    assert trainer.history.train_loss_list == losses
    assert trainer.history.epoch_list == [0, 1, 2]
    assert state(trainer) == after(18)


def test_net_is_trained_in_place():
    trainer = trainer_for()
    W1, before = trainer.net.params["W1"], trainer.net.params["W1"].copy()
    trainer.run(1)
    assert trainer.net.params["W1"] is W1
    assert (W1 != before).all()


def test_data_is_not_changed():
    x, t = X.copy(), T.copy()
    x.flags.writeable = t.flags.writeable = False
    trainer_for(train=(x, t), test=(x, t)).run(10)


def test_float32_weights_stay_float32_whatever_float_the_learning_rate_is():
    nets = [TwoLayerNet(4, 5, 3, rng=1, dtype=np.float32) for _ in range(2)]
    for net, learning_rate in zip(nets, (0.1, np.float64(0.1)), strict=True):
        trainer_for(net, learning_rate=learning_rate).run(10)
    for name, weights in nets[0].params.items():
        assert weights.dtype == nets[1].params[name].dtype == np.float32
        np.testing.assert_array_equal(weights, nets[1].params[name])


def test_global_random_state_plays_no_part():
    np.random.seed(0)  # noqa: NPY002
    first = after(10)
    np.random.seed(1)  # noqa: NPY002
    assert after(10) == first


@pytest.mark.parametrize(
    ("n", "batch_size", "iterations"),
    [
        (60_000, 100, 600),
        (60_000, 128, 469),
        (60_000, 70, 858),
        (60, 60, 1),
        (60, 59, 2),
        (1, 1, 1),
    ],
)
def test_epoch_is_as_many_iterations_as_cover_the_data(n, batch_size, iterations):
    data = np.zeros(n), np.zeros(n)
    assert trainer_for(Line(), data, batch_size=batch_size).iter_per_epoch == iterations


@pytest.mark.parametrize(("batch_size", "points"), [(100, 18), (128, 23), (70, 13)])
def test_accuracy_of_the_chapters_run_has_a_point_each_epoch(batch_size, points):
    """10,000 iterations on 60,000 digits: before the first, each epoch's end, the run's end."""
    data = np.zeros(60_000), np.zeros(60_000)
    line = Line()
    line.accuracy = lambda x, t: 0.5
    history = trainer_for(line, data, data, batch_size=batch_size).run(10_000)
    assert len(history.epoch_list) == points
    assert history.epoch_list[:-1] == list(range(points - 1))
    assert history.epoch_list[-1] == 10_000 / -(-60_000 // batch_size)
    assert len(history.train_acc_list) == len(history.test_acc_list) == points


def test_accuracy_is_that_of_the_weights_at_that_time():
    trainer = trainer_for()
    expected = [(trainer.net.accuracy(X, T), trainer.net.accuracy(*TEST))]
    for _ in range(3):
        trainer.run(9)
        expected.append((trainer.net.accuracy(X, T), trainer.net.accuracy(*TEST)))
    history = trainer.history
    assert history.epoch_list == [0, 1, 2, 3]
    assert list(zip(history.train_acc_list, history.test_acc_list, strict=True)) == expected


def test_without_test_data_only_training_accuracy_is_noted():
    history = trainer_for(test=None).run(20)
    assert len(history.train_acc_list) == len(history.epoch_list) == 4
    assert history.test_acc_list == []


def test_run_of_no_iterations_notes_the_first_accuracy_once():
    trainer = trainer_for()
    trainer.run(0)
    trainer.run(0)
    assert trainer.history.train_loss_list == []
    assert trainer.history.epoch_list == [0]


@pytest.mark.parametrize("parts", [(20, 30), (9, 41), (1, 1, 48), (49, 1), (0, 50), (45, 5)])
def test_broken_run_ends_like_an_unbroken_one(parts):
    trainer = trainer_for()
    for iterations in parts:
        trainer.run(iterations)
    assert state(trainer) == after(50)


def test_steps_and_a_run_end_like_one_run():
    trainer = trainer_for()
    for _ in range(9):
        trainer.step()
    trainer.run(41)
    assert state(trainer) == after(50)


@pytest.mark.parametrize("gradient", GRADIENTS)
def test_slices_end_like_steps(gradient):
    train = np.tile(X, (50, 1)), np.tile(T, 50)  # accuracies in several slices
    trainer, steps = (trainer_for(train=train, gradient=gradient) for _ in range(2))
    shares = list(trainer.step_slices())
    steps.step()
    assert all(0 <= share <= 1 for share in shares)
    assert len(shares) > 3
    assert state(trainer) == state(steps)


@pytest.mark.parametrize("slices", range(1, 6))
def test_iteration_dropped_between_two_slices_has_not_begun(slices, monkeypatch):
    monkeypatch.setattr(perturbation, "UNITS_AT_ONCE", 1)
    trainer = trainer_for(gradient="numerical")
    trainer.run(3)
    before, work = state(trainer), trainer.step_slices()
    for _ in range(slices):  # of five hidden units
        assert 0 < next(work) <= 1
        assert state(trainer) == before
    work.close()
    trainer.run(17)
    assert state(trainer) == after(20, gradient="numerical")


def test_learning_rate_can_be_changed_on_the_way():
    trainer = trainer_for(Line(), ONES, ONES, learning_rate=0.1)
    trainer.run(5)
    trainer.learning_rate = 0.25
    trainer.run(5)
    assert trainer.net.params["w"] == pytest.approx(1 - 0.8**5 * 0.5**5)


@pytest.mark.parametrize("method", ["gradient", "loss"])
def test_error_in_the_network_leaves_the_last_finished_iteration(method):
    trainer = trainer_for()
    trainer.run(12)
    before = state(trainer)
    original = getattr(trainer.net, method)

    def failing(x, t):
        original(x, t)
        raise ZeroDivisionError

    setattr(trainer.net, method, failing)
    with pytest.raises(ZeroDivisionError):
        trainer.run(38)
    assert state(trainer) == before
    setattr(trainer.net, method, original)
    trainer.run(38)
    assert state(trainer) == after(50)


def test_gradient_that_fails_halfway_through_the_parameters_is_rolled_back():
    trainer = trainer_for()
    before = {name: weights.copy() for name, weights in trainer.net.params.items()}
    right = trainer.net.gradient
    trainer.net.gradient = lambda x, t: right(x, t) | {"b2": np.zeros((7, 3))}
    with pytest.raises(ValueError):
        trainer.step()
    for name, weights in before.items():
        np.testing.assert_array_equal(trainer.net.params[name], weights)


def test_error_in_the_accuracy_keeps_the_finished_iteration():
    trainer = trainer_for()
    original = trainer.net.accuracy
    trainer.net.accuracy = lambda x, t: original(x, t) if trainer.iteration < 9 else 1 / 0
    with pytest.raises(ZeroDivisionError):
        trainer.run(50)
    assert trainer.iteration == 9
    trainer.net.accuracy = original
    trainer.run(41)
    assert state(trainer) == after(50)


def test_divergence_is_an_error_that_keeps_the_last_good_weights():
    """w - 1 grows by 2 lr - 1 = -9 each step, and (w - 1)^2 beyond all floats at 9^161.6."""
    trainer = trainer_for(Line(), ONES, ONES, learning_rate=5)
    with pytest.raises(
        FloatingPointError, match=r"loss .* to inf at iteration 162.*learning_rate below 5\.0"
    ):
        trainer.run(200)
    assert trainer.iteration == 161
    assert trainer.net.params["w"] == pytest.approx(1 + 9.0**161)
    trainer.learning_rate = 0.5
    assert np.isfinite(trainer.step())


@pytest.mark.parametrize("gradient", GRADIENTS)
def test_learning_rate_of_a_million_is_told_at_its_first_step(gradient):
    """Softmax and sigmoid saturate, so that this loss is only very large, and finite."""
    trainer = trainer_for(gradient=gradient)
    trainer.run(5)
    before = state(trainer)
    trainer.learning_rate = 1e6
    message = (
        r"diverges: the loss went from [01]\.\d+ to .*e\+\d+ at iteration 6.* below 1000000\.0"
    )
    with pytest.raises(FloatingPointError, match=message):
        trainer.step()
    assert state(trainer) == before
    with pytest.raises(FloatingPointError, match="went from .* at iteration 1"):
        trainer_for(learning_rate=1e6, gradient=gradient).run(10)


def test_weight_that_overflows_is_told_although_the_loss_is_finite():
    net = TwoLayerNet(1, 1, 2, rng=0)
    right = net.gradient
    net.gradient = lambda x, t: right(x, t) | {"W1": np.array([[-1e308]])}  # sigmoid(inf) is 1
    trainer = Trainer(net, (np.ones((4, 1)), np.arange(4) % 2), batch_size=4, learning_rate=10)
    before = net.params["W1"].copy()
    with pytest.raises(FloatingPointError, match="is no longer finite at iteration 1"):
        trainer.run(1)
    np.testing.assert_array_equal(net.params["W1"], before)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["train", "test"])
def test_samples_that_are_not_finite_are_told_before_the_training(name, dtype, bad):
    x = np.zeros((5_000, 4), dtype)
    x[4_321, 2] = bad
    data = {"train": (X, T), "test": (X, T)} | {name: (x, np.zeros(5_000, int))}
    with pytest.raises(ValueError, match=f"{name} holds nan or inf .* number 4000 on"):
        trainer_for(**data)


def test_samples_as_large_as_floats_go_are_finite():
    trainer_for(train=(np.full((60, 4), 1e200), T))  # the sum of their squares is not


@pytest.mark.parametrize("gradient", GRADIENTS)
def test_batches_of_zeros_train_the_biases_alone(gradient):
    trainer = trainer_for(train=(np.zeros((60, 4)), T), gradient=gradient)
    before = copy.deepcopy(trainer.net.params)
    trainer.run(10)
    np.testing.assert_array_equal(trainer.net.params["W1"], before["W1"])
    assert (trainer.net.params["b2"] != before["b2"]).all()
    assert trainer.history.train_loss_list[-1] < trainer.history.train_loss_list[0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_network_that_diverges_keeps_finite_weights(dtype):
    net = TwoLayerNet(4, 5, 3, 1, rng=1, dtype=dtype)
    trainer = trainer_for(net, learning_rate=float(np.finfo(dtype).max))
    with pytest.raises(FloatingPointError, match="diverges"):
        trainer.run(100)
    assert all(np.isfinite(weights).all() for weights in net.params.values())


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"batch_size": 0}, ValueError, "batch_size is 0; expected 1 or more"),
        ({"batch_size": 61}, ValueError, "batch_size is 61, but there are 60 training samples"),
        ({"batch_size": 7.0}, TypeError, "batch_size is 7.0; expected an integer"),
        ({"batch_size": None}, TypeError, "batch_size is None; expected an integer"),
        ({"batch_size": True}, TypeError, "batch_size is True; expected an integer"),
        ({"learning_rate": 0}, ValueError, "learning_rate is 0; expected a positive number"),
        ({"learning_rate": -0.1}, ValueError, "learning_rate is -0.1"),
        ({"learning_rate": np.nan}, ValueError, "learning_rate is nan"),
        ({"learning_rate": np.inf}, ValueError, "learning_rate is inf"),
        ({"gradient": "backwards"}, ValueError, r"'backwards'; expected one of \['backprop'"),
        ({"train": (X, T[:-1])}, ValueError, r"train has samples of shape \(60, 4\).* \(59,\)"),
        ({"train": (X[:0], T[:0])}, ValueError, r"train has samples of shape \(0, 4\)"),
        ({"train": X}, ValueError, r"train must be a pair \(x, t\)"),
        ({"train": None}, ValueError, r"train must be a pair \(x, t\)"),
        ({"test": (X[:5], T)}, ValueError, r"test has samples of shape \(5, 4\)"),
        ({"test": (X, T, X)}, ValueError, r"test must be a pair \(x, t\)"),
    ],
)
def test_setting_out_of_range_is_an_error(settings, error, message):
    with pytest.raises(error, match=message):
        trainer_for(**settings)


@pytest.mark.parametrize(
    ("iters_num", "error"), [(-1, ValueError), (10.0, TypeError), ("10", TypeError)]
)
@pytest.mark.parametrize("method", ["run", "estimate_seconds"])
def test_number_of_iterations_that_is_none_is_an_error(method, iters_num, error):
    with pytest.raises(error, match=f"iters_num is {iters_num!r}; expected"):
        getattr(trainer_for(), method)(iters_num)


def test_history_starts_empty():
    assert History() == History([], [], [], [])
    assert History().train_loss_list is not History().train_loss_list
