"""Mini-batch gradient descent that can be stopped, saved and continued (book 4.5.2, 4.5.3)."""

import copy
import json
import os
import signal
import tempfile
import threading
import time
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

GRADIENTS = {"backprop": "gradient", "numerical": "numerical_gradient"}
PART = 2_000  # samples whose accuracy is measured in one slice


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
        Has a dict `params`, the methods `loss(x, t)` and `accuracy(x, t)`, and the gradient
        method that is asked for. Its parameters are changed in place.
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
        If a setting is out of its range, or samples and targets differ in number.

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
        self.net = net
        self.train = _pair(train, "train")
        self.test = None if test is None else _pair(test, "test")
        self.batch_size = _whole(batch_size, "batch_size", least=1)
        if batch_size > len(self.train[0]):
            raise ValueError(
                f"batch_size is {batch_size}, but there are {len(self.train[0])} training samples"
            )
        if not 0 < learning_rate < np.inf:
            raise ValueError(f"learning_rate is {learning_rate}; expected a positive number")
        self.learning_rate = float(learning_rate)  # a NumPy float would widen float32 weights
        if gradient not in GRADIENTS:
            raise ValueError(f"gradient is {gradient!r}; expected one of {list(GRADIENTS)}")
        self.gradient = gradient
        self.rng = np.random.default_rng(rng)
        self.history = History()

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
            If the loss after the update is not finite. As with any error or Ctrl-C in the
            middle of an iteration, parameters, random state and history are put back to
            where the iteration began.
        """
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
        before = self.rng.bit_generator.state
        try:
            x, t = self._next_batch()
            after = self.rng.bit_generator.state
        finally:
            self.rng.bit_generator.state = before
        grads = yield from self._gradient_slices(x, t)
        with self._put_back_on_error():
            self.rng.bit_generator.state = after
            self._descend(x, t, grads)

    def _update(self):
        with self._put_back_on_error():
            x, t = self._next_batch()
            return self._descend(x, t, self._gradient(x, t))

    def _descend(self, x, t, grads):
        """Take a step down the gradient and note the loss after it."""
        with np.errstate(over="ignore", invalid="ignore"):  # the loss tells, below
            for name, grad in grads.items():
                self.net.params[name] -= self.learning_rate * grad
            loss = float(self.net.loss(x, t))
        if not np.isfinite(loss):
            raise FloatingPointError(
                f"the loss became {loss} at iteration {self.iteration + 1}. The parameters "
                f"before that step are kept; try a learning_rate below {self.learning_rate}"
            )
        self.history.train_loss_list.append(loss)
        return loss

    @contextmanager
    def _put_back_on_error(self):
        params, losses, done = self.net.params, self.history.train_loss_list, self.iteration
        before = {name: weights.copy() for name, weights in params.items()}
        rng_before = self.rng.bit_generator.state
        try:
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
        return x[batch_mask], t[batch_mask]

    def _gradient(self, x, t):
        with np.errstate(over="ignore", invalid="ignore"):  # the loss tells, later
            return getattr(self.net, GRADIENTS[self.gradient])(x, t)

    def _gradient_slices(self, x, t):
        slices = getattr(self.net, f"{GRADIENTS[self.gradient]}_slices", None)
        return self._gradient(x, t) if slices is None else (yield from slices(x, t))

    def run(self, iters_num):
        """Do `iters_num` more iterations, from wherever the training stands.

        The first Ctrl-C (the notebook's stop button) ends the run between two iterations,
        with everything kept; call `run` again to go on. A second one, while a slow
        iteration is still under way, breaks that iteration off.

        Parameters
        ----------
        iters_num : int
            Iterations to add.

        Returns
        -------
        History
            The whole history, earlier runs included.

        Raises
        ------
        FloatingPointError
            As `step` does.
        """
        from tqdm.auto import tqdm  # here, since in a notebook it imports ipywidgets

        end = self.iteration + _whole(iters_num, "iters_num", least=0)
        with _interrupt_noted() as interrupted, _one_thread():
            with tqdm(total=end, initial=self.iteration, desc="training", unit="it") as bar:
                while self.iteration < end and not interrupted.is_set():
                    loss = self.step()
                    if bar.update():  # true when the bar was due to be redrawn
                        bar.set_postfix_str(f"loss {loss:.3f}", refresh=False)
            self.record_accuracy()
        left = end - self.iteration
        if left:
            print(f"Stopped after iteration {self.iteration:,}; run({left}) does the rest.")
        return self.history

    def record_accuracy(self):
        """Measure the accuracies now and note them in the history.

        A point inside an epoch, where a run ended, gives way to the next one, so that a
        broken run ends with the history of an unbroken one.
        """
        test_acc = None if self.test is None else self.net.accuracy(*self.test)
        self._record(self.net.accuracy(*self.train), test_acc)

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
        if history.epoch_list and (history.epoch_list[-1] % 1 or history.epoch_list[-1] == epoch):
            for values in (history.epoch_list, history.train_acc_list, history.test_acc_list):
                del values[-1:]
        history.epoch_list.append(epoch)
        history.train_acc_list.append(train_acc)
        if test_acc is not None:
            history.test_acc_list.append(test_acc)

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
        with _one_thread():
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

        The file is complete or not there at all: it is written beside `path` and renamed.

        Parameters
        ----------
        path : str or Path
            An .npz file; one that is there already is replaced.

        Raises
        ------
        OSError
            If it cannot be written; an older file is untouched.
        """
        path = Path(path)
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
        handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
        try:
            with open(handle, "wb") as file:
                np.savez(file, **arrays)
                file.flush()
                os.fsync(file.fileno())
            os.replace(unfinished, path)
        except BaseException:
            os.unlink(unfinished)
            raise

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
        path = Path(path)
        with open(path, "rb") as file:
            try:
                broken = zipfile.ZipFile(file).testzip()  # np.load need not read all of it
                if broken:
                    raise ValueError(f"{broken} is damaged")
                file.seek(0)
                with np.load(file, allow_pickle=False) as saved:
                    settings = json.loads(saved["settings"].item())
                    history = {f.name: saved[f"history.{f.name}"].tolist() for f in fields(History)}
                    params = {
                        name.removeprefix("params."): saved[name]
                        for name in saved.files
                        if name.startswith("params.")
                    }
                if settings["sizes"] != _sizes(train, test):
                    raise ValueError(
                        f"it was saved with {settings['sizes']} samples (train, test), "
                        f"and these are {_sizes(train, test)}"
                    )
                if _forms(params) != _forms(net.params):
                    raise ValueError(
                        f"it holds {_forms(params)}, and the network has {_forms(net.params)}"
                    )
                trainer = cls(
                    net,
                    train,
                    test,
                    batch_size=settings["batch_size"],
                    learning_rate=settings["learning_rate"],
                    gradient=settings["gradient"],
                    rng=_generator(settings["rng"]),
                )
            except Exception as error:  # damaged bytes raise a dozen different errors
                raise ValueError(
                    f"{path.name} cannot be continued with this network and data: {error}"
                ) from error
        for name, weights in net.params.items():
            weights[...] = params[name]
        trainer.history = History(**history)
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


@contextmanager
def _interrupt_noted():
    """Make the first Ctrl-C a note instead of an exception; the next is an ordinary one."""
    noted = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield noted  # Python hands Ctrl-C to the main thread only
        return
    ordinary = signal.getsignal(signal.SIGINT)

    def note(signum, frame):
        noted.set()
        signal.signal(signal.SIGINT, ordinary)

    signal.signal(signal.SIGINT, note)
    try:
        yield noted
    finally:
        signal.signal(signal.SIGINT, ordinary)


def _one_thread():
    """Let matrix products use one core: these gain little from more, and wait if one is busy."""
    return threadpool_limits(1, user_api="blas")


def _generator(state):
    """Rebuild a random generator from the state that `save` stored."""
    kind = getattr(np.random, state["bit_generator"])
    if not issubclass(kind, np.random.BitGenerator):
        raise ValueError(f"{state['bit_generator']} is not a bit generator")
    bit_generator = kind()
    bit_generator.state = state
    return np.random.Generator(bit_generator)


def _pair(data, name):
    try:
        x, t = data
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be a pair (x, t) of samples and targets") from None
    x, t = np.asarray(x), np.asarray(t)
    if x.ndim == 0 or t.ndim == 0 or len(x) != len(t) or len(x) == 0:
        raise ValueError(
            f"{name} has samples of shape {x.shape} and targets of shape {t.shape}; expected as "
            "many targets as samples, at least one"
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
