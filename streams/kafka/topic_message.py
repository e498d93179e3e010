"""One message of a topic, from any client library."""

from typing import NamedTuple


class TopicMessage(NamedTuple):
    """What a message holds, and its place.

    Examples
    --------
    >>> TopicMessage(partition=0, offset=7, stamped_milliseconds=0, key=None, value=b"{}").offset
    7
    """

    partition: int
    offset: int
    stamped_milliseconds: int
    key: bytes | None
    value: bytes | None

    def is_newer_than(self, other: "TopicMessage") -> bool:
        """Whether it is the later one of two of the same key.

        Within a partition its place says so, whatever the clocks of the writers were. Only before
        a move to more partitions was the key in another one.

        Examples
        --------
        >>> first, second = TopicMessage(0, 7, 90, None, b""), TopicMessage(0, 8, 20, None, b"")
        >>> second.is_newer_than(first), second.is_newer_than(first._replace(partition=1))
        (True, False)
        """
        if self.partition == other.partition:
            return self.offset > other.offset
        return self.stamped_milliseconds >= other.stamped_milliseconds
