"""Tests of following files."""

import gzip
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from models.domain.access_event import AccessEvent
from models.domain.dead_letter import DeadLetter
from models.domain.redaction import SubjectHasher
from models.errors import InputError
from streams.catalogue.catalogue_files import load_catalogue
from streams.sources.files.followed_files import FollowedFiles
from streams.sources.files.position_store import PositionStore
from streams.sources.formats.compression import zstd
from streams.sources.formats.event_parser import EventParser

HASHER = SubjectHasher(b"sixteen bytes of key")
PARSER = EventParser(load_catalogue(), HASHER)
# What the events' ids were made from.
NUMBERS = {HASHER.event_id(str(number)): number for number in range(20_000)}


def record(number: int) -> dict[str, Any]:
    return {
        "time": 1767225600 + 60 * number, "request_id": str(number),
        "seller_id": "A1", "application_id": "a", "path": "/orders/v0/orders", "status": 200,
    }  # fmt: skip


def lines(*numbers: int) -> bytes:
    return b"".join(msgspec.json.encode(record(number)) + b"\n" for number in numbers)


class Follower:
    """Follows paths and can be killed at any time."""

    def __init__(self, state: Path, *paths: Path) -> None:
        self.state, self.paths = state, [str(path) for path in paths]
        self.now = 0.0
        self.letters: list[DeadLetter] = []
        self.start()

    def start(self) -> None:
        self.store = PositionStore(self.state)
        self.files = FollowedFiles(
            self.paths, PARSER, self.store, poll_seconds=1.0, clock=lambda: self.now
        )

    def read(self, *, commit: bool = True) -> list[int]:
        """Scan once and read everything."""
        self.now += 1
        found = []
        while tracked := list(self.files.poll()):
            for item, place in tracked:
                place.is_done = True
                if isinstance(item, AccessEvent):
                    found.append(NUMBERS[item.event_id])
                elif isinstance(item, DeadLetter):
                    self.letters.append(item)
        if commit:
            self.files.commit()
        return found

    def restart(self) -> None:
        self.files.close()
        self.start()


@pytest.fixture
def follower(tmp_path: Path) -> Callable[..., Follower]:
    (tmp_path / "logs").mkdir()

    def make(*names: str) -> Follower:
        return Follower(tmp_path / "state", *[tmp_path / "logs" / name for name in names])

    return make


def test_growing_files_are_read_on_and_merged(tmp_path: Path, follower: Any) -> None:
    one, two = tmp_path / "logs" / "a", tmp_path / "logs" / "b"
    one.write_bytes(lines(1, 4, 5))
    two.write_bytes(lines(2, 3, 6)[:-20])
    following = follower("")
    assert following.read() == [1, 2, 3, 4, 5]
    with two.open("ab") as file:
        file.write(lines(6)[-20:] + lines(7))
    assert following.read() == [6, 7]
    assert following.read() == []
    (tmp_path / "logs" / "c").write_bytes(lines(8))
    assert following.read() == [8]


def test_a_restart_loses_and_repeats_nothing(tmp_path: Path, follower: Any) -> None:
    log = tmp_path / "logs" / "a"
    log.write_bytes(lines(1, 2))
    following = follower("")
    assert following.read() == [1, 2]
    following.restart()
    assert following.read() == []
    with log.open("ab") as file:
        file.write(lines(3))
    assert following.read(commit=False) == [3]
    following.restart()
    assert following.read() == [3]


def test_what_is_not_done_is_read_again_after_a_restart(tmp_path: Path, follower: Any) -> None:
    (tmp_path / "logs" / "a").write_bytes(lines(1, 2, 3))
    following = follower("")
    following.now = 1
    tracked = list(following.files.poll())
    tracked[0][1].is_done = tracked[2][1].is_done = True
    following.files.commit()
    following.restart()
    assert following.read() == [2, 3]


@pytest.mark.parametrize("restarts", [False, True])
@pytest.mark.parametrize("named", ["", "a"])
def test_a_renamed_log_is_read_to_its_end(
    tmp_path: Path, follower: Any, restarts: bool, named: str
) -> None:
    log = tmp_path / "logs" / "a"
    log.write_bytes(lines(1, 2))
    following = follower(named)
    assert following.read() == [1, 2]
    with log.open("ab") as file:
        file.write(lines(3))
    log.rename(tmp_path / "logs" / "a.1")
    log.write_bytes(lines(4))
    if restarts:
        following.restart()
    assert following.read() == [3, 4]
    assert following.read() == []


