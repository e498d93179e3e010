import asyncio
import zlib
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError, NotEnoughReplicasError
from faust.types import TP

from models.detector import Detector
from models.detector_settings import DetectorSettings, PrincipalProfile
from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.data_class import DataClass
from models.domain.event_batch import encode_batch
from streams.exporters.worker_metrics import WorkerMetrics
from streams.settings.sections import CheckpointSettings, TopicSettings
from streams.worker.checkpoints import checkpointer as module
from streams.worker.checkpoints.checkpoint_log import CheckpointLog
from streams.worker.checkpoints.checkpointer import Checkpointer
from streams.worker.checkpoints.partition_state import PartitionState
from streams.worker.checkpoints.seal import Refusal, Seal
from streams.worker.partition_detectors import PartitionDetectors

PROFILE = PrincipalProfile(kind="erp", allowed_data_classes=frozenset())
NAMES = TopicSettings(partitions=4)
HOME = TP(NAMES.events, 1)
UNSIGNED = Seal("group")
OLD, NEW = b"o" * 32, b"n" * 32


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class Table:
    """The topic of checkpoints; `data` is this worker's copy of it."""

    def __init__(self, topic: dict[bytes, bytes]) -> None:
        self.topic = topic
        self.data = dict(topic)
        self.refusals: list[BaseException] = []
        self.log: list[str] = []

    def items(self) -> list[tuple[bytes, bytes]]:
        return list(self.data.items())

    def send_changelog(self, partition: int, key: bytes, value: bytes | None) -> Awaitable[None]:
        assert partition == HOME.partition
        future = asyncio.get_running_loop().create_future()
        if self.refusals:
            future.set_exception(self.refusals.pop())
        elif value is None:
            self.topic.pop(key, None)
            future.set_result(None)
        else:
            self.topic[key] = value
            future.set_result(None)
            self.log.append("written")
        return future


class Consumer:
    assigned = frozenset({HOME})
    is_owner = True
    earliest = 0
    failure: BaseException | None = None

    def __init__(self, notes: dict[int, str]) -> None:
        self.notes = notes

    def assignment(self) -> set[TP]:
        return set(self.assigned)

    async def earliest_offsets(self, *places: TP) -> dict[TP, int]:
        if self.failure is not None:
            raise self.failure
        return dict.fromkeys(places, self.earliest)

    async def confirm(self, tp: TP, offset: int, note: str) -> bool:
        assert tp == HOME
        if self.is_owner:
            self.notes[tp.partition] = note
        return self.is_owner


class Worker:
    """A worker on a topic of checkpoints that outlives it; it is its own outbox."""

    def __init__(
        self, topic: dict[bytes, bytes], seal: Seal = UNSIGNED, notes: dict[int, str] | None = None
    ) -> None:
        self.notes = {} if notes is None else notes
        self.clock, self.metrics, self.consumer = Clock(), WorkerMetrics(5), Consumer(self.notes)
        self.table, self.mark, self.crashes = Table(topic), 0, list[BaseException]()
        self.detectors = PartitionDetectors(
            lambda p: Detector(DetectorSettings(), {"app-1": PROFILE}, partition=p),
            self.metrics,
            3600.0,
            300.0,
            self.clock,
        )
        self.signals: dict[str, Callable[..., Awaitable[None]]] = {}
        self.checkpointer = Checkpointer(
            self._app(),
            detectors=self.detectors,
            outbox=self,
            settings=CheckpointSettings(
                interval_seconds=5.0, changed_bytes=10_000, groups=4, largest_state_bytes=1_000_000
            ),
            names=NAMES,
            metrics=self.metrics.runtime,
            seal=seal,
            read_notes=lambda partitions: {p: n for p, n in self.notes.items() if p in partitions},
            clock=self.clock,
        )
        self.checkpointer.add()

    def _app(self) -> SimpleNamespace:
        def signal(name: str) -> SimpleNamespace:
            return SimpleNamespace(connect=lambda handler: self.signals.update({name: handler}))

        async def crash(error: BaseException) -> None:
            self.crashes.append(error)

        def make_table(*_: Any, on_recover: Callable[[], Awaitable[None]], **__: Any) -> Table:
            self.signals["recovered"] = on_recover
            return self.table

        return SimpleNamespace(
            Table=make_table,
            timer=lambda _: lambda function: self.signals.update(timer=function),
            on_partitions_revoked=signal("revoked"),
            on_partitions_assigned=signal("assigned"),
            consumer=self.consumer,
            crash=crash,
        )

    async def delivered(self, mark: int) -> None:
        assert mark == self.mark
        self.table.log.append("delivered")

    async def take_over(self) -> "Worker":
        await self.signals["assigned"]()
        await self.signals["recovered"]()
        return self

    def score(self, *offsets: int) -> None:
        for offset in offsets:
            self.detectors.process(HOME.partition, offset, message(offset))

    @property
    def next_offset(self) -> int:
        return self.detectors.next_offset(HOME.partition)

    def count(self, name: str, **labels: str) -> float | None:
        return self.metrics.registry.get_sample_value(f"sellerwatch_{name}", labels)


