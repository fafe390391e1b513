import asyncio
import functools
from contextlib import suppress

import numpy as np
import pytest
from test_experiment import DATA, SETTINGS, alone, assert_same

from dlscratch import History
from dlscratch.widgets import training_panel
from dlscratch.widgets.chart import PINNED, PRESENT
from dlscratch.widgets.experiment import Experiment
from dlscratch.widgets.panel_words import controls
from dlscratch.widgets.training_panel import TrainingPanel


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


def small(data=DATA, **settings):
    return TrainingPanel(data, **SETTINGS | settings)


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


async def press_and_wait(panel, name):
    """Press a button; wait for the end of what it starts."""
    press(panel, name)
    await until(lambda: panel.task is None)


async def begun(**settings):
    """Give a panel that trains."""
    panel = small(**settings)
    press(panel, "start")
    await until(lambda: panel.trainer.iteration)
    return panel


@in_event_loop
async def test_the_buttons_lead_from_ready_to_paused_to_finished_and_back():
    panel = small()
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
    await press_and_wait(panel, "go_on")
    assert panel.state.startswith("Finished at iteration 20. Continue adds 20 to this run;")
    assert_same(panel, alone())
    press(panel, "reset")
    assert panel.state.startswith("The run before is discarded. Ready.")
    assert panel.history == History() and panel.can_press == ["start", "step", "copy"]


@in_event_loop
async def test_a_press_that_comes_too_late_does_nothing():
    panel = small()
    for name in ("pause", "go_on", "reset", "pin", "close", "no such button"):
        press(panel, name)
    assert panel.state.startswith("Ready.") and panel.pinned == []
    press(panel, "start")
    task = panel.task
    press(panel, "start")  # the second of two quick ones
    assert panel.task is task


@in_event_loop
async def test_steps_and_more_iterations_after_the_end_are_one_long_run():
    panel = small()
    for done in (1, 2):
        await press_and_wait(panel, "step")
        assert panel.state.startswith(f"Paused at iteration {done} of 20")
    await press_and_wait(panel, "go_on")
    choose(panel, iterations=50)
    assert "Continue adds 50 to this run" in panel.state
    await press_and_wait(panel, "go_on")
    assert panel.state.startswith("Finished at iteration 70.")
    assert_same(panel, alone(iterations=70))


@in_event_loop
async def test_start_takes_the_settings_shown_and_continue_those_of_the_run():
    panel = small()
    press(panel, "start")
    assert panel.state == "Training."
    choose(panel, learning_rate=2, seed=4)
    said = "This run has: learning rate 0.5 · seed 7. Start takes what is set now."
    assert panel.state == f"Training. {said}"
    await until(lambda: panel.trainer.iteration)
    press(panel, "pause")
    assert panel.state.endswith(said) and "Paused at" in panel.state
    choose(panel, iterations=50)  # which Continue takes
    await press_and_wait(panel, "go_on")
    assert_same(panel, alone())
    assert panel.runs[0][4] == "0.5"  # the present run's learning rate
    press(panel, "start")
    assert panel.runs[0][4] == "2" and panel.state == "Training."
    await until(lambda: panel.task is None)
    assert_same(panel, alone(learning_rate=2, seed=4, iterations=50))


@in_event_loop
async def test_messages_of_another_thread_are_answered_in_the_panels_own_and_in_their_order():
    """Where they come in JupyterLab; two threads would draw into one figure."""
    panel = small(iterations=10_000)

    def press_and_choose():
        choose(panel, learning_rate=5)
        press(panel, "start")
        choose(panel, learning_rate=0.5)  # before Start is answered

    await asyncio.to_thread(press_and_choose)
    await until(lambda: panel.trainer.iteration > 3)
    assert (panel.trainer.learning_rate, panel.settings["learning_rate"]) == (5, 0.5)
    await asyncio.to_thread(press, panel, "pause")
    await until(lambda: panel.task is None)
    assert panel.state.startswith("Paused at iteration")
    before = panel._estimating
    await asyncio.to_thread(choose, panel, batch_size=100)
    await until(lambda: panel._estimating is not before)
    assert panel._estimating.get_loop() is asyncio.get_running_loop()


@in_event_loop
async def test_the_table_tells_all_runs_apart_by_their_settings_and_results():
    panel = small()
    assert panel.texts["rows"] == [
        *[name for name, _ in controls().values()],
        *["training loss", "test loss", "training accuracy", "test accuracy"],
    ]
    panel.trainer.run(19)  # in a cell of the learner's
    panel._show()
    learned = [values[:100] for values in DATA[0]], DATA[1]
    losses, shares = results(panel.net, learned)
    assert panel.runs[0][8:] == [*losses, *[f"≈ {share}" for share in shares]]  # of a sample
    await press_and_wait(panel, "step")
    panel.pin()
    choose(panel, learning_rate=5)
    panel.reset()
    panel.ensure_trained()
    present, pinned = panel.runs
    assert pinned[1:8] == ["20", "100", "10", "0.5", "5", "backprop", "7"]
    losses, shares = results(alone().net, learned)
    assert pinned[8:] == [*losses, *shares]
    assert present[1:8] == ["20", "100", "10", "5", "5", "backprop", "7"]
    assert present[0] != pinned[0]  # what their lines look like


def results(net, pairs):
    """Write the losses and the accuracies as the table does."""
    losses = [f"≈ {net.loss(*pair):.3f}" for pair in pairs]
    return losses, [f"{100 * net.accuracy(*pair):.1f} %" for pair in pairs]


