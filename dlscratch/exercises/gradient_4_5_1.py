"""The checks of notebook 4.5.1, exercises 4 and 5: the gradient by moving, and by formula."""

import contextlib
import copy
import sys

import numpy as np

from dlscratch.exercises.check import (
    Answer,
    Wrong,
    call,
    exercise,
    filled,
    named,
    numbers,
    same,
    shape_of,
    unfilled,
)
from dlscratch.functions import sigmoid
from dlscratch.gradient import plain_loop
from dlscratch.two_layer_net import TwoLayerNet
from dlscratch.words import say


@exercise(
    "First keep the number that you are going to move: W = net.params[name], then W[index].",
    "Write W[index] = value + h and take net.loss(x, t); then the same with value - h.",
    "Put W[index] = value back. Divide the difference of the losses by the way from -h to +h.",
)
def check_one_weight(report, slope):
    """Check a central difference for one parameter of a network.

    Parameters
    ----------
    slope : callable
        slope(net, x, t, name, index, h) moves net.params[name][index] by h up and down and
        returns the slope of net.loss(x, t).
    """
    x = np.array([[1.0, -2.0, 0.5], [0.5, 1.0, 2.0], [-1.0, 0.5, 1.5]])
    t = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    # h is so large that the forward and the central difference are not the same.
    places = [("W1", (2, 3), 0.2), ("b2", (1,), 0.3), ("W2", (0, 1), 0.2), ("b1", (2,), 0.1)]
    nets = [_fresh_net() for _ in places]
    before = copy.deepcopy(nets[0].params)
    for net, (name, index, h) in zip(nets, places, strict=True):
        _judge_slope(slope, net, x, t, name, index, h)
    report.right("the slope is the central difference")
    for net, (name, index, _) in zip(nets, places, strict=True):
        _judge_restored(net.params, before, name, index)
    report.right("the network is what it was before")


def _slope_of(slope, net, x, t, name, index, h):
    """Return what the learner's function gives; say if it moves the pictures."""
    pictures = x.copy()
    try:
        result = call(slope, net, pictures, t, name, index, h)
    except Wrong:
        if not np.array_equal(pictures, x):
            raise _moved_x() from None
        raise
    return numbers(result, (), "slope(net, x, t, name, index, h)")


def _moved_x():
    return Wrong("you moved x, the pictures: move W[index], one number of the network.")


def _judge_slope(slope, net, x, t, name, index, h):
    """Compare a slope with the central difference, and with what known mistakes give."""
    given = _slope_of(slope, net, x, t, name, index, h)
    net = _fresh_net()
    down, here, up = (_loss_moved(net, x, t, name, index, move) for move in (-h, 0, h))
    right = (up - down) / (2 * h)
    values = {"name": name, "index": ", ".join(map(str, index)), "h": h, "given": given}
    answer = Answer(given, right, **values)
    if answer.is_right:
        return
    answer.mistake("/ 2 * h divides by 2 and then multiplies by h: write / (2 * h).", right * h * h)
    answer.mistake(
        "the slope is 0: both losses are those of the unchanged net. W[index] = value + h "
        "changes it; value + h alone does not, nor does a copy of W.",
        0,
    )
    answer.mistake("the slope is twice too large: how far is it from -h to +h?", 2 * right)
    answer.mistake("the sign is wrong: take the loss at +h minus the loss at -h.", -right)
    answer.mistake("this compares +h with no move at all; compare it with -h.", (up - here) / h)
    answer.mistake("this compares -h with no move at all; compare it with +h.", (here - down) / h)
    answer.mistake(
        "the second loss is that of the unmoved weight: from +h down to -h it is 2 * h.",
        (up - here) / (2 * h),
    )
    answer.mistake("the two losses are right, but their difference is not divided.", up - down)
    if same(given, (net.loss(x + h, t) - net.loss(x - h, t)) / (2 * h)):
        raise _moved_x()
    answer.mistake(
        "with h and with 2 * h your slope is the same: use the h that the function is given, not "
        "one of its own.",
        _slope_of(slope, _fresh_net(), x, t, name, index, 2 * h),
    )
    answer.otherwise("{name}[{index}], h={h}: {given:.6f}; expected {right:.6f}.")


def _fresh_net():
    return TwoLayerNet(3, 4, 2, weight_init_std=1.0, rng=0)


def _loss_moved(net, x, t, name, index, move):
    """Loss of a copy of the network with one parameter moved."""
    net = copy.deepcopy(net)
    net.params[name][index] += move
    return net.loss(x, t)


def _judge_restored(params, before, name, index):
    """Say how the parameters differ from what they were before the learner's function."""
    up = params[name][index] - before[name][index]
    if up > 1e-9:
        raise Wrong(
            "afterwards the weight is {moved:.4g} too high: put its old value back.", moved=up
        )
    if up < -1e-9:
        raise Wrong(
            "afterwards the weight is {moved:.4g} too low: put its old value back.", moved=-up
        )
    if any(not np.array_equal(params[key], before[key]) for key in before):
        raise Wrong(
            "the weight is not exactly what it was: adding and subtracting h loses digits; "
            "keep the old value and put that back."
        )


