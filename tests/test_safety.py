"""No network, no pickle, no shell, no HTML made from data; JupyterLab keeps its token.

In the package's code ruff's rules S and TID251 look for them (pyproject.toml).
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from dlscratch.training import Trainer
from dlscratch.two_layer_net import TwoLayerNet

ROOT = Path(__file__).parents[1]
SCRIPTS = sorted((ROOT / "dlscratch").rglob("*.js"))
GUIDES = [ROOT / "Makefile", *ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*.yml")]
GUIDES += sorted(ROOT.glob("notebooks/*.ipynb"))

# A chapter's work in small, in a process where every socket, program and pickle is an error.
CORE = """
import sys

def refuse(event, args):
    if event.partition(".")[0] in {"socket", "subprocess", "pickle", "urllib", "ftplib"} or (
        event in {"os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile"}
    ):
        raise PermissionError(f"refused: {event}")

import tqdm.auto
from dlscratch import Trainer, TwoLayerNet, load_mnist
from dlscratch.widgets import DigitBrowser, DigitPad, SnapshotBrowser, TrainingPanel

sys.addaudithook(refuse)
train, test = load_mnist()
train, test = (train[0][:500], train[1][:500]), (test[0][:100], test[1][:100])
for gradient in ("backprop", "numerical"):
    net = TwoLayerNet(784, 10, 10, rng=0)
    trainer = Trainer(net, train, test, gradient=gradient, rng=0)
    trainer.estimate_seconds(3)
    trainer.run(3, autosave="run.npz")
    trainer = Trainer.load("run.npz", net, train, test)
    trainer.run(3)
DigitPad(net)
DigitBrowser(net, *test)
SnapshotBrowser(trainer, {6: net})
TrainingPanel((train, test), iterations=20).ensure_trained()
try:
    __import__("os").system("true")
except PermissionError:
    print("done")
"""


def test_course_runs_where_sockets_programs_and_pickles_are_refused(tmp_path):
    result = subprocess.run(
        [sys.executable, "-c", CORE],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=1800,  # it hangs; a slow, busy machine may need minutes
    )
    assert result.stdout.splitlines()[-1:] == ["done"], result.stderr


def test_pickled_npz_is_refused_and_not_run(tmp_path):
    class Evil:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "opened"),)

    train = np.zeros((7, 4)), np.zeros(7, int)
    trainer = Trainer(TwoLayerNet(4, 5, 3), train, batch_size=7)
    trainer.save(tmp_path / "run.npz")
    with np.load(tmp_path / "run.npz") as arrays:
        arrays = dict(arrays)
    for name in arrays:
        np.savez(tmp_path / "evil.npz", **arrays | {name: np.array([Evil()], object)})
        with pytest.raises(ValueError, match="Object arrays cannot be loaded"):
            Trainer.load(tmp_path / "evil.npz", TwoLayerNet(4, 5, 3), train)
        trainer.run(0, autosave=tmp_path / "evil.npz")  # which looks how long that run is
    assert not (tmp_path / "opened").exists()


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_script_of_a_widget_makes_no_html_and_loads_nothing(file):
    text = file.read_text("utf-8")
    makes_html = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment"
    runs_text = r"\beval\b|new Function|\bimport\b|fetch\(|XMLHttpRequest|WebSocket|https?:"
    assert re.findall(f"{makes_html}|{runs_text}", text) == []


def test_no_command_or_guide_opens_jupyter_to_others():
    opens = re.compile(
        r"--ip\b|\.ip\b|token|password|allow_origin|allow_remote|xsrf|0\.0\.0\.0", re.I
    )
    sets = re.compile(
        r"(Server|Notebook|Lab)App\.(ip|token|password|allow|disable)|Provider\.token"
    )
    lines = "\n".join(file.read_text("utf-8").replace("\\\n", " ") for file in GUIDES).splitlines()
    commands = [line for line in lines if re.search(r"jupyter[ -]lab\b|-m dlscratch\b", line)]
    assert len(commands) >= 4  # Makefile, uv, conda, Windows
    assert [line for line in commands if opens.search(line) or "allow-root" in line] == []
    assert [line for line in lines if sets.search(line)] == []
