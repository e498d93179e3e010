"""The topic on which a move to other partitions is prepared, so that it can be taken up again."""

from collections.abc import Iterable, Mapping
from contextlib import closing
from secrets import randbits
from typing import Final

import msgspec
from kafka import KafkaProducer
from kafka.admin import NewTopic

from models.domain.misfit import misfit
from models.errors import InputError, WireFormatError
from streams.kafka.clients import broker_errors, make_admin, make_producer
from streams.kafka.deliver import deliver
from streams.kafka.topic_growth import count_partitions
from streams.kafka.topic_reader import TopicReader
from streams.settings.secrets import checkpoint_keys
from streams.settings.settings import Settings
from streams.worker.checkpoints.checkpoint_log import CheckpointLog, bucket
from streams.worker.checkpoints.partition_state import PartitionState
from streams.worker.checkpoints.recovery import Recovery
from streams.worker.checkpoints.seal import Seal

_PLAN: Final = b"plan"


class MovePlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a move is, once all of it is staged.

    Parameters
    ----------
    before, after
        The old and the new number of partitions.
    offsets
        Where the events of each old partition end.
    staged
        Number and writer of each new partition's staged checkpoint.
    """

    before: int
    after: int
    offsets: tuple[int, ...]
    staged: tuple[tuple[int, int], ...]


class StagedMove:
    """Keeps the new checkpoints apart until all are there, and then the plan that says so.

    Its records are signed like checkpoints, and cannot pass for them.

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
        self._settings, checkpoints = settings, settings.checkpoints
        self.topic = f"{settings.worker.group}-repartition"
        self._seal = Seal(
            self.topic,
            checkpoint_keys(checkpoints),
            accepts_unsigned=checkpoints.accept_unsigned,
        )

    def plan(self) -> MovePlan | None:
        """Return the plan of a move that is not finished; None if there is none.

        Raises
        ------
        InputError
            If it cannot be believed.
        BrokerError
            If Kafka cannot be reached.
        """
        value = self._records().get(_PLAN)
        if value is None:
            return None
        try:
            return msgspec.json.decode(self._seal.open(_PLAN, value), type=MovePlan)
        except (msgspec.DecodeError, WireFormatError) as error:
            told = misfit(error) if isinstance(error, msgspec.DecodeError) else str(error)
            message = (
                f"{self.topic}: the plan of an unfinished move cannot be believed: {told}: run "
                "the command with the keys that it was begun with, or delete the topic if nobody "
                "began one"
            )
            raise InputError(message) from error

    def stage(self, plan: MovePlan, states: Iterable[PartitionState]) -> MovePlan:
        """Write the new checkpoints, then the plan, which counts from then on.

        Raises
        ------
        BrokerError
            If Kafka cannot be reached.
        """
        self._create()
        logs = []
        with closing(make_producer(self._settings.kafka)) as producer:
            for partition, state in enumerate(states):
                log = CheckpointLog(partition, self._settings.checkpoints.groups, _writer())
                logs.append(log)
                self._send(producer, dict(log.append(state)))
            done = msgspec.structs.replace(plan, staged=tuple(log.last_written for log in logs))
            self._send(producer, {_PLAN: msgspec.json.encode(done)})
        return done

    def states(self, plan: MovePlan) -> list[PartitionState]:
        """Return the staged checkpoints of a plan.

        Raises
        ------
        InputError
            If one is not whole.
        BrokerError
            If Kafka cannot be reached.
        """
        records, checkpoints = self._records(), self._settings.checkpoints
        records.pop(_PLAN, None)
        buckets, found = bucket(records.items()), []
        for partition, mark in enumerate(plan.staged):
            recovery = Recovery.of(
                buckets.get(partition, {}),
                self._seal,
                partition=partition,
                groups=checkpoints.groups,
                writer=_writer(),
                largest_state_bytes=checkpoints.largest_state_bytes,
            )
            if recovery.snapshot is None or recovery.log.last_written != mark:
                message = (
                    f"{self.topic}: the staged checkpoint of partition {partition} is not whole: "
                    f"{recovery.told}: restore the topic from a replica"
                )
                raise InputError(message)
            found.append(recovery.snapshot)
        return found

    def finish(self) -> None:
        """Delete the plan, then what was staged.

        Raises
        ------
        BrokerError
            If Kafka cannot be reached.
        """
        keys = [key for key in self._records() if key != _PLAN]
        with closing(make_producer(self._settings.kafka)) as producer:
            self._send(producer, {_PLAN: None})
            self._send(producer, dict.fromkeys(keys))

    def _create(self) -> None:
        kafka = self._settings.kafka
        with closing(make_admin(kafka)) as admin, broker_errors(kafka):
            if self.topic in set(admin.list_topics()):
                return
            shape = NewTopic(
                self.topic,
                num_partitions=1,
                replication_factor=kafka.replication_factor,
                topic_configs={"cleanup.policy": "compact"},
            )
            admin.create_topics([shape])
            admin.wait_for_topics([self.topic])

    def _records(self) -> dict[bytes, bytes]:
        if not count_partitions(self._settings.kafka, self.topic):
            return {}
        with TopicReader(self._settings.kafka, self.topic) as reader:
            reader.from_beginning()
            return reader.newest_by_key()

    def _send(self, producer: KafkaProducer, records: Mapping[bytes, bytes | None]) -> None:
        sealed = [
            (0, key, None if value is None else self._seal.wrap(key, value))
            for key, value in records.items()
        ]
        deliver(self._settings.kafka, producer, self.topic, sealed)


def _writer() -> int:
    return randbits(63) + 1
