import tokenize
from collections import Counter
from pathlib import Path

import pytest

import models.tuning
from models.detector_settings import DetectorSettings
from models.estimators.hour_volume import HourVolume
from models.tuning.estimators import CALIBRATION_SHARES

ROOM = Path(models.tuning.__file__).parent
ROOT = ROOM.parent.parent
MODULES = sorted(path for path in ROOM.glob("*.py") if path.stem != "__init__")


def tokens_of(path: Path) -> list[tokenize.TokenInfo]:
    with path.open("rb") as file:
        return list(tokenize.tokenize(file.readline))


def tunables(path: Path) -> dict[str, int]:
    """Return the constants of a module and the lines that define them."""
    return {
        token.string: token.start[0]
        for token in tokens_of(path)
        if token.type == tokenize.NAME and token.start[1] == 0 and token.string.isupper()
    }


@pytest.fixture(scope="module")
def words() -> set[str]:
    """Return all names in the code that may use a tunable; the linter finds unused imports."""
    return {
        token.string
        for room in ("models", "streams")
        for path in (ROOT / room).rglob("*.py")
        if ROOM not in path.parents
        for token in tokens_of(path)
        if token.type == tokenize.NAME
    }


def test_each_module_is_named_after_its_room() -> None:
    rooms = {path.parent.name for path in ROOM.parent.glob("*/__init__.py")}

    assert MODULES
    assert {path.stem for path in MODULES} <= rooms | {"detector"}


def test_names_are_unique() -> None:
    counts = Counter(name for path in MODULES for name in tunables(path))

    assert [name for name, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_comment_tells_of_each(path: Path) -> None:
    comments = [t for t in tokens_of(path) if t.type == tokenize.COMMENT]
    beside = {comment.start[0] for comment in comments if comment.start[1] > 0}
    above = {
        comment.start[0]
        for comment in comments
        if comment.start[1] == 0 and not comment.string.startswith("# ---")
    }

    found = tunables(path)

    assert found
    assert [n for n, line in found.items() if line not in beside and line - 1 not in above] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_each_is_used(path: Path, words: set[str]) -> None:
    assert tunables(path).keys() - words == set()


def test_shares_are_all_of_the_budget() -> None:
    assert sum(CALIBRATION_SHARES.values()) == pytest.approx(1.0)


def test_an_estimator_alone_believes_a_cohort_as_a_detector_does() -> None:
    assert HourVolume().cohort_weight == DetectorSettings().cohort_weight
