"""What a worker notes beside the offset that it commits: which checkpoint is to follow."""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, replace

from kafka import TopicPartition

from streams.kafka.clients import broker_errors, make_consumer
from streams.settings.sections import KafkaSettings
from streams.worker.checkpoints.checkpoint_log import CheckpointLog
from streams.worker.checkpoints.seal import Seal


@dataclass(frozen=True)
class CommitNote:
    """The checkpoint whose offset was committed, its writer, and the one that it was to follow.

    Only the group's coordinator holds it: who may write to the checkpoints' topic cannot make an
    older checkpoint pass for the newest. It is committed before the checkpoint is written, and
    once more after that.

    Examples
    --------
    >>> seal = Seal("sellerwatch", [b"k" * 32])
    >>> note = CommitNote(sequence=8, writer=4711, before=7).sign(seal, partition=2)
    >>> CommitNote.read(note, seal, partition=2)
    CommitNote(sequence=8, writer=4711, before=7)
    >>> CommitNote.read(note, seal, partition=3) is None
    True
    """

    sequence: int
    writer: int
    before: int

    @classmethod
    def of(cls, written: CheckpointLog) -> "CommitNote":
        """Return the note of the checkpoint that a log has made last."""
        return cls(*written.last_written, written.written_before)

    def as_written(self) -> "CommitNote":
        """Return the note once the checkpoint itself is acknowledged: it must be there now."""
        return replace(self, before=self.sequence)

    def sign(self, seal: Seal, partition: int) -> str:
        """Return the note with its MAC; empty without a key."""
        return seal.sign_note(partition, f"{self.sequence}:{self.writer}:{self.before}")

    @classmethod
    def read(cls, note: str, seal: Seal, partition: int) -> "CommitNote | None":
        """Return a note that was signed, else None."""
        text = seal.read_note(partition, note)
        if text is None:
            return None
        return cls(*map(int, text.split(":")))


def read_commit_notes(
    kafka: KafkaSettings, group: str, topic: str, partitions: Iterable[int]
) -> dict[int, str]:
    """Ask the group's coordinator for the note of each partition.

    Raises
    ------
    BrokerError
        If the cluster cannot be reached or refuses.
    """
    timeout_milliseconds = int(kafka.request_timeout_seconds * 1000)
    notes = {}
    with closing(make_consumer(kafka, group_id=group)) as consumer, broker_errors(kafka):
        for partition in partitions:
            found = consumer.committed(
                TopicPartition(topic, partition), metadata=True, timeout_ms=timeout_milliseconds
            )
            if found is not None and found.metadata:
                notes[partition] = str(found.metadata)
    return notes
