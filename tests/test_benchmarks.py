import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("resource", reason="peak memory is not measured on Windows")

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.mark.parametrize("script", ["numerical_gradient", "training", "busy", "growth", "memory"])
def test_benchmark_runs_and_prints_a_table(script):
    command = [sys.executable, BENCHMARKS / f"{script}.py", "--quick"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("## ") and done.stdout.count("\n| ") >= 3
