"""Tracks how far a stream is done while some of its events are in flight."""

from collections import deque


class PendingOffset:
    """The offset after one item, and whether that item is done.

    A cancelled item belongs to another process and must not be sent.
    """

    __slots__ = ("end", "is_cancelled", "is_done")

    def __init__(self, end: int) -> None:
        self.end = end
        self.is_done = self.is_cancelled = False


class OffsetTracker:
    """The offsets of one stream, in reading order.

    Items may finish in any order; the stream is done up to the first unfinished one.

    Parameters
    ----------
    done
        Position up to which everything is done.

    Examples
    --------
    >>> tracker = OffsetTracker(0)
    >>> first, second = tracker.add(10), tracker.add(20)
    >>> second.is_done = True
    >>> tracker.settle()
    0
    >>> first.is_done = True
    >>> tracker.settle()
    20
    """

    __slots__ = ("_pending", "done")

    def __init__(self, done: int) -> None:
        self.done = done
        self._pending: deque[PendingOffset] = deque()

    def add(self, end: int) -> PendingOffset:
        """Track an item that was read; `end` is the offset after it."""
        place = PendingOffset(end)
        self._pending.append(place)
        return place

    def add_all(self, count: int, start: int, end: int) -> list[PendingOffset]:
        """Track the items of one record, which is done only when all of them are."""
        return [self.add(end if number == count - 1 else start) for number in range(count)]

    def settle(self) -> int:
        """Return the position up to which everything is done."""
        pending = self._pending
        while pending and pending[0].is_done:
            self.done = pending.popleft().end
        return self.done

    def cancel(self) -> None:
        """Cancel all items in flight: another process will read them again."""
        for place in self._pending:
            place.is_cancelled = True

    @property
    def is_settled(self) -> bool:
        """Whether nothing is in flight."""
        self.settle()
        return not self._pending
