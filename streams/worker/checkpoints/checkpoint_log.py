"""The checkpoints of one partition: a ring of changes on bases that are renewed in turn."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from zlib import crc32

from models.errors import WireFormatError
from streams.worker.checkpoints.blob_table import BlobTable
from streams.worker.checkpoints.blobs import Delta, encode_entries
from streams.worker.checkpoints.fragment import FragmentKey, Kind, split
from streams.worker.checkpoints.partition_state import PartitionState

_logger = logging.getLogger("sellerwatch")
# A change must stay readable until each group that it touched has a newer base. All groups get
# one within a round. If a worker died while it wrote one, the older base is used. So the ring
# holds two rounds, with room to spare.
_RING: Final = 64
_ROUND: Final = 16


@dataclass
class _Group:
    """The members of a group, and the base that holds them."""

    entries: dict[bytes, bytes] = field(default_factory=dict)
    base_slot: int = 0
    base_sequence: int = 0
    # The first change that no base holds yet, and the last one; 0 if there is none.
    first_change: int = 0
    last_change: int = 0


class CheckpointLog:
    """Turns changes into table records, and table records back into state.

    Each checkpoint writes one delta: all changes, with the partition's offset. A delta is valid
    only when complete, so if a worker dies while writing, the previous checkpoint stays valid.
    Deltas are in a ring of 64 slots. With each delta, a few groups are written whole, oldest
    change first, to the unused one of their two slots. State is restored from the newest base of
    each group and the deltas after it, so neither the topic nor the recovery time grows with the
    number of checkpoints.

    Parameters
    ----------
    partition
        Whose checkpoints they are.
    groups
        How many groups the keys are spread over.
    writer
        A random number above 0 that identifies this writer.

    Examples
    --------
    >>> from models.state.inflate_budget import InflateBudget
    >>> log = CheckpointLog(partition=0, groups=4, writer=7)
    >>> table = dict(log.append(PartitionState(12, {b"app-1": b"state"})))
    >>> blobs = BlobTable(table, InflateBudget())
    >>> CheckpointLog.restore(blobs, 1, partition=0, groups=4, writer=8)[1]
    PartitionState(offset=12, state={b'app-1': b'state'}, event_ids=b'')
    """

    def __init__(self, partition: int, groups: int, writer: int) -> None:
        self._partition = partition
        self.writer = writer
        self._previous_writer = 0
        self._groups = [_Group() for _ in range(groups)]
        # State from before this checkpoint does not count.
        self._begins_at = 0
        self.is_anew = False
        self.sequence = 0
        # The newest checkpoint and its writer, and the one before it: 0 if there is none.
        self.last_written = (0, 0)
        self.written_before = 0

    def append(self, changes: PartitionState) -> list[tuple[bytes, bytes]]:
        """Return the records of the next checkpoint, in the order to write them in.

        Parameters
        ----------
        changes
            The offset, and the entries that changed since the last call.
        """
        self.sequence += 1
        self.written_before, self.last_written = self.last_written[0], (self.sequence, self.writer)
        for key, value in changes.state.items():
            group = self._groups[self._group_of(key)]
            if value:
                group.entries[key] = value
            else:
                group.entries.pop(key, None)
            group.first_change = group.first_change or self.sequence
            group.last_change = self.sequence
        delta = Delta(
            changes.offset,
            self._previous_writer,
            self._begins_at,
            tuple(group.last_change for group in self._groups),
            changes.event_ids,
            self._all_entries() if self.is_anew else changes.state,
        )
        self.is_anew = False
        self._previous_writer = self.writer
        records = self._records(Kind.DELTA, self.sequence % _RING, delta.encode())
        for number in self._due():
            records += self._renew(number)
        return records

    def begin_anew(self, floor: int = 0) -> None:
        """Have the next checkpoint hold all of the state; no record from before it counts.

        Parameters
        ----------
        floor
            The highest sequence that anybody has used.
        """
        # A jump of more than the ring's length: an old change is never mistaken for a needed one.
        self.sequence = max(self.sequence, floor) + _RING
        self._previous_writer = 0
        self._begins_at, self.is_anew = self.sequence + 1, True
        for group in self._groups:
            group.base_sequence = 0
            group.first_change = group.last_change = self._begins_at if group.entries else 0

    def _all_entries(self) -> dict[bytes, bytes]:
        return {key: value for group in self._groups for key, value in group.entries.items()}

    def _due(self) -> list[int]:
        dirty = [n for n, group in enumerate(self._groups) if group.first_change]
        dirty.sort(key=lambda n: self._groups[n].first_change)
        return dirty[: -(-len(self._groups) // _ROUND)]

    def _renew(self, number: int) -> list[tuple[bytes, bytes]]:
        group = self._groups[number]
        group.base_slot = 1 - group.base_slot
        group.base_sequence, group.first_change = self.sequence, 0
        slot = 2 * number + group.base_slot
        return self._records(Kind.BASE, slot, encode_entries(group.entries))

    def _records(self, kind: Kind, slot: int, blob: bytes) -> list[tuple[bytes, bytes]]:
        return [
            (FragmentKey(self._partition, kind, slot, f.part).key, f.encode())
            for f in split(kind, self.sequence, self.writer, blob)
        ]

    def _group_of(self, key: bytes) -> int:
        return crc32(key) % len(self._groups)

    @classmethod
    def restore(
        cls, blobs: BlobTable, sequence: int, partition: int, groups: int, writer: int
    ) -> tuple["CheckpointLog", PartitionState | None]:
        """Read one complete checkpoint; None for number 0.

        Raises
        ------
        WireFormatError
            If parts of it are missing.
        """
        log = cls(partition, groups, writer)
        if not sequence:
            return log, None
        last_writer, delta = blobs.deltas[sequence]
        if len(delta.changed_at) != groups:
            message = f"checkpoint has {len(delta.changed_at)} groups, the settings say {groups}"
            raise WireFormatError(message)
        log.sequence, log._previous_writer = sequence, last_writer
        log.last_written = (sequence, last_writer)
        log._begins_at = delta.begins_at
        for number, changed in enumerate(delta.changed_at):
            log._restore_group(number, changed, blobs)
        return log, PartitionState(delta.offset, log._all_entries(), delta.event_ids)

    def _restore_group(self, number: int, changed: int, blobs: BlobTable) -> None:
        group = self._groups[number]
        group.last_change = changed
        for slot in (0, 1):
            sequence, base = blobs.base(2 * number + slot)
            if max(group.base_sequence + 1, self._begins_at) <= sequence <= self.sequence:
                group.base_slot, group.base_sequence = slot, sequence
                group.entries = base
        for sequence in range(max(group.base_sequence + 1, self._begins_at), changed + 1):
            entries = blobs.changes_of(sequence)
            for key in [key for key in entries if self._group_of(key) == number]:
                group.first_change = group.first_change or sequence
                if value := entries[key]:
                    group.entries[key] = value
                else:
                    group.entries.pop(key, None)


def bucket(records: Iterable[tuple[bytes, bytes]]) -> dict[int, dict[bytes, bytes]]:
    """Sort a table's records by partition; foreign records are skipped."""
    found: dict[int, dict[bytes, bytes]] = {}
    for key, value in records:
        try:
            partition = FragmentKey.parse(key).partition
        except WireFormatError as error:
            _logger.warning("a record of the checkpoints' topic is skipped: %s", error)
            continue
        found.setdefault(partition, {})[key] = value
    return found
