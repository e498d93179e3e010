"""Tests of moving records from live sources to Kafka."""

from collections.abc import Callable, Iterator

import pytest

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.dead_letter import DeadLetter
from models.domain.event_batch import decode_batch
from streams.ingest.ingest_loop import IngestLoop
from streams.ingest.packer import Packer
from streams.settings.sections import PackerSettings, SourceSettings, TopicSettings
from streams.sources.flow.event_memory import EventMemory
from streams.sources.flow.event_order import EventOrder
from streams.sources.flow.live_source import Tracked
from streams.sources.flow.offset_tracker import OffsetTracker
from streams.sources.formats.event_parser import Parsed
from streams.sources.formats.skipped import Skipped


class Failure(Exception):
    pass


class Broker:
    """Acknowledges what was sent when flushed, or fails."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.letters = 0
        self.is_down = False

    def send(self, topic: str, **message: object) -> None:
        if topic == "access-events":
            self.events += [event.event_id for event in decode_batch(message["value"]).events]
        else:
            self.letters += 1

    def flush(self, timeout: float | None = None) -> None:
        if self.is_down:
            raise Failure


class Log:
    """A live source in memory."""

    def __init__(self) -> None:
        self.waiting: list[Parsed] = []
        self.track = OffsetTracker(0)
        self.read = self.kept = 0
        self.is_exhausted = True

    def poll(self) -> Iterator[Tracked]:
        while self.waiting:
            self.read += 1
            yield self.waiting.pop(0), self.track.add(self.read)

    def commit(self) -> None:
        self.kept = self.track.settle()

    def close(self) -> None:
        pass

    def before_handover(self, flush: Callable[[], None]) -> None:
        self.flush = flush


class Bench:
    def __init__(self, **settings: float) -> None:
        self.now = 0.0
        self.log, self.broker = Log(), Broker()
        sources = SourceSettings(**settings)
        order = EventOrder(EventMemory(), disorder_seconds=900, hold_seconds=sources.hold_seconds)
        packer = Packer(self.broker, TopicSettings(), PackerSettings(), clock=lambda: self.now)
        self.pump = IngestLoop(
            [self.log], packer, order, sources, clock=lambda: self.now, sleep=lambda _: None
        )

    def step(self, *items: Parsed, seconds: float = 2.0) -> None:
        self.log.waiting += items
        self.now += seconds
        self.pump.step()


def event(number: int, seconds: float, *, decrypt: bool = False) -> AccessEvent:
    return AccessEvent(
        event_id=str(number), time=seconds, tenant="1", principal="p",
        principal_kind=PrincipalKind.ROLE, service="kms" if decrypt else "s3",
        operation="Decrypt" if decrypt else "GetObject", outcome=Outcome.SUCCESS,
        resource="orders", source_ip=None if decrypt else "192.0.2.1",
    )  # fmt: skip


LETTER = DeadLetter(source="s", position="1", reason="r", size_bytes=1, digest="0")


def test_positions_move_with_what_was_acknowledged() -> None:
    bench = Bench()
    bench.step(event(1, 10.0), LETTER, Skipped("digest"), event(1, 10.0))
    assert bench.broker.events == ["1"]
    assert bench.broker.letters == 1
    assert bench.log.kept == 4
    assert str(bench.pump.tally) == "1 events, 2 skipped (1 digest, 1 duplicate), 1 dead letters"


def test_positions_stay_when_the_broker_fails() -> None:
    bench = Bench()
    bench.broker.is_down = True
    with pytest.raises(Failure):
        bench.step(event(1, 10.0))
    assert bench.log.kept == 0


def test_a_held_event_holds_the_position_back() -> None:
    bench = Bench(hold_seconds=60)
    bench.step(event(1, 100.0), event(2, 95.0))
    assert (bench.broker.events, bench.log.kept) == ([], 0)
    bench.step(event(3, 156.0))
    assert (bench.broker.events, bench.log.kept) == (["2"], 0)
    bench.step(event(4, 161.0))
    assert (bench.broker.events, bench.log.kept) == (["2", "1"], 2)


def test_held_events_leave_when_nothing_comes_any_more() -> None:
    bench = Bench(hold_seconds=60)
    bench.step(event(1, 100.0))
    bench.step(seconds=29.0)
    assert bench.broker.events == []
    bench.step(seconds=2.0)
    assert (bench.broker.events, bench.log.kept) == (["1"], 1)


def test_an_echo_is_counted_and_not_sent() -> None:
    bench = Bench()
    bench.step(event(1, 100.0, decrypt=True), event(2, 100.0))
    bench.step(event(3, 1001.0))
    assert bench.broker.events == ["2", "3"]
    assert bench.pump.tally.skipped == {"echo": 1}
    assert bench.log.kept == 3


def test_what_goes_to_another_process_is_neither_sent_nor_remembered() -> None:
    bench = Bench(hold_seconds=60)
    bench.step(event(1, 100.0), event(2, 20.0))
    bench.log.flush()
    assert (bench.broker.events, bench.log.kept) == (["2"], 0)
    bench.log.track.cancel()
    bench.log.track = OffsetTracker(1)
    bench.step(event(3, 500.0))
    assert bench.broker.events == ["2"]
    bench.step(event(1, 100.0))
    assert bench.broker.events == ["2", "1"]


def test_it_stops_when_asked_and_when_exhausted() -> None:
    bench = Bench(hold_seconds=60)
    bench.log.waiting = [event(1, 100.0)]
    bench.pump.run(lambda: False, follow=False)
    assert bench.broker.events == ["1"]
    asked = iter([False, True])
    bench.log.waiting = [event(2, 100.0)]
    bench.pump.run(lambda: next(asked), follow=True)
    assert (bench.broker.events, bench.log.kept) == (["1", "2"], 2)
