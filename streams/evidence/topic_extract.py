"""The lines that a bundle takes from one topic, and how much of it they are."""

from collections.abc import Callable, Iterable, Iterator

from models.errors import WireFormatError
from streams.evidence.manifest import PartitionRange, Source
from streams.kafka.topic_message import TopicMessage
from streams.kafka.topic_scan import TopicScan


class TopicExtract:
    """Takes from a topic what belongs to an incident, up to a number of bytes.

    Parameters
    ----------
    scan
        Reads the topic.
    take
        Returns the lines that a message adds, or raises `WireFormatError`.
    most_bytes
        How many bytes of lines the bundle has room for.
    """

    def __init__(
        self,
        scan: TopicScan,
        take: Callable[[TopicMessage], Iterable[bytes]],
        most_bytes: int,
    ) -> None:
        self._scan, self._take, self._most_bytes = scan, take, most_bytes
        self._found = self._bytes = self._unreadable = 0
        self._is_cut = False

    def lines(self) -> Iterator[bytes]:
        """Yield the lines, in the order of the topic."""
        for message in self._scan.messages():
            try:
                lines = list(self._take(message))
            except WireFormatError:
                self._unreadable += 1
                continue
            for line in lines:
                self._bytes += len(line) + 1
                if self._bytes > self._most_bytes:
                    self._is_cut = True
                    return
                self._found += 1
                yield line + b"\n"

    def source(self) -> Source:
        """Return what was read, once all lines are taken."""
        return Source(
            topic=self._scan.topic,
            ranges=tuple(
                PartitionRange(
                    partition=number,
                    kept_from=place.kept_from,
                    begins_at=place.begins_at,
                    ends_at=place.ends_at,
                    read_to=place.read_to,
                )
                for number, place in sorted(self._scan.partitions.items())
            ),
            found=self._found,
            unreadable=self._unreadable,
            is_whole=self._scan.is_whole and not self._is_cut,
            has_expired=any(place.has_expired for place in self._scan.partitions.values()),
        )
