"""Ctrl-C and kills at random instants, sent to a real process that trains or saves."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import tqdm.auto  # noqa: F401  (here, so that a child is not killed while it imports)
from small_training import TEST, T, X

import dlscratch
from dlscratch.gradient import plain_loop
from dlscratch.training import Trainer
from dlscratch.two_layer_net import TwoLayerNet

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")

TRAIN = X, T


class PlainLoopNet(TwoLayerNet):
    """A network whose numerical gradient moves its own parameters by h, as in the book."""

    def numerical_gradient(self, x, t):
        return plain_loop(self, x, t)


NETS = {"backprop": TwoLayerNet, "numerical": TwoLayerNet, "plain loop": PlainLoopNet}
HANGS = 1800  # seconds until a child is given up; a slow, busy machine may need minutes
PATHS = Path(__file__).parent, Path(dlscratch.__file__).parents[1]
ENVIRONMENT = os.environ | {
    "PYTHONPATH": os.pathsep.join(map(str, PATHS)),
    "OPENBLAS_NUM_THREADS": "1",  # a process with threads should not fork
}


def trainer_for(gradient):
    """Make the trainer that parent and child both start from."""
    net = NETS[gradient](4, 5, 3, 1, rng=1)
    name = "backprop" if gradient == "backprop" else "numerical"
    return Trainer(net, TRAIN, TEST, batch_size=7, gradient=name, rng=2)


def state(trainer):
    """Give the iteration, and a digest of all that decides how the training goes on."""
    history = trainer.history
    now = trainer.iteration / trainer.iter_per_epoch  # a broken run may lack this point or not
    epochs = [epoch for epoch in history.epoch_list if epoch < now and epoch % 1 == 0]
    lists = history.epoch_list, history.train_acc_list, history.test_acc_list
    kept = [values[: len(epochs)] for values in lists]
    whole = len({len(values) for values in lists}) == 1
    said = repr((trainer.rng.bit_generator.state, history.train_loss_list, kept, whole))
    weights = b"".join(weights.tobytes() for weights in trainer.net.params.values())
    return [trainer.iteration, hashlib.sha256(said.encode() + weights).hexdigest()]


def train_and_report(gradient):
    """Child: run without end; after each Ctrl-C, on a line, tell how the trainer stands."""
    trainer, running = trainer_for(gradient), {"presses": 0}

    def ordinary(signum, frame):
        if running["presses"] > 0:  # later presses, and those after the run, break nothing
            running["presses"] -= 1
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, ordinary)
    for line in sys.stdin:
        if line == "end\n":
            trainer.run(50)
            print(json.dumps([state(trainer), vars(trainer.history)]), flush=True)
            return
        broken = False
        try:
            try:
                print("running", flush=True)
                running["presses"] = 2
                trainer.run(10**9)
            finally:
                running["presses"] = 0
        except KeyboardInterrupt:
            broken = True
        # on a line of its own, though a press may have cut "Stopped after ..." short
        print("\n" + json.dumps([broken, *state(trainer)]), flush=True)


class TellingTrainer(Trainer):
    """A trainer that tells each save, on a line, once it is done."""

    def save(self, path):
        super().save(path)
        os.write(1, f"{self.iteration}\n".encode())


def save_in_forks(path, autosave):
    """Child: for each line fork a process that loads the run and saves it until it is killed."""
    for _ in sys.stdin:
        pid = os.fork()
        if pid:
            os.waitpid(pid, 0)
            os.write(1, b"dead\n")
            continue
        trainer = TellingTrainer.load(path, TwoLayerNet(4, 5, 3), TRAIN, TEST)
        os.write(1, f"pid {os.getpid()}\n".encode())
        if autosave:
            trainer.run(10**9, autosave=path)
        while True:
            trainer.step()
            trainer.save(path)


@contextmanager
def child(function, *args):
    """Start a process that calls a function of this module."""
    code = f"import test_faults; test_faults.{function}(*{args!r})"
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=ENVIRONMENT,
        text=True,
        bufsize=1,
    )
    watchdog = threading.Timer(HANGS, process.kill)
    watchdog.start()
    try:
        yield process
    finally:
        watchdog.cancel()
        process.kill()
        process.communicate()


def go(process, first):
    """Let the child begin, and wait until it says so; return the rest of that line."""
    print("go", file=process.stdin)
    for line in process.stdout:
        if line.startswith(first):
            return line.removeprefix(first)
    pytest.fail("the child ended, or hung")


def moved(trainer, gradient, iteration):
    while trainer.iteration < iteration:
        trainer.step()
    return state(trainer)


@pytest.mark.parametrize("gradient", NETS)
def test_ctrl_c_at_any_instant_leaves_a_finished_iteration(gradient):
    """75 times in each of three cases, 225 in all; 675 signals."""
    rng, unbroken = np.random.default_rng(len(gradient)), trainer_for(gradient)
    broken_by_six, iterations = False, []
    with child("train_and_report", gradient) as process:
        for presses in (1, 2, 6) * 25:
            go(process, "running")
            time.sleep(rng.uniform(0, 0.04 if gradient == "plain loop" else 0.004))
            for _ in range(presses):
                process.send_signal(signal.SIGINT)
                time.sleep(rng.uniform(0, 0.001))
            for line in process.stdout:
                if line.startswith("["):
                    break
            broken, iteration, digest = json.loads(line)
            assert [iteration, digest] == moved(unbroken, gradient, iteration)
            broken_by_six |= broken and presses == 6
            iterations.append(iteration)
        print("end", file=process.stdin)
        end = json.loads(process.stdout.readlines()[-1])
    assert len(set(iterations)) > 10  # it did go on in between
    unbroken.run(50)
    assert end == [state(unbroken), vars(unbroken.history)]
    assert broken_by_six  # some broke into an iteration


@pytest.mark.parametrize("autosave", [False, True])
def test_kill_at_any_instant_of_saving_leaves_the_old_run_or_the_new(tmp_path, autosave):
    """Kill a loop of `save`, and a run that saves as it goes: 100 times each in `make faults`."""
    kills = 100 if os.environ.get("ALL_FAULTS") else 25
    path, rng, unbroken = tmp_path / "run.npz", np.random.default_rng(0), trainer_for("backprop")
    trainer_for("backprop").save(path)
    last = 0
    with child("save_in_forks", str(path), autosave) as process:
        for _ in range(kills):
            pid, told = int(go(process, "pid ")), last
            for _ in range(rng.integers(4)):
                told = int(process.stdout.readline())
            time.sleep(rng.uniform(0, 0.02))
            os.kill(pid, signal.SIGKILL)
            for line in iter(process.stdout.readline, "dead\n"):
                assert line, "the child ended, or hung"
                told = int(line)
            loaded = Trainer.load(path, TwoLayerNet(4, 5, 3), TRAIN, TEST)
            assert state(loaded) == moved(unbroken, "backprop", loaded.iteration)
            assert loaded.iteration - told in (0, 9 if autosave else 1)
            last = loaded.iteration
    assert last > 3
    loaded.run(50)
    unbroken.run(50)
    assert loaded.history == unbroken.history
