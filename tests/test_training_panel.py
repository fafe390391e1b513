import asyncio
import functools
from contextlib import suppress

import numpy as np
import pytest
from all_digits import mnist

from dlscratch import History, Trainer, TwoLayerNet
from dlscratch.widgets import training_panel
from dlscratch.widgets.chart import PINNED, PRESENT
from dlscratch.widgets.experiment import Experiment
from dlscratch.widgets.panel_words import controls
from dlscratch.widgets.training_panel import TrainingPanel


@pytest.fixture(scope="module")
def data():
    (x, t), (x_test, t_test) = mnist()
    return (x[:500], t[:500]), (x_test[:100], t_test[:100])


@pytest.fixture(autouse=True)
def short_turns(monkeypatch):
    """Come back from the training after every slice, however quick the machine."""
    monkeypatch.setattr(training_panel, "TURN", 0)


def in_event_loop(test):
    """Run a test in an event loop, as a notebook's cells are; what still runs then is ended."""

    @functools.wraps(test)
    def run(*args, **fixtures):
        asyncio.run(test(*args, **fixtures))

    return run


def small(data, **settings):
    return TrainingPanel(data, **{"iterations": 20, "batch_size": 10, "hidden_size": 5} | settings)


def alone(data, iterations=20, learning_rate=0.1, seed=0, digits=500):
    """The run that `small` does, by the package alone."""
    rng = np.random.default_rng(seed)
    net = TwoLayerNet(784, 5, 10, rng=rng)
    train = data[0][0][:digits], data[0][1][:digits]
    trainer = Trainer(net, train, batch_size=10, learning_rate=learning_rate, rng=rng)
    trainer.run(iterations)
    return trainer


def assert_same_run(panel, other):
    assert panel.history.train_loss_list == other.history.train_loss_list
    for name, weights in other.net.params.items():
        np.testing.assert_array_equal(panel.net.params[name], weights)


def press(panel, name):
    """Press a button as the page does."""
    panel._handle_custom_msg({"press": name}, [])


def choose(panel, **settings):
    """Choose settings as the page does."""
    panel.settings = panel.settings | settings


async def until(condition):
    """Let the panel work; the limit counts turns of the event loop, whatever they take."""
    for _ in range(1_000_000):
        if condition():
            return
        await asyncio.sleep(0)
    pytest.fail("it did not come")


async def end_of(panel):
    await until(lambda: panel.task is None)


@in_event_loop
async def test_the_buttons_lead_from_ready_to_paused_to_finished_and_back(data):
    panel = small(data)
    assert panel.can_press == ["start", "step", "copy"]
    assert panel.state.startswith("Ready.")
    press(panel, "start")
    assert panel.can_press == ["pause", "reset"]
    assert panel.state.startswith("Training")
    await until(lambda: panel.trainer.iteration)
    press(panel, "pause")
    done = panel.trainer.iteration
    assert 0 < done < 20 and panel.task is None
    assert panel.can_press == ["start", "go_on", "step", "reset", "pin", "copy"]
    assert panel.state.startswith(f"Paused at iteration {done} of 20.")
    assert panel.progress["share"] == done / 20
    press(panel, "go_on")
    await end_of(panel)
    assert panel.state.startswith("Finished at iteration 20. Continue adds 20 to this run;")
    assert_same_run(panel, alone(data))
    press(panel, "reset")
    assert panel.state.startswith("The run before is discarded. Ready.")
    assert panel.history == History() and panel.can_press == ["start", "step", "copy"]


@in_event_loop
async def test_a_press_that_comes_too_late_does_nothing(data):
    panel = small(data)
    for name in ("pause", "go_on", "reset", "pin", "close", "no such button"):
        press(panel, name)
    assert panel.state.startswith("Ready.") and panel.pinned == []
    press(panel, "start")
    task = panel.task
    press(panel, "start")  # the second of two quick ones
    assert panel.task is task


