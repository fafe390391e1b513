"""Mini-batch gradient descent that can be stopped, saved and continued (book 4.5.2, 4.5.3)."""

import copy
import json
import math
import numbers
import signal
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from functools import partial
from pathlib import Path

import numpy as np

from dlscratch.saved_run import generator, read_npz, write_npz

GRADIENTS = {"backprop": "gradient", "numerical": "numerical_gradient"}
PART = 2_000  # samples whose accuracy is measured in one slice
DIVERGED = 1_000  # times the loss before: no step in the right direction does that


@dataclass
class History:
    """What a training run leaves behind.

    Attributes
    ----------
    train_loss_list : list of float
        Loss on its own mini-batch after each iteration's update.
    epoch_list : list of float
        When the accuracies were measured: 0 before the first iteration, then at the end of
        each epoch; a run that ends inside an epoch adds its end, until it is continued.
    train_acc_list, test_acc_list : list of float
        Accuracy, 0..1, on all training and all test data at those times.
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
        Samples and targets to measure the accuracy on as well.
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
    iters_per_epoch : int
        Iterations in an epoch: ceil(n / batch_size).

    Raises
    ------
    ValueError, TypeError
        If a setting is out of its range, samples and targets differ in number, samples hold
        nan or inf, or `net` lacks what is needed.

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
        self.train = _pair(train, "train")
        self.test = None if test is None else _pair(test, "test")
        self.batch_size = _whole(batch_size, "batch_size", least=1)
        if batch_size > len(self.train[0]):
            raise ValueError(
                f"batch_size is {batch_size}, but there are {len(self.train[0])} training samples"
            )
        if isinstance(learning_rate, bool) or not isinstance(learning_rate, numbers.Real):
            raise TypeError(f"learning_rate is {learning_rate!r}; expected a number")
        if not 0 < learning_rate < np.inf:
            raise ValueError(f"learning_rate is {learning_rate}; expected a positive number")
        self.learning_rate = float(learning_rate)  # a NumPy float would widen float32 weights
        if not isinstance(gradient, str) or gradient not in GRADIENTS:
            raise ValueError(f"gradient is {gradient!r}; expected one of {list(GRADIENTS)}")
        self.gradient = gradient
        _check_net(net, GRADIENTS[gradient])
        self.net = net
        self.rng = np.random.default_rng(rng)
        self.history = History()
        self._ctrl_c = _CtrlC()

    @property
    def iteration(self):
        """Count the iterations done so far."""
        return len(self.history.train_loss_list)

    @property
    def iters_per_epoch(self):
        """Count the iterations of an epoch: ceil(n / batch_size)."""
        return -(-len(self.train[0]) // self.batch_size)

    def step(self):
        """Do one iteration and return its loss.

        Raises
        ------
        FloatingPointError
            If the training diverges: the loss after the update is not finite, or more than a
            thousand times the one before. As with any error or Ctrl-C in the middle of an
            iteration, parameters, random state and history are put back to where the
            iteration began.
        """
        with self._ctrl_c.held():
            self._record_epoch()
            loss = self._update()
            self._record_epoch()
        return loss

    def step_slices(self):
        """Do one iteration in slices, so that a program can do other things in between.

        A network that has a generator for the gradient, `gradient_slices` or
        `numerical_gradient_slices`, computes it in slices; accuracies are measured on a part
        of the data at a time. Between two slices, and when the generator is dropped, the
        trainer stands as before the iteration or as after it, never in between.

        Yields
        ------
        float
            Share of the iteration under way that is done; 0 once it is counted.

        Raises
        ------
        FloatingPointError
            As `step` does.
        """
        yield from self._record_epoch_slices()
        yield from self._update_slices()
        yield 0.0
        yield from self._record_epoch_slices()

    def _update_slices(self):
        with self._ctrl_c.held():
            before = self.rng.bit_generator.state
            try:
                x, t = self._next_batch()
                after = self.rng.bit_generator.state
            finally:
                self.rng.bit_generator.state = before
        grads = yield from self._gradient_slices(x, t)
        with self._ctrl_c.held(), self._put_back_on_error():
            self.rng.bit_generator.state = after
            self._descend(x, t, grads)

    def _update(self):
        with self._put_back_on_error():
            x, t = self._next_batch()
            return self._descend(x, t, self._gradient(x, t))

    def _descend(self, x, t, grads):
        """Take a step down the gradient and note the loss after it."""
        params, losses = self.net.params, self.history.train_loss_list
        before = losses[-1] if losses else self._loss(x, t)
        squares = 0
        for name, grad in grads.items():
            params[name] -= self.learning_rate * grad
            squares += np.vdot(params[name], params[name])  # at once: here they are soon read
        loss = self._loss(x, t)
        finite = math.isfinite(squares) or all(np.isfinite(w).all() for w in params.values())
        if not (finite and math.isfinite(loss) and loss <= DIVERGED * max(before, 1)):
            became = f"went from {before:.4g} to {loss:.4g}" if finite else "is no longer finite"
            raise FloatingPointError(
                f"the training diverges: the loss {became} at iteration {self.iteration + 1}. The "
                f"step was too long: try a learning_rate below {self.learning_rate}. The "
                "parameters before that step are kept"
            )
        losses.append(loss)
        return loss

    @contextmanager
    def _put_back_on_error(self):
        params, losses, done = self.net.params, self.history.train_loss_list, self.iteration
        before = {name: weights.copy() for name, weights in params.items()}
        rng_before = self.rng.bit_generator.state
        try:
            with np.errstate(over="ignore", invalid="ignore"):  # `_descend` tells
                yield
        except BaseException:
            for name, weights in before.items():
                params[name][...] = weights
            self.rng.bit_generator.state = rng_before
            del losses[done:]
            raise

    def _next_batch(self):
        x, t = self.train
        batch_mask = self.rng.integers(len(x), size=self.batch_size)
        return x.take(batch_mask, axis=0), t[batch_mask]  # x[batch_mask], sooner

    def _loss(self, x, t):
        return float(self._ctrl_c.let_in(self.net.loss, x, t))

    def _gradient(self, x, t):
        return self._ctrl_c.let_in(getattr(self.net, GRADIENTS[self.gradient]), x, t)

    def _gradient_slices(self, x, t):
        slices = getattr(self.net, f"{GRADIENTS[self.gradient]}_slices", None)
        if slices is not None:
            return (yield from slices(x, t))
        with np.errstate(over="ignore", invalid="ignore"):  # `_descend` tells
            return self._gradient(x, t)

    def run(self, iters_num, *, autosave=None, every=None):
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

        Returns
        -------
        History
            The whole history, earlier runs included.

        Raises
        ------
        FloatingPointError
            As `step` does.
        OSError
            If `autosave` cannot be written; before the first iteration if that is known then.
        """
        end = self.iteration + _whole(iters_num, "iters_num", least=0)
        if every is not None and autosave is None:
            raise ValueError(f"every is {every}, but autosave names no file")
        every = self.iters_per_epoch if every is None else _whole(every, "every", least=1)
        path = None if autosave is None else _path(autosave, "autosave")
        with self._ctrl_c.held(patience=1):
            from tqdm.auto import tqdm  # here, since in a notebook it imports ipywidgets

            self._autosave(path)
            try:
                with tqdm(total=end, initial=self.iteration, desc="training", unit="it") as bar:
                    while self.iteration < end and not self._ctrl_c.presses:
                        loss = self.step()
                        if bar.update():  # true when the bar was due to be redrawn
                            bar.set_postfix_str(f"loss {loss:.3f}", refresh=False)
                        if self.iteration % every == 0:
                            self._autosave(path)
                self.record_accuracy()
            finally:
                self._autosave(path)
        left = end - self.iteration
        if left:
            print(f"Stopped after iteration {self.iteration:,}; run({left}) does the rest.")
        return self.history

    def _autosave(self, path):
        if path is not None:
            self.save(path)

    def record_accuracy(self):
        """Measure the accuracies now and note them in the history.

        A point inside an epoch, where a run ended, gives way to the next one, so that a
        broken run ends with the history of an unbroken one.
        """
        with self._ctrl_c.held():
            accuracy = partial(self._ctrl_c.let_in, self.net.accuracy)
            test_acc = None if self.test is None else accuracy(*self.test)
            self._record(accuracy(*self.train), test_acc)

    def record_accuracy_slices(self):
        """Do what `record_accuracy` does in slices, yielding 0 between them; see `step_slices`."""
        train_acc = yield from self._accuracy_slices(*self.train)
        test_acc = None if self.test is None else (yield from self._accuracy_slices(*self.test))
        self._record(train_acc, test_acc)

    def _accuracy_slices(self, x, t):
        right = 0
        for start in range(0, len(x), PART):
            part = x[start : start + PART], t[start : start + PART]
            right += round(self.net.accuracy(*part) * len(part[0]))  # a whole number of samples
            yield 0.0
        return right / len(x)

    def _record(self, train_acc, test_acc):
        history, epoch = self.history, self.iteration / self.iters_per_epoch
        lists = history.epoch_list, history.train_acc_list, history.test_acc_list
        with self._ctrl_c.held():
            if history.epoch_list and (
                history.epoch_list[-1] % 1 or history.epoch_list[-1] == epoch
            ):
                for values in lists:
                    del values[-1:]
            for values, value in zip(lists, (epoch, train_acc, test_acc), strict=True):
                if value is not None:
                    values.append(value)

    def _record_epoch(self):
        if self._epoch_ends():
            self.record_accuracy()

    def _record_epoch_slices(self):
        if self._epoch_ends():
            yield from self.record_accuracy_slices()

    def _epoch_ends(self):
        """Whether an epoch ends here and its accuracies are not there yet."""
        epoch = self.iteration / self.iters_per_epoch
        return epoch % 1 == 0 and epoch not in self.history.epoch_list[-1:]

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
            of the network, and the accuracy of one part of the data.
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
        iters_num = _whole(iters_num, "iters_num", least=0)
        trial = copy.copy(self)
        trial.net, trial.rng = copy.deepcopy((self.net, self.rng))
        trial.history = History()
        work = _timed(trial)
        warm_seconds, warm_done = next(work)  # slow: caches and buffers are cold

        x, t = (part[:PART] for part in self.train)
        start = time.perf_counter()
        trial.net.accuracy(x, t)
        a_sample = (time.perf_counter() - start) / len(x)
        samples = len(self.train[0]) + (0 if self.test is None else len(self.test[0]))
        accuracies = iters_num // self.iters_per_epoch + 2  # and one at either end

        seconds = 0
        while seconds < 0.1:
            seconds, done = next(work)
            seconds, done = seconds - warm_seconds, done - warm_done
            yield iters_num * seconds / done + accuracies * samples * a_sample

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
        path = _path(path, "path")
        with self._ctrl_c.held():
            settings = {
                "batch_size": self.batch_size,
                "learning_rate": self.learning_rate,
                "gradient": self.gradient,
                "sizes": _sizes(self.train, self.test),
                "rng": self.rng.bit_generator.state,
            }
            arrays = {f"params.{name}": weights for name, weights in self.net.params.items()}
            arrays |= {f"history.{f.name}": getattr(self.history, f.name) for f in fields(History)}
            arrays["settings"] = json.dumps(settings, default=np.ndarray.tolist)
            for name, values in arrays.items():
                if np.asarray(values).dtype.hasobject:
                    raise TypeError(f"{name} holds Python objects; expected numbers")
            try:
                write_npz(path, arrays)
            except OSError as error:
                raise OSError(
                    error.errno, f"the run is not saved: {error.strerror or error}", str(path)
                ) from error

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
        train, test = _pair(train, "train"), None if test is None else _pair(test, "test")
        path = _path(path, "path")
        with open(path, "rb") as file:
            try:
                params, history, settings = _saved_run(read_npz(file), net, train, test)
                trainer = cls(net, train, test, **settings)
            except Exception as error:  # damaged bytes raise a dozen different errors
                raise ValueError(
                    f"{path.name} cannot be continued with this network and data: {error}"
                ) from error
        with trainer._ctrl_c.held():
            for name, weights in net.params.items():
                weights[...] = params[name]
            trainer.history = history
        return trainer


