import asyncio

import numpy as np
import pytest

from dlscratch import History, Trainer, TwoLayerNet, load_mnist
from dlscratch.gradient import numerical_gradient
from dlscratch.widgets import training_panel
from dlscratch.widgets.training_panel import CONTROLS, PlainLoopNet, TrainingPanel


@pytest.fixture(scope="module")
def data():
    (x, t), (x_test, t_test) = load_mnist()
    return (x[:500], t[:500]), (x_test[:100], t_test[:100])


@pytest.fixture(scope="module")
def tiny():
    """Eight pixels instead of 784: the plain loop over all parameters takes a moment."""
    rng = np.random.default_rng(0)
    return [(rng.random((n, 8), np.float32), rng.integers(10, size=n)) for n in (60, 30)]


@pytest.fixture(autouse=True)
def shortest_bursts(monkeypatch):
    """Come back from the training after every slice, however quick the machine."""
    monkeypatch.setattr(training_panel, "BURST", 0)


def small(data, **settings):
    return TrainingPanel(data, **{"iterations": 20, "batch_size": 10, "hidden_size": 5} | settings)


def alone(data, iterations=20, net=TwoLayerNet, gradient="backprop", learning_rate=0.1, seed=0):
    """The run that `small` does, by the package alone."""
    rng = np.random.default_rng(seed)
    net = net(data[0][0].shape[1], 5, 10, rng=rng)
    trainer = Trainer(
        net, *data, batch_size=10, learning_rate=learning_rate, gradient=gradient, rng=rng
    )
    trainer.run(iterations)
    return trainer


def assert_same_run(trainer, other):
    assert trainer.history == other.history
    for name, weights in other.net.params.items():
        np.testing.assert_array_equal(trainer.net.params[name], weights)


def can_press(panel):
    """Which buttons can be pressed, by the words that they show."""
    return [button.description for button in panel.buttons.values() if not button.disabled]


async def until(condition):
    """Let the panel work; the limit counts turns of the event loop, whatever they take."""
    for _ in range(1_000_000):
        if condition():
            return
        await asyncio.sleep(0)
    pytest.fail("it did not come")


async def end_of(panel):
    await until(lambda: panel.task is None)


def test_the_buttons_lead_from_ready_to_paused_to_finished_and_back(data):
    async def use():
        panel = small(data)
        assert can_press(panel) == ["Start", "Step"]
        assert "Ready." in panel.state.value
        panel.buttons["Start"].click()
        assert can_press(panel) == ["Pause", "Reset"]
        assert "Training with batch 10, rate 0.1, 5 units, backprop, seed 0." in panel.state.value
        await until(lambda: panel.trainer.iteration)
        panel.buttons["Pause"].click()
        done = panel.trainer.iteration
        assert 0 < done < 20 and panel.task is None
        assert can_press(panel) == ["Start", "Continue", "Step", "Reset", "Pin"]
        assert f"Paused at iteration {done} of 20." in panel.state.value
        panel.buttons["Pause"].click()
        await end_of(panel)
        assert "Finished after 20 iterations." in panel.state.value
        assert "Start begins anew and discards 20 iterations" in panel.state.value
        panel.buttons["Reset"].click()
        assert "Discarded: 20 iterations with batch 10, rate 0.1" in panel.state.value
        assert panel.history == History() and can_press(panel) == ["Start", "Step"]
        panel.close()

    asyncio.run(use())


@pytest.mark.parametrize(
    "gradient, net, method, turns",
    [
        ("backprop", TwoLayerNet, "backprop", 6),
        ("numerical", TwoLayerNet, "numerical", 20),
        ("plain loop", PlainLoopNet, "numerical", 500),
    ],
)
def test_a_run_paused_many_times_is_an_unbroken_run_to_the_last_bit(
    tiny, gradient, net, method, turns
):
    async def use():
        panel = small(tiny, gradient=gradient)
        panel.start()
        pauses = 0
        while panel.task:
            for _ in range(turns):  # of the event loop; the training takes one in six
                await asyncio.sleep(0)
            if panel.task and panel.trainer.iteration < 20:
                panel.pause_or_continue()
                pauses += 1
                panel.pause_or_continue()
        assert pauses >= 10
        assert_same_run(panel.trainer, alone(tiny, net=net, gradient=method))
        panel.close()

    asyncio.run(use())


