"""Mini-batch gradient descent that can be stopped, saved and continued (book 4.5.2, 4.5.3)."""

import copy
import math
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from dlscratch import checks, estimate
from dlscratch.interrupts import CtrlC, undisturbed
from dlscratch.saved_run import read_run, write_run
from dlscratch.threads import finish
from dlscratch.words import _

GRADIENTS = {"backprop": "gradient", "numerical": "numerical_gradient"}
DIVERGED = 1_000  # times the loss before: no step in the right direction does that


@dataclass
class History:
    """What a training leaves behind.

    Attributes
    ----------
    train_loss_list : list of float
        Loss on its own mini-batch after each iteration's update.
    epoch_list : list of float
        When the accuracies were measured: 0 before the first iteration, then at the end of
        each epoch; a run that ends inside an epoch adds its end, until it is continued.
    train_acc_list, test_acc_list : list of float
        Accuracy, 0..1, on all training and all test data at those times; none without test data.
    """

    train_loss_list: list = field(default_factory=list)
    epoch_list: list = field(default_factory=list)
    train_acc_list: list = field(default_factory=list)
    test_acc_list: list = field(default_factory=list)


class Trainer:
    """Mini-batch gradient descent on a network, one iteration at a time.

    Parameters
    ----------
    net : object
        Has a dict `params` of float arrays, the methods `loss(x, t)` and `accuracy(x, t)`,
        and the gradient method that is asked for. Its parameters are changed in place.
    train : (x, t)
        Samples and targets to learn from; mini-batches are drawn from them with
        replacement, as in the book.
    test : (x, t) or None
        With test data both accuracies are measured (book 4.5.3), else the loss alone (4.5.2).
    batch_size : int
        Samples in a mini-batch.
    learning_rate : float
        How far a step goes along the gradient.
    gradient : "backprop" or "numerical"
        Use `net.gradient` or `net.numerical_gradient`.
    rng : numpy.random.Generator, int or None
        Draws the mini-batches; a seed draws the same ones every time.

    Attributes
    ----------
    history : History
        Losses and accuracies so far.
    iteration : int
        Iterations done so far.
    iter_per_epoch : int
        Iterations in an epoch: ceil(n / batch_size).
    measured : float
        While an accuracy is being measured: the share of the samples that is done; else 0.

    Raises
    ------
    ValueError, TypeError
        If a setting is out of its range, samples and targets differ in number or hold nan or
        inf, or `net` lacks what is needed.

    Examples
    --------
    >>> from dlscratch import TwoLayerNet, load_mnist
    >>> train, test = load_mnist()
    >>> trainer = Trainer(TwoLayerNet(784, 50, 10, rng=0), train, test, rng=0)
    >>> history = trainer.run(10_000)
    """

    def __init__(
        self,
        net,
        train,
        test=None,
        *,
        batch_size=100,
        learning_rate=0.1,
        gradient="backprop",
        rng=None,
    ):
        self.train = checks.as_data(train, "train")
        self.test = None if test is None else checks.as_data(test, "test")
        self.batch_size = checks.as_batch_size(batch_size, len(self.train[0]))
        # a float of Python, since one of NumPy would widen float32 weights
        self.learning_rate = float(checks.as_positive(learning_rate, "learning_rate"))
        self.gradient = checks.as_choice(gradient, "gradient", list(GRADIENTS))
        self.net = checks.as_net(net, GRADIENTS[gradient])
        self.rng = np.random.default_rng(rng)
        self.history = History()
        self.measured = 0.0
        self._ctrl_c = CtrlC()

    @property
    def iteration(self):
        """Count the iterations done so far."""
        return len(self.history.train_loss_list)

    @property
    def iter_per_epoch(self):
        """Count the iterations of an epoch: ceil(n / batch_size)."""
        return -(-len(self.train[0]) // self.batch_size)

    def step(self):
        """Do one iteration and return its loss.

        Raises
        ------
        FloatingPointError
            If the training diverges: after the update the loss is not finite, or more than a
            thousand, and a thousand times the one before. As with any error or Ctrl-C in the
            middle of an iteration, parameters, random state and history are put back to where
            the iteration began.
        ValueError, TypeError
            If the gradient does not have the names and shapes of the parameters.
        """
        finish(self.step_slices())
        return self.history.train_loss_list[-1]

    def step_slices(self):
        """Do one iteration in slices, so that a program can do other things in between.

        If the network has a generator for the gradient or the accuracy, such as
        `numerical_gradient_slices`, the work pauses where the generator does. Between two
        slices, and when the generator is dropped, the trainer stands as before the iteration
        or as after it, never in between.

        Yields
        ------
        float
            Share of the iteration under way that is done; 0 once it is counted.
        """
        if self._epoch_ends():  # before the first iteration
            yield from self.record_accuracy_slices()
        yield from self._update_slices()
        yield 0.0
        if self._epoch_ends():
            yield from self.record_accuracy_slices()

    @undisturbed
    def _update_slices(self):
        """Draw a mini-batch, take a step down its gradient, and note the loss after it."""
        params = checks.as_params(self.net.params)
        losses = self.history.train_loss_list
        params_before = {name: weights.copy() for name, weights in params.items()}
        random, iteration = self.rng.bit_generator, self.iteration
        random_before = random.state
        try:
            x, t = self._next_batch()
            random_after, random.state = random.state, random_before  # until the step is done
            grads = yield from self._in_slices(GRADIENTS[self.gradient], x, t)
            grads = checks.as_gradient_of(params, grads, f"net.{GRADIENTS[self.gradient]}")
            loss_before = losses[-1] if losses else self._loss(x, t)
            for name, grad in grads.items():
                params[name] -= self.learning_rate * grad
            loss = self._loss(x, t)
            self._check_divergence(loss_before, loss)
            losses.append(loss)
            random.state = random_after
        except GeneratorExit:  # dropped between two slices of the gradient: nothing has changed
            raise
        except BaseException:
            for name, weights in params_before.items():
                params[name][...] = weights
            random.state = random_before
            del losses[iteration:]
            raise

    def _next_batch(self):
        x, t = self.train
        batch_mask = self.rng.integers(len(x), size=self.batch_size).astype(np.intp, copy=False)
        return x.take(batch_mask, axis=0), t[batch_mask]  # the same as x[batch_mask], but faster

    def _in_slices(self, method, x, t):
        """Call a method of the network, in slices if it can."""
        if not checks.has_slices(self.net, method):
            return self._ctrl_c.interruptible(getattr(self.net, method), x, t)
        slices = getattr(self.net, f"{method}_slices")(x, t)
        return (yield from self._ctrl_c.interruptible_slices(slices))

    def _loss(self, x, t):
        return float(self._ctrl_c.interruptible(self.net.loss, x, t))

    def _check_divergence(self, before, after):
        params = self.net.params.values()
        # One sum is quicker than a look at each number; of finite ones it may still overflow.
        squares = sum(np.vdot(weights, weights) for weights in params)
        finite = math.isfinite(squares) or all(np.isfinite(weights).all() for weights in params)
        if not (finite and math.isfinite(after) and after <= DIVERGED * max(before, 1)):
            became = f"went from {before:.4g} to {after:.4g}" if finite else "is no longer finite"
            raise FloatingPointError(
                f"the training diverges: the loss {became} at iteration {self.iteration + 1}. The "
                f"step was too long: try a learning_rate below {self.learning_rate}. The "
                "parameters before that step are kept"
            )

    def run(self, iters_num, *, autosave=None, every=None, after_step=None):
        """Do `iters_num` more iterations, from wherever the training stands.

        The first Ctrl-C (the notebook's stop button) ends the run between two iterations,
        with everything kept; call `run` again to go on. A second one, while a slow
        iteration is still under way, breaks that iteration off.

        Parameters
        ----------
        iters_num : int
            Iterations to add.
        autosave : str, Path or None
            An .npz file to `save` to before the first iteration, at every `every`th and at
            the end, however the run ends. If the process dies, `Trainer.load` takes the
            training up from there.
        every : int or None
            Iterations between two saves; by default an epoch.
        after_step : callable or None
            Called with the trainer after every iteration.

        Returns
        -------
        History
            The whole history, earlier runs included.

        Raises
        ------
        FloatingPointError, ValueError, TypeError
            As `step` does.
        OSError
            If `autosave` cannot be written; before the first iteration if that is known then.
        """
        end = self.iteration + checks.as_integer(iters_num, "iters_num", least=0)
        if every is not None and autosave is None:
            raise ValueError(f"every is {every}, but autosave names no file")
        every = self.iter_per_epoch if every is None else checks.as_integer(every, "every", least=1)
        path = None if autosave is None else checks.as_path(autosave, "autosave")
        save = partial(self.save, path) if path else lambda: None
        with self._ctrl_c.deferred(only_counted=1):
            save()
            try:
                with estimate.progress_bar(self.iteration, end) as bar:
                    while self.iteration < end and not self._ctrl_c.presses:
                        loss = self.step()
                        if bar.update():  # true when the bar was due to be redrawn
                            said = _("loss {loss:.3f}").format(loss=loss)
                            bar.set_postfix_str(said, refresh=False)
                        if self.iteration % every == 0:
                            save()
                        if after_step is not None:
                            after_step(self)
                self.record_accuracy()
            finally:
                save()
        if left := end - self.iteration:
            said = _("Stopped after iteration {done:,}; run({left}) does the rest.")
            print(said.format(done=self.iteration, left=left))
        return self.history

    def record_accuracy(self):
        """Measure the accuracies now and note them in the history, if there are test data.

        A point inside an epoch, where a run was broken off, gives way to the next one.
        """
        finish(self._accuracy_slices())

    def record_accuracy_slices(self):
        """Do what `record_accuracy` does in slices, yielding 0 between them; see `step_slices`."""
        try:
            for share in self._accuracy_slices():
                self.measured = share
                yield 0.0
        finally:
            self.measured = 0.0

    @undisturbed
    def _accuracy_slices(self):
        if self.test is None:
            return
        train_acc = yield from self._in_slices("accuracy", *self.train)
        test_acc = yield from self._in_slices("accuracy", *self.test)
        history, epoch = self.history, self.iteration / self.iter_per_epoch
        lists = history.epoch_list, history.train_acc_list, history.test_acc_list
        if history.epoch_list and (history.epoch_list[-1] % 1 or history.epoch_list[-1] == epoch):
            for values in lists:
                del values[-1:]
        for values, value in zip(lists, (epoch, float(train_acc), float(test_acc)), strict=True):
            values.append(value)

    def _epoch_ends(self):
        """Whether an epoch ends here and its accuracies are not there yet."""
        epoch, rest = divmod(self.iteration, self.iter_per_epoch)
        return self.test is not None and not rest and epoch not in self.history.epoch_list[-1:]

    def estimate_seconds(self, iters_num):
        """Estimate how long `run(iters_num)` would take, without changing anything.

        Parameters
        ----------
        iters_num : int
            Iterations to estimate.

        Returns
        -------
        float
            Seconds, from a tenth of a second (at least two iterations) of training a copy
            of the network, and the accuracy of a part of the data.
        """
        *_, seconds = self.estimate_slices(iters_num)
        return seconds

    def estimate_slices(self, iters_num):
        """Estimate what `estimate_seconds` does, in slices; see `step_slices`.

        Yields
        ------
        float
            Seconds, better each time. An iteration that comes in slices need not be finished.
        """
        iters_num = checks.as_integer(iters_num, "iters_num", least=0)
        trial = copy.copy(self)
        trial.net, trial.rng, trial.history = *copy.deepcopy((self.net, self.rng)), History()
        return estimate.seconds_slices(trial, iters_num)

    def save(self, path):
        """Save everything that `load` needs to go on bit for bit, except the data.

        The file is complete or not there at all: it is written beside `path`, flushed to the
        disk, and renamed.

        Parameters
        ----------
        path : str or Path
            An .npz file; one that is there already is replaced.

        Raises
        ------
        OSError
            If it cannot be written; an older file is untouched.
        TypeError
            If a parameter is an array of Python objects: only a pickle could hold it.
        """
        with self._ctrl_c.deferred():
            write_run(checks.as_path(path, "path"), self)

    @classmethod
    def load(cls, path, net, train, test=None):
        """Take up a saved run where it stood.

        Parameters
        ----------
        path : str or Path
            A file that `save` wrote.
        net : object
            A network of the saved one's kind and sizes; its parameters are overwritten.
        train, test : (x, t)
            The data of the saved run.

        Returns
        -------
        Trainer
            With the saved settings, history and random state.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If it is not a run that `save` wrote, is damaged, or does not fit `net`, `train`
            or `test`; `net` is then unchanged.
        """
        train = checks.as_data(train, "train")
        test = None if test is None else checks.as_data(test, "test")
        path = checks.as_path(path, "path")
        with open(path, "rb") as file:
            try:
                params, history, settings = read_run(file, net, train, test)
                trainer = cls(net, train, test, **settings)
            except Exception as error:  # damaged bytes raise a dozen different errors
                raise ValueError(
                    f"{path.name} cannot be continued with this network and data: {error}"
                ) from error
        with trainer._ctrl_c.deferred():
            for name, weights in net.params.items():
                weights[...] = params[name]
            trainer.history = History(**history)
        return trainer
