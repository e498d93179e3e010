"""Writes the partitions' state to a Faust table, and restores partitions from it."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from contextvars import copy_context
from dataclasses import dataclass
from secrets import randbits
from typing import Final
from weakref import ref

import faust
from aiokafka.errors import KafkaError
from faust.streams import _current_event
from faust.types import TP

from models.errors import WireFormatError
from streams.exporters.runtime_metrics import RuntimeMetrics
from streams.settings.sections import CheckpointSettings, TopicSettings
from streams.worker.checkpoints.checkpoint_log import CheckpointLog, bucket
from streams.worker.outbox import Outbox
from streams.worker.partition_detectors import PartitionDetectors

log = logging.getLogger("sellerwatch")
TABLE: Final = "checkpoints"
_SECONDS_BETWEEN_LOOKS: Final = 0.25
_RETRY_SECONDS: Final = 1.0
_LAST_SECONDS: Final = 2.5


class Checkpointer:
    """Keeps checkpoints of the partitions that the worker owns.

    Parameters
    ----------
    app
        The Faust app; its consumer is a `CheckpointConsumer`.
    detectors
        The detectors to save.
    outbox
        Its messages must be delivered before a checkpoint that includes them.
    settings
        How often to save, and in how many groups.
    names
        The events topic and its number of partitions.
    metrics
        The metrics to count in.
    clock
        Monotonic seconds.
    """

    def __init__(
        self,
        app: faust.App,
        *,
        detectors: PartitionDetectors,
        outbox: Outbox,
        settings: CheckpointSettings,
        names: TopicSettings,
        metrics: RuntimeMetrics,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app, self._detectors, self._outbox = app, detectors, outbox
        self._settings, self._names, self._metrics = settings, names, metrics
        self._clock = clock
        self._logs: dict[int, CheckpointLog] = {}
        self._saved_at: dict[int, float] = {}
        self._busy: dict[int, asyncio.Lock] = {}
        self._fenced: set[int] = set()
        self._assigned_at = clock()
        self._table = app.Table(
            TABLE,
            key_type=bytes,
            value_type=bytes,
            partitions=names.partitions,
            store=settings.store_url,
            on_recover=self.restore,
        )

    def add(self) -> None:
        """Add the timer and the rebalance handlers to the app."""
        self._app.timer(_SECONDS_BETWEEN_LOOKS)(self.write_due)
        self._app.on_partitions_revoked.connect(self._before_hand_over)
        self._app.on_partitions_assigned.connect(self._begin_recovery)

    def positions(self) -> Mapping[TP, int]:
        """Return where reading continues in each open partition."""
        return {self._tp(p): self._detectors.next_offset(p) for p in self._detectors.partitions}

    def _tp(self, partition: int) -> TP:
        return TP(self._names.events, partition)

    async def restore(self) -> None:
        """Open the assigned partitions, after their table is recovered.

        Any error here stops the worker, so that another one takes its partitions.
        """
        try:
            await self._restore()
        # Any error: Faust drops what this callback raises, and would continue without the state.
        except Exception as error:
            log.exception("the checkpoints cannot be restored")
            await self._app.crash(error)

    async def _begin_recovery(self, *_: object, **__: object) -> None:
        self._assigned_at = self._clock()

    async def _restore(self) -> None:
        mine = {tp for tp in self._app.consumer.assignment() if tp.topic == self._names.events}
        for partition in set(self._detectors.partitions) - {tp.partition for tp in mine}:
            self._detectors.close(partition)
            self._logs.pop(partition, None)
        self._fenced.clear()
        records = bucket(self._table.items())
        earliest = await self._app.consumer.earliest_offsets(*mine) if mine else {}
        for tp, offset in sorted(earliest.items()):
            self._open(tp.partition, offset, records.get(tp.partition, {}))
        seconds = self._clock() - self._assigned_at
        self._metrics.recovery_seconds.set(seconds)
        opened = {p: self._detectors.next_offset(p) for p in self._detectors.partitions}
        log.info("partitions with their next offset: %s, opened in %.2f s", opened, seconds)

    def _open(self, partition: int, earliest: int, records: Mapping[bytes, bytes]) -> None:
        groups, writer = self._settings.groups, randbits(63) + 1
        self._saved_at[partition] = self._clock()
        try:
            found, snapshot = CheckpointLog.restore(records, partition, groups, writer)
            known = self._logs.get(partition)
            if known is not None and known.last_written == found.last_written:
                # Nobody else has owned it since, so the state in memory is valid and newer.
                return
            self._detectors.open(partition, earliest, snapshot)
        except WireFormatError as error:
            log.error("partition %s is scored again from offset %s: %s", partition, earliest, error)
            self._metrics.checkpoint_failures.inc()
            self._detectors.open(partition, earliest)
            found = CheckpointLog.after(records, partition, groups, writer)
        self._logs[partition] = found

    async def write_due(self) -> None:
        """Write a checkpoint of each partition that is due by time or by bytes."""
        now = self._clock()
        for partition in self._detectors.partitions:
            unsaved = self._detectors.unsaved_bytes(partition)
            age = now - self._saved_at[partition]
            if unsaved >= self._settings.changed_bytes or (
                unsaved and age >= self._settings.interval_seconds
            ):
                await self.write(partition)
            if not unsaved:
                self._metrics.saved_at.labels(str(partition)).set_to_current_time()

    async def write_all(self) -> None:
        """Write a checkpoint of all unsaved state, if that is quick."""
        dirty = [p for p in self._detectors.partitions if self._detectors.unsaved_bytes(p)]
        writes = [asyncio.ensure_future(self.write(partition)) for partition in dirty]
        if writes:
            await asyncio.wait(writes, timeout=_LAST_SECONDS)
        for write in writes:
            write.cancel()

    async def _before_hand_over(self, *_: object, **__: object) -> None:
        await self.write_all()

    async def write(self, partition: int) -> None:
        """Write one checkpoint; return when it is acknowledged or no longer wanted."""
        if partition in self._fenced or partition not in self._logs:
            return
        async with self._busy.setdefault(partition, asyncio.Lock()):
            began, stamp = self._clock(), time.time()
            kept = self._logs[partition]
            changes = self._detectors.take_changes(partition)
            mark = self._outbox.mark
            records = kept.append(changes)
            self._saved_at[partition] = began
            await self._outbox.delivered(mark)
            if await self._put(partition, changes.offset, records):
                self._metrics.saved_at.labels(str(partition)).set(stamp)
                self._metrics.checkpoints.inc()
                self._metrics.checkpoint_bytes.inc(sum(len(value) for _, value in records))
                self._metrics.checkpoint_seconds.observe(self._clock() - began)

    async def _put(self, partition: int, offset: int, records: list[tuple[bytes, bytes]]) -> bool:
        """Write the records; False if another worker owns the partition."""
        while True:
            if not await self._app.consumer.confirm(self._tp(partition), offset):
                self._fenced.add(partition)
                self._metrics.checkpoint_failures.inc()
                return False
            sent = [self._table.send_changelog(partition, *record) for record in records]
            results = await asyncio.gather(*sent, return_exceptions=True)
            failure = next((r for r in results if isinstance(r, BaseException)), None)
            if failure is None:
                break
            if not isinstance(failure, KafkaError):
                raise failure
            log.warning("a checkpoint was not acknowledged and is written again: %r", failure)
            await asyncio.sleep(_RETRY_SECONDS)
        copy_context().run(self._keep, partition, records)
        return True

    def _keep(self, partition: int, records: list[tuple[bytes, bytes]]) -> None:
        # A store on disk takes the partition from the current event.
        event = _Position(_PositionMessage(partition))
        _current_event.set(ref(event))
        for key, value in records:
            self._table.data[key] = value


@dataclass(frozen=True)
class _PositionMessage:
    partition: int


@dataclass(frozen=True)
class _Position:
    message: _PositionMessage
