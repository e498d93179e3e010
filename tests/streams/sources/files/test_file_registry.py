"""Tests of file tracking: whatever happens to logs, each line is read once."""

import gzip
import os
import shutil
import tempfile
from pathlib import Path

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from models.domain.access_event import AccessEvent
from models.domain.redaction import SubjectHasher
from streams.catalogue.catalogue_files import load_catalogue
from streams.sources.files.followed_files import FollowedFiles
from streams.sources.files.position_store import PositionStore
from streams.sources.formats.event_parser import EventParser

HASHER = SubjectHasher(b"sixteen bytes of key")
PARSER = EventParser(load_catalogue(), HASHER)
# What the events' ids were made from.
NUMBERS = {HASHER.event_id(str(number)): number for number in range(20_000)}


def line(number: int) -> bytes:
    record = {
        "time": 1767225600 + number, "request_id": str(number), "seller_id": "A1",
        "application_id": "a", "path": "/orders/v0/orders", "status": 200,
    }  # fmt: skip
    return msgspec.json.encode(record) + b"\n"


class RotatedLogs(RuleBasedStateMachine):
    """A log that is written and rotated in every way, with a reader that is killed."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        (self.folder / "logs").mkdir()
        self.log = self.folder / "logs" / "access.log"
        self.log.touch()
        self.rotated: list[Path] = []
        self.written = self.number = 0
        self.kept: set[int] = set()
        self.now = 0.0
        self.start()

    def start(self) -> None:
        self.store = PositionStore(self.folder / "state")
        self.files = FollowedFiles(
            [str(self.folder / "logs")], PARSER, self.store, poll_seconds=1, clock=lambda: self.now
        )

    def look(self, *, keep: bool) -> None:
        self.now += 1
        found = []
        for item, place in self.files.poll():
            place.is_done = True
            assert isinstance(item, AccessEvent)
            found.append(NUMBERS[item.event_id])
        assert self.kept.isdisjoint(found), "repeated"
        assert len(set(found)) == len(found), "twice"
        self.fresh = getattr(self, "fresh", set()) | set(found)
        if keep:
            self.files.commit()
            self.kept |= self.fresh
            self.fresh = set()

    def next_name(self) -> Path:
        self.number += 1
        return self.log.with_name(f"access.log.{self.number}")

    @rule(count=st.integers(1, 4))
    def write(self, count: int) -> None:
        with self.log.open("ab") as file:
            for _ in range(count):
                file.write(line(self.written))
                self.written += 1

    @rule()
    def read(self) -> None:
        self.look(keep=True)

    @rule(keep=st.booleans())
    def read_and_die(self, keep: bool) -> None:
        self.look(keep=keep)
        self.files.close()
        self.fresh = set()
        self.start()

    @precondition(lambda self: self.log.stat().st_size > 0)
    @rule()
    def rename(self) -> None:
        name = self.next_name()
        self.log.rename(name)
        self.log.touch()
        self.rotated.append(name)

    @precondition(lambda self: self.log.stat().st_size > 0)
    @rule(looks=st.booleans())
    def copy_and_truncate(self, looks: bool) -> None:
        name = self.next_name()
        shutil.copy(self.log, name)
        if looks:
            self.look(keep=True)
        os.truncate(self.log, 0)
        self.rotated.append(name)

    @precondition(lambda self: self.rotated)
    @rule(looks=st.booleans())
    def compress(self, looks: bool) -> None:
        name = self.rotated.pop(0)
        name.with_name(f"{name.name}.gz").write_bytes(gzip.compress(name.read_bytes()))
        if looks:
            self.look(keep=True)
        name.unlink()

    def teardown(self) -> None:
        for _ in range(3):
            self.look(keep=True)
            self.now += 61
        assert self.kept == set(range(self.written)), "lost"
        self.files.close()
        shutil.rmtree(self.folder)


TestRotatedLogs = RotatedLogs.TestCase
TestRotatedLogs.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
