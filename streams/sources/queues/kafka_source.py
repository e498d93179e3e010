"""Reads raw logs from the seller's own Kafka topics."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Any, Final

from kafka import ConsumerRebalanceListener, KafkaConsumer, TopicPartition
from kafka.structs import OffsetAndMetadata

from streams.kafka.clients import broker_errors, make_admin, make_consumer
from streams.kafka.topic_growth import count_members
from streams.settings.sections import KafkaSettings
from streams.sources.flow.live_source import Tracked
from streams.sources.flow.offset_tracker import OffsetTracker
from streams.sources.formats.event_parser import EventParser, Parsed
from streams.sources.formats.skipped import Skipped

_MESSAGES_A_POLL: Final = 2_000
_POLL_MILLISECONDS: Final = 100
# As it is sent: kafka-python unpacks compressed messages before anybody can look at them.
_FETCH_BYTES: Final = 1 << 23
# Twice the session's time-out: whoever has joined a group has its partitions by then.
_ALONE_SECONDS: Final = 30.0

log = logging.getLogger(__name__)


class KafkaSource:
    """The messages of raw topics, shared by the members of a consumer group.

    It commits an offset only after Kafka has acknowledged the events, and it commits before each
    poll, because a partition may move to another member during one. Buffered events of a revoked
    partition are dropped; its new owner reads them again. A consumer that has no partition for half
    a minute, though there is one for each member, has lost its way in joining, and is replaced.

    Parameters
    ----------
    topics
        Names of the topics.
    parser
        Turns records into events.
    kafka
        Addresses of the cluster.
    group
        Name of the consumer group.
    on_takeover
        Called after this member gets partitions, before it reads them.
    clock
        Tells seconds.

    Raises
    ------
    BrokerError
        If the cluster cannot be reached.
    """

    def __init__(
        self,
        topics: Sequence[str],
        parser: EventParser,
        kafka: KafkaSettings,
        group: str,
        on_takeover: Callable[[], None] = lambda: None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._parser, self._kafka, self._group, self._clock = parser, kafka, group, clock
        self._topics = list(topics)
        self._trackers: dict[TopicPartition, OffsetTracker] = {}
        self._committed: dict[TopicPartition, int] = {}
        self._ends: dict[TopicPartition, int] = {}
        self._on_takeover = on_takeover
        self._flush: Callable[[], None] = lambda: None
        self._has_read = False
        self._changes = _Changes()
        self._consumer, self._looked = self._joining(), clock()

    def _joining(self) -> KafkaConsumer:
        consumer = make_consumer(
            self._kafka,
            group_id=self._group,
            max_poll_records=_MESSAGES_A_POLL,
            max_poll_interval_ms=600_000,
            session_timeout_ms=15_000,
            heartbeat_interval_ms=3_000,
            fetch_max_bytes=_FETCH_BYTES,
            max_partition_fetch_bytes=_FETCH_BYTES // 8,
        )
        consumer.subscribe(self._topics, listener=self._changes)
        return consumer

    @property
    def is_exhausted(self) -> bool:
        """Whether everything present at the start is read."""
        return bool(self._ends) and all(
            self._consumer.position(partition) >= end for partition, end in self._ends.items()
        )

    def before_handover(self, flush: Callable[[], None]) -> None:
        """Set the callback that sends and commits; it is called before each poll."""
        self._flush = flush

    def poll(self) -> Iterator[Tracked]:
        """Yield the items of up to 2,000 messages."""
        if self._has_read:
            self._flush()
        polled = self._consumer.poll(timeout_ms=_POLL_MILLISECONDS)
        self._follow_changes()
        if self._consumer.assignment():
            self._looked = self._clock()
        elif self._clock() - self._looked >= _ALONE_SECONDS:
            self._look_for_the_group()
        self._has_read = bool(polled)
        for partition, messages in polled.items():
            for message in messages:
                yield from self._read(partition, message)

    def commit(self) -> None:
        """Commit the offsets up to which everything is done."""
        moved = {
            partition: offset
            for partition, tracker in self._trackers.items()
            if (offset := tracker.settle()) > self._committed.get(partition, -1)
        }
        if moved:
            self._consumer.commit(
                {tp: OffsetAndMetadata(offset, "", -1) for tp, offset in moved.items()}
            )
            self._committed.update(moved)

    def close(self) -> None:
        """Leave the group."""
        self._consumer.close(autocommit=False)

    def _follow_changes(self) -> None:
        lost, gained = self._changes.take()
        for partition in lost:
            if (tracker := self._trackers.pop(partition, None)) is not None:
                tracker.cancel()
            self._committed.pop(partition, None)
            self._ends.pop(partition, None)
        if gained:
            self._ends |= self._consumer.end_offsets(list(gained))
            self._on_takeover()

    def _look_for_the_group(self) -> None:
        """Join anew if there is a partition for each member, and none here.

        A member may also be left without one because it joined before it knew the topic.
        """
        self._looked = self._clock()
        with closing(make_admin(self._kafka)) as admin, broker_errors(self._kafka):
            described = admin.describe_topics(self._topics)
            most = max(len(topic["partitions"]) for topic in described)
            if count_members(admin, self._kafka, self._group) > most:
                return
        log.warning("no partition for a member of group %s: joining it anew", self._group)
        self._consumer.close(autocommit=False)
        self._consumer = self._joining()

    def _read(self, partition: TopicPartition, message: Any) -> list[Tracked]:  # noqa: ANN401 - kafka-python
        position = f"partition {message.partition} offset {message.offset}"
        items: list[Parsed]
        if message.value is None:
            items = [Skipped("empty", message.topic, position)]
        else:
            items = self._parser.parse(message.value, source=message.topic, position=position)
        tracker = self._trackers.get(partition)
        if tracker is None:
            tracker = self._trackers[partition] = OffsetTracker(message.offset)
        places = tracker.add_all(len(items), message.offset, message.offset + 1)
        return list(zip(items, places, strict=True))


class _Changes(ConsumerRebalanceListener):
    """Records the assignments of the group; kafka-python calls it on the consumer's thread."""

    def __init__(self) -> None:
        self._lost: list[TopicPartition] = []
        self._gained: list[TopicPartition] = []

    def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:
        self._lost.extend(revoked)

    def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        self._gained.extend(assigned)

    def take(self) -> tuple[list[TopicPartition], list[TopicPartition]]:
        """Return the partitions lost and gained since the last call."""
        lost, self._lost = self._lost, []
        gained, self._gained = self._gained, []
        return lost, gained
