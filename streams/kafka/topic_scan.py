"""Reads what a topic holds since a time, within a limit of time."""

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from streams.kafka.topic_message import TopicMessage
from streams.kafka.topic_reader import TopicReader
from streams.settings.sections import KafkaSettings


@dataclass
class ScannedPartition:
    """How far one partition was read.

    Parameters
    ----------
    kept_from
        Offset of the oldest message that the topic still holds.
    begins_at
        Where the reading began.
    ends_at
        Where the partition ended at that time.
    read_to
        The offset behind the last message that was read.

    Examples
    --------
    >>> ScannedPartition(kept_from=40, begins_at=40, ends_at=90, read_to=90).has_expired
    True
    """

    kept_from: int
    begins_at: int
    ends_at: int
    read_to: int

    @property
    def is_whole(self) -> bool:
        """Whether everything up to its end was read."""
        return self.read_to >= self.ends_at

    @property
    def has_expired(self) -> bool:
        """Whether messages of the time that was asked for may have expired."""
        return self.begins_at == self.kept_from > 0


class TopicScan:
    """Reads a topic from a time to the end that it has now, and stops when its time is up.

    Parameters
    ----------
    kafka
        Where the cluster is.
    topic
        Name of the topic; one that is missing holds nothing.
    since_seconds
        The oldest arrival that matters, in seconds since 1970.
    deadline
        When to stop, by `clock`.
    partitions
        Which ones to read; None for all.
    clock
        Monotonic seconds.
    """

    def __init__(
        self,
        kafka: KafkaSettings,
        topic: str,
        *,
        since_seconds: float,
        deadline: float,
        partitions: Collection[int] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._kafka, self.topic, self._since = kafka, topic, since_seconds
        self._deadline, self._wanted, self._clock = deadline, partitions, clock
        self.partitions: dict[int, ScannedPartition] = {}

    @property
    def is_whole(self) -> bool:
        """Whether all partitions were read to their ends."""
        return all(one.is_whole for one in self.partitions.values())

    def messages(self) -> Iterator[TopicMessage]:
        """Yield the messages, each partition's in order.

        Raises
        ------
        BrokerError
            If the cluster cannot be reached or does not deliver.
        """
        with TopicReader(self._kafka, self.topic) as reader:
            self._find_places(reader)
            reader.from_offsets({n: (p.begins_at, p.ends_at) for n, p in self.partitions.items()})
            while not reader.has_caught_up and self._clock() < self._deadline:
                for message in reader.poll():
                    place = self.partitions[message.partition]
                    if message.offset < place.ends_at:
                        place.read_to = message.offset + 1
                        yield message
            if reader.has_caught_up:
                # Offsets of transactions and of what was compacted carry no message.
                for place in self.partitions.values():
                    place.read_to = place.ends_at

    def _find_places(self, reader: TopicReader) -> None:
        wanted = self._wanted
        bounds = {n: b for n, b in reader.bounds().items() if wanted is None or n in wanted}
        found = reader.offsets_at(dict.fromkeys(bounds, self._since))
        for number, (first, end) in bounds.items():
            begin = found.get(number, end)
            self.partitions[number] = ScannedPartition(first, begin, end, begin)
