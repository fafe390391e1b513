"""Ctrl-C and kills at random instants of a training, in a process of its own."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import tqdm.auto  # noqa: F401  (here, so that nothing is killed while it imports)
from small_training import TEST, T, X, state, trainer_for

import dlscratch
from dlscratch.gradient import plain_loop
from dlscratch.training import Trainer
from dlscratch.two_layer_net import TwoLayerNet

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


class PlainLoopNet(TwoLayerNet):
    """A network whose numerical gradient moves its own parameters by h, as in the book."""

    def numerical_gradient(self, x, t):
        return plain_loop(self, x, t)


CASES = {
    "backprop": (TwoLayerNet, "backprop"),
    "numerical": (TwoLayerNet, "numerical"),
    "plain loop": (PlainLoopNet, "numerical"),
}
HANGS = 1800  # seconds until a child is given up; a slow, busy machine may need minutes
PATHS = Path(__file__).parent, Path(dlscratch.__file__).parents[1]
ENVIRONMENT = os.environ | {
    "PYTHONPATH": os.pathsep.join(map(str, PATHS)),
    "OPENBLAS_NUM_THREADS": "1",  # a process with threads should not fork
}


def in_a_child(function, *args):
    """Call a function of this module in a new process."""
    code = f"import test_faults; test_faults.{function.__name__}(*{args!r})"
    command = [sys.executable, "-c", code]
    subprocess.run(command, env=ENVIRONMENT, timeout=HANGS, check=True)


def assert_unbroken(trainer, unbroken):
    """Let `unbroken` come as far; a run that was broken off may have its last accuracies or not."""
    while unbroken.iteration < trainer.iteration:
        unbroken.step()
    assert state(trainer)[:2] == state(unbroken)[:2]
    losses, *others = vars(trainer.history).values()
    assert losses == unbroken.history.train_loss_list
    assert len({len(values) for values in others}) == 1


def assert_goes_on_as_unbroken(trainer, unbroken):
    trainer.run(50)
    unbroken.run(50)
    assert state(trainer) == state(unbroken)


def press_at_random(case):
    """Child: run without end, again and again, while a thread presses Ctrl-C."""
    kind, gradient = CASES[case]
    trainer, unbroken = (trainer_for(kind(4, 5, 3, 1, rng=1), gradient=gradient) for _ in range(2))
    rng, heard, iterations = np.random.default_rng(len(case)), [], set()

    def ordinary(signum, frame):
        if heard:  # later presses, and those after the run, break nothing
            heard.pop()
            raise KeyboardInterrupt

    def press(delays):
        for delay in delays:
            time.sleep(delay)
            os.kill(os.getpid(), signal.SIGINT)

    signal.signal(signal.SIGINT, ordinary)
    start = time.perf_counter()
    trainer.step()
    some_steps = 0.004 + 5 * (time.perf_counter() - start)  # seconds
    for presses in (1, 2, 6) * 25:
        delays = [rng.uniform(0, some_steps), *rng.uniform(0, 0.001, presses - 1)]
        pressing = threading.Thread(target=press, args=[delays])
        try:
            try:
                heard[:] = "first", "second"
                pressing.start()
                trainer.run(10**9)
            finally:
                heard.clear()
        except KeyboardInterrupt:
            pass
        pressing.join()
        assert_unbroken(trainer, unbroken)
        iterations.add(trainer.iteration)
    assert len(iterations) > 10  # it did go on in between
    assert_goes_on_as_unbroken(trainer, unbroken)


@pytest.mark.parametrize("case", CASES)
def test_ctrl_c_at_any_instant_leaves_a_finished_iteration(case):
    """75 times in each of three cases, 225 in all; 675 signals."""
    in_a_child(press_at_random, case)


def save_without_end(path, autosave, tell):
    """Child of the child: take up a run, go on with it, and tell each save once it is done."""
    trainer = Trainer.load(path, TwoLayerNet(4, 5, 3), (X, T), TEST)

    def save_and_tell(path):
        Trainer.save(trainer, path)
        os.write(tell, f"{trainer.iteration}\n".encode())

    trainer.save = save_and_tell
    if autosave:
        trainer.run(10**9, autosave=path)
    while True:
        trainer.step()
        trainer.save(path)


def kill_at_random(path, autosave, kills):
    """Child: kill a process that saves, again and again, and look at what it leaves."""
    rng, unbroken, last = np.random.default_rng(0), trainer_for(), 0
    trainer_for().save(path)
    for _ in range(kills):
        listen, tell = os.pipe()
        pid = os.fork()
        if not pid:
            try:
                save_without_end(path, autosave, tell)
            finally:
                os._exit(1)
        os.close(tell)
        with open(listen) as told:
            saves = [int(told.readline()) for _ in range(rng.integers(1, 4))]
            time.sleep(rng.uniform(0, 0.02))
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            saves += map(int, told)
        loaded = Trainer.load(path, TwoLayerNet(4, 5, 3), (X, T), TEST)
        assert_unbroken(loaded, unbroken)
        assert loaded.iteration - saves[-1] in (0, 9 if autosave else 1)
        assert loaded.iteration > last or autosave
        last = loaded.iteration
    assert last > 3
    assert_goes_on_as_unbroken(loaded, unbroken)


@pytest.mark.parametrize("autosave", [False, True])
def test_kill_at_any_instant_of_saving_leaves_the_old_run_or_the_new(tmp_path, autosave):
    """Kill a loop of `save`, and a run that saves as it goes: 100 times each in `make faults`."""
    kills = 100 if os.environ.get("ALL_FAULTS") else 25
    in_a_child(kill_at_random, str(tmp_path / "run.npz"), autosave, kills)
