"""A panel to train the chapter's network with: choose, estimate, start, watch, pause, compare.

Training is an asyncio task: it works for a hundredth of a second, then lets the notebook do
what waits, such as a press on Pause or another cell. It needs no thread of its own.
"""

import asyncio
import threading
import time
from itertools import cycle
from pathlib import Path

import anywidget
import traitlets

from dlscratch.estimate import estimates, plain_loop_seconds
from dlscratch.widgets import panel_words as words
from dlscratch.widgets.chart import PINNED, PRESENT, AccuracyChart, LossChart
from dlscratch.widgets.experiment import CHOICES, Experiment
from dlscratch.words import say

TURN = 0.01  # seconds of work between two looks at what else there is to do
REDRAW = 0.2  # seconds between two pictures
LONGEST = 3600  # seconds without a press; then the page may be closed for good


class TrainingPanel(anywidget.AnyWidget):
    """Choose settings, train the chapter's network, and watch its curves grow.

    Parameters
    ----------
    data : (train, test)
        What `load_mnist` returns: two pairs (x, t). With None for test only the loss is drawn.
    iterations, batch_size, learning_rate, hidden_size, gradient, seed
        What is chosen first; one of the `dlscratch.widgets.experiment.CHOICES`.

    Attributes
    ----------
    trainer : Trainer
        The present run's; so are its network `net` and its History `history`.
    settings : dict
        What is chosen now, which the next run will have.
    task : asyncio.Task or None
        The training, while it runs.

    Raises
    ------
    ValueError
        If a setting is not among the choices, or the data do not fit together.
    """

    _esm = Path(__file__).with_suffix(".js")
    _css = Path(__file__).with_suffix(".css")
    texts = traitlets.Dict().tag(sync=True)  # all that is written on the page and stays
    settings = traitlets.Dict().tag(sync=True)
    estimate = traitlets.Unicode().tag(sync=True)
    can_press = traitlets.List().tag(sync=True)
    state = traitlets.Unicode().tag(sync=True)
    progress = traitlets.Dict().tag(sync=True)
    loss_picture = traitlets.Bytes().tag(sync=True)
    accuracy_picture = traitlets.Bytes().tag(sync=True)
    runs = traitlets.List().tag(sync=True)  # the table below the charts
    code = traitlets.Unicode().tag(sync=True)
    experiment = task = _estimating = None  # also for a panel whose arguments were refused

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
        first = (iterations, batch_size, learning_rate, hidden_size, gradient, seed)
        settings = dict(zip(CHOICES, first, strict=True))
        for name, value in settings.items():
            if value not in CHOICES[name]:
                raise ValueError(f"{name} is {value!r}; expected one of {CHOICES[name]}")
        super().__init__(
            settings=settings,
            texts={
                "controls": [
                    [name, *words.controls()[name], choices, list(map(_written, choices))]
                    for name, choices in CHOICES.items()
                ],
                "buttons": words.buttons(),
                "columns": [
                    "",
                    *[name for name, _tooltip in words.controls().values()],
                    *words.results()[: 1 if data[1] is None else 3],
                ],
                **words.texts(),
            },
        )
        self.data, self.pinned = data, []
        self.charts = {"loss": LossChart()}
        if data[1] is not None:
            self.charts["accuracy"] = AccuracyChart()
        for chart in self.charts.values():
            chart.resize(420)
        self._thread, self._loop = threading.get_ident(), _running_loop()
        self._begin()
        self._choose()
        self.observe(lambda _: self._here(self._choose), "settings")
        self.on_msg(lambda _, message, __: self._here(lambda: self._hear(**message)))

    def _here(self, act):
        """Act in the thread that made the panel: JupyterLab's messages come in another one."""
        if self._loop is None or threading.get_ident() == self._thread:
            act()
        else:
            self._loop.call_soon_threadsafe(act)

    def __repr__(self):
        """Say in a sentence what is missing where widgets do not run."""
        return say("A training panel; it shows where notebook widgets run, as in JupyterLab.")

    trainer = property(lambda self: self.experiment.trainer)
    net = property(lambda self: self.experiment.trainer.net)
    history = property(lambda self: self.experiment.history)

    def start(self):
        """Train a new network with the settings shown; the present run is discarded."""
        self._begin()
        self._train_to(self.experiment.goal)

    def pause(self):
        """Hold the training where it is."""
        if self.task:
            self.task.cancel()
            self.task = None
            self._show(anew=True)

    def go_on(self):
        """Go on with the run; after its end, for as many iterations as are chosen now."""
        more = 0 if self.trainer.iteration < self.experiment.goal else self.settings["iterations"]
        self._train_to(self.experiment.goal + more)

    def step(self):
        """Do one iteration."""
        if not self.trainer.iteration:
            self._begin()
        self._train_to(self.trainer.iteration + 1)

    def reset(self):
        """Go back to an untrained network; if there is one already, remove the pinned runs."""
        if not self.trainer.iteration:
            self.pinned.clear()
        self._begin()

    def pin(self):
        """Keep the run's curves, as they are now, under those of the next runs."""
        self.pinned.append(self.experiment.frozen())
        self._show("pinned", anew=True)

    def ensure_trained(self):
        """Train at once with the settings shown if that was not done yet; return the History.

        For the cell after the panel: it has something to draw where nobody can press Start.
        """
        if not self.trainer.iteration:
            self._begin()
            self.trainer.run(self.experiment.goal)
            self._show(anew=True)
        return self.history

    def close(self):
        """Stop whatever runs, and take the panel out of the page."""
        for task in filter(None, [self.task, self._estimating]):
            task.cancel()
        self.task = None
        super().close()

    def _hear(self, press=None, width=None, ratio=None):
        """Do what the page asks for: press a button, or draw charts of that size."""
        if press in self.can_press:
            getattr(self, press)()
        if width:
            for chart in self.charts.values():
                chart.resize(width, ratio)
            self._show(anew=True)

    def _begin(self):
        """Make a new, untrained network with the settings shown."""
        self.pause()
        discards = self.experiment and self.trainer.iteration
        self.experiment = Experiment(self.settings, *self.data)
        self._rate = None
        self._show("discarded" if discards else None, anew=True)

    def _train_to(self, end):
        self.task = asyncio.get_running_loop().create_task(self._train(end))
        self.experiment.goal = max(end, self.experiment.goal)
        self._show(anew=True)

    async def _train(self, end):
        """Train in turns; let the notebook live in between."""
        experiment, event, values = self.experiment, None, {}
        start, already = time.perf_counter(), experiment.trainer.iteration
        redraw = start
        try:
            for _turn in in_turns(experiment.train_to(end)):
                now = time.perf_counter()
                if now > redraw:
                    self._rate = (experiment.trainer.iteration - already) / (now - start)
                    self._show()
                    redraw = time.perf_counter() + REDRAW
                if now > start + LONGEST:
                    event = "an hour"
                    break
                for _look in range(5):  # a message takes several turns of the event loop
                    await asyncio.sleep(0)
        except (KeyboardInterrupt, asyncio.CancelledError):  # the kernel's stop button: a pause
            pass
        except Exception as error:  # nobody awaits the task, so the panel has to tell
            event, values = "error", {"error": error}
        if self.task is asyncio.current_task():  # and no other one was started meanwhile
            self.task = None
            # where a curve grew piece by piece, its joints show
            self._show(event, anew=True, **values)

    def _choose(self):
        """Estimate the run that is chosen now, instead of the one chosen before."""
        self._show()
        self.estimate = say("Estimating ...")
        if self._estimating:
            self._estimating.cancel()
        loop = _running_loop()
        self._estimating = loop and loop.create_task(self._show_estimate(self.settings))

    async def _show_estimate(self, settings):
        await asyncio.sleep(0.1)  # a slider that is being dragged passes through many values
        experiment = Experiment(settings, *self.data)
        for seconds in in_turns(estimates(experiment.trainer, experiment.goal)):  # noqa: B007, the last one counts
            await asyncio.sleep(0)
        values = {
            "iterations": words.iterations(experiment.goal),
            "epochs": words.epochs(experiment.epochs),
            "time": words.duration(seconds),
            "slow": words.duration(experiment.goal * plain_loop_seconds(experiment.trainer)),
        }
        self.estimate = say(
            "{iterations} ({epochs}): about {time}; with the plain loop {slow}", **values
        )

    def _show(self, event=None, *, anew=False, **values):
        """Bring all that the page shows up to date; the charts from nothing if `anew`.

        `event` is one of `words.EVENTS`, which is said with its values before the state.
        """
        experiment, n = self.experiment, self.trainer.iteration
        if self.task:
            state = "training"
        elif not experiment.trainer.iteration:
            state = "ready"
        else:
            state = "paused" if n < experiment.goal else "finished"
        sentence, can_press = words.states()[state]
        sentence = sentence.format(n=n, goal=experiment.goal, more=self.settings["iterations"])
        with self.hold_sync():
            said = [words.events()[event].format(**values)] if event else []
            self.state = " ".join([*said, sentence])
            self.can_press = [name for name in can_press if n or name != "pin"]
            if state == "ready" and self.pinned:
                self.can_press += ["reset"]
            self.progress = {"share": n / experiment.goal, "text": self._progress()}
            self.runs = [[PRESENT, *_row(experiment)]] + [
                [look, *_row(pin)] for look, pin in zip(cycle(PINNED), self.pinned, strict=False)
            ]
            self.code = experiment.code()
            for name, chart in self.charts.items():
                draw = chart.draw if anew else chart.grow
                if picture := draw(experiment, self.pinned):
                    self.set_trait(f"{name}_picture", picture)

    def _progress(self):
        """Say how far the training is, how fast, and how long it will take."""
        experiment, n = self.experiment, self.trainer.iteration
        said = [say("iteration {n:,} of {goal:,}", n=n, goal=experiment.goal)]
        if self.task and self._rate:
            if self._rate >= 1:
                said.append(say("{rate:,.0f} iterations a second", rate=self._rate))
            else:
                said.append(say("{time} an iteration", time=words.duration(1 / self._rate)))
            left = (experiment.goal - n) / self._rate
            said.append(say("{time} left", time=words.duration(left)))
        return " · ".join(said)


def in_turns(slices):
    """Take as many slices as fit into a turn, again and again; yield the last value of each."""
    until, value = time.perf_counter() + TURN, None
    for value in slices:
        if time.perf_counter() >= until:
            yield value
            until = time.perf_counter() + TURN
    yield value


def _row(experiment):
    """Give what the table of runs says of one: its settings, and how good it is."""
    each = {"iterations": len(experiment.history.train_loss_list)}
    settings = [_written(value) for value in (experiment.settings | each).values()]
    losses = experiment.losses()[-1][1]
    row = [*settings, f"{losses[-1]:.3f}" if len(losses) else ""]
    if experiment.trainer.test is not None:
        row += [
            f"{percents[-1]:.1f} %" if percents else "" for _, percents in experiment.accuracies()
        ]
    return row


def _written(value):
    names = {"backprop": say("backprop"), "numerical": say("numerical")}
    return names[value] if isinstance(value, str) else f"{value:,}"


def _running_loop():
    """Give this thread's event loop; a plain script has none, and no page to show a panel."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
