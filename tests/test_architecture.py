"""docs/architecture.md shows the rooms as the import contracts hold them."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

SMALL = {"__main__", "cli", "version", "errors"}


def contracts(root: Path) -> dict[str, list[list[str]]]:
    """Return the layers of each package, from the top floor down."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return {
        contract["containers"][0]: [layer.split(" | ") for layer in contract["layers"]]
        for contract in settings["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers"
    }


def first_line(root: Path, package: str, room: str) -> str:
    folder = root / package / room
    path = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").splitlines()[0]


def place(root: Path, package: str, room: str) -> str:
    is_package = (root / package / room).is_dir()
    return f"`{package}/{room}/`" if is_package else f"`{package}/{room}.py`"


@pytest.mark.parametrize("package", ["models", "streams"])
def test_the_tables_are_the_floors_of_the_contracts(root: Path, package: str) -> None:
    page = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = [
        "| {} | {} |".format(
            "<br>".join(place(root, package, room) for room in floor),
            "<br>".join(first_line(root, package, room) for room in floor),
        )
        for floor in contracts(root)[package]
    ]
    assert "\n".join(rows) in page


@pytest.mark.parametrize("package", ["models", "streams"])
def test_the_picture_shows_every_room_on_its_floor(root: Path, package: str) -> None:
    page = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    picture = re.search(r"```mermaid\nblock-beta\n(.*?)```", page, re.DOTALL)
    assert picture is not None
    upper, lower = picture[1].split("  space:4\n")
    floors = [
        re.findall(r"\[\"(?:streams/|models/)?(\w+)", line)
        for line in (upper if package == "streams" else lower).splitlines()
        if "[" in line
    ]
    shown = [[room for room in floor if room not in SMALL] for floor in contracts(root)[package]]
    assert floors == [floor for floor in shown if floor]


@pytest.mark.parametrize("package", ["models", "streams"])
def test_no_module_stands_loose(root: Path, package: str) -> None:
    known = {room for floor in contracts(root)[package] for room in floor}
    loose = {path.stem for path in (root / package).glob("*.py")} - {"__init__"}
    rooms = {path.name for path in (root / package).iterdir() if (path / "__init__.py").is_file()}
    assert loose | rooms == known
    assert loose <= SMALL | {"detector", "detector_settings"}
