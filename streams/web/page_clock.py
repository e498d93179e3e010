"""The time that the incident pages count from."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_REPLAYED = timedelta(days=1)


class PageClock:
    """The wall clock, or the log's when an old log is replayed.

    Notification deadlines run in event time. That is the wall clock, a few minutes late, unless
    somebody replays an old log.

    Parameters
    ----------
    newest_event_seconds
        Newest event time that this worker has seen, if any.
    wall_seconds
        Seconds since 1970-01-01 UTC.

    Examples
    --------
    >>> PageClock(lambda: 5.0, lambda: 90_000.0).is_replayed()
    True
    """

    def __init__(
        self,
        newest_event_seconds: Callable[[], float | None],
        wall_seconds: Callable[[], float] = time.time,
    ) -> None:
        self._newest = newest_event_seconds
        self._wall = wall_seconds

    def wall(self) -> datetime:
        """Return the wall clock's time, UTC."""
        return datetime.fromtimestamp(self._wall(), UTC)

    def is_replayed(self) -> bool:
        """Whether the events are from the past: an old log is replayed."""
        newest = self._newest()
        return newest is not None and abs(self._wall() - newest) > _REPLAYED.total_seconds()

    def now(self) -> datetime:
        """Return the time that a page counts from, UTC."""
        newest = self._newest()
        if newest is None or not self.is_replayed():
            return self.wall()
        return datetime.fromtimestamp(newest, UTC)
