import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("resource", reason="peak memory is not measured on Windows")

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


def test_every_benchmark_runs_and_prints_a_table():
    """All at once: nothing is measured here."""
    running = [
        subprocess.Popen(
            [sys.executable, BENCHMARKS / f"{script}.py", "--quick"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for script in ("numerical_gradient", "training", "busy", "growth", "memory")
    ]
    for process in running:
        said, complaints = process.communicate()
        assert process.returncode == 0, complaints
        assert said.startswith("## ") and said.count("\n| ") >= 3
