"""Run the whole suite on several versions of Python and of the packages: `make matrix`.

The lowest versions are those that pyproject.toml names, the newest are today's releases. Each
environment is made anew in .venv-matrix; a Python that this machine lacks is left out.
"""

import os
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
TOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"][
    "optional-dependencies"
]["test"][1:]  # without JupyterLab, the first, which wants newer widgets than Colab's
COLAB = """numpy==2.1.3 matplotlib==3.10.0 ipywidgets==7.7.1 anywidget==0.9.21 tqdm==4.67.3
threadpoolctl==3.6.0 ipykernel==6.17.1 ipython==7.34.0 traitlets==5.7.1 tornado==6.5.7
notebook==6.5.7""".split()
BROWSER = """numpy==2.0.2 matplotlib==3.8.4 ipywidgets==8.1.7 anywidget==0.11.0 tqdm==4.66.2
threadpoolctl==3.6.0 traitlets==5.14.3 pyparsing==3.1.2""".split()
SUITES = [  # Python, packages, and what to install one after the other
    ("3.11", "lowest versions", [["--resolution=lowest-direct", "-e", ".[test]"]]),
    *((f"3.{minor}", "newest versions", [["-e", ".[test]"]]) for minor in (11, 12, 13, 14)),
    (  # as Binder does it, but conda's packages come from PyPI, under their names there
        CONDA[0].removeprefix("python="),
        "environment.yml",
        [
            [entry.replace("matplotlib-base", "matplotlib") for entry in CONDA[2:-1]],
            [word for entry in CONDA[-1]["pip"] for word in entry.split()],
            TOOLS,
        ],
    ),
    ("3.13", "colab", [[*COLAB, "-e", ".[ja]", *TOOLS]]),  # of August 2026; no JupyterLab
    ("3.12", "browser edition", [[*BROWSER, "-e", ".[test]"]]),
]


def run(*command):
    """Run a command in the course's folder; whether it succeeded."""
    return subprocess.run(command, cwd=ROOT).returncode == 0


def outcome(python, packages, steps):
    """Make one environment, run the suite in it, and say what came of it."""
    uv = ".venv/bin/uv"
    environment = f".venv-matrix/{python}-{packages.replace(' ', '-')}"
    start = time.monotonic()
    if not run(uv, "python", "find", "--quiet", python):
        return "left out: this machine has no such Python"
    if not run(uv, "venv", "--quiet", "--clear", "--python", python, environment):
        return "FAILED to make an environment"
    for step in steps:
        if not run(uv, "pip", "install", "--quiet", "--python", environment, *step):
            return "FAILED to install"
    # Older packages use what their newer companions call deprecated.
    calm = [] if packages == "newest versions" else ["-W", "ignore::DeprecationWarning"]
    suite = ["-m", "pytest", "--nbval", "-n2", "--dist=loadfile", "--no-loadscope-reorder"]
    passed = run(f"{environment}/bin/python", *suite, *calm)
    return f"{'passed' if passed else 'FAILED'} in {time.monotonic() - start:.0f} s"


def main():
    """Run every suite, then print a table; fail if any of them failed or none could run."""
    os.environ["UV_PYTHON_DOWNLOADS"] = "never"
    if pyenv := shutil.which("pyenv"):  # its commands start only the versions named here
        versions = subprocess.run([pyenv, "versions", "--bare"], capture_output=True, text=True)
        os.environ["PYENV_VERSION"] = ":".join(reversed(versions.stdout.split()))
    table = "\n| Python | packages | suite |\n|---|---|---|\n"
    for python, packages, steps in SUITES:
        print(f"\n== Python {python}, {packages}", flush=True)
        table += f"| {python} | {packages} | {outcome(python, packages, steps)} |\n"
    print(table)
    sys.exit("FAILED" in table or "passed" not in table)


if __name__ == "__main__":
    main()
