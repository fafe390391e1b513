"""A panel to train the chapter's network with: choose, estimate, start, watch, pause, compare.

Training is an asyncio task: it works for a hundredth of a second, at least one iteration, then
lets the notebook do what waits, such as a press on Pause or another cell. It needs no thread.
"""

import asyncio
import threading
import time
from contextlib import suppress
from functools import partial

import traitlets

from dlscratch.estimate import plain_loop_seconds
from dlscratch.widgets import panel_words as words
from dlscratch.widgets.chart import PINNED, PRESENT, AccuracyChart, LossChart
from dlscratch.widgets.experiment import Experiment, batch_sizes, choices_for
from dlscratch.widgets.page import Page, shared_and
from dlscratch.words import say

TURN = 0.01  # seconds of work between two looks at what else there is to do
REDRAW = 0.25  # seconds between two pictures, or more: see SHARE
SHARE = 20  # drawing takes at most one of so many seconds
LONGEST = 3600  # seconds without a press; then the page may be closed for good


class TrainingPanel(Page):
    """Choose settings, train the chapter's network, and watch its curves grow.

    Parameters
    ----------
    data : (train, test)
        What `load_mnist` returns: two pairs (x, t). With None for test there are only the curves
        of the training data.
    digits : int or None
        How many of the training digits are learned from at first: the first ones of the data. By
        default all.
    iterations, batch_size, learning_rate, hidden_size, gradient, seed
        What else is chosen first; one of the `dlscratch.widgets.experiment.CHOICES`.

    Attributes
    ----------
    trainer : Trainer
        The present run's; so are its network `net` and its History `history`.
    curves : Curves
        Loss and accuracy on a sample of the data at some forty moments of the present run.
    settings : dict
        What is chosen now, which the next run will have.
    task : asyncio.Task or None
        The training, while it runs.

    Raises
    ------
    ValueError
        If a setting is not among the choices, or the data do not fit together.
    """

    _esm, _css = shared_and("training_panel.js"), shared_and("training_panel.css")
    texts = traitlets.Dict().tag(sync=True)  # all that is written on the page and stays
    settings = traitlets.Dict().tag(sync=True)
    estimate = traitlets.Unicode().tag(sync=True)
    can_press = traitlets.List().tag(sync=True)
    state = traitlets.Unicode().tag(sync=True)
    progress = traitlets.Dict().tag(sync=True)
    loss_picture = traitlets.Bytes().tag(sync=True)
    accuracy_picture = traitlets.Bytes().tag(sync=True)
    runs = traitlets.List().tag(sync=True)  # the table below the charts
    experiment = task = _estimating = None  # `close` needs them if the arguments are refused

    def __init__(
        self,
        data,
        *,
        iterations=1000,
        digits=None,
        batch_size=100,
        learning_rate=0.1,
        hidden_size=50,
        gradient="backprop",
        seed=0,
    ):
        n = len(data[0][0])
        digits = n if digits is None else digits
        first = (iterations, digits, batch_size, learning_rate, hidden_size, gradient, seed)
        choices = choices_for(n)
        settings = dict(zip(choices, first, strict=True))
        for name, value in settings.items():
            if value not in choices[name]:
                raise ValueError(f"{name} is {value!r}; expected one of {choices[name]}")
        super().__init__(
            say("This panel trains a network and draws its curves."),
            settings=settings,
            texts={
                "controls": [
                    [name, *words.controls()[name], each, list(map(_written, each))]
                    for name, each in choices.items()
                ],
                "buttons": words.buttons(),
                "rows": [
                    *[name for name, _tooltip in words.controls().values()],
                    *words.results(data[1] is not None),
                ],
                **words.texts(),
                "note": words.note(data[1] is not None),
            },
        )
        self.data, self.pinned = data, []
        self.charts = {"loss": LossChart(), "accuracy": AccuracyChart()}
        self._thread, self._loop = threading.get_ident(), _running_loop()
        self._begin(settings)
        self._choose()
        self.observe(lambda _: self._here(self._choose), "settings")
        # The settings are those of now: in another thread, later ones may come before the answer.
        self.on_msg(
            lambda _, message, __: self._here(partial(self._hear, self.settings, **message))
        )

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

    curves = property(lambda self: self.experiment.curves)

    def start(self, settings=None):
        """Train a new network with the settings shown; the present run is discarded."""
        self._begin(settings)
        self._train_to(self.experiment.goal)

    def pause(self):
        """Hold the training where it is."""
        if self.task:
            self.task.cancel()
            self.task = None
            self._show(draw="grow")

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
        """Go back to an untrained network."""
        self._begin()

    def pin(self):
        """Keep the run's curves, as they are now, behind those of the next runs."""
        look = next(look for look in PINNED if look not in [pin.look for pin in self.pinned])
        self.pinned.append(self.experiment.pinned(look, _row(self.experiment)))
        self._show("full" if len(self.pinned) == len(PINNED) else "pinned", draw="anew")

    def remove(self, k):
        """Take the k-th pinned run away, the first one being 0."""
        del self.pinned[k]
        self._show(draw="anew")

    def copy(self):
        """Give the page the lines that do this run again."""
        self.send({"code": self.experiment.code()})

    def ensure_trained(self):
        """Train at once with the settings shown if that was not done yet; return the History.

        For the cell after the panel: it has something to draw where nobody can press Start.
        """
        if not self.trainer.iteration:
            self._begin()
            self.experiment.run()
            self._show(draw="anew")
        return self.history

    def close(self):
        """Stop whatever runs, and take the panel out of the page."""
        for task in filter(None, [self.task, self._estimating]):
            task.cancel()
        self.task = None
        super().close()

    def _hear(self, settings, press=None, remove=None, width=None, ratio=1, color=(0, 0, 0, 255)):
        """Do what the page asks for: press a button, or draw charts that fit it."""
        if press == "start" in self.can_press:
            self.start(settings)
        elif press in self.can_press:
            getattr(self, press)()
        if remove is not None and remove < len(self.pinned):
            self.remove(remove)
        if width:
            for chart in self.charts.values():
                chart.resize(width, ratio, tuple(part / 255 for part in color))
            self._draw("anew")
        self.answer()

    def _begin(self, settings=None):
        """Make a new, untrained network."""
        self.pause()
        discards = self.experiment and self.trainer.iteration
        self.experiment = Experiment(settings or self.settings, *self.data)
        self._rate = None
        self._show("discarded" if discards else None, draw="anew")

    def _train_to(self, end):
        self.task = asyncio.get_running_loop().create_task(self._train(end))
        self.experiment.goal = max(end, self.experiment.goal)
        self._show(draw="anew")

    async def _train(self, end):
        """Train, and let the notebook live in between."""
        experiment, event, values = self.experiment, None, {}
        start, already = time.perf_counter(), experiment.trainer.iteration
        look, redraw = start + TURN, start + REDRAW
        try:
            for _iteration in experiment.train_to(end):
                now = time.perf_counter()
                if now < look:
                    continue
                if now > redraw:
                    self._rate = (experiment.trainer.iteration - already) / (now - start)
                    self._show(draw="grow")
                    drawn = time.perf_counter()
                    redraw = drawn + max(REDRAW, SHARE * (drawn - now))
                if now > start + LONGEST:
                    event = "an hour"
                    break
                for _turn in range(5):  # a message takes several turns of the event loop
                    await asyncio.sleep(0)
                look = time.perf_counter() + TURN
        except (KeyboardInterrupt, asyncio.CancelledError):  # the kernel's stop button: a pause
            pass
        except Exception as error:  # nobody awaits the task, so the panel has to tell
            event, values = "error", {"error": error}
        if self.task is asyncio.current_task():  # and no other one was started meanwhile
            self.task = None
            self._show(event, draw="grow", **values)

    def _choose(self):
        """Estimate the run that is chosen now, instead of the one chosen before."""
        largest = batch_sizes(self.settings["digits"])[-1]
        if self.settings["batch_size"] > largest:
            self.settings = self.settings | {"batch_size": largest}  # which comes here again
            return
        self._show()
        if self._estimating:
            self._estimating.cancel()
        if loop := _running_loop():
            self.estimate = say("Estimating ...")
            self._estimating = loop.create_task(self._show_estimate(self.settings))

    async def _show_estimate(self, settings):
        with suppress(KeyboardInterrupt):  # it would end the kernel's event loop
            await asyncio.sleep(0.1)  # a slider that is being dragged passes through many values
            experiment = Experiment(settings, *self.data)
            seconds = experiment.estimate_seconds()
            plain_loop = experiment.goal * plain_loop_seconds(experiment.trainer)
            self.estimate = say(
                "{iterations} ({epochs}): about {time}; with the plain loop {slow}",
                iterations=words.iterations(experiment.goal),
                epochs=words.epochs(experiment.epochs),
                time=words.duration(seconds),
                slow=words.duration(plain_loop),
            )

    def _show(self, event=None, *, draw=None, **values):
        """Bring the words on the page up to date, and the charts if `draw` is "anew" or "grow".

        `event` is one of `words.events`, which is said with its values before the state.
        """
        experiment, n = self.experiment, self.trainer.iteration
        if self.task:
            state = "training"
        else:
            experiment.curves.measure(self.trainer)
            state = "paused" if n < experiment.goal else "finished"
            state = state if n else "ready"
        sentence, can_press = words.states()[state]
        said = [words.events()[event].format(**values)] if event else []
        said.append(sentence.format(n=n, goal=experiment.goal, more=self.settings["iterations"]))
        if (n or self.task) and (differing := self._differing()):
            said.append(
                say("This run has: {settings}. Start takes what is set now.", settings=differing)
            )
        if len(self.pinned) == len(PINNED):
            can_press = [name for name in can_press if name != "pin"]
        with self.hold_sync():
            self.state, self.can_press = " ".join(said), can_press
            self.progress = {"share": n / experiment.goal, "text": self._progress()}
            self.runs = [
                [PRESENT, *_row(experiment)],
                *[[pin.look, *pin.row] for pin in self.pinned],
            ]
            if draw:
                self._draw(draw)

    def _draw(self, how):
        for name, chart in self.charts.items():
            draw = chart.grow if how == "grow" else chart.draw
            self.set_trait(f"{name}_picture", draw(self.experiment, self.pinned))

    def _differing(self):
        """Name the settings of the run that are not those shown."""
        run, names = self.experiment.settings, words.controls()
        return " · ".join(
            f"{names[name][0]} {_written(run[name])}"
            for name, chosen in self.settings.items()
            if chosen != run[name] and name != "iterations"  # Continue takes the new ones
        )

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


def _row(experiment):
    """Give what the table of runs says of one: its settings, and how good it is."""
    done = {"iterations": experiment.trainer.iteration}
    settings = [_written(value) for value in (experiment.settings | done).values()]
    curves = experiment.curves
    losses = [f"≈ {values[-1]:.3f}" for values in (curves.train_loss, curves.test_loss) if values]
    shares, of_all = experiment.accuracies()
    written = [say("{percent:.1f} %", percent=100 * share) for share in shares]
    return [*settings, *losses, *[each if of_all else f"≈ {each}" for each in written]]


def _written(value):
    names = {"backprop": say("backprop"), "numerical": say("numerical")}
    return names[value] if isinstance(value, str) else f"{value:,}"


def _running_loop():
    """Give this thread's event loop; a plain script has none, and no page to show a panel."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