def message(number: int) -> bytes:
    event = AccessEvent(
        event_id=f"r-{number}",
        time=1_767_225_600.0 + number,
        tenant="A1",
        principal="app-1",
        principal_kind=PrincipalKind.APPLICATION,
        service="orders",
        operation="getOrders",
        outcome=Outcome.SUCCESS,
        data_classes=(DataClass.CUSTOMER,),
        records=7,
    )
    return encode_batch([event])


def test_without_a_checkpoint_a_partition_begins_with_its_oldest_message() -> None:
    worker = Worker({})
    worker.consumer.earliest = 7
    asyncio.run(worker.take_over())
    assert worker.checkpointer.positions() == {HOME: 7}


def test_an_heir_goes_on_where_the_checkpoint_ends() -> None:
    async def play() -> tuple[Worker, Worker]:
        topic: dict[bytes, bytes] = {}
        first = await Worker(topic).take_over()
        first.score(0, 1, 2)
        await first.checkpointer.write(HOME.partition)
        first.score(3)
        return first, await Worker(topic).take_over()

    first, heir = asyncio.run(play())
    assert (first.next_offset, heir.next_offset) == (4, 3)
    heir.score(3)
    changes = [w.detectors.take_changes(HOME.partition) for w in (first, heir)]
    assert changes[0].offset == changes[1].offset
    assert changes[0].state == changes[1].state


def test_incidents_are_delivered_before_the_checkpoint_that_presumes_them() -> None:
    async def play() -> list[str]:
        worker = await Worker({}).take_over()
        worker.score(0)
        await worker.checkpointer.write(HOME.partition)
        return worker.table.log

    log = asyncio.run(play())
    assert log[0] == "delivered"
    assert set(log[1:]) == {"written"}


def test_a_worker_that_was_voted_out_writes_nothing() -> None:
    async def play() -> Worker:
        worker = await Worker({}).take_over()
        worker.score(0)
        worker.consumer.is_owner = False
        await worker.checkpointer.write(HOME.partition)
        worker.consumer.is_owner = True
        # Not before the partition is assigned anew.
        await worker.checkpointer.write(HOME.partition)
        return worker

    worker = asyncio.run(play())
    assert worker.table.topic == {}
    assert worker.count("checkpoint_failures_total") == 1
    assert worker.count("checkpoints_total") == 0


def test_a_checkpoint_that_was_refused_is_written_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_RETRY_SECONDS", 0.0)

    async def play() -> tuple[Worker, Worker]:
        topic: dict[bytes, bytes] = {}
        worker = await Worker(topic).take_over()
        worker.score(0, 1)
        worker.table.refusals = [NotEnoughReplicasError()]
        await worker.checkpointer.write(HOME.partition)
        return worker, await Worker(topic).take_over()

    worker, heir = asyncio.run(play())
    assert worker.count("checkpoints_total") == 1
    assert heir.next_offset == 2


def test_a_partition_that_has_gone_is_forgotten() -> None:
    async def play() -> Worker:
        worker = await Worker({}).take_over()
        worker.score(0)
        await worker.signals["revoked"](set())
        worker.consumer.assigned = frozenset()
        return await worker.take_over()

    worker = asyncio.run(play())
    assert worker.detectors.partitions == ()
    assert worker.count("checkpoints_total") == 1, "its state is saved for the heir"


def test_what_is_in_memory_stays_if_nobody_else_had_the_partition() -> None:
    async def play() -> Worker:
        worker = await Worker({}).take_over()
        worker.score(0)
        await worker.checkpointer.write(HOME.partition)
        worker.score(1)
        return await worker.take_over()

    assert asyncio.run(play()).next_offset == 2


def test_what_another_worker_wrote_meanwhile_counts() -> None:
    async def play() -> Worker:
        topic: dict[bytes, bytes] = {}
        paused = await Worker(topic).take_over()
        paused.score(0)
        await paused.checkpointer.write(HOME.partition)
        other = await Worker(topic).take_over()
        other.score(1, 2, 3)
        await other.checkpointer.write(HOME.partition)
        paused.table.data = dict(topic)
        return await paused.take_over()

    assert asyncio.run(play()).next_offset == 4


def test_a_damaged_checkpoint_means_scoring_again() -> None:
    async def play() -> Worker:
        topic: dict[bytes, bytes] = {}
        worker = await Worker(topic).take_over()
        worker.score(0)
        await worker.checkpointer.write(HOME.partition)
        damaged = {key: value[:-1] + b"?" for key, value in topic.items()}
        heir = await Worker(damaged).take_over()
        assert heir.next_offset == 0
        assert heir.count("checkpoint_failures_total") == 1
        heir.score(0, 1)
        await heir.checkpointer.write(HOME.partition)
        return await Worker(damaged).take_over()

    assert asyncio.run(play()).next_offset == 2


