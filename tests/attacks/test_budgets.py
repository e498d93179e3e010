"""Small inputs end no process: each is read within the memory that the compose file gives."""

import gzip
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from hostile_inputs import HONEST, INPUTS, TRAIL, line, packed, text

from models.domain.access_event import AccessEvent
from models.domain.dead_letter import DeadLetter
from streams.ingest.parser_factory import make_parser
from streams.settings.sections import InputBudget
from streams.settings.settings import Settings
from streams.sources.files.file_head import read_head
from streams.sources.files.followed_file import FollowedFile
from streams.sources.files.followed_files import FollowedFiles
from streams.sources.files.position_store import PositionStore

KEY = b"a key for the tests of budgets"
# The limit of ingest in docker-compose.yml.
MEMORY_BYTES = 512 * 1024 * 1024
SLOWEST_SECONDS = 120.0
FOLLOW = """
import sys
from pathlib import Path
from streams.ingest.parser_factory import make_parser
from streams.settings.settings import Settings
from streams.sources.files.file_head import read_head
from streams.sources.files.followed_file import FollowedFile
from streams.sources.files.followed_files import FollowedFiles
from streams.sources.files.position_store import PositionStore
from streams.sources.flow.tally import Tally

now, tally = [0.0], Tally()
parser = make_parser(Settings(), "auto", b"k" * 32)
store = PositionStore(Path(sys.argv[2]))
files = FollowedFiles([sys.argv[1]], parser, store, poll_seconds=1.0, clock=lambda: now[0])
for _ in range(300):
    now[0] += 2.0
    for item, place in files.poll():
        tally.count(item)
        place.is_done = True
    files.commit()
files.close()
print(tally)
"""


def run(*command: str) -> tuple[str, int]:
    """Run Python; return its output and the most memory that it and its children had."""
    process = subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    seen, peak, until = psutil.Process(process.pid), 0, time.monotonic() + SLOWEST_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            family = [seen, *seen.children(recursive=True)]
            peak = max(peak, sum(one.memory_info().rss for one in family))
        except psutil.Error:
            pass
        time.sleep(0.01)
    process.kill()
    out, err = process.communicate()
    assert process.returncode == 0, err[-2000:]
    return out, peak