@in_event_loop
async def test_steps_and_more_iterations_after_the_end_are_one_long_run(data):
    panel = small(data)
    for done in (1, 2):
        press(panel, "step")
        await end_of(panel)
        assert panel.state.startswith(f"Paused at iteration {done} of 20")
    press(panel, "go_on")
    await end_of(panel)
    choose(panel, iterations=50)
    assert "Continue adds 50 to this run" in panel.state
    press(panel, "go_on")
    await end_of(panel)
    assert panel.state.startswith("Finished at iteration 70.")
    assert_same_run(panel, alone(data, 70))


@in_event_loop
async def test_start_takes_the_settings_shown_and_continue_those_of_the_run(data):
    panel = small(data, seed=3)
    press(panel, "step")
    await end_of(panel)
    choose(panel, learning_rate=2)
    press(panel, "go_on")
    await end_of(panel)
    assert_same_run(panel, alone(data, seed=3))
    assert panel.runs[0][4] == "0.1"  # the present run's learning rate
    press(panel, "start")
    assert panel.runs[0][4] == "2"
    await end_of(panel)
    assert_same_run(panel, alone(data, learning_rate=2, seed=3))


def test_the_table_tells_all_runs_apart_by_their_settings_and_results(data):
    panel = small(data)
    panel.ensure_trained()
    panel.pin()
    choose(panel, learning_rate=5)
    panel.reset()
    panel.ensure_trained()
    present, pinned = panel.runs
    assert panel.texts["rows"] == [
        *[name for name, _ in controls().values()],
        *["training loss", "test loss", "training accuracy", "test accuracy"],
    ]
    net = alone(data).net
    assert pinned[1:8] == ["20", "500", "10", "0.1", "5", "backprop", "0"]
    assert pinned[8:] == [
        *[f"≈ {net.loss(*pair):.3f}" for pair in data],
        *[f"{100 * net.accuracy(*pair):.1f} %" for pair in data],
    ]
    assert present[1:8] == ["20", "500", "10", "5", "5", "backprop", "0"]
    assert present[0] != pinned[0]  # what their lines look like


@in_event_loop
async def test_before_its_end_the_table_says_that_accuracies_are_of_a_sample(data):
    panel = small(data, iterations=2)
    assert [cell[:2] for cell in panel.runs[0][-4:]] == ["≈ "] * 4
    panel.trainer.run(1)  # in a cell of the learner's
    panel._show()
    shares = [f"≈ {100 * panel.net.accuracy(*pair):.1f} %" for pair in data]
    assert panel.runs[0][-2:] == shares
    panel.step()
    await end_of(panel)
    assert [cell[:2] for cell in panel.runs[0][-4:-2]] == ["≈ "] * 2
    assert "≈" not in "".join(panel.runs[0][-2:])


def test_pins_are_told_apart_and_taken_away_one_by_one(data):
    panel = small(data, iterations=1)
    panel.ensure_trained()
    alone = bytes(panel.loss_picture)
    for _ in PINNED:
        press(panel, "pin")
    assert panel.state.startswith("Pinned. The charts have room for no more")
    assert "pin" not in panel.can_press
    assert [run[0] for run in panel.runs] == [PRESENT, *PINNED]
    panel._handle_custom_msg({"remove": 1}, [])
    assert [run[0] for run in panel.runs] == [PRESENT, PINNED[0], *PINNED[2:]]
    press(panel, "pin")
    assert [run[0] for run in panel.runs] == [PRESENT, PINNED[0], *PINNED[2:], PINNED[1]]
    for _ in [*PINNED, "the second of two quick presses"]:
        panel._handle_custom_msg({"remove": 0}, [])
    assert bytes(panel.loss_picture) == alone


def test_few_digits_are_the_first_ones_and_batches_are_no_larger(data):
    panel = small(data, digits=100, batch_size=100)
    choices = {name: each for name, _, _, each, _ in panel.texts["controls"]}
    assert choices["digits"] == (100, 300, 500) and choices["batch_size"][-1] == 500
    panel = small(data, batch_size=200)
    choose(panel, digits=100)
    assert panel.settings["batch_size"] == 100
    panel = small(data, digits=100)
    panel.ensure_trained()
    assert_same_run(panel, alone(data, digits=100))
    assert panel.runs[0][2] == "100"