def test_pins_are_told_apart_and_taken_away_one_by_one():
    panel = small(iterations=1)
    panel.ensure_trained()
    alone = bytes(panel.loss_picture)
    for _ in PINNED:
        press(panel, "pin")
    assert panel.state.startswith("Pinned. The charts have room for no more")
    assert "pin" not in panel.can_press
    assert [run[0] for run in panel.runs] == [PRESENT, *PINNED]
    panel._handle_custom_msg({"remove": 1}, [])
    press(panel, "pin")
    assert [run[0] for run in panel.runs] == [PRESENT, PINNED[0], *PINNED[2:], PINNED[1]]
    for _ in [*PINNED, "the second of two quick presses"]:
        panel._handle_custom_msg({"remove": 0}, [])
    assert bytes(panel.loss_picture) == alone


def test_few_digits_are_the_first_ones_and_batches_are_no_larger():
    panel = small(batch_size=500, digits=500)
    choices = {name: each for name, _, _, each, _ in panel.texts["controls"]}
    assert choices["digits"] == (100, 300, 500) and choices["batch_size"][-1] == 500
    choose(panel, digits=100)
    assert panel.settings["batch_size"] == 100


@in_event_loop
async def test_an_estimate_names_the_time_and_changes_nothing():
    panel = small(iterations=100)
    panel.ensure_trained()
    before = panel.trainer.rng.bit_generator.state
    choose(panel, batch_size=20, iterations=1000)
    assert panel.estimate == "Estimating ..."
    await panel._estimating
    assert panel.estimate.startswith("1,000 iterations (200 epochs): about ")
    assert "; with the plain loop " in panel.estimate
    assert panel.trainer.rng.bit_generator.state == before
    assert_same(panel, alone(iterations=100))


@in_event_loop
async def test_a_run_that_diverges_is_told_and_kept_and_does_not_hang_when_tried_again():
    x, t = DATA[0][0], np.eye(10)[DATA[0][1]]
    t[:20] *= 1e300  # some of the batches draw one of these
    panel = small(((x, t), None), learning_rate=10, digits=500)
    for name in ("start", "go_on"):
        await press_and_wait(panel, name)
        assert panel.state.startswith("Stopped: The training diverges: in iteration ")
        assert all(np.isfinite(weights).all() for weights in panel.net.params.values())
    kept = panel.trainer.iteration
    assert 0 < kept < 20
    await press_and_wait(panel, "go_on")
    assert panel.trainer.iteration == kept


def test_ensure_trained_trains_once_and_leaves_a_begun_run_alone():
    panel = small()  # no event loop: as in a plain script
    assert panel.ensure_trained() is panel.history
    assert_same(panel, alone())
    panel.ensure_trained()
    assert panel.trainer.iteration == 20
    assert panel.state.startswith("Finished at iteration 20")

    async def use():
        panel = await begun()
        done = panel.trainer.iteration
        assert panel.ensure_trained() is panel.history and panel.trainer.iteration == done

    asyncio.run(use())


@in_event_loop
async def test_nothing_runs_after_close():
    others = asyncio.all_tasks()
    panel = await begun(iterations=10_000)
    panel.close()
    done = panel.trainer.iteration
    await until(lambda: asyncio.all_tasks() == others)
    assert panel.trainer.iteration == done


@in_event_loop
async def test_after_an_hour_without_a_press_it_pauses(monkeypatch):
    """The page may be closed, and a training may take hours."""
    now = [0.0]
    monkeypatch.setattr("time.perf_counter", lambda: now[0])
    panel = await begun(iterations=10_000)
    now[0] = 3599.0
    for _ in range(20):
        await asyncio.sleep(0)
    assert panel.task and panel.progress["share"] > 0
    now[0] = 3601.0
    await until(lambda: panel.task is None)
    assert panel.state.startswith("An hour without a press: the page may be closed. Paused at")


@in_event_loop
async def test_the_speed_and_the_time_left_are_those_of_now_after_a_pause_too(monkeypatch):
    panel = small(iterations=50)
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
async def test_the_stop_button_is_a_pause_and_does_not_end_the_event_loop(raised, monkeypatch):
    panel = await begun()
    done, gradient = panel.trainer.iteration, panel.net.gradient

    def interrupted(*_):
        panel.net.gradient = gradient
        raise raised

    panel.net.gradient = interrupted
    await until(lambda: panel.task is None)
    assert panel.state.startswith(f"Paused at iteration {done} of 20.")
    await press_and_wait(panel, "go_on")
    assert_same(panel, alone())
    # while it estimates
    monkeypatch.setattr(Experiment, "estimate_seconds", interrupted)
    choose(panel, iterations=50)
    with suppress(asyncio.CancelledError):
        await panel._estimating


def test_the_page_is_answered_whatever_it_asks(monkeypatch):
    panel, answers = small(), []
    monkeypatch.setattr(panel, "send", answers.append)
    panel._handle_custom_msg({"width": 400}, [])
    press(panel, "go_on")  # which cannot be pressed now
    press(panel, "copy")
    assert answers == [{}, {}, {"code": panel.experiment.code()}, {}]


def test_without_test_data_only_the_training_data_are_measured():
    panel = small((DATA[0], None))
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
def test_a_value_that_cannot_be_chosen_is_refused(arguments, words):
    with pytest.raises(ValueError, match=words):
        small(**arguments)


def test_the_books_settings_are_shown_first_and_a_sentence_where_widgets_do_not_run():
    panel = TrainingPanel(DATA)
    assert [*panel.settings.values()] == [1000, 500, 100, 0.1, 50, "backprop", 0]
    text = panel._repr_mimebundle_()[0]["text/plain"]
    assert "JupyterLab" in text and "\n" not in text
