"""What a source has to do to be read for ever."""

from collections.abc import Callable, Iterator
from typing import Protocol

from streams.sources.flow.offset_tracker import PendingOffset
from streams.sources.formats.event_parser import Parsed

Tracked = tuple[Parsed, PendingOffset]


class LiveSource(Protocol):
    """A log that grows, with a position that is kept.

    What `poll` yields is on the way until its place is marked done; `commit` then keeps the
    position, so that after a crash reading goes on behind the last item that is safe.
    """

    @property
    def is_exhausted(self) -> bool:
        """Whether everything that was there is read."""

    def poll(self) -> Iterator[Tracked]:
        """Yield what has come since the last time, a bounded part of it, without blocking long."""

    def commit(self) -> None:
        """Keep the position; called only when everything marked done is acknowledged."""

    def close(self) -> None:
        """Let go of files and connections."""

    def before_handover(self, flush: Callable[[], None]) -> None:
        """Take what sends and commits, for a source that may lose a part to another process."""
