"""Finds the newest checkpoint that can be believed, and says what could not."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from models.errors import CheckpointError, WireFormatError
from models.state.inflate_budget import InflateBudget
from streams.worker.checkpoints.blob_table import BlobTable
from streams.worker.checkpoints.checkpoint_log import CheckpointLog
from streams.worker.checkpoints.commit_note import CommitNote
from streams.worker.checkpoints.partition_state import PartitionState
from streams.worker.checkpoints.seal import Refusal, Seal


@dataclass
class Recovery:
    """What the records of one partition amount to.

    Parameters
    ----------
    log
        Writes the next checkpoints. If anything was refused, or is not signed with the first
        key, the next one holds all of the state.
    snapshot
        The state to continue from; None if there is none.
    last_sequence
        The highest number of a checkpoint that anybody has used.
    note
        What was noted beside the committed offset.
    refused
        Records and checkpoints that are not believed, by reason.
    problem
        The first of them, in words.

    Examples
    --------
    >>> found = Recovery.of({}, Seal("sellerwatch"), partition=0, groups=4, writer=7)
    >>> found.snapshot, found.problem
    (None, '')
    """

    log: CheckpointLog
    snapshot: PartitionState | None = None
    last_sequence: int = 0
    note: CommitNote | None = None
    refused: Counter[str] = field(default_factory=Counter)
    problem: str = ""

    @classmethod
    def of(
        cls,
        records: Mapping[bytes, bytes],
        seal: Seal,
        note: str = "",
        *,
        partition: int,
        groups: int,
        writer: int,
        largest_state_bytes: int = InflateBudget().bytes_left,
    ) -> Self:
        """Read the records of a partition; `note` is what stands beside the committed offset."""
        found = cls(CheckpointLog(partition, groups, writer))
        blobs = BlobTable(found._open(records, seal), InflateBudget(largest_state_bytes))
        for problem in blobs.problems:
            found.refuse(problem)
        for sequence in sorted(blobs.deltas, reverse=True):
            try:
                found.log, found.snapshot = CheckpointLog.restore(
                    blobs, sequence, partition, groups, writer
                )
                break
            except WireFormatError as error:
                found.refuse(error)
        found.note = CommitNote.read(note, seal, partition)
        found.last_sequence = max(blobs.last_sequence, found.note.sequence if found.note else 0)
        found._check_age()
        if found.refused or not all(seal.is_current(value) for value in records.values()):
            found.log.begin_anew(found.last_sequence)
        return found

    @property
    def last_committed(self) -> tuple[int, int] | None:
        """Number and writer of the checkpoint whose offset was committed last, if noted."""
        return None if self.note is None else (self.note.sequence, self.note.writer)

    @property
    def told(self) -> str:
        """What was refused, for people."""
        counts = ", ".join(f"{count} {reason}" for reason, count in sorted(self.refused.items()))
        return f"{counts} ({self.problem})"

    def drop(self, error: WireFormatError, partition: int, groups: int) -> None:
        """Start without the snapshot: the detector cannot read it."""
        self.refuse(error)
        self.log = CheckpointLog(partition, groups, self.log.writer)
        self.log.begin_anew(self.last_sequence)
        self.snapshot = None

    def refuse(self, error: WireFormatError) -> None:
        """Note that something is not believed."""
        reason = error.reason if isinstance(error, CheckpointError) else Refusal.DAMAGED
        self.refused[str(reason)] += 1
        self.problem = self.problem or str(error)

    def _open(self, records: Mapping[bytes, bytes], seal: Seal) -> dict[bytes, bytes]:
        opened = {}
        for key, value in records.items():
            try:
                opened[key] = seal.open(key, value)
            except CheckpointError as error:
                self.refuse(error)
        return opened

    def _check_age(self) -> None:
        """Refuse to take an older checkpoint for the newest.

        A worker commits before it writes, so the one that was committed last may be missing, but
        not the one that it was to follow.
        """
        newest, note = self.log.last_written[0], self.note
        if note is not None and newest < note.before:
            message = f"checkpoint {note.before} was written, but {newest} is the newest there is"
            self.refuse(CheckpointError(message, Refusal.STALE))
