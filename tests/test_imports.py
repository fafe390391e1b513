"""Imports go one way, and `import dlscratch` asks for NumPy alone."""

import ast
import graphlib
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "dlscratch"
# What each module may import besides the standard library; own modules without "dlscratch.".
ALLOWED = """
__init__: NUMERIC
copies: words
__main__: copies jupyter_server jupyterlab words
checks: numpy
words:
language: plots words
threads: threadpoolctl tqdm
functions: checks numpy
gradient: checks numpy words
mnist: checks numpy shared_digits
shared_digits: numpy
perturbation: checks functions gradient numpy threads
two_layer_net: checks functions gradient numpy perturbation threads words
saved_run: numpy words
interrupts:
estimate: tqdm words
training: checks estimate interrupts numpy saved_run words
snapshots: checks
curves: interrupts numpy
evaluation: checks numpy
plots: checks evaluation matplotlib numpy words
ideas: checks functions matplotlib numpy plots words
pictures: checks functions matplotlib numpy plots words
exercises: IPython exercises numpy words NUMERIC
widgets: anywidget checks curves estimate evaluation ipywidgets matplotlib numpy \
    pictures plots snapshots tqdm traitlets widgets words NUMERIC
"""
ALLOWED = ALLOWED.replace("NUMERIC", "functions gradient mnist training two_layer_net")
ALLOWED = {line.split(":")[0]: set(line.split()[1:]) for line in ALLOWED.strip().splitlines()}
MODULES = {
    ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): file
    for file in sorted(PACKAGE.rglob("*.py"))
}


def imports(file):
    """Name all that a file imports, anywhere in it: modules and what is in them."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def own_module(name):
    """Return the module of this package that a name is, or is in; None for other packages."""
    while name and name not in MODULES:
        name = name.rpartition(".")[0]
    return name or None


@pytest.mark.parametrize("name", MODULES)
def test_module_imports_only_what_it_stands_on(name):
    imported = set()
    for top, _, rest in (item.partition(".") for item in imports(MODULES[name])):
        imported.add(rest.partition(".")[0] if top == "dlscratch" else top)
    room = MODULES[name].relative_to(PACKAGE).with_suffix("").parts[0]
    assert imported - sys.stdlib_module_names <= ALLOWED[room]


def test_no_module_stands_on_itself():
    graph = {name: set(map(own_module, imports(file))) - {None} for name, file in MODULES.items()}
    assert set(graphlib.TopologicalSorter(graph).static_order()) == set(MODULES)  # or CycleError


def test_import_of_the_package_loads_no_figures_and_no_widgets():
    command = [sys.executable, "-c", "import sys, dlscratch; print(*sys.modules)"]
    loaded = subprocess.check_output(command, cwd=PACKAGE.parent, text=True).split()
    assert "dlscratch.training" in loaded
    assert not {"matplotlib", "ipywidgets", "IPython", "tqdm"} & set(loaded)