def _timed(trainer):
    """Train without end; yield seconds spent and iterations done, parts of one included."""
    seconds, done, work = 0.0, 0.0, iter(())
    while True:
        start = time.perf_counter()
        share = next(work, None)
        seconds += time.perf_counter() - start
        if share is None:
            share, work = 0.0, trainer._update_slices()
        if trainer.iteration + share > done:
            done = trainer.iteration + share
            yield seconds, done


class _CtrlC:
    """A handler of Ctrl-C that breaks into the network's own work alone, which may be slow.

    Everything else, such as putting parameters back, is done in peace: there a press is
    counted, and heard when the network works next or at the end.
    """

    presses, patience, open, holds = 0, 0, False, False

    def __call__(self, signum, frame):
        """Count a press; while the network works, do what is ordinary if it is one too many."""
        self.presses += 1
        if self.open and self.presses > self.patience:
            self.ordinary(signum, frame)

    @contextmanager
    def held(self, patience=0):
        """Handle Ctrl-C until the end; that many presses are a note and no exception."""
        if self.holds:  # `run` does while it calls `step`
            yield
            return
        ordinary = signal.getsignal(signal.SIGINT)
        self.presses = 0
        main = threading.current_thread() is threading.main_thread()
        if not (main and callable(ordinary)):  # no handler to replace: another thread's, or none
            yield
            return
        self.patience, self.ordinary = patience, ordinary
        signal.signal(signal.SIGINT, self)
        self.holds = True
        try:
            yield
        finally:
            self.holds = False
            signal.signal(signal.SIGINT, ordinary)
        if self.presses > patience:
            signal.raise_signal(signal.SIGINT)

    def let_in(self, work, *args):
        """Return work(*args), which Ctrl-C may break off."""
        self.open = True
        try:
            if self.presses > self.patience:
                self.ordinary(signal.SIGINT, None)
            return work(*args)
        finally:
            self.open = False


