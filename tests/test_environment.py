"""The lock, environment.yml and pyproject.toml describe one environment; licences are beside."""

import gzip
import hashlib
import tomllib
from pathlib import Path

import pytest
import yaml
from matrix import COLAB, SUITES
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import dlscratch

ROOT = Path(__file__).parents[1]
DATA = ROOT / "dlscratch" / "data"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
DEPENDENCIES = [Requirement(line) for line in PROJECT["project"]["dependencies"]]
EXTRAS = PROJECT["project"]["optional-dependencies"]
BY_NAME = {r.name: r for r in [*DEPENDENCIES, *map(Requirement, EXTRAS["lab"])]}
TO_INSTALL = list(BY_NAME.values())
TO_LOCK = TO_INSTALL + [
    Requirement(line)
    for line in EXTRAS["ja"] + EXTRAS["test"][1:] + PROJECT["build-system"]["requires"]
]


def entries(lock):
    """Return the entries of a lock, each as one line."""
    text = (ROOT / lock).read_text("utf-8").replace("\\\n", "")
    return [line for line in text.splitlines() if not line.lstrip().startswith("#")]


def test_conda_installs_what_pyproject_asks_for():
    python, pip, *packages, by_pip = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))[
        "dependencies"
    ]
    assert SpecifierSet(PROJECT["project"]["requires-python"]).contains(
        python.removeprefix("python=")
    )
    assert pip == "pip"
    conda_forge = {"matplotlib": "matplotlib-base"}
    expected = [(conda_forge.get(r.name, r.name), r.specifier) for r in TO_INSTALL]
    assert [(r.name, r.specifier) for r in map(Requirement, packages)] == expected
    nbval = [line.replace(" ", "") for line in EXTRAS["test"][1:3]]
    assert by_pip == {"pip": ["-e .[lab,ja]", *nbval]}


@pytest.mark.parametrize("lock", ["requirements.txt", "uv.txt", "lite/requirements.txt"])
def test_lock_pins_every_package_by_hash_and_holds_no_address(lock):
    assert entries(lock)
    for line in entries(lock):
        requirement, *hashes = line.split("--hash=")
        assert [s.operator for s in Requirement(requirement).specifier] == ["=="], line
        assert hashes and all(h.startswith("sha256:") for h in hashes), line
    assert "://" not in (ROOT / lock).read_text("utf-8")


@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
def test_lock_holds_every_requirement_once(python, system):
    machine = {"python_version": python, "python_full_version": f"{python}.0"}
    machine |= {"sys_platform": system, "implementation_name": "cpython"}
    pinned = {}
    for line in entries("requirements.txt"):
        entry = Requirement(line.split("--hash=")[0])
        if entry.marker is None or entry.marker.evaluate(machine):
            assert entry.name not in pinned, f"two versions of {entry.name}"
            pinned[canonicalize_name(entry.name)] = next(iter(entry.specifier)).version
    for requirement in TO_LOCK:
        name = canonicalize_name(requirement.name)
        assert requirement.specifier.contains(pinned[name]), requirement


def test_make_matrix_runs_every_python_of_the_workflow_and_the_lowest_versions():
    workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text("utf-8"))
    pythons = workflow["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert [python for python, packages, _ in SUITES if packages == "newest versions"] == pythons
    assert [python for python, packages, _ in SUITES if packages == "lowest versions"] == [
        PROJECT["project"]["requires-python"].removeprefix(">=")
    ]


def test_licences_are_beside_what_they_cover():
    assert (ROOT / "LICENSE").read_text("utf-8").startswith("MIT License")
    assert "CC BY-SA 3.0" in (DATA / "README.md").read_text("utf-8")


def test_data_is_what_its_table_says():
    readme = (DATA / "README.md").read_text("utf-8")
    rows = [line.strip("| ").split(" | ") for line in readme.splitlines() if "-ubyte |" in line]
    assert sorted(f"{name}.gz" for name, _, _ in rows) == sorted(
        file.name for file in DATA.glob("*.gz")
    )
    for name, size, sha256 in rows:
        content = gzip.decompress((DATA / f"{name}.gz").read_bytes())
        assert f"{len(content):,}" == size
        assert hashlib.sha256(content).hexdigest() == sha256


def test_citation_is_of_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == dlscratch.__version__


def test_package_takes_what_colab_has():
    """Colab's own widgets work with its own page alone: an upgrade there would break them.

    So the package does not ask for JupyterLab, which Colab has not.
    """
    has = dict(entry.split("==") for entry in COLAB)
    for requirement in DEPENDENCIES:
        assert requirement.specifier.contains(has[requirement.name]), requirement
