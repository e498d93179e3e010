"""Follows files and folders that grow, rotate, are truncated or compressed."""

import heapq
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from models.domain.access_event import AccessEvent
from streams.sources.files.file_registry import FileRegistry
from streams.sources.files.known_file import KnownFile
from streams.sources.files.position_store import PositionStore
from streams.sources.flow.live_source import Tracked
from streams.sources.formats.event_parser import EventParser

_ITEMS_A_POLL: Final = 5_000
_OPEN_FILES: Final = 128
# While more than this is read and waits for its turn, no other file is opened.
_ITEMS_WAITING: Final = 100_000
_NEVER: Final = float("-inf")


class FollowedFiles:
    """The growing files of some paths, merged by event time.

    Parameters
    ----------
    paths
        Files and folders. Rotated siblings of a file are read to their end.
    parser
        Turns records into events.
    store
        Keeps the positions.
    poll_seconds
        Time between two scans of the paths.
    clock
        Monotonic seconds.

    Raises
    ------
    InputError
        If a path does not exist.
    """

    def __init__(
        self,
        paths: Sequence[str],
        parser: EventParser,
        store: PositionStore,
        *,
        poll_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._registry = FileRegistry(paths, parser, store, clock)
        self._poll_seconds = poll_seconds
        self._clock = clock
        self._looked = _NEVER
        self._waiting: list[tuple[float, int, KnownFile]] = []
        self._queues: dict[int, tuple[KnownFile, deque[Tracked]]] = {}
        self._heap: list[tuple[float, int]] = []
        self._number = self._items = 0

    @property
    def is_exhausted(self) -> bool:
        """Whether everything that was there is read."""
        return self._looked != _NEVER and not self._waiting and not self._queues

    def before_handover(self, flush: Callable[[], None]) -> None:
        """Do nothing: files never move to another process."""

    def poll(self) -> Iterator[Tracked]:
        """Yield new items, at most 5,000, the earliest first."""
        now = self._clock()
        if now - self._looked >= self._poll_seconds:
            self._looked = now
            for known in self._registry.look():
                self._number += 1
                heapq.heappush(self._waiting, (known.file.head.first_seconds, self._number, known))
            yield from self._registry.given_up()
        for _ in range(_ITEMS_A_POLL):
            tracked = self._next()
            if tracked is None:
                return
            yield tracked

    def commit(self) -> None:
        """Save the positions."""
        self._registry.commit()

    def close(self) -> None:
        """Close all files and the store."""
        for known, _ in self._queues.values():
            known.file.close()
        self._registry.close()

    def _next(self) -> Tracked | None:
        """Take the earliest next item; open a file only when its time comes."""
        while self._waiting and len(self._queues) < _OPEN_FILES:
            if self._heap and self._items > _ITEMS_WAITING:
                break
            if self._heap and self._waiting[0][0] > self._heap[0][0]:
                break
            _, number, known = heapq.heappop(self._waiting)
            self._queues[number] = (known, deque())
            self._offer(number)
        if not self._heap:
            return None
        _, number = heapq.heappop(self._heap)
        tracked = self._queues[number][1].popleft()
        self._items -= 1
        self._offer(number)
        return tracked

    def _offer(self, number: int) -> None:
        """Queue the next item of a file; a file without one waits for the next scan."""
        known, queue = self._queues[number]
        if not queue:
            queue.extend(self._registry.read(known))
            self._items += len(queue)
        if queue:
            item = queue[0][0]
            first = item.time if isinstance(item, AccessEvent) else _NEVER
            heapq.heappush(self._heap, (first, number))
        else:
            del self._queues[number]