@in_event_loop
async def test_an_estimate_names_the_time_and_changes_nothing(data):
    panel = small(data, iterations=100)
    panel.ensure_trained()
    before = panel.trainer.rng.bit_generator.state
    choose(panel, batch_size=20, iterations=1000)
    assert panel.estimate == "Estimating ..."
    await panel._estimating
    assert panel.estimate.startswith("1,000 iterations (40 epochs): about ")
    assert "; with the plain loop " in panel.estimate
    assert panel.trainer.rng.bit_generator.state == before
    assert_same_run(panel, alone(data, 100))


@in_event_loop
async def test_a_run_that_diverges_is_told_and_kept_and_does_not_hang_when_tried_again(data):
    x, t = data[0][0], np.eye(10)[data[0][1]]
    t[:20] *= 1e300  # some of the batches draw one of these
    panel = small(((x, t), None), learning_rate=10)
    panel.start()
    for _ in range(2):
        await end_of(panel)
        assert panel.state.startswith("Stopped: W1 of net.gradient holds nan or inf")
        assert "learning_rate that is too large. The parameters" in panel.state
        kept = panel.trainer.iteration
        assert 0 < kept < 20
        assert all(np.isfinite(weights).all() for weights in panel.net.params.values())
        press(panel, "go_on")
    await end_of(panel)
    assert panel.trainer.iteration == kept


def test_ensure_trained_trains_once_and_leaves_a_begun_run_alone(data):
    panel = small(data)  # no event loop: as in a plain script
    assert panel.ensure_trained() is panel.history
    assert_same_run(panel, alone(data))
    panel.ensure_trained()
    assert panel.trainer.iteration == 20
    assert panel.state.startswith("Finished at iteration 20")

    async def use():
        begun = small(data)
        begun.start()
        await until(lambda: begun.trainer.iteration)
        done = begun.trainer.iteration
        assert begun.ensure_trained() is begun.history and begun.trainer.iteration == done
        begun.close()

    asyncio.run(use())


@in_event_loop
async def test_nothing_runs_after_close(data):
    others = asyncio.all_tasks()
    panel = small(data, iterations=10_000)
    panel.start()
    await until(lambda: panel.trainer.iteration)
    panel.close()
    done = panel.trainer.iteration
    await until(lambda: asyncio.all_tasks() == others)
    assert panel.trainer.iteration == done


@in_event_loop
async def test_after_an_hour_without_a_press_it_pauses(data, monkeypatch):
    """The page may be closed, and a training may take hours."""
    panel = small(data, gradient="numerical", iterations=10_000)
    now = [0.0]
    monkeypatch.setattr("time.perf_counter", lambda: now[0])
    press(panel, "start")
    await until(lambda: panel.trainer.iteration)
    now[0] = 3599.0
    for _ in range(20):
        await asyncio.sleep(0)
    assert panel.task and panel.progress["share"] > 0
    now[0] = 3601.0
    await end_of(panel)
    assert panel.state.startswith("An hour without a press: the page may be closed. Paused at")


@in_event_loop
async def test_the_speed_and_the_time_left_are_those_of_now_after_a_pause_too(data, monkeypatch):
    panel = small(data, iterations=50)
    # of a clock by which an iteration takes half a second, and a pause a minute
    monkeypatch.setattr("time.perf_counter", lambda: panel.trainer.iteration / 2 + pause)
    for pause in (0, 60):
        paused = panel.trainer.iteration
        press(panel, "go_on" if pause else "start")
        await until(lambda: panel.trainer.iteration > paused + 5)  # noqa: B023
        shown = round(50 * panel.progress["share"])
        assert shown > paused
        left = f"2 iterations a second · {(50 - shown) / 2:.0f} s left"
        assert panel.progress["text"] == f"iteration {shown} of 50 · {left}"
        press(panel, "pause")
        assert panel.progress["text"] == f"iteration {panel.trainer.iteration} of 50"


