"""The interface of a source that is read continuously."""

from collections.abc import Callable, Iterator
from typing import Protocol

from streams.sources.flow.offset_tracker import PendingOffset
from streams.sources.formats.event_parser import Parsed

Tracked = tuple[Parsed, PendingOffset]


class LiveSource(Protocol):
    """A growing log with a saved position.

    An item from `poll` is in flight until its offset is marked done. `commit` then saves the
    position, so that reading resumes after the last acknowledged item.
    """

    @property
    def is_exhausted(self) -> bool:
        """Whether everything that was there is read."""

    def poll(self) -> Iterator[Tracked]:
        """Yield a bounded number of new items, without blocking for long."""

    def commit(self) -> None:
        """Save the position; called only when everything marked done is acknowledged."""

    def close(self) -> None:
        """Close files and connections."""

    def before_handover(self, flush: Callable[[], None]) -> None:
        """Set the callback that sends and commits, for a source that may lose partitions."""
