"""Writes the partitions' state to a Faust table, and restores partitions from it."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from secrets import randbits
from typing import Final

import faust
from faust.types import TP

from models.errors import WireFormatError
from streams.exporters.runtime_metrics import RuntimeMetrics
from streams.settings.sections import CheckpointSettings, TopicSettings
from streams.worker.checkpoints.checkpoint_log import CheckpointLog
from streams.worker.checkpoints.checkpoint_table import CheckpointTable
from streams.worker.checkpoints.commit_note import CommitNote
from streams.worker.checkpoints.recovery import Recovery
from streams.worker.checkpoints.seal import Refusal, Seal
from streams.worker.outbox import Outbox
from streams.worker.partition_detectors import PartitionDetectors

ReadNotes = Callable[[Iterable[int]], Mapping[int, str]]
log = logging.getLogger("sellerwatch")
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
    seal
        Signs the records, and refuses those that are not signed.
    read_notes
        Asks Kafka for the notes beside the committed offsets of some partitions; may block.
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
        seal: Seal,
        read_notes: ReadNotes,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app, self._detectors, self._outbox = app, detectors, outbox
        self._settings, self._names, self._metrics = settings, names, metrics
        self._clock, self._seal, self._read_notes = clock, seal, read_notes
        self._logs: dict[int, CheckpointLog] = {}
        self._saved_at: dict[int, float] = {}
        self._busy: dict[int, asyncio.Lock] = {}
        self._fenced: set[int] = set()
        # Counts take-overs: what began before the last one is of no use any more.
        self._takeovers = 0
        self._assigned_at = clock()
        self._table = CheckpointTable(app, settings, names, self.restore)

    def add(self) -> None:
        """Add the timer and the rebalance handlers to the app."""
        self._app.timer(_SECONDS_BETWEEN_LOOKS)(self.write_due)
        self._app.on_partitions_revoked.connect(self._before_hand_over)
        self._app.on_partitions_assigned.connect(self._begin_recovery)
        if not self._seal.has_key:
            log.warning("checkpoints are not signed: set checkpoints.key_file to have them signed")

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
        self._takeovers += 1
        records = self._table.records()
        earliest = await self._app.consumer.earliest_offsets(*mine) if mine else {}
        notes = await self._notes(tp.partition for tp in mine)
        for tp, offset in sorted(earliest.items()):
            partition = tp.partition
            self._open(partition, offset, records.get(partition, {}), notes.get(partition, ""))
        seconds = self._clock() - self._assigned_at
        self._metrics.recovery_seconds.set(seconds)
        opened = {p: self._detectors.next_offset(p) for p in self._detectors.partitions}
        log.info("partitions with their next offset: %s, opened in %.2f s", opened, seconds)

    async def _notes(self, partitions: Iterable[int]) -> Mapping[int, str]:
        if not self._seal.has_key:
            return {}
        return await asyncio.to_thread(self._read_notes, sorted(partitions))

    def _open(
        self, partition: int, earliest: int, records: Mapping[bytes, bytes], note: str
    ) -> None:
        self._saved_at[partition] = self._clock()
        limit = self._settings.largest_state_bytes
        recovery = Recovery.of(
            records,
            self._seal,
            note,
            partition=partition,
            groups=self._settings.groups,
            writer=randbits(63) + 1,
            largest_state_bytes=limit,
        )
        if self._keeps(partition, recovery):
            return
        try:
            self._detectors.open(partition, earliest, recovery.snapshot, limit)
        except WireFormatError as error:
            recovery.drop(error, partition, self._settings.groups)
            self._detectors.open(partition, earliest)
        self._logs[partition] = recovery.log
        begins = f"offset {self._detectors.next_offset(partition)}"
        if recovery.snapshot is None:
            outcome = f"it is scored again from {begins}, and habits from before are learnt anew"
        else:
            outcome = f"it goes on from checkpoint {recovery.log.last_written[0]}, {begins}"
        self._report(partition, recovery, outcome)

    def _keeps(self, partition: int, recovery: Recovery) -> bool:
        """Keep the state in memory if nobody else has owned the partition since: it is newer."""
        known = self._logs.get(partition)
        if known is None:
            return False
        is_same = known.last_written == recovery.log.last_written
        if not is_same and known.last_written != recovery.last_committed:
            return False
        if recovery.refused or not is_same:
            # What is on the topic is not what was written.
            known.begin_anew(recovery.last_sequence)
            self._report(partition, recovery, "its state is still in memory")
        return True

    def _report(self, partition: int, recovery: Recovery, outcome: str) -> None:
        if not recovery.refused:
            return
        for reason, count in recovery.refused.items():
            self._metrics.refused_checkpoints.labels(reason).inc(count)
        if recovery.snapshot is None or Refusal.DAMAGED in recovery.refused:
            self._metrics.checkpoint_failures.inc()
        log.error("partition %s: %s; refused: %s", partition, outcome, recovery.told)

    async def write_due(self) -> None:
        """Write a checkpoint of each partition that is due by time or by bytes."""
        now = self._clock()
        for partition in self._detectors.partitions:
            unsaved = self._detectors.unsaved_bytes(partition)
            age = now - self._saved_at[partition]
            if (
                self._must_renew(partition)
                or unsaved >= self._settings.changed_bytes
                or (unsaved and age >= self._settings.interval_seconds)
            ):
                await self.write(partition)
            if not unsaved:
                self._metrics.saved_at.labels(str(partition)).set_to_current_time()

    def _must_renew(self, partition: int) -> bool:
        """Whether its checkpoint is not as we write them now, though there are no new events."""
        kept = self._logs.get(partition)
        return kept is not None and kept.is_anew and kept.last_written[0] > 0

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
            is_whole = kept.is_anew
            # In the order to write them in.
            records = {k: self._seal.wrap(k, value) for k, value in kept.append(changes)}
            note = CommitNote.of(kept)
            self._saved_at[partition] = began
            await self._outbox.delivered(mark)
            if await self._put(partition, changes.offset, note, records):
                if self._seal.has_key:
                    await self._confirm(partition, changes.offset, note.as_written())
                if is_whole:
                    # What is signed with another key may be a worker's that has it by right.
                    await self._table.drop_others(partition, records, self._seal.is_foreign)
                self._metrics.saved_at.labels(str(partition)).set(stamp)
                self._metrics.checkpoints.inc()
                self._metrics.checkpoint_bytes.inc(sum(map(len, records.values())))
                self._metrics.checkpoint_seconds.observe(self._clock() - began)

    async def _put(
        self, partition: int, offset: int, note: CommitNote, records: dict[bytes, bytes]
    ) -> bool:
        """Write the records; False if another worker owns the partition."""
        while await self._confirm(partition, offset, note):
            if await self._table.put(partition, list(records.items())):
                return True
            await asyncio.sleep(_RETRY_SECONDS)
        return False

    async def _confirm(self, partition: int, offset: int, note: CommitNote) -> bool:
        signed, takeovers = note.sign(self._seal, partition), self._takeovers
        is_owner = await self._app.consumer.confirm(self._tp(partition), offset, signed)
        if takeovers != self._takeovers:
            # The partition was opened anew while Kafka thought: write nothing, fence nothing.
            return False
        if is_owner:
            return True
        self._fenced.add(partition)
        self._metrics.checkpoint_failures.inc()
        return False
