"""Reads a topic to its end, and on."""

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from kafka import TopicPartition
from kafka.errors import KafkaError

from models.errors import BrokerError
from streams.kafka.clients import broker_errors, make_consumer
from streams.kafka.topic_message import TopicMessage
from streams.settings.sections import KafkaSettings

_POLL_MILLISECONDS: Final = 250


class TopicReader:
    """Reads partitions of a topic without a group, from the place set by a `from_*` method.

    It records the ends of the partitions at its start. `has_caught_up` is true once everything
    before those ends is read, whatever is written meanwhile; `poll` then follows. After
    `kafka.request_timeout_seconds` of silence it asks for the ends again, to tell an idle topic
    from a broken one.

    Parameters
    ----------
    kafka
        Where the cluster is.
    topic
        Name of the topic.

    Raises
    ------
    BrokerError
        Here and in each method, if the cluster cannot be reached or does not deliver.

    Examples
    --------
    >>> with TopicReader(KafkaSettings(), "access-events") as reader:  # doctest: +SKIP
    ...     reader.from_beginning()
    ...     for message in reader.until_end():
    ...         print(message.offset)
    """

    def __init__(self, kafka: KafkaSettings, topic: str) -> None:
        self._kafka, self._topic = kafka, topic
        self._timeout_milliseconds = int(kafka.request_timeout_seconds * 1000)
        self._behind: dict[TopicPartition, int] = {}
        self._has_caught_up = False
        self._silent_since = time.monotonic()
        self._consumer = make_consumer(kafka)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave the cluster, even if it is already gone."""
        with suppress(KafkaError):
            self._consumer.close(timeout_ms=self._timeout_milliseconds)

    @property
    def has_caught_up(self) -> bool:
        """Whether everything that was there at the start has been handed on."""
        return self._has_caught_up

    def bounds(self) -> dict[int, tuple[int, int]]:
        """Return where each partition begins and ends now; empty if there is no such topic."""
        with broker_errors(self._kafka):
            numbers = self._consumer.partitions_for_topic(self._topic) or ()
            partitions = [self._partition(number) for number in sorted(numbers)]
            if not partitions:
                return {}
            firsts = self._consumer.beginning_offsets(partitions, self._timeout_milliseconds)
            ends = self._ends(partitions)
            return {tp.partition: (firsts[tp], ends[tp]) for tp in partitions}

    def from_beginning(self) -> None:
        """Start with the oldest message of each partition."""
        bounds = self.bounds()
        self._assign({number: (first, end) for number, (first, end) in bounds.items()})

    def from_time(self, since_seconds: float) -> None:
        """Start with the first message stamped at or after a time, in seconds since 1970."""
        bounds = self.bounds()
        found = self.offsets_at(dict.fromkeys(bounds, since_seconds))
        self._assign({n: (found.get(n, end), end) for n, (_, end) in bounds.items()})

    def from_offsets(self, ranges: Mapping[int, tuple[int, int]]) -> None:
        """Start at the first offset of each range; it has caught up before the second."""
        self._assign(ranges)

    def offsets_at(self, since_seconds: Mapping[int, float]) -> dict[int, int]:
        """Return the first offset at or after each partition's time, if there is one."""
        stamps = {self._partition(n): max(0, int(s * 1000)) for n, s in since_seconds.items()}
        if not stamps:
            return {}
        with broker_errors(self._kafka):
            found = self._consumer.offsets_for_times(stamps, self._timeout_milliseconds)
        return {tp.partition: at.offset for tp, at in found.items() if at is not None}

    def until_end(self) -> Iterator[TopicMessage]:
        """Yield messages until it has caught up; the last ones may be newer than the end."""
        while not self._has_caught_up:
            yield from self.poll()

    def newest_by_key(self) -> dict[bytes, bytes]:
        """Read to the end; return the newest value of each key, without what was deleted."""
        found: dict[bytes, bytes] = {}
        for message in self.until_end():
            if message.key is None:
                continue
            if message.value is None:
                found.pop(message.key, None)
            else:
                found[message.key] = message.value
        return found

    def poll(self) -> list[TopicMessage]:
        """Return the messages that have arrived; wait at most a quarter of a second."""
        with broker_errors(self._kafka):
            polled = self._consumer.poll(timeout_ms=_POLL_MILLISECONDS)
            self._drop_reached()
            if polled:
                self._silent_since = time.monotonic()
            elif time.monotonic() - self._silent_since > self._kafka.request_timeout_seconds:
                self._ask_for_ends()
        return [
            TopicMessage(tp.partition, record.offset, record.timestamp, record.key, record.value)
            for tp, records in polled.items()
            for record in records
        ]

    def _assign(self, ranges: Mapping[int, tuple[int, int]]) -> None:
        partitions = {self._partition(number): places for number, places in ranges.items()}
        with broker_errors(self._kafka):
            self._consumer.assign(list(partitions))
            for partition, (begin, _) in partitions.items():
                self._consumer.seek(partition, begin)
        self._behind = {tp: end for tp, (begin, end) in partitions.items() if begin < end}
        self._has_caught_up = not self._behind
        self._silent_since = time.monotonic()

    def _drop_reached(self) -> None:
        for partition, end in list(self._behind.items()):
            if self._position(partition) >= end:
                del self._behind[partition]
        self._has_caught_up = self._has_caught_up or not self._behind

    def _ask_for_ends(self) -> None:
        """Find out whether silence means that there is nothing to read, or a failure."""
        if self._behind:
            message = (
                f"{self._topic}: nothing arrived for {self._kafka.request_timeout_seconds:g} s "
                f"but {len(self._behind)} partitions hold more: check whether a broker is down"
            )
            raise BrokerError(message)
        ends = self._ends(list(self._consumer.assignment()))
        # Messages written just now get the same time to arrive.
        self._behind = {tp: end for tp, end in ends.items() if self._position(tp) < end}
        self._silent_since = time.monotonic()

    def _ends(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict(self._consumer.end_offsets(partitions, self._timeout_milliseconds))

    def _position(self, partition: TopicPartition) -> int:
        # The position is unknown while Kafka replaces an offset that no longer exists.
        found = self._consumer.position(partition, timeout_ms=self._timeout_milliseconds)
        return -1 if found is None else int(found)

    def _partition(self, number: int) -> TopicPartition:
        return TopicPartition(self._topic, number)
