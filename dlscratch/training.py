"""Mini-batch gradient descent that can be stopped, saved and continued (book 4.5.2, 4.5.3)."""

import math
from dataclasses import dataclass, field

import numpy as np

from dlscratch import checks, estimate
from dlscratch.interrupts import pressed_twice, uninterrupted
from dlscratch.saved_run import keep_longer_run, read_run, write_run
from dlscratch.words import say

GRADIENTS = {"backprop": "gradient", "numerical": "numerical_gradient"}
QUIET = {"over": "ignore", "under": "ignore", "invalid": "ignore"}  # what diverges is told
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
    snapshots : dict of int to network
        Copies of the network by iteration, which `train_with_snapshots` keeps.
    iteration : int
        Iterations done so far.
    iter_per_epoch : int
        Iterations in an epoch: ceil(n / batch_size).

    Raises
    ------
    ValueError, TypeError
        If a setting is out of its range, samples and targets differ in number or hold nan or
        inf, or `net` lacks what is needed.
    AttributeError
        If `train` or `batch_size` is set anew: the epochs so far are counted by them.

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
        self.batch_size = checks.as_integer(batch_size, "batch_size", least=1)
        if batch_size > len(self.train[0]):
            n = len(self.train[0])
            raise ValueError(f"batch_size is {batch_size}, but there are {n} training samples")
        # a float of Python, since one of NumPy would widen float32 weights
        self.learning_rate = float(checks.as_positive(learning_rate, "learning_rate"))
        if gradient not in list(GRADIENTS):
            raise ValueError(f"gradient is {gradient!r}; expected one of {list(GRADIENTS)}")
        self.gradient = gradient
        self.net = checks.as_net(net, GRADIENTS[gradient])
        self.rng = np.random.default_rng(rng)
        self.history = History()
        self.snapshots = {}

    def __setattr__(self, name, value):
        if name in ("train", "batch_size") and hasattr(self, name):
            raise AttributeError(
                f"{name} cannot be changed: the epochs so far are counted by it. Make a new Trainer"
            )
        super().__setattr__(name, value)

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
            If the gradient does not have the names and shapes of the parameters, or the network
            gives no number as its loss or accuracy.
        """
        (loss,) = self.iterations(1)
        return loss

    def iterations(self, iters_num):
        """Do iterations one by one, so that a program can do other things in between.

        Yields
        ------
        float
            The loss after each iteration. Wherever the generator is left, the trainer stands
            after a whole iteration.
        """
        for _iteration in range(iters_num):
            self._record_epoch()  # before the first iteration
            loss = self._iterate()
            self._record_epoch()
            yield loss

    @np.errstate(**QUIET)
    def _iterate(self):
        """Draw a mini-batch, take a step down its gradient, and note the loss after it."""
        params, losses = checks.as_params(self.net.params), self.history.train_loss_list
        random_before, iteration, grads = self.rng.bit_generator.state, len(losses), {}
        params_before = {name: weights.copy() for name, weights in params.items()}

        def put_back():
            for name, weights in params_before.items():
                params[name][...] = weights
            self.rng.bit_generator.state = random_before
            del losses[iteration:]

        try:
            x, t = self._next_batch()
            grads = getattr(self.net, GRADIENTS[self.gradient])(x, t)
            grads = checks.as_gradient_of(params, grads, f"net.{GRADIENTS[self.gradient]}")
            loss_before = losses[-1] if losses else self._loss(x, t)
            for name, grad in grads.items():
                params[name] -= self.learning_rate * grad
            loss = self._loss(x, t)
            if self._diverges(loss_before, loss):
                said = self._why_it_diverges(params_before, grads, loss_before, loss)
                raise FloatingPointError(said)
            losses.append(loss)
        except BaseException:
            try:
                put_back()
            except KeyboardInterrupt:  # another press
                with uninterrupted():
                    put_back()
            raise
        return loss

    def _next_batch(self):
        x, t = self.train
        batch_mask = self.rng.integers(len(x), size=self.batch_size).astype(np.intp, copy=False)
        return x.take(batch_mask, axis=0), t[batch_mask]  # the same as x[batch_mask], but faster

    def _loss(self, x, t):
        return float(checks.as_number(self.net.loss(x, t), "net.loss(x, t)"))

    def _diverges(self, before, after):
        params = self.net.params.values()
        # One sum is quicker than a look at each number; of finite ones it may still overflow.
        squares = sum(np.vdot(weights, weights) for weights in params)
        finite = math.isfinite(squares) or all(np.isfinite(weights).all() for weights in params)
        return not (finite and math.isfinite(after) and after <= DIVERGED * max(before, 1))

    def _why_it_diverges(self, params_before, grads, before, after):
        """Name what is not finite, the first cause first; else say that the step was too long."""
        n, gradient = self.iteration + 1, f"net.{GRADIENTS[self.gradient]}"
        causes = [("net.params", params_before), ("net", {"loss": before}), (gradient, grads)]
        for source, arrays in [*causes, ("net.params", self.net.params)]:
            for name, numbers in arrays.items():
                if not np.isfinite(numbers).all():
                    where = {"name": name, "source": source, "n": n}
                    return say(
                        "{name} of {source} holds nan or inf in iteration {n}: from an error in "
                        "the code that made it, or from a learning_rate that is too large. The "
                        "parameters before that iteration are kept.",
                        **where,
                    )
        values = {"n": n, "before": before, "after": after, "rate": self.learning_rate}
        return say(
            "The training diverges: in iteration {n} the loss goes from {before:.4g} to "
            "{after:.4g}. The step was too long: try a learning_rate below {rate}. The parameters "
            "before that step are kept.",
            **values,
        )

    def run(self, iters_num, *, autosave=None, after_step=None):
        """Do `iters_num` more iterations, from wherever the training stands.

        Ctrl-C (the notebook's stop button) breaks off the iteration under way and ends the run,
        with everything before it kept; call `run` again to go on. A second press within two
        seconds, in whatever run, raises KeyboardInterrupt: so a loop of runs can be ended.

        Parameters
        ----------
        iters_num : int
            Iterations to add.
        autosave : str, Path or None
            An .npz file to `save` to before the first iteration, at each epoch's end and at
            the end, however the run ends. If the process dies, `Trainer.load` takes the
            training up from there. A file with more iterations than this training is renamed
            first.
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
        iters_num = checks.as_integer(iters_num, "iters_num", least=0)
        end = self.iteration + iters_num
        if autosave is not None:
            keep_longer_run(checks.as_path(autosave, "autosave"), self.iteration)

        def save():
            if autosave is not None:
                self.save(autosave)

        save()
        try:
            try:
                with estimate.progress_bar(self.iteration, end) as bar:
                    for loss in self.iterations(iters_num):
                        if bar.update() or self.iteration == end:  # it is drawn now
                            said = say("loss {loss:.3f}", loss=loss)
                            bar.set_postfix_str(said, refresh=False)
                        if self.iteration % self.iter_per_epoch == 0:
                            save()
                        if after_step is not None:
                            after_step(self)
            except KeyboardInterrupt:
                twice, left = pressed_twice(), end - self.iteration
                if left > 0:
                    said = say("Stopped after iteration {done:,}; run({left}) does the rest.")
                    print(said.format(done=self.iteration, left=left))
                if twice:
                    raise
            self.record_accuracy()
        finally:
            save()
        return self.history

    def record_accuracy(self):
        """Measure the accuracies now and note them in the history, if there are test data.

        A point inside an epoch, where a run was broken off, gives way to the next one.
        """
        if self.test is None:
            return
        history, epoch = self.history, self.iteration / self.iter_per_epoch
        train_acc, test_acc = self._accuracy(*self.train), self._accuracy(*self.test)
        last = history.epoch_list[-1:]
        with uninterrupted():
            if last and (last[0] % 1 or last[0] == epoch):
                del history.epoch_list[-1], history.train_acc_list[-1], history.test_acc_list[-1]
            history.epoch_list.append(epoch)
            history.train_acc_list.append(train_acc)
            history.test_acc_list.append(test_acc)

    def _record_epoch(self):
        """Record the accuracies if an epoch ends here, and that was not done yet."""
        epoch, rest = divmod(self.iteration, self.iter_per_epoch)
        if not rest and epoch not in self.history.epoch_list[-1:]:
            self.record_accuracy()

    @np.errstate(**QUIET)
    def _accuracy(self, x, t):
        return float(checks.as_number(self.net.accuracy(x, t), "net.accuracy(x, t)"))

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
            of the network, and the accuracy of a part of the data. Of a numerical gradient by
            the plain loop only one loss is timed.
        """
        iters_num = checks.as_integer(iters_num, "iters_num", least=0)
        return estimate.run_seconds(self, iters_num)

    def save(self, path):
        """Save everything that `load` needs to go on bit for bit, except the data.

        Parameters
        ----------
        path : str or Path
            An .npz file; one that is there already is replaced.

        Raises
        ------
        OSError
            If it cannot be written; an older file is untouched.
        """
        with uninterrupted():
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
        with uninterrupted():
            for name, weights in net.params.items():
                weights[...] = params[name]
            trainer.history = History(**history)
        return trainer