@exercise(
    "Go backwards. The gradient of the loss for a2 is da2 = (y - t) / n.",
    "From a = z @ W + b follow three gradients: z.T @ da for W, the sum of da over the "
    "pictures for b, and da @ W.T for z.",
    "The slope of sigmoid is z1 * (1 - z1), and da1 is that times the gradient for z1. "
    "Then W1 and b1 follow from x and da1 as W2 and b2 follow from z1 and da2.",
)
def check_backprop(report, gradient):
    """Check backpropagation through the two-layer network against central differences.

    Parameters
    ----------
    gradient : callable
        gradient(net, x, t) takes a TwoLayerNet, samples and one-hot rows and returns a dict
        with the gradient of each parameter.
    """
    net, x, t = _small_net_and_batch(n=6)
    right = plain_loop(net, x, t)
    first_step = say("W2 is next: z1.T @ da2, with da2 = (y - t) / n.")
    next_step = {  # nearest to the loss first
        "W2": first_step,
        "b2": say("b2 is next: the sum of da2 over the pictures."),
        "W1": say("W1 is next: x.T @ da1, where da1 is da2 @ W2.T times the slope of sigmoid."),
        "b1": say("b1 is next: the sum of da1 over the pictures."),
    }
    grads = dict.fromkeys(right, ...)
    with report.part(first_step):
        grads = _gradient_of(gradient, net, x, t)
    if all(unfilled(grad) for grad in grads.values()):  # perhaps da2 is there already
        with report.part(first_step, "da2"):
            da2 = filled(_local(gradient, "da2", net, x, t))
            _judge_gradient("da2", da2, _right_da2(net, x, t), net, x, t)
    for name in next_step:
        with report.part(next_step[name], name):
            _judge_gradient(name, grads[name], right[name], net, x, t)
    if net.asked:
        raise Wrong(
            "these are the numbers of net.gradient, and they are right. Here, write its "
            "formulas yourself."
        )
    if report.next_step is None:
        net, x, t = _small_net_and_batch(n=2)
        grads, right = _gradient_of(gradient, net, x, t), plain_loop(net, x, t)
        for name in next_step:
            grad = Answer(numbers(grads[name], right[name].shape, name), right[name], name=name)
            grad.otherwise("{name} is right for 6 pictures and wrong for 2: divide by len(x).")


class _Asked(TwoLayerNet):
    """A network that notes whether its own gradient is asked for."""

    asked = False

    def numerical_gradient(self, x, t):
        self.asked = True
        return super().numerical_gradient(x, t)

    def gradient(self, x, t):
        self.asked = True
        return super().gradient(x, t)


def _small_net_and_batch(n):
    rng = np.random.default_rng(0)
    net = _Asked(5, 4, 3, weight_init_std=1.0, rng=rng)
    net.params["b1"], net.params["b2"] = rng.standard_normal(4), rng.standard_normal(3)
    return net, rng.standard_normal((n, 5)), np.eye(3)[rng.integers(3, size=n)]


def _gradient_of(gradient, net, x, t):
    """Return the learner's gradient by name, if it has left the network as it was."""
    before = copy.deepcopy(net.params)
    grads = call(gradient, net, x, t)
    for name, W in before.items():
        if not np.array_equal(W, net.params[name]):
            raise Wrong("{name} of the network is changed: only compute its gradient.", name=name)
    return named(grads, before, "gradient(net, x, t)")


def _local(function, name, *args):
    """Return what a local variable of the learner's function holds when it returns."""
    found = {}

    def look(frame, event, _):
        if event == "return" and frame.f_code is getattr(function, "__code__", None):
            found.update(frame.f_locals)

    before = sys.getprofile()
    sys.setprofile(look)
    with contextlib.suppress(Exception):  # `call` has said what stops it
        function(*args)
    sys.setprofile(before)
    return found.get(name, ...)


def _right_da2(net, x, t):
    return (net.predict(x) - t) / len(x)


def _judge_gradient(name, grad, right, net, x, t):
    """Judge the gradient of one parameter."""
    n = len(x)
    if name[0] == "b" and shape_of(grad) == (n, *right.shape):
        raise Wrong("{name} has a row for each picture: take their sum.", name=name)
    grad = numbers(grad, right.shape, name)
    grad = Answer(grad, right, name=name, n=n, difference=np.abs(grad - right).max())
    grad.mistake("{name} is {n} times too large with {n} pictures: the loss is a mean.", n * right)
    grad.mistake(
        "{name} is {n} times too small with {n} pictures: divide by n only once.", right / n
    )
    grad.mistake("{name} has the wrong sign: is it y - t?", -right)
    if name == "W1":
        _judge_slope_of_sigmoid(grad, net, x, t)
    grad.otherwise("{name} differs from the central differences by up to {difference:.4g}.")


def _judge_slope_of_sigmoid(grad, net, x, t):
    """Say what is wrong with the slope of sigmoid, which the gradient of W1 needs."""
    a1 = x @ net.params["W1"] + net.params["b1"]
    z1 = sigmoid(a1)
    again = sigmoid(z1)
    dz1 = _right_da2(net, x, t) @ net.params["W2"].T
    grad.mistake("W1: where is the slope of sigmoid?", x.T @ dz1)
    grad.mistake("W1: z1 is sigmoid(a1) itself; its slope is z1 * (1 - z1).", x.T @ (dz1 * z1))
    grad.mistake(
        "W1: the slope of sigmoid is z1 * (1 - z1), with z1, not a1.",
        x.T @ (dz1 * a1 * (1 - a1)),
    )
    grad.mistake(
        "W1: z1 is already sigmoid(a1), and here sigmoid is applied to it again.",
        x.T @ (dz1 * again * (1 - again)),
    )