@pytest.mark.parametrize("error", [KafkaConnectionError(), KeyError("anything")])
def test_whatever_fails_at_the_take_over_ends_the_worker(error: BaseException) -> None:
    worker = Worker({})
    worker.consumer.failure = error
    asyncio.run(worker.take_over())
    assert worker.crashes == [error]


def test_a_checkpoint_is_due_by_time_or_by_size() -> None:
    async def play() -> list[float | None]:
        worker = await Worker({}).take_over()
        done = []
        for seconds, offsets in ((4.0, (0,)), (2.0, ()), (1.0, range(1, 200)), (60.0, ())):
            worker.clock.now += seconds
            worker.score(*offsets)
            await worker.signals["timer"]()
            done.append(worker.count("checkpoints_total"))
        return done

    assert asyncio.run(play()) == [0, 1, 2, 2]


def test_nothing_new_needs_no_last_checkpoint() -> None:
    async def play() -> Worker:
        worker = await Worker({}).take_over()
        await worker.checkpointer.write_all()
        return worker

    assert asyncio.run(play()).count("checkpoints_total") == 0


async def saved(topic: dict[bytes, bytes], seal: Seal, notes: dict[int, str], *offsets: int) -> int:
    """Have a worker score some messages and save after each; return where it began."""
    worker = await Worker(topic, seal, notes).take_over()
    began = worker.next_offset
    for offset in offsets:
        worker.score(offset)
        await worker.checkpointer.write(HOME.partition)
    return began


def refused(worker: Worker) -> dict[str, float]:
    counts = {str(r): worker.count("refused_checkpoints_total", reason=str(r)) for r in Refusal}
    return {reason: count for reason, count in counts.items() if count}


def test_a_key_is_introduced_with_one_setting_and_without_new_events() -> None:
    async def play() -> tuple[Worker, Worker, Worker, dict[bytes, bytes]]:
        topic: dict[bytes, bytes] = {}
        notes: dict[int, str] = {}
        await saved(topic, UNSIGNED, notes, 0, 1)
        strict = await Worker(dict(topic), Seal("group", [NEW]), dict(notes)).take_over()
        migrating = Seal("group", [NEW], accepts_unsigned=True)
        moved = await Worker(topic, migrating, notes).take_over()
        await moved.signals["timer"]()
        return strict, moved, await Worker(topic, Seal("group", [NEW]), notes).take_over(), topic

    strict, moved, after, topic = asyncio.run(play())
    assert strict.next_offset == 0
    assert set(refused(strict)) == {"unsigned"}
    assert moved.next_offset == after.next_offset == 2
    assert refused(moved) == refused(after) == {}
    assert all(Seal("group", [NEW]).is_current(value) for value in topic.values())


def test_a_key_is_rotated_without_losing_anything() -> None:
    async def play() -> tuple[list[int], Worker]:
        topic: dict[bytes, bytes] = {}
        notes: dict[int, str] = {}
        began = [
            await saved(topic, Seal("group", [OLD]), notes, 0, 1),
            await saved(topic, Seal("group", [OLD, NEW]), notes, 2),
        ]
        turning = await Worker(topic, Seal("group", [NEW, OLD]), notes).take_over()
        began.append(turning.next_offset)
        await turning.signals["timer"]()
        return began, await Worker(topic, Seal("group", [NEW]), notes).take_over()

    began, last = asyncio.run(play())
    assert [*began, last.next_offset] == [0, 2, 3, 3]
    assert refused(last) == {}


def test_a_worker_with_the_wrong_key_starts_anew_and_deletes_nothing_of_the_others() -> None:
    async def play() -> tuple[Worker, Worker]:
        topic: dict[bytes, bytes] = {}
        notes: dict[int, str] = {}
        await saved(topic, Seal("group", [OLD]), notes, *range(30))
        wrong = await Worker(topic, Seal("group", [NEW]), notes).take_over()
        wrong.score(0)
        await wrong.checkpointer.write(HOME.partition)
        return wrong, await Worker(topic, Seal("group", [OLD]), {}).take_over()

    wrong, right = asyncio.run(play())
    assert set(refused(wrong)) == {"unknown_key"}
    assert right.next_offset == 30
    assert set(refused(right)) == {"unknown_key"}