def test_the_plain_loop_pauses_inside_an_iteration_and_has_changed_nothing(data):
    async def use():
        panel = small(data, gradient="plain loop", hidden_size=50)
        before = {name: weights.copy() for name, weights in panel.net.params.items()}
        panel.start()
        await until(lambda: panel.run.share)
        panel.pause_or_continue()
        assert "Paused at iteration 0 of 20" in panel.state.value
        assert panel.trainer.iteration == 0 and 0 < panel.run.share < 1
        for name, weights in before.items():
            np.testing.assert_array_equal(panel.net.params[name], weights)
        panel.close()

    asyncio.run(use())


def test_the_plain_loop_is_the_books(tiny):
    (x, t), _ = tiny
    net = PlainLoopNet(8, 3, 10, rng=0)
    slices = net.numerical_gradient_slices(x, t)
    shares = []
    while True:
        try:
            shares.append(next(slices))
        except StopIteration as end:
            sliced = end.value
            break
    assert len(shares) == 67 and shares == sorted(shares) and shares[-1] == 1
    for name, grad in net.numerical_gradient(x, t).items():
        book = numerical_gradient(lambda _: net.loss(x, t), net.params[name])
        np.testing.assert_array_equal(grad, book)
        np.testing.assert_array_equal(sliced[name], book)


def test_steps_and_more_iterations_after_the_end_are_one_long_run(data):
    async def use():
        panel = small(data)
        for done in (1, 2):
            panel.step()
            await end_of(panel)
            assert f"Paused at iteration {done} of 20" in panel.state.value
        panel.pause_or_continue()
        await end_of(panel)
        panel.controls["iterations"].value = 50
        assert "Continue does 50 more" in panel.state.value
        panel.pause_or_continue()
        await end_of(panel)
        assert "Finished after 70 iterations." in panel.state.value
        assert_same_run(panel.trainer, alone(data, 70))
        panel.close()

    asyncio.run(use())


def test_start_takes_the_settings_shown_and_continue_those_of_the_run(data):
    async def use():
        panel = small(data, seed=3)
        panel.start()
        await until(lambda: panel.trainer.iteration)
        panel.pause_or_continue()
        panel.controls["learning rate"].value = 2
        assert "Continue goes on with batch 10, rate 0.1" in panel.state.value
        panel.pause_or_continue()
        await end_of(panel)
        assert_same_run(panel.trainer, alone(data, seed=3))
        panel.start()
        assert panel.state.value.count("rate") == 1 and "rate 2," in panel.state.value
        await end_of(panel)
        assert_same_run(panel.trainer, alone(data, learning_rate=2, seed=3))
        panel.close()

    asyncio.run(use())


def test_the_curves_shown_are_those_of_the_history(data):
    async def use():
        panel = small(data, iterations=200)
        panel.start()
        await end_of(panel)
        (each, mean), (train, test) = panel._curves()
        np.testing.assert_array_equal(each[0], np.arange(1, 201))
        assert each[1] == panel.history.train_loss_list
        assert mean[1][-1] == pytest.approx(np.mean(panel.history.train_loss_list[-4:]))
        assert train == (panel.history.epoch_list, [100 * a for a in panel.history.train_acc_list])
        assert test[1] == [100 * a for a in panel.history.test_acc_list]
        grown = bytes(panel.loss_chart.value)
        panel.reset()
        assert bytes(panel.loss_chart.value) != grown
        panel.close()

    asyncio.run(use())


