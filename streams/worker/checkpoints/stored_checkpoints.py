"""The checkpoints of all partitions, read and written while no worker runs."""

from collections.abc import Mapping
from contextlib import closing
from secrets import randbits

from kafka import TopicPartition
from kafka.errors import CommitFailedError, UnknownMemberIdError
from kafka.structs import OffsetAndMetadata

from models.errors import InputError
from streams.kafka.clients import broker_errors, make_consumer, make_producer
from streams.kafka.deliver import deliver
from streams.kafka.topic_reader import TopicReader
from streams.kafka.topics import checkpoint_topic
from streams.settings.settings import Settings
from streams.worker.checkpoints.checkpoint_log import CheckpointLog, bucket
from streams.worker.checkpoints.commit_note import CommitNote, read_commit_notes
from streams.worker.checkpoints.partition_state import PartitionState
from streams.worker.checkpoints.recovery import Recovery
from streams.worker.checkpoints.seal import Seal


class StoredCheckpoints:
    """Reads checkpoints as a worker does that takes over, and writes the next one of a partition.

    Parameters
    ----------
    settings
        All settings, the same as the workers'.

    Raises
    ------
    SettingsError
        If a key cannot be read.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._seal = Seal.from_settings(settings)

    def read(self) -> dict[int, Recovery]:
        """Read the newest checkpoint of each partition.

        Raises
        ------
        BrokerError
            If Kafka cannot be reached.
        """
        kafka, names, checkpoints = (
            self._settings.kafka,
            self._settings.topics,
            self._settings.checkpoints,
        )
        records = bucket(self._records().items())
        partitions = range(names.partitions)
        group = self._settings.worker.group
        notes = read_commit_notes(kafka, group, names.events, partitions)
        return {
            partition: Recovery.of(
                records.get(partition, {}),
                self._seal,
                notes.get(partition, ""),
                partition=partition,
                groups=checkpoints.groups,
                writer=randbits(63) + 1,
                largest_state_bytes=checkpoints.largest_state_bytes,
            )
            for partition in partitions
        }

    def _records(self) -> Mapping[bytes, bytes]:
        with TopicReader(self._settings.kafka, checkpoint_topic(self._settings)) as reader:
            reader.from_beginning()
            return reader.newest_by_key()

    def append(self, partition: int, found: Recovery, changes: PartitionState) -> None:
        """Write the next checkpoint of a partition.

        Raises
        ------
        InputError
            If a worker runs: only its owner may write the state of a partition.
        BrokerError
            If Kafka cannot be reached.
        """
        records = found.log.append(changes)
        note = CommitNote.of(found.log)
        self._commit(partition, changes.offset, note)
        topic = checkpoint_topic(self._settings)
        sealed = [(partition, key, self._seal.wrap(key, value)) for key, value in records]
        with closing(make_producer(self._settings.kafka)) as producer:
            deliver(self._settings.kafka, producer, topic, sealed)
        self._commit(partition, changes.offset, note.as_written())

    def replace(self, partition: int, found: Recovery, state: PartitionState) -> None:
        """Write a checkpoint that holds all there is; none from before it counts any more.

        Raises
        ------
        InputError
            If a worker runs: only its owner may write the state of a partition.
        BrokerError
            If Kafka cannot be reached.
        """
        found.log = CheckpointLog(partition, self._settings.checkpoints.groups, found.log.writer)
        found.log.begin_anew(found.last_sequence)
        self.append(partition, found, state)

    def _commit(self, partition: int, offset: int, note: CommitNote) -> None:
        kafka, group = self._settings.kafka, self._settings.worker.group
        place = TopicPartition(self._settings.topics.events, partition)
        committed = OffsetAndMetadata(offset, note.sign(self._seal, partition), -1)
        with closing(make_consumer(kafka, group_id=group)) as consumer, broker_errors(kafka):
            consumer.assign([place])
            try:
                # The coordinator refuses whoever is no member while the group has members.
                consumer.commit({place: committed}, int(kafka.request_timeout_seconds * 1000))
            except (CommitFailedError, UnknownMemberIdError) as error:
                message = (
                    f"workers of the group {group} are running: stop all of them, wait "
                    f"{self._settings.worker.session_timeout_seconds:g} s, and try again"
                )
                raise InputError(message) from error
