import os
import subprocess
import sys
from pathlib import Path

import pytest

from models.domain.redaction import SubjectHasher

KEY = "ab" * 32
MAIL = SubjectHasher(bytes.fromhex(KEY)).clean("jane@example.com")


@pytest.fixture
def people(tmp_path: Path) -> str:
    path = tmp_path / "people.yaml"
    path.write_text("people: {jane@example.com: {name: Jane, team: finance}}\n")
    return str(path)


def whois(people: str, *names: str, key: str = KEY) -> subprocess.CompletedProcess[str]:
    own = {"SELLERWATCH_PEOPLE_FILE": people}
    if key:
        own["SELLERWATCH_SOURCES__REDACTION_KEY"] = key
    return subprocess.run(
        [sys.executable, "-m", "streams", "whois", *names],
        capture_output=True, text=True, check=False, env=os.environ | own,
    )  # fmt: skip


@pytest.mark.parametrize("name", [MAIL, "jane@example.com"])
def test_a_hash_and_an_address_lead_to_the_person(people: str, name: str) -> None:
    found = whois(people, name)
    assert (found.returncode, found.stdout) == (0, f"{MAIL}: Jane, finance\n")


def test_somebody_unknown_exits_with_one_and_the_others_are_told(people: str) -> None:
    found = whois(people, "app-\x1b[2J1", MAIL)
    assert found.returncode == 1
    assert "nobody in people_file" in found.stdout
    assert "Jane, finance" in found.stdout
    assert "\x1b" not in found.stdout


def test_without_a_key_it_is_one_line(people: str) -> None:
    found = whois(people, MAIL, key="")
    assert found.returncode == 2
    assert "sources.redaction_key_file" in found.stderr
    assert "jane" not in found.stderr
