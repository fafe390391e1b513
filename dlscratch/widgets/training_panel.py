"""A panel to train the chapter's network with: choose, estimate, start, watch, pause, compare.

Training is an asyncio task: it works for a hundredth of a second, then lets the notebook do
what waits, such as a press on Pause or another cell. It needs no thread of its own.
"""

import asyncio
import copy
import io
import threading
import time
import tracemalloc
from html import escape
from itertools import cycle
from pathlib import Path

import anywidget
import ipywidgets
import numpy as np
import traitlets
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imsave

from dlscratch import plots
from dlscratch.evaluation import running_mean, smoothing
from dlscratch.gradient import numerical_gradient
from dlscratch.training import Trainer
from dlscratch.two_layer_net import TwoLayerNet

BURST = 0.01  # seconds of training between two looks at what else there is to do
REDRAW = 0.2  # seconds between two pictures
SILENCE = 150  # seconds without a word from the page; a hidden tab speaks once a minute
TRIED = 2_000  # digits: enough to see how much memory an iteration takes

CONTROLS = {  # what can be chosen, and a tooltip
    "iterations": (
        (1, 2, 5, 10, 20, 50, 100, 200, 300, 600, 1000, 2000, 3000, 6000, 10_000),
        "How many mini-batches to learn from; 600 are one epoch if a batch has 100 digits.",
    ),
    "batch size": (
        (1, 2, 5, 10, 20, 50, 100, 200, 500),
        "How many digits an iteration draws: with fewer it is done sooner and its loss noisier.",
    ),
    "learning rate": (
        (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
        "How far an iteration moves the parameters against the gradient.",
    ),
    "hidden units": (
        (1, 2, 5, 10, 20, 50, 100, 200, 400),
        "How many units there are between the 784 pixels and the ten answers.",
    ),
    "gradient": (
        ("backprop", "numerical", "plain loop"),
        "Backpropagation by formula; numerical without needless work; or the book's own loop.",
    ),
    "seed": (
        range(10_000),
        "Decides the first weights and the batches: the same seed, the same run.",
    ),
}
BUTTONS = {  # icon and tooltip
    "Start": ("play", "Train a new network with these settings."),
    "Pause": ("pause", "Hold the training where it is, or continue it."),
    "Step": ("step-forward", "Do one iteration."),
    "Reset": ("undo", "Go back to an untrained network; once more: remove the pinned runs."),
    "Pin": ("thumb-tack", "Keep this run's curves under those of the next runs."),
}
PINNED = [(color, style) for style in ("--", ":") for color in ("#009E73", "#CC79A7", "#767676")]


class PlainLoopNet(TwoLayerNet):
    """A `TwoLayerNet` whose numerical gradient is the book's loop over every parameter."""

    def numerical_gradient(self, x, t):
        """Apply `dlscratch.gradient.numerical_gradient` to every parameter (4.5.1)."""
        return {
            name: numerical_gradient(lambda _: self.loss(x, t), W)
            for name, W in self.params.items()
        }

    def numerical_gradient_slices(self, x, t):
        """Compute the same numbers in a generator that yields the share done after each."""
        grads = {name: np.zeros_like(W) for name, W in self.params.items()}
        done, size = 0, sum(grad.size for grad in grads.values())
        for name, grad in grads.items():
            numbers, W = grad.reshape(-1), self.params[name].reshape(-1)  # views, not copies
            for i in range(len(W)):
                numbers[i] = numerical_gradient(lambda _: self.loss(x, t), W[i : i + 1])[0]
                done += 1
                yield done / size
        return grads


class Run:
    """One training: its settings, its trainer, and the iteration under way.

    Parameters
    ----------
    settings : dict
        A value for each of `CONTROLS`.
    train, test
        As `Trainer` takes them.
    """

    def __init__(self, settings, train, test):
        self.settings, self.share, self._slices = settings, 0.0, None
        rng = np.random.default_rng(settings["seed"])
        kind = PlainLoopNet if settings["gradient"] == "plain loop" else TwoLayerNet
        net = kind(np.shape(train[0])[-1], settings["hidden units"], 10, rng=rng)
        self.trainer = Trainer(
            net,
            train,
            test,
            batch_size=settings["batch size"],
            learning_rate=settings["learning rate"],
            gradient="backprop" if settings["gradient"] == "backprop" else "numerical",
            rng=rng,
        )

    @property
    def begun(self):
        """Whether there is anything that a new run would discard."""
        return self._slices is not None or self.trainer.iteration > 0

    @property
    def label(self):
        """The settings in a line, for a legend."""
        _, batch, rate, units, gradient, seed = self.settings.values()
        return f"batch {batch}, rate {rate}, {units} units, {gradient}, seed {seed}"

    def work(self, end):
        """Train until iteration `end` in slices; what is left inside an iteration is kept."""
        while self._slices or self.trainer.iteration < end:
            self._slices = self._slices or self.trainer.step_slices()
            for share in self._slices:
                self.share = share
                yield
            self._slices = None
        yield from self.trainer.record_accuracy_slices()

    def code(self):
        """Give the lines that do the same again, to the last bit."""
        trainer, net = self.trainer, type(self.trainer.net).__name__
        sizes = [len(pair[0]) for pair in (trainer.train, trainer.test) if pair]
        data = f"# train, test: this panel's data, {sizes} digits"
        if sizes in ([60_000], [60_000, 10_000]):
            data = "train, test = load_mnist()  # if the panel's data are MNIST"
        return f"""\
import numpy as np
from dlscratch import Trainer, load_mnist
from {type(trainer.net).__module__} import {net}

{data}
rng = np.random.default_rng({self.settings["seed"]})
net = {net}({len(trainer.net.params["W1"])}, {self.settings["hidden units"]}, 10, rng=rng)
trainer = Trainer(
    net,
    {"train, test" if trainer.test else "train"},
    batch_size={trainer.batch_size},
    learning_rate={trainer.learning_rate},
    gradient="{trainer.gradient}",
    rng=rng,
)
history = trainer.run({trainer.iteration or self.settings["iterations"]})
"""


class Chart(ipywidgets.Image):
    """A figure in the page, cheap to keep up to date: of a curve only its new part is drawn."""

    description = traitlets.Unicode().tag(sync=True)  # without it the page shows no tooltip

    def __init__(self, tooltip):
        room = {"flex": "1 1 350px", "min_width": "0", "max_width": "560px", "height": "auto"}
        super().__init__(tooltip=tooltip, layout=room | {"align_self": "flex-start"})
        self.figure = Figure(figsize=(4.8, 3.4))
        self.figure.subplots_adjust(left=0.13, right=0.97, bottom=0.14, top=0.97)
        FigureCanvasAgg(self.figure)
        self.axes = self.figure.add_subplot()

    def draw(self, plot, curves):
        """Draw it all; plot(axes) returns the lines, still empty, that `curves` fill."""
        self.axes.clear()
        self.lines = plot(self.axes)
        self.figure.canvas.draw()
        self.drawn = [0] * len(self.lines)
        self.grow(curves)

    def grow(self, curves):
        """Draw what the curves, pairs (x, y), have more than at the last call."""
        for k, (line, (x, y)) in enumerate(zip(self.lines, curves, strict=False)):
            new = slice(max(self.drawn[k] - 1, 0), None)
            line.set_data(x[new], y[new])
            self.axes.draw_artist(line)
            self.drawn[k] = len(x)
        png = io.BytesIO()
        pixels = np.asarray(self.figure.canvas.buffer_rgba())
        imsave(png, pixels, format="png", pil_kwargs={"compress_level": 1})
        self.value = png.getvalue()


class PageSide(anywidget.AnyWidget):
    """What only the page can do: fill the clipboard, and say that it is still there."""

    _esm = Path(__file__).with_suffix(".js")
    code = traitlets.Unicode().tag(sync=True)
    training = traitlets.Bool().tag(sync=True)


class TrainingPanel(ipywidgets.VBox):
    """Choose settings, train the chapter's network, and watch its curves grow.

    Parameters
    ----------
    data : (train, test)
        What `load_mnist` returns: two pairs (x, t). With None for test only the loss is drawn.
    iterations, batch_size, learning_rate, hidden_size, gradient, seed
        What the controls show first; one of the values in `CONTROLS`.

    Attributes
    ----------
    trainer : Trainer
        The present run's; so are its network `net` and its History `history`.
    task : asyncio.Task or None
        The training, while it runs.

    Raises
    ------
    ValueError
        If a control does not have the value, or the data do not fit together.
    """

    run = task = _estimating = None  # also for a panel whose arguments were refused

    def __init__(
        self,
        data,
        *,
        iterations=1000,
        batch_size=100,
        learning_rate=0.1,
        hidden_size=50,
        gradient="backprop",
        seed=0,
    ):
        self.data = data
        first = (iterations, batch_size, learning_rate, hidden_size, gradient, seed)
        self.controls = {
            name: _control(name, value) for name, value in zip(CONTROLS, first, strict=True)
        }
        self.buttons = {
            name: ipywidgets.Button(
                description=name, icon=icon, tooltip=tooltip, layout={"width": "8em"}
            )
            for name, (icon, tooltip) in BUTTONS.items()
        }
        self.estimate, self.progress, self.state = (ipywidgets.HTML() for _ in range(3))
        self.bar = ipywidgets.FloatProgress(layout={"width": "99%"})
        self.loss_chart = Chart("Loss of every iteration, and its running mean")
        self.accuracy_chart = Chart("Accuracy on training and on test data, epoch by epoch")
        charts = [self.loss_chart, self.accuracy_chart][: 1 if data[1] is None else 2]
        self.page = PageSide()
        super().__init__(
            [
                _row(self.controls.values()),
                self.estimate,
                _row(self.buttons.values()),
                self.bar,
                self.progress,
                self.state,
                _row(charts),
                self.page,
            ]
        )
        presses = (self.start, self.pause_or_continue, self.step, self.reset, self.pin)
        for button, press in zip(self.buttons.values(), presses, strict=True):
            button.on_click(lambda _, press=press: self._here(press))
        for control in self.controls.values():
            control.observe(lambda _: self._here(self._choose), "value")
        self.page.on_msg(self._hear)
        self.pinned = []
        self._thread, self._loop = threading.get_ident(), _running_loop()
        self._begin()
        self._choose()

    def _here(self, act):
        """Act in the thread that made the panel: JupyterLab's messages come in another one."""
        if self._loop is None or threading.get_ident() == self._thread:
            act()
        else:
            self._loop.call_soon_threadsafe(act)

    def __repr__(self):
        """Say in a sentence what is missing where widgets do not run."""
        return "A training panel; it shows where notebook widgets run, as in JupyterLab."

    trainer = property(lambda self: self.run.trainer)
    net = property(lambda self: self.run.trainer.net)
    history = property(lambda self: self.run.trainer.history)

    def start(self):
        """Train a new network with the settings shown; the present run is discarded."""
        self._begin()
        self._train_to(self.goal)

    def pause_or_continue(self):
        """Hold the training where it is; or go on, after its end as far again as is chosen."""
        if self.task:
            self._halt()
        elif self.trainer.iteration < self.goal:
            self._train_to(self.goal)
        else:
            self._train_to(self.goal + self._chosen()["iterations"])

    def step(self):
        """Do one iteration, or finish the one under way."""
        if not self.run.begun:
            self._begin()
        self._train_to(self.trainer.iteration + 1)

    def reset(self):
        """Go back to an untrained network; if there is one already, remove the pinned runs."""
        if not self.run.begun:
            self.pinned.clear()
        self._begin()

    def pin(self):
        """Keep the run's curves, as they are now, under those of the next runs."""
        self.pinned.append((self.run.label, copy.deepcopy(self.history)))
        self._draw()
        self._say("Pinned.")

    def ensure_trained(self):
        """Train at once with the settings shown if that was not done yet; return the History.

        For the cell after the panel: it has something to draw where nobody can press Start.
        """
        if not self.run.begun:
            self._begin()
            self.trainer.run(self.goal)
            self._draw()
            self._say()
        return self.history

    def close(self):
        """Stop whatever runs, and take the panel out of the page."""
        self._halt()
        if self._estimating:
            self._estimating.cancel()
        super().close()

    def _begin(self):
        """Make a new, untrained network with the settings shown."""
        said = ""
        self._halt()
        if self.run and self.run.begun:
            said = f"Discarded: {_iterations(self.trainer.iteration)} with {self.run.label}."
        self.run = Run(self._chosen(), *self.data)
        self.goal = self.run.settings["iterations"]
        self._rate = None
        self._draw()
        self._say(said)

    def _train_to(self, end):
        self.goal = max(end, self.goal)
        self.task = asyncio.get_running_loop().create_task(self._train(end))
        if self.run.begun:  # else it was drawn just now
            self._draw()
        self._say()

    def _halt(self):
        if self.task:
            self.task.cancel()
            self.task = None
            self._grow()
            self._say()

    async def _train(self, end):
        """Train in slices; let the notebook live in between."""
        run, said = self.run, ""
        start, already = time.perf_counter(), run.trainer.iteration + run.share
        redraw = start
        self._silent_from = start + SILENCE
        try:
            for _ in _bursts(run.work(end)):
                now = time.perf_counter()
                if now > redraw:
                    self._rate = (run.trainer.iteration + run.share - already) / (now - start)
                    self._grow()
                    redraw = now + REDRAW
                if now > self._silent_from:
                    said = "Paused, because the page was closed."
                    break
                for _ in range(5):  # a message takes several turns of the event loop
                    await asyncio.sleep(0)
        except Exception as error:  # nobody awaits the task, so the panel has to tell
            said = f"Stopped: {error}."
        self.task = None
        self._draw()  # where a curve grew piece by piece, its joints show
        self._say(said)

    def _hear(self, _, word, __):
        """Note that the page is there; when its part of the panel goes, another may speak up."""
        self._silent_from = time.perf_counter() + (SILENCE if word == "here" else 5)

    def _chosen(self):
        return {name: control.value for name, control in self.controls.items()}

    def _choose(self):
        """Estimate the run that is chosen now, instead of the one chosen before."""
        self._say()
        self.estimate.value = "Estimating ..."
        if self._estimating:
            self._estimating.cancel()
        loop = _running_loop()
        self._estimating = loop and loop.create_task(self._show_estimate())

    async def _show_estimate(self):
        chosen = self._chosen()
        await asyncio.sleep(0.1)  # a slider that is being dragged passes through many values
        memory = _memory(chosen, *self.data)
        seconds, epochs = await self._seconds(chosen)
        said = (
            f"{_iterations(chosen['iterations'])} ({_epochs(epochs)}): about "
            f"<b>{_duration(seconds)}</b> and <b>{memory / 2**20:.0f} MB</b> of memory"
        )
        self.estimate.value = said
        if chosen["gradient"] != "plain loop":
            seconds, _ = await self._seconds(chosen | {"gradient": "plain loop"})
            self.estimate.value = f"{said}; with the plain loop {_duration(seconds)}"

    async def _seconds(self, chosen):
        trainer = Run(chosen, *self.data).trainer
        for seconds in _bursts(trainer.estimate_slices(chosen["iterations"])):  # noqa: B007, the last one counts
            await asyncio.sleep(0)
        return seconds, chosen["iterations"] / trainer.iter_per_epoch

    def _curves(self):
        """Give what the charts show: pairs (x, y) for each of their lines."""
        history, losses = self.history, self.history.train_loss_list
        epochs = history.epoch_list
        if self.task and epochs and epochs[-1] % 1:
            epochs = epochs[:-1]  # a point inside an epoch, which the training will replace
        return (
            [
                (np.arange(1, len(losses) + 1), losses),
                running_mean(losses, smoothing(self.goal)),
            ],
            [
                (epochs, _percent(history.train_acc_list[: len(epochs)])),
                (epochs, _percent(history.test_acc_list[: len(epochs)])),
            ],
        )

    def _draw(self):
        """Draw the charts anew: the pinned runs, and room for the present one until its end."""
        pinned = [(*pin, *look) for pin, look in zip(self.pinned, cycle(PINNED), strict=False)]
        losses = self.history.train_loss_list
        epochs = self.goal / self.trainer.iter_per_epoch

        def plot_loss(ax):
            for label, history, color, style in pinned:
                kept = history.train_loss_list
                mean = running_mean(kept, smoothing(len(kept)))
                ax.plot(*mean, color=color, ls=style, label=label)
            plots.plot_loss(np.full(self.goal, np.nan), ax=ax)
            ax.legend(loc="upper right", fontsize=8)
            longest = max([self.goal, *(len(pin[1].train_loss_list) for pin in pinned)])
            room = 1 + 0.07 * len(ax.lines)  # for the legend, above the curves
            ax.set(
                xlim=(0, 1.02 * longest), ylim=(0, room * max([2.5, *(1.2 * x for x in losses)]))
            )
            return ax.lines[len(pinned) :]

        def plot_accuracy(ax):
            for _, history, color, style in pinned:
                ax.plot(history.epoch_list, _percent(history.test_acc_list), color=color, ls=style)
            plots.plot_accuracy([np.nan], [np.nan], [np.nan], ax=ax)
            longest = max([epochs, *(pin[1].epoch_list[-1] for pin in pinned)])
            ax.set(xlim=(-0.02 * longest, 1.02 * longest))
            return ax.lines[len(pinned) :]

        loss, accuracy = self._curves()
        self.loss_chart.draw(plot_loss, loss)
        if self.data[1] is not None:
            self.accuracy_chart.draw(plot_accuracy, accuracy)

    def _grow(self):
        """Draw what is new, or everything if it has grown out of the picture."""
        loss, accuracy = self._curves()
        if max(self.history.train_loss_list, default=0) > self.loss_chart.axes.get_ylim()[1]:
            self._draw()
        elif len(self.history.train_loss_list) > self.loss_chart.drawn[0]:
            self.loss_chart.grow(loss)
        if self.data[1] is not None and len(accuracy[0][0]) > self.accuracy_chart.drawn[0]:
            self.accuracy_chart.grow(accuracy)
        self._show_progress()

    def _show_progress(self):
        history, done = self.history, self.trainer.iteration + self.run.share
        self.bar.max, self.bar.value = self.goal, done
        said = [f"iteration {self.trainer.iteration:,} of {self.goal:,}"]
        if self.task and self.run.share and self._rate and self._rate < 5:
            said[0] += f", and {100 * self.run.share:.0f} % of the next"
        if self.task and self._rate:
            fast = self._rate >= 1
            said.append(
                f"{self._rate:,.0f} iterations a second"
                if fast
                else f"{_duration(1 / self._rate)} an iteration"
            )
            said.append(f"{_duration((self.goal - done) / self._rate)} left")
        if history.train_loss_list:
            said.append(f"loss {history.train_loss_list[-1]:.3f}")
        if history.test_acc_list:
            said.append(
                f"accuracy {100 * history.train_acc_list[-1]:.1f} % training, "
                f"{100 * history.test_acc_list[-1]:.1f} % test"
            )
        self.progress.value = " &nbsp;·&nbsp; ".join(said)

    def _say(self, said=""):
        """Tell the state and what can be done now, in words and by the buttons."""
        run, n, running = self.run, self.trainer.iteration, self.task is not None
        changed = {k: v for k, v in self._chosen().items() if k != "iterations"}
        changed = changed != {k: v for k, v in run.settings.items() if k != "iterations"}
        if running:
            state = f"Training with {run.label}."
        elif not run.begun:
            state = "Ready. Start trains a new network with these settings."
        else:
            if n < self.goal:
                state = f"Paused at iteration {n:,} of {self.goal:,}. Continue goes on"
            else:
                more = self._chosen()["iterations"]
                state = f"Finished after {_iterations(n)}. Continue does {more:,} more"
            state += f" with {run.label}" if changed else ""
            state += f"; Start begins anew and discards {_iterations(n)} (Pin keeps the curves)."
        self.state.value = f'<div role="status">{escape(f"{said} {state}".strip())}</div>'
        useless = {
            "Start": running,
            "Pause": not running and not run.begun,
            "Step": running,
            "Reset": not running and not run.begun and not self.pinned,
            "Pin": running or n == 0,
        }
        for name, button in self.buttons.items():
            button.disabled = useless[name]
        goes_on = run.begun and not running
        self.buttons["Pause"].description = "Continue" if goes_on else "Pause"
        self.buttons["Pause"].icon = "play" if goes_on else "pause"
        self.page.code, self.page.training = run.code(), running
        self._show_progress()


def _control(name, value):
    values, tooltip = CONTROLS[name]
    if value not in values:
        raise ValueError(f"{name} is {value!r}; expected one of {values}")
    look = {
        "description": name,
        "tooltip": tooltip,
        "style": {"description_width": "6.5em"},
        "layout": {"flex": "1 1 18.5em", "max_width": "25em"},
    }
    if name == "seed":
        look |= {"layout": {"width": "13em"}}
        return ipywidgets.BoundedIntText(value, min=values[0], max=values[-1], **look)
    if name == "gradient":
        beside = {"width": "31em", "display": "flex"}  # the name, which would stand above
        look |= {"style": look["style"] | {"button_width": "7em"}, "layout": beside}
        return ipywidgets.ToggleButtons(
            options=values, value=value, tooltips=[tooltip] * len(values), **look
        )
    return ipywidgets.SelectionSlider(options=[(f"{v:,}", v) for v in values], value=value, **look)


def _running_loop():
    """Give this thread's event loop; a plain script has none, and no page to show a panel."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _row(widgets):
    """Put widgets beside one another, and below where the page is too narrow."""
    return ipywidgets.Box(list(widgets), layout={"flex_flow": "row wrap", "overflow": "visible"})


def _bursts(work):
    """Do work, which comes in slices, in bursts on one core; yield its last value after each."""
    done = object()
    value = None
    while value is not done:
        until, last = time.perf_counter() + BURST, value
        while (value := next(work, done)) is not done and time.perf_counter() < until:
            last = value
        yield last if value is done else value


def _memory(settings, train, test):
    """Bytes that one burst of such a run takes at the most, beside the data."""
    already = tracemalloc.is_tracing()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        some = tuple(part[:TRIED] for part in train)
        next(_bursts(Run(settings, some, None).work(settings["iterations"])))
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        if not already:
            tracemalloc.stop()


def _percent(shares):
    return [100 * share for share in shares]


def _iterations(n):
    return "1 iteration" if n == 1 else f"{n:,} iterations"


def _epochs(n):
    return f"{n:.2g} epochs" if n < 10 else f"{n:,.0f} epochs"


def _duration(seconds):
    """Say a time in its two largest units; less than a second is one."""
    if seconds < 100:
        return f"{max(seconds, 1):.0f} s"
    minutes, hours, days = (round(seconds / unit) for unit in (60, 3600, 86_400))
    if minutes < 100:
        return f"{minutes} min"
    if hours < 48:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{days} days"