@pytest.mark.parametrize("raised", [KeyboardInterrupt, asyncio.CancelledError])
@in_event_loop
async def test_the_stop_button_is_a_pause_and_does_not_end_the_event_loop(
    data, raised, monkeypatch
):
    panel = small(data)
    press(panel, "start")
    await until(lambda: panel.trainer.iteration == 3)
    gradient = panel.net.gradient

    def interrupted(x, t):
        panel.net.gradient = gradient
        raise raised

    panel.net.gradient = interrupted
    await end_of(panel)
    assert panel.state.startswith("Paused at iteration 3 of 20.")
    press(panel, "go_on")
    await end_of(panel)
    assert_same_run(panel, alone(data))
    # while it estimates
    monkeypatch.setattr(Experiment, "estimate_seconds", lambda self: interrupted(None, None))
    choose(panel, iterations=50)
    with suppress(asyncio.CancelledError):
        await panel._estimating


@in_event_loop
async def test_settings_moved_during_a_run_are_for_the_next_start_and_the_panel_says_so(data):
    panel = small(data, iterations=10_000)
    press(panel, "start")
    assert panel.state == "Training."
    choose(panel, learning_rate=2, seed=4)
    said = "This run has: learning rate 0.1 · seed 0. Start takes what is set now."
    assert panel.state == f"Training. {said}"
    await until(lambda: panel.trainer.iteration)
    press(panel, "pause")
    assert panel.state.endswith(said) and "Paused at" in panel.state
    choose(panel, learning_rate=0.1, seed=0, iterations=20)
    assert "This run has" not in panel.state  # Continue takes the new number of iterations


@in_event_loop
async def test_start_takes_what_was_set_when_it_was_pressed(data):
    """In another thread, as in JupyterLab, settings may come before Start is answered."""
    panel = small(data, iterations=10_000)

    def press_and_choose():
        choose(panel, learning_rate=5)
        press(panel, "start")
        choose(panel, learning_rate=0.5)

    await asyncio.to_thread(press_and_choose)
    await until(lambda: panel.task)
    assert panel.trainer.learning_rate == 5
    assert panel.settings["learning_rate"] == 0.5


def test_the_page_is_answered_whatever_it_asks(data, monkeypatch):
    panel, answers = small(data), []
    monkeypatch.setattr(panel, "send", answers.append)
    panel._handle_custom_msg({"width": 400}, [])
    press(panel, "go_on")  # which cannot be pressed now
    assert answers == [{}, {}]
    press(panel, "copy")
    assert answers[2:] == [{"code": panel.experiment.code()}, {}]


def test_without_test_data_only_the_training_data_are_measured(data):
    panel = small((data[0], None))
    panel.ensure_trained()
    assert len(panel.history.train_loss_list) == 20
    assert panel.history.epoch_list == []
    assert panel.texts["rows"][-2:] == ["training loss", "training accuracy"]
    assert len(panel.runs[0]) == 1 + len(panel.texts["rows"])
    assert "test" not in panel.texts["note"]


@pytest.mark.parametrize(
    "arguments, words",
    [
        ({"digits": 200}, r"digits is 200; expected one of \(100, 300, 500\)"),
        ({"gradient": "magic"}, "gradient is 'magic'"),
    ],
)
def test_a_value_that_cannot_be_chosen_is_refused(data, arguments, words):
    with pytest.raises(ValueError, match=words):
        TrainingPanel(data, **arguments)


def test_where_widgets_do_not_show_the_cell_says_so(data):
    text = small(data)._repr_mimebundle_()[0]["text/plain"]
    assert "JupyterLab" in text and "\n" not in text


@in_event_loop
async def test_messages_that_come_in_another_thread_are_answered_in_the_panels_own(data):
    """Where they come in JupyterLab; two threads would draw into one figure."""
    panel = small(data, iterations=10_000)
    await asyncio.to_thread(press, panel, "start")
    await until(lambda: panel.trainer.iteration > 3)
    assert panel.task.get_loop() is asyncio.get_running_loop()
    await asyncio.to_thread(press, panel, "pause")
    await end_of(panel)
    assert panel.state.startswith("Paused at iteration")
    before = panel._estimating
    await asyncio.to_thread(choose, panel, batch_size=100)
    await until(lambda: panel._estimating is not before)
    assert panel._estimating.get_loop() is asyncio.get_running_loop()
