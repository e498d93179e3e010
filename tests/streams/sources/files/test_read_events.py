"""Tests of reading log files."""

import gzip
import os
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest

from models.domain.access_event import AccessEvent
from models.domain.dead_letter import DeadLetter
from models.domain.redaction import SubjectHasher
from models.errors import InputError
from streams.catalogue.catalogue_files import load_catalogue
from streams.sources.files.read_events import read_events, total_bytes
from streams.sources.formats.compression import zstd
from streams.sources.formats.event_parser import EventParser
from streams.sources.formats.skipped import Skipped

HASHER = SubjectHasher(b"sixteen bytes of key")
PARSER = EventParser(load_catalogue(), HASHER)
# What the events' ids were made from.
NAMES = {HASHER.event_id(f"r-{number}"): f"r-{number}" for number in range(4_000)}


def record(number: int) -> dict[str, Any]:
    time = f"2026-01-01T00:{number // 60:02d}:{number % 60:02d}Z"
    return {
        "time": time, "request_id": f"r-{number}", "seller_id": "A1", "application_id": "a",
        "path": "/orders/v0/orders", "status": 200,
    }  # fmt: skip


def lines(*numbers: int) -> bytes:
    return b"".join(msgspec.json.encode(record(number)) + b"\n" for number in numbers)


def names(items: list[Any]) -> list[str]:
    return [NAMES[item.event_id] for item in items if isinstance(item, AccessEvent)]


def test_files_are_merged_in_the_order_of_time(tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_bytes(lines(1, 3, 900))
    (tmp_path / "b.gz").write_bytes(gzip.compress(lines(4, 2)))
    (tmp_path / "d").write_bytes(zstd.compress(lines(6)))
    (tmp_path / "c.json").write_bytes(msgspec.json.encode({"Records": [record(5), record(0)]}))
    seen: list[int] = []
    items = list(read_events([str(tmp_path)], PARSER, on_bytes=seen.append))
    assert names(items) == ["r-0", "r-1", "r-2", "r-3", "r-4", "r-5", "r-6", "r-900"]
    assert sum(seen) == total_bytes([str(tmp_path)])


def pipe(path: Path, data: bytes) -> str:
    """Make a named pipe that somebody writes to once."""
    os.mkfifo(path)
    threading.Thread(target=path.write_bytes, args=(data,), daemon=True).start()
    return str(path)


def test_a_pipe_is_read_once_and_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_bytes(lines(2))
    paths = [
        pipe(tmp_path / "p", lines(*range(3, 1_003))), str(tmp_path / "a.ndjson"),
        pipe(tmp_path / "q", gzip.compress(lines(1))),
    ]  # fmt: skip
    seen: list[int] = []
    items = list(read_events(paths, PARSER, on_bytes=seen.append))
    assert names(items) == [f"r-{number}" for number in range(1, 1_003)]
    assert len(items) == 1_002
    assert sum(seen) == total_bytes(paths) == len(lines(2))


def test_a_pipe_in_a_folder_is_left_alone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "p")
    (tmp_path / "a.ndjson").write_bytes(lines(2))
    (tmp_path / "again").symlink_to(tmp_path)
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    assert names(list(read_events([str(tmp_path)], PARSER))) == ["r-2"]


def test_a_second_delivery_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(lines(1, 1))
    items = list(read_events([str(path)], PARSER))
    assert Skipped("duplicate", str(path), "line 2") in items
    assert names(items) == ["r-1"]


def test_a_cut_gzip_file_ends_early_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(gzip.compress(lines(*range(50)))[:-20])
    (tmp_path / "b").write_bytes(lines(3000))
    items = list(read_events([str(tmp_path)], PARSER))
    assert any(isinstance(item, DeadLetter) and "truncated" in item.reason for item in items)
    assert "r-3000" in names(items)


def test_an_overlong_line_is_one_dead_letter(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 3_000_000 + b"\n" + lines(1))
    items = list(read_events([str(path)], PARSER))
    assert [type(item) for item in items] == [DeadLetter, AccessEvent]


def test_a_missing_path_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder: name an existing log"):
        read_events([str(tmp_path / "none")], PARSER)
