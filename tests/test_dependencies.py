"""Holds the imports against the dependencies that are declared."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOMS = ("models", "streams", "dashboards", "bench", "tests")
# What a developer installs beside what a user can.
DEVELOPERS = {"bench", "dev"}


@pytest.fixture
def project(root: Path) -> dict:
    return tomllib.loads((root / "pyproject.toml").read_text())["project"]


def name_of(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\s\[<>=!~;]", requirement)[0]).lower()


def declared(project: dict, *, extras: set[str]) -> set[str]:
    lists = [project["dependencies"], *(project["optional-dependencies"][name] for name in extras)]
    return {name_of(requirement) for requirements in lists for requirement in requirements}


def imported(path: Path) -> Iterator[str]:
    """Yield the topmost names that a file imports, wherever it does."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def others(root: Path, *rooms: str) -> dict[str, str]:
    """Return the third parties' modules that these rooms import, each with a file that does."""
    # Tests and benchmarks import helpers that lie beside them.
    helpers = {path.stem for room in ("bench", "tests") for path in (root / room).rglob("*.py")}
    # Python 3.14 has it; before, a dependency of its own stands in.
    known = {*sys.stdlib_module_names, *ROOMS, "compression"}
    return {
        name: str(path.relative_to(root))
        for room in rooms
        for path in (root / room).rglob("*.py")
        for name in imported(path)
        if name not in known and not (room in ("bench", "tests") and name in helpers)
    }


def undeclared(modules: dict[str, str], names: set[str]) -> dict[str, str]:
    owners = packages_distributions()
    return {
        module: file
        for module, file in modules.items()
        # What is not installed, because it is an extra, is known by its own name.
        if not {name_of(owner) for owner in owners.get(module, [module])} & names
    }


def test_what_a_user_installs_holds_whatever_is_imported(root: Path, project: dict) -> None:
    modules = others(root, "models", "streams")
    assert {"river", "faust", "yaml", "boto3", "numpy"} <= set(modules)
    extras = set(project["optional-dependencies"]) - DEVELOPERS
    assert undeclared(modules, declared(project, extras=extras)) == {}


def test_what_a_developer_installs_holds_whatever_is_imported(root: Path, project: dict) -> None:
    modules = others(root, *ROOMS)
    assert {"pytest", "hypothesis", "pysad"} <= set(modules)
    assert undeclared(modules, declared(project, extras=DEVELOPERS)) == {}


def test_the_core_needs_no_extra(root: Path, project: dict) -> None:
    assert undeclared(others(root, "models"), declared(project, extras=set())) == {}


def test_every_dependency_is_bounded_on_both_sides(project: dict) -> None:
    lists = [project["dependencies"], *project["optional-dependencies"].values()]
    for requirement in (one for requirements in lists for one in requirements):
        versions = requirement.partition(";")[0]
        assert "==" in versions or (">=" in versions and ",<" in versions), requirement
