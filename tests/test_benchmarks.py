import re
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


def test_readme_shows_what_make_bench_measured():
    readme, results = (
        (BENCHMARKS.parent / name).read_text("utf-8")
        for name in ("README.md", "benchmarks/results.md")
    )
    section = readme.split("## How fast it is")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")]
    assert len(rows) > 10
    assert [row for row in rows if row not in results] == []
    assert re.search(r"\d{4}-\d\d-\d\d", section)[0] in results