def _saved_run(saved, net, train, test):
    """Check what was saved, and that it fits; return parameters, history and settings."""
    names = {f.name: f"history.{f.name}" for f in fields(History)}
    params = {n.removeprefix("params."): w for n, w in saved.items() if n.startswith("params.")}
    others = [name for name in saved if not name.startswith("params.")]
    if sorted(others) != sorted(["settings", *names.values()]):
        raise ValueError(f"it holds {others}, which are not the parts of a saved run")
    settings = json.loads(saved["settings"].item())
    expected = ["batch_size", "learning_rate", "gradient", "sizes", "rng"]
    if not isinstance(settings, dict) or sorted(settings) != sorted(expected):
        raise ValueError(f"its settings are not those of a saved run, which are {expected}")
    sizes = _sizes(train, test)
    if settings.pop("sizes") != sizes:
        raise ValueError(f"it was saved with other data than these {sizes} samples (train, test)")
    if _forms(params) != _forms(net.params):
        raise ValueError(f"it holds {_forms(params)}, and the network has {_forms(net.params)}")
    for name, weights in params.items():
        if not np.isfinite(weights).all():
            raise ValueError(f"{name} holds nan or inf")
    for name, weights in net.params.items():
        if not weights.flags.writeable:
            raise ValueError(f"{name} of the network is read-only")
    history = _saved_history({name: saved[key] for name, key in names.items()}, test)
    return params, history, settings | {"rng": generator(settings["rng"])}