def test_pinned_runs_stay_with_their_settings_until_the_second_reset(data):
    panel = small(data)
    untouched = bytes(panel.loss_chart.value)
    panel.ensure_trained()
    kept = alone(data).history
    panel.pin()
    panel.controls["learning rate"].value = 5
    panel.reset()
    assert panel.pinned == [("batch 10, rate 0.1, 5 units, backprop, seed 0", kept)]
    legend = [text.get_text() for text in panel.loss_chart.axes.get_legend().get_texts()]
    assert legend[0] == panel.pinned[0][0]
    line = panel.loss_chart.axes.lines[0]
    assert list(line.get_ydata()) == kept.train_loss_list
    assert "Reset" in can_press(panel)
    panel.reset()
    assert panel.pinned == [] and bytes(panel.loss_chart.value) == untouched


@pytest.mark.parametrize("gradient", CONTROLS["gradient"][0])
def test_the_copied_code_does_the_run_again_to_the_last_bit(tiny, gradient):
    panel = small(tiny, gradient=gradient, learning_rate=0.5, seed=7)
    panel.ensure_trained()
    names = dict(zip(["train", "test"], tiny, strict=True))
    exec(panel.page.code, names)
    assert names["history"] == panel.history
    assert_same_run(names["trainer"], panel.trainer)


def test_the_copied_code_of_mnist_loads_it():
    train, test = load_mnist(one_hot_label=True)
    panel = TrainingPanel((train, None), iterations=10, seed=1)
    panel.ensure_trained()
    names = {}
    exec(panel.page.code, names)
    assert names["trainer"].test is None
    assert_same_run(names["trainer"], panel.trainer)


def test_an_estimate_names_time_and_memory_and_changes_nothing(data):
    async def use():
        panel = small(data, iterations=1000)
        panel.ensure_trained()
        before = panel.trainer.rng.bit_generator.state, panel.net.params["W1"].copy()
        panel.controls["batch size"].value = 20
        assert panel.estimate.value == "Estimating ..."
        await panel._estimating
        assert panel.estimate.value.startswith("1,000 iterations (40 epochs): about <b>")
        assert "MB</b> of memory; with the plain loop " in panel.estimate.value
        assert panel.trainer.rng.bit_generator.state == before[0]
        np.testing.assert_array_equal(panel.net.params["W1"], before[1])
        assert_same_run(panel.trainer, alone(data, 1000))
        panel.controls["gradient"].value = "plain loop"
        await panel._estimating
        assert panel.estimate.value.endswith(" of memory")
        panel.close()

    asyncio.run(use())


def test_a_run_that_diverges_is_told_and_kept_and_does_not_hang_when_tried_again(data):
    x, t = data[0][0], np.eye(10)[data[0][1]]
    t[:20] *= 1e300  # some of the batches draw one of these

    async def use():
        panel = small(((x, t), None), learning_rate=10)
        panel.start()
        for _ in range(2):
            await end_of(panel)
            assert "Stopped: the training diverges" in panel.state.value
            assert "learning_rate below 10" in panel.state.value
            kept = panel.trainer.iteration
            assert 0 < kept < 20 and len(panel.loss_chart.lines[0].get_xdata()) > 0
            assert all(np.isfinite(weights).all() for weights in panel.net.params.values())
            panel.pause_or_continue()
        await end_of(panel)
        assert panel.trainer.iteration == kept
        panel.close()

    asyncio.run(use())


def test_two_panels_at_once_do_not_disturb_one_another(data):
    async def use():
        one, two = small(data), small(data, seed=5, learning_rate=1)
        one.start()
        two.start()
        await asyncio.gather(one.task, two.task)
        assert_same_run(one.trainer, alone(data))
        assert_same_run(two.trainer, alone(data, seed=5, learning_rate=1))
        one.close()
        two.close()

    asyncio.run(use())


def test_other_code_runs_and_reads_the_run_while_it_trains(data):
    async def use():
        panel = small(data, iterations=10_000)
        panel.start()
        seen = set()
        while len(seen) < 5 and panel.task:
            seen.add(len(panel.history.train_loss_list))
            assert panel.history is panel.trainer.history and panel.net is panel.trainer.net
            await asyncio.sleep(0)
        assert len(seen) == 5 and panel.task
        panel.close()

    asyncio.run(use())


