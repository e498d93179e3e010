"""Tests of reading the Parquet files of Security Lake."""

import io
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.domain.access_event import AccessEvent
from models.domain.dead_letter import DeadLetter
from models.domain.redaction import SubjectHasher
from streams.catalogue.catalogue_files import load_catalogue
from streams.sources.files.followed_files import FollowedFiles
from streams.sources.files.position_store import PositionStore
from streams.sources.files.read_events import read_events
from streams.sources.formats.event_parser import EventParser
from streams.sources.formats.parquet import is_whole_parquet

HASHER = SubjectHasher(b"sixteen bytes of key")
PARSER = EventParser(load_catalogue(), HASHER)


def row(number: int) -> dict[str, Any]:
    return {
        "class_uid": 6003,
        "time": 1767225600000 + number,
        "time_dt": datetime(2026, 1, 1, 0, 0, number, tzinfo=UTC),
        "metadata": {"uid": f"e-{number}"},
        "cloud": {"account": {"uid": "111122223333"}},
        "api": {"operation": "GetObject", "service": {"name": "s3.amazonaws.com"}},
        "actor": {"user": {"type": "IAMUser", "uid": "arn:aws:iam::111122223333:user/etl"}},
        "unmapped": [("additionalEventData.bytesTransferredOut", "4096")],
    }


def write(path: Path, count: int) -> None:
    strings = pa.map_(pa.string(), pa.string())
    rows = [row(number) for number in range(count)]
    table = pa.Table.from_pylist([{k: v for k, v in r.items() if k != "unmapped"} for r in rows])
    unmapped = pa.array([r["unmapped"] for r in rows], type=strings)
    pq.write_table(table.append_column("unmapped", unmapped), path, compression="zstd")


def test_rows_become_events(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", 3)
    events = list(read_events([str(tmp_path)], PARSER))
    assert [event.event_id for event in events if isinstance(event, AccessEvent)] == [
        HASHER.event_id(f"e-{number}") for number in range(3)
    ]
    assert {(event.time - 1767225600, event.bytes) for event in events} == {
        (0, 4096), (1, 4096), (2, 4096),
    }  # fmt: skip


def test_a_damaged_file_is_one_dead_letter(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", 3)
    data = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "a.parquet").write_bytes(data[:-40] + data[-20:])
    (letter,) = read_events([str(tmp_path)], PARSER)
    assert isinstance(letter, DeadLetter)
    assert letter.reason == "the Parquet file is damaged"


def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "a.parquet", 3)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (letter,) = read_events([str(tmp_path)], PARSER)
    assert isinstance(letter, DeadLetter)
    assert "pip install 'sellerwatch[parquet]'" in letter.reason


def test_a_followed_file_is_read_once_when_it_is_whole(tmp_path: Path) -> None:
    logs, now = tmp_path / "logs", [0.0]
    logs.mkdir()
    write(logs / "a.parquet", 2)
    data = (logs / "a.parquet").read_bytes()
    (logs / "a.parquet").write_bytes(data[:50])

    def look(files: FollowedFiles) -> int:
        now[0] += 1
        found = list(files.poll())
        for _, place in found:
            place.is_done = True
        files.commit()
        return len(found)

    def follow() -> FollowedFiles:
        store = PositionStore(tmp_path / "state")
        return FollowedFiles([str(logs)], PARSER, store, poll_seconds=1, clock=lambda: now[0])

    files = follow()
    assert look(files) == 0
    (logs / "a.parquet").write_bytes(data)
    assert [look(files), look(files)] == [2, 0]
    files.close()
    files = follow()
    assert look(files) == 0
    files.close()


def test_the_end_tells_whether_it_is_whole() -> None:
    assert is_whole_parquet(io.BytesIO(b"PAR1....PAR1"))
    assert not is_whole_parquet(io.BytesIO(b"PAR1....PAR"))
    assert not is_whole_parquet(io.BytesIO(b"PAR1"))