def test_an_older_state_that_is_put_back_is_told_of_and_scored_again_from_there() -> None:
    async def play() -> tuple[Worker, Worker]:
        topic: dict[bytes, bytes] = {}
        notes: dict[int, str] = {}
        seal = Seal("group", [OLD])
        await saved(topic, seal, notes, 0, 1)
        older = dict(topic)
        await saved(topic, seal, notes, 2, 3)
        topic.clear()
        topic.update(older)
        heir = await Worker(topic, seal, notes).take_over()
        heir.score(2)
        await heir.checkpointer.write(HOME.partition)
        # They cannot be put back a second time.
        topic.update(older)
        return heir, await Worker(topic, seal, notes).take_over()

    heir, next_heir = asyncio.run(play())
    assert refused(heir) == {"stale": 1}
    assert next_heir.next_offset == 3
    assert refused(next_heir) == {}


def test_the_newest_checkpoint_alone_is_missed_too() -> None:
    async def play() -> Worker:
        topic: dict[bytes, bytes] = {}
        notes: dict[int, str] = {}
        seal = Seal("group", [OLD])
        await saved(topic, seal, notes, 0)
        before = dict(topic)
        await saved(topic, seal, notes, 1)
        return await Worker(before, seal, notes).take_over()

    worker = asyncio.run(play())
    assert worker.next_offset == 1
    assert refused(worker) == {"stale": 1}


def test_a_worker_that_dies_between_commit_and_write_makes_no_alarm() -> None:
    async def play() -> tuple[Worker, Worker]:
        topic: dict[bytes, bytes] = {}
        notes: dict[int, str] = {}
        seal = Seal("group", [OLD])
        await saved(topic, seal, notes, 0, 1)
        # The last time, all of the state is signed anew.
        turned = Seal("group", [NEW, OLD])
        for its_seal in (seal, seal, turned):
            heir = await Worker(topic, its_seal, notes).take_over()
            heir.score(2)
            heir.table.refusals = [RuntimeError("dead")] * 100
            before, noted = dict(topic), dict(notes)
            with pytest.raises(RuntimeError, match="dead"):
                await heir.checkpointer.write(HOME.partition)
            assert (topic == before, notes == noted) == (True, False)
        return tuple([await Worker(topic, s, notes).take_over() for s in (seal, turned)])

    foreign, heir = asyncio.run(play())
    # A note under a key that one does not have says nothing.
    for worker in (foreign, heir):
        assert worker.next_offset == 2
        assert refused(worker) == {}


def test_a_topic_that_is_emptied_under_a_worker_costs_it_nothing() -> None:
    async def play() -> tuple[Worker, Worker]:
        topic: dict[bytes, bytes] = {}
        notes: dict[int, str] = {}
        seal = Seal("group", [OLD])
        worker = await Worker(topic, seal, notes).take_over()
        for offset in (0, 1):
            worker.score(offset)
            await worker.checkpointer.write(HOME.partition)
        topic.clear()
        worker.table.data.clear()
        await worker.take_over()
        await worker.signals["timer"]()
        return worker, await Worker(topic, seal, notes).take_over()

    worker, heir = asyncio.run(play())
    assert refused(worker) == {"stale": 1}
    assert (worker.next_offset, heir.next_offset) == (2, 2)
    assert refused(heir) == {}


def test_a_bomb_in_the_detectors_state_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    async def play() -> Worker:
        topic: dict[bytes, bytes] = {}
        log = CheckpointLog(HOME.partition, 4, writer=7)
        bomb = bytes((2,)) + zlib.compress(bytes(2_000_000))
        topic.update(log.append(PartitionState(9, {b"fleet": bomb})))
        worker = await Worker(topic).take_over()
        worker.score(0)
        await worker.checkpointer.write(HOME.partition)
        return worker

    worker = asyncio.run(play())
    assert worker.next_offset == 1
    assert refused(worker) == {"too_large": 1}
    assert "partition 1: it is scored again from offset 0" in caplog.text


def test_without_a_key_the_worker_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    Worker({})
    assert caplog.messages == [
        "checkpoints are not signed: set checkpoints.key_file to have them signed"
    ]
    caplog.clear()
    Worker({}, Seal("group", [NEW]))
    assert caplog.messages == []


def test_a_refusal_that_comes_after_the_next_take_over_fences_nothing() -> None:
    """A worker that was paused rejoins while its last commit is still on the way."""

    async def play() -> Worker:
        worker = await Worker({}).take_over()
        worker.score(0)
        asked, answered = asyncio.Event(), asyncio.Event()
        confirm = worker.consumer.confirm

        async def refuse(*_: object) -> bool:
            asked.set()
            await answered.wait()
            return False

        worker.consumer.confirm = refuse
        late = asyncio.ensure_future(worker.checkpointer.write(HOME.partition))
        await asked.wait()
        await worker.take_over()
        answered.set()
        await late
        worker.consumer.confirm = confirm
        worker.score(worker.next_offset)
        await worker.checkpointer.write(HOME.partition)
        return worker

    worker = asyncio.run(play())
    assert worker.count("checkpoints_total") == 1