@pytest.mark.parametrize("pack", [gzip.compress, zstd.compress])
@pytest.mark.parametrize("restarts", [False, True])
def test_a_log_that_is_compressed_goes_on_inside(
    tmp_path: Path, follower: Any, pack: Any, restarts: bool
) -> None:
    log = tmp_path / "logs" / "a"
    log.write_bytes(lines(1, 2))
    following = follower("")
    assert following.read() == [1, 2]
    (tmp_path / "logs" / "a.1.packed").write_bytes(pack(lines(1, 2, 3)))
    log.unlink()
    log.write_bytes(lines(4))
    if restarts:
        following.restart()
    assert sorted(following.read()) == [3, 4]
    following.restart()
    assert following.read() == []


def test_a_log_that_is_copied_and_truncated_repeats_nothing(tmp_path: Path, follower: Any) -> None:
    log = tmp_path / "logs" / "a"
    log.write_bytes(lines(1, 2))
    following = follower("")
    assert following.read() == [1, 2]
    with log.open("ab") as file:
        file.write(lines(3))
    shutil.copy(log, tmp_path / "logs" / "a.1")
    assert following.read() == [3]
    os.truncate(log, 0)
    assert following.read() == []
    with log.open("ab") as file:
        file.write(lines(4))
    assert following.read() == [4]


def test_a_twin_is_read_when_the_first_stays(tmp_path: Path, follower: Any) -> None:
    (tmp_path / "logs" / "a").write_bytes(lines(1, 2))
    (tmp_path / "logs" / "b").write_bytes(lines(1, 3))
    following = follower("")
    assert following.read() == [1, 2]
    following.now += 61
    assert following.read() == [1, 3]


def test_a_truncated_log_begins_anew(tmp_path: Path, follower: Any) -> None:
    log = tmp_path / "logs" / "a"
    log.write_bytes(lines(1, 2))
    following = follower("a")
    assert following.read() == [1, 2]
    log.write_bytes(lines(3))
    assert following.read() == [3]


def test_whole_documents_are_read_once_they_are_whole(tmp_path: Path, follower: Any) -> None:
    whole = msgspec.json.format(msgspec.json.encode({"Records": [record(1), record(2)]}))
    log = tmp_path / "logs" / "a.json"
    log.write_bytes(whole[:100])
    following = follower("")
    assert following.read() == []
    log.write_bytes(whole)
    assert following.read() == [1, 2]
    following.restart()
    assert following.read() == []


def test_a_packed_file_that_stays_cut_becomes_a_dead_letter(tmp_path: Path, follower: Any) -> None:
    data = gzip.compress(lines(*range(50)))
    log = tmp_path / "logs" / "a.gz"
    log.write_bytes(data[:-200])
    following = follower("")
    first = following.read()
    assert following.letters == []
    following.now += 61
    assert first + following.read() == first
    following.now += 61
    following.read()
    assert [letter.reason for letter in following.letters] == ["the end is truncated or damaged"]
    following.restart()
    following.now += 200
    assert following.read() == []
    assert len(following.letters) == 1


def test_a_packed_file_is_read_as_it_arrives(tmp_path: Path, follower: Any) -> None:
    data = gzip.compress(lines(*range(5000)), compresslevel=1)
    log = tmp_path / "logs" / "a.gz"
    log.write_bytes(data[: len(data) // 2])
    following = follower("")
    first = following.read()
    log.write_bytes(data)
    assert first + following.read() == list(range(5000))


def test_an_overlong_line_is_one_dead_letter(tmp_path: Path, follower: Any) -> None:
    (tmp_path / "logs" / "a").write_bytes(lines(1) + b"x" * 3_000_000 + b"\n" + lines(2))
    following = follower("")
    assert following.read() == [1, 2]
    assert len(following.letters) == 1


def test_a_missing_path_says_so(follower: Any) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        follower("none")


def test_a_pipe_is_not_followed(tmp_path: Path, follower: Any) -> None:
    os.mkfifo(tmp_path / "logs" / "p")
    with pytest.raises(InputError, match="neither a file nor a folder: read it without --follow"):
        follower("p")