def detect(folder: Path) -> tuple[str, int, list[dict[str, Any]]]:
    target = folder.with_name("incidents")
    out, peak = run("-m", "streams", "detect", str(folder), "--incidents", str(target))
    letters = target.with_name("incidents.dead-letters")
    found = letters.read_bytes().splitlines() if letters.exists() else []
    return out, peak, [json.loads(letter) for letter in found]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an honest log, which is read whatever lies beside it."""
    made = tmp_path / "logs"
    made.mkdir()
    (made / "honest.ndjson").write_bytes(line(HONEST))
    return made


def parse(record: bytes, **budget: int) -> list[Any]:
    settings = Settings(sources={"budget": InputBudget(**budget)})
    return make_parser(settings, "auto", KEY).parse(record, source="log", position="line 1")


@pytest.mark.parametrize("name", [name for name in INPUTS if name != "gzip_of_bad_lines"])
def test_a_small_input_stays_small(name: str, folder: Path) -> None:
    (folder / "hostile").write_bytes(INPUTS[name]())
    out, peak, letters = detect(folder)
    assert not out.startswith("0 events")
    assert peak < MEMORY_BYTES
    # A hundred of its records, one for the others, and one for what was refused.
    assert len(letters) <= InputBudget().dead_letters + 2
    assert all(letter["position"] for letter in letters)


def test_bad_lines_are_told_one_by_one_in_little_memory(folder: Path) -> None:
    (folder / "hostile").write_bytes(b"x\n" * 50_000)
    _, peak, letters = detect(folder)
    assert len(letters) == 50_000
    assert peak < MEMORY_BYTES


@pytest.mark.parametrize("bad", [b"x\n", b"{}\n"])
def test_a_small_file_does_not_become_many_letters(folder: Path, bad: bytes) -> None:
    honest = line({**HONEST, "request_id": "r-2"})
    data = packed(b"", bad, 300_000, honest)
    (folder / "hostile").write_bytes(data)
    out, peak, letters = detect(folder)
    assert out.startswith("2 events")
    assert peak < MEMORY_BYTES
    more = [re.match("([0-9]+) more lines are bad", letter["reason"]) for letter in letters]
    told = sum(1 if found is None else int(found[1]) for found in more)
    assert told == 300_000
    assert len(letters) < InputBudget().dead_letters + len(data) / 4 + 40


def test_a_packed_log_of_another_format_is_told_line_by_line(folder: Path) -> None:
    lines = [f"192.0.2.1 - - [{n}] GET /orders/{n * 7919} 200" for n in range(2_000)]
    (folder / "other.gz").write_bytes(gzip.compress("\n".join(lines).encode(), 9))
    _, _, letters = detect(folder)
    assert len(letters) == 2_000


def test_a_small_file_that_is_followed_does_not_become_many_letters(tmp_path: Path) -> None:
    path = tmp_path / "hostile.gz"
    path.write_bytes(packed(b"", b"x\n", 30_000, line(HONEST)))
    head = read_head(path, is_quiet=True)
    assert head is not None
    file = FollowedFile(path, head, 0, make_parser(Settings(), "auto", KEY))
    found = []
    while items := file.read():
        found += [item for item, _ in items]
    assert sum(isinstance(item, AccessEvent) for item in found) == 1
    assert 4 <= len(found) < 2_000
    assert found[-1].reason.endswith("more lines are bad (sources.budget.dead_letters)")


def test_all_of_them_are_followed_at_once(folder: Path) -> None:
    for name, make in INPUTS.items():
        (folder / name).write_bytes(make())
    script = folder.with_name("follow.py")
    script.write_text(FOLLOW)
    out, peak = run(str(script), str(folder), str(folder.with_name("state")))
    assert not out.startswith("0 events")
    assert peak < MEMORY_BYTES


def test_a_name_that_is_no_text_is_read(folder: Path) -> None:
    bad = os.fsencode(folder) + b"/or\xffders.ndjson"
    Path(os.fsdecode(bad)).write_bytes(line({**HONEST, "request_id": "r-2"}) + b"x\n")
    out, _, letters = detect(folder)
    assert out.startswith("2 events")
    assert [letter["reason"] for letter in letters] == ["not JSON"]


def test_a_name_that_is_no_text_is_followed_across_restarts(tmp_path: Path, folder: Path) -> None:
    bad = os.fsencode(folder) + b"/or\xffders.ndjson"
    Path(os.fsdecode(bad)).write_bytes(line({**HONEST, "request_id": "r-2"}) + b"x\n")
    counts = []
    for _ in range(2):
        parser = make_parser(Settings(), "auto", KEY)
        store = PositionStore(tmp_path / "state")
        files = FollowedFiles([str(folder)], parser, store, poll_seconds=0.0)
        found = list(files.poll())
        for _, place in found:
            place.is_done = True
        files.commit()
        files.close()
        counts.append(len(found))
    assert counts == [3, 0]


def test_what_is_refused_is_one_letter_and_its_neighbours_are_read() -> None:
    bomb = {"kinesis": {"data": text(packed(b"[1", b",1", 20_000_000, b"]"))}}
    honest = {"kinesis": {"data": text(json.dumps(TRAIL).encode())}}
    found = parse(line({"Records": [bomb, honest, bomb]}))
    assert [type(item) for item in found] == [DeadLetter, AccessEvent, DeadLetter]
    assert found[0].reason == "unpacks to more than 8388608 bytes (sources.budget.decoded_bytes)"


@pytest.mark.parametrize(
    ("budget", "record", "reason"),
    [
        ({"records": 3}, {"Records": [TRAIL] * 4}, "more than 3 records"),
        ({"depth": 16}, {"Records": [json.loads("[" * 20 + "]" * 20)]}, "nested deeper than 16"),
        ({"memory_bytes": 4_194_304}, {"Records": [[]] * 20_000}, "values take more than 4194304"),
    ],
)
def test_each_budget_names_its_setting(
    budget: dict[str, int], record: dict[str, Any], reason: str
) -> None:
    (letter,) = parse(line(record), **budget)
    assert isinstance(letter, DeadLetter)
    assert reason in letter.reason
    assert f"sources.budget.{next(iter(budget))}" in letter.reason


def test_many_bad_records_hide_no_honest_one() -> None:
    records: list[Any] = [{"eventSource": "x"}] * 1000
    records.insert(700, TRAIL)
    found = parse(line({"Records": records}), dead_letters=10)
    assert sum(isinstance(item, AccessEvent) for item in found) == 1
    letters = [item for item in found if isinstance(item, DeadLetter)]
    assert len(letters) == 11
    assert letters[-1].reason.startswith("990 more records in it are bad")


def test_a_long_document_is_read_to_its_end(folder: Path) -> None:
    records = [{**TRAIL, "eventID": f"e-{number}", "x": '],"\\' * 9} for number in range(9_000)]
    document = json.dumps({"NextToken": "a", "Events": records}, indent=1)
    assert len(document) > 2_000_000
    (folder / "document.json").write_text(document)
    (folder / "cut.json").write_text(document.replace("e-", "f-")[:-20])
    out, _, letters = detect(folder)
    assert out.startswith("18000 events") or out.startswith("18001 events")
    assert [letter["reason"] for letter in letters] == ["the document is truncated or damaged"]
