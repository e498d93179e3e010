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