def _saved_history(lists, test):
    for name, values in lists.items():
        if values.ndim != 1 or values.dtype.kind not in "fiub":
            raise ValueError(f"{name} is not a list of numbers")
    losses, epochs, *accuracies = lists.values()
    if not np.isfinite(losses).all():
        raise ValueError("train_loss_list holds nan or inf")
    if not (np.isfinite(epochs).all() and (epochs >= 0).all()):
        raise ValueError("epoch_list holds what is no epoch")
    expected = [len(epochs), 0 if test is None else len(epochs)]
    if [len(values) for values in accuracies] != expected:
        raise ValueError(
            f"its accuracies are {[len(values) for values in accuracies]} (train, test), and "
            f"{expected} of its epochs"
        )
    return History(**{name: values.tolist() for name, values in lists.items()})


def _path(path, name):
    try:
        return Path(path)
    except TypeError:
        raise TypeError(f"{name} is {path!r}; expected the path of a file") from None


def _check_net(net, gradient):
    for name in ("params", "loss", "accuracy", gradient):
        if not hasattr(net, name):
            raise TypeError(f"net is a {type(net).__name__} without {name}; a Trainer needs it")
    if not isinstance(net.params, dict):
        raise TypeError(f"net.params is a {type(net.params).__name__}; expected a dict of arrays")
    for name, weights in net.params.items():
        if not isinstance(weights, np.ndarray) or weights.dtype.kind != "f":
            kind = getattr(weights, "dtype", type(weights).__name__)
            raise TypeError(f"{name} of net.params is {kind}; expected an array of floats")


def _pair(data, name):
    try:
        x, t = data
        x, t = np.asarray(x), np.asarray(t)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be a pair (x, t) of samples and targets") from None
    if x.ndim == 0 or t.ndim == 0 or len(x) != len(t) or len(x) == 0:
        raise ValueError(
            f"{name} has samples of shape {x.shape} and targets of shape {t.shape}; expected as "
            "many targets as samples, at least one"
        )
    if not {x.dtype.kind, t.dtype.kind} <= set("fiub"):
        raise TypeError(f"{name} is of dtype {x.dtype} and {t.dtype}; expected numbers")
    for start in range(0, len(x), PART):
        if not np.isfinite(x[start : start + PART]).all():
            raise ValueError(
                f"{name} holds nan or inf among its samples from number {start} on, and nothing "
                "can be learnt from those"
            )
    return x, t


def _sizes(train, test):
    """How many samples there are to learn from and to test with: a saved run fits no others."""
    return [len(train[0]), 0 if test is None else len(test[0])]


def _forms(params):
    return {name: f"{weights.shape} of {weights.dtype}" for name, weights in params.items()}


def _whole(number, name, least):
    if isinstance(number, bool) or not isinstance(number, (int, np.integer)):
        raise TypeError(f"{name} is {number!r}; expected an integer")
    if number < least:
        raise ValueError(f"{name} is {number}; expected {least} or more")
    return int(number)