def test_ensure_trained_trains_once_and_leaves_a_begun_run_alone(data):
    panel = small(data)  # no event loop: as in a plain script
    assert panel.ensure_trained() is panel.history
    assert_same_run(panel.trainer, alone(data))
    panel.ensure_trained()
    assert panel.trainer.iteration == 20
    assert "Finished after 20 iterations" in panel.state.value

    async def use():
        begun = small(data)
        begun.start()
        await until(lambda: begun.trainer.iteration)
        done = begun.trainer.iteration
        assert begun.ensure_trained() is begun.history and begun.trainer.iteration == done
        begun.close()

    asyncio.run(use())


def test_nothing_runs_after_close(data):
    async def use():
        others = asyncio.all_tasks()
        panel = small(data, iterations=10_000)
        panel.start()
        await until(lambda: panel.trainer.iteration)
        panel.close()
        done = panel.trainer.iteration
        await until(lambda: asyncio.all_tasks() == others)
        assert panel.trainer.iteration == done

    asyncio.run(use())


def test_a_page_that_says_it_is_gone_ends_the_training(data, monkeypatch):
    async def use():
        panel = small(data, gradient="plain loop", hidden_size=400)
        panel.start()
        await until(lambda: panel.run.share)
        now = [0.0]
        monkeypatch.setattr("time.perf_counter", lambda: now[0])
        panel._hear(panel.page, "gone", [])
        now[0] = 4.0
        await asyncio.sleep(0)
        assert panel.task
        panel._hear(panel.page, "here", [])  # another view of the panel
        now[0] = 100.0
        for _ in range(20):
            await asyncio.sleep(0)
        assert panel.task
        panel._hear(panel.page, "gone", [])
        now[0] = 200.0
        await end_of(panel)
        assert "Paused, because the page was closed." in panel.state.value
        panel.close()

    asyncio.run(use())


def test_without_test_data_only_the_loss_is_drawn(data):
    panel = small((data[0], None))
    panel.ensure_trained()
    assert panel.history.test_acc_list == [] and len(panel.history.train_loss_list) == 20
    charts = [child for row in panel.children for child in getattr(row, "children", [])]
    assert panel.loss_chart in charts and panel.accuracy_chart not in charts
    assert "accuracy" not in panel.progress.value


@pytest.mark.parametrize(
    "arguments, words",
    [
        ({"iterations": 7}, "iterations is 7; expected one of"),
        ({"batch_size": 0}, "batch size is 0"),
        ({"learning_rate": -1}, "learning rate is -1"),
        ({"hidden_size": 51}, "hidden units is 51"),
        ({"gradient": "magic"}, "gradient is 'magic'"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_a_value_that_no_control_has_is_refused(data, arguments, words):
    with pytest.raises(ValueError, match=words):
        TrainingPanel(data, **arguments)


def test_every_control_and_button_explains_itself(data):
    panel = small(data)
    for part in [*panel.controls.values(), *panel.buttons.values(), panel.loss_chart]:
        assert part.tooltip.count(" ") >= 2


def test_where_widgets_do_not_show_the_cell_says_so(data):
    text = small(data)._repr_mimebundle_()["text/plain"]
    assert "JupyterLab" in text and "\n" not in text


def test_messages_that_come_in_another_thread_are_answered_in_the_panels_own(data):
    """Where they come in JupyterLab; two threads would draw into one figure."""

    async def use():
        panel = small(data, iterations=10_000)
        await asyncio.to_thread(panel.buttons["Start"].click)
        await until(lambda: panel.trainer.iteration > 3)
        assert panel.task.get_loop() is asyncio.get_running_loop()
        await asyncio.to_thread(panel.buttons["Pause"].click)
        await until(lambda: panel.task is None)
        assert "Paused at iteration" in panel.state.value
        before = panel._estimating
        await asyncio.to_thread(setattr, panel.controls["batch size"], "value", 100)
        await until(lambda: panel._estimating is not before)
        assert panel._estimating.get_loop() is asyncio.get_running_loop()
        panel.close()

    asyncio.run(use())
