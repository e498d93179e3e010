"""What CONTRIBUTING.md tells people to touch or to run is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text()
# A file, or one of several that are still to be written, with NAME for what is new.
PATHS = sorted(set(re.findall(r"`([\w.-]+/[\w./-]*|[\w-]+\.(?:md|toml))`", TEXT)))
TARGETS = sorted(set(re.findall(r"\bmake ([a-z-]+)", TEXT)))


@pytest.mark.parametrize("path", PATHS)
def test_a_path_exists(path: str) -> None:
    assert list(ROOT.glob(path.replace("NAME", "*"))), path


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.M), target


def test_enough_is_named() -> None:
    assert len(PATHS) > 40
    assert {"check", "test", "lint", "setup"} <= set(TARGETS)
