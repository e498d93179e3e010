"""Reads log files and sorts their events by time."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, islice
from math import inf
from pathlib import Path
from typing import Final

from models.domain.access_event import AccessEvent
from models.domain.time_units import HOUR_SECONDS
from models.errors import InputError
from streams.sources.files.log_file import STANDARD_INPUT, LogFile
from streams.sources.flow.event_memory import EventMemory
from streams.sources.flow.event_order import EventOrder
from streams.sources.flow.majority_time import MajorityTime
from streams.sources.formats.event_parser import EventParser, Parsed
from streams.sources.formats.skipped import Skipped

_Place = tuple[str, str]
_Read = tuple[Parsed, _Place, float]
_HEAD_ITEMS: Final = 50


def read_events(
    paths: Sequence[str], parser: EventParser, *, disorder_seconds: float = 900.0,
    on_bytes: Callable[[int], None] | None = None, memory: EventMemory | None = None,
    on_behind: Callable[[AccessEvent], None] | None = None,
) -> Iterator[Parsed]:  # fmt: skip
    """Read files and folders, and yield their events in time order.

    Parameters
    ----------
    paths
        Files, folders or ``-`` for standard input.
    parser
        Turns each record into events.
    disorder_seconds
        How late an event may be and still be sorted.
    on_bytes
        Called with the number of bytes read since the last call.
    memory
        Events that were seen before; None starts empty.
    on_behind
        Called with each event that is an hour or more older than an earlier one of its file:
        one of the two has a wrong time.

    Raises
    ------
    InputError
        If a path does not exist.
    """
    items = _merge(find_files(paths), parser, on_bytes, on_behind or (lambda _: None))
    return _in_order(items, EventOrder(memory or EventMemory(), disorder_seconds=disorder_seconds))


def _in_order(items: Iterator[_Read], order: EventOrder[_Place]) -> Iterator[Parsed]:
    for item, place, reached_seconds in items:
        if not isinstance(item, AccessEvent):
            yield item
        elif order.push(item, place, reached_seconds):
            yield from map(_released, order.ready())
        else:
            yield Skipped("duplicate", *place)
    yield from map(_released, order.drain())


def total_bytes(paths: Sequence[str]) -> int:
    """Return the total size of the files on disk; standard input counts as zero."""
    files = (path for path in find_files(paths) if path != STANDARD_INPUT)
    return sum(Path(path).stat().st_size for path in files)


def find_files(paths: Sequence[str]) -> list[str]:
    """List the files that the paths name, each once.

    Raises
    ------
    InputError
        If a path does not exist.
    """
    found: dict[str, None] = {}
    for name in paths:
        path = Path(name)
        if name == STANDARD_INPUT:
            found[name] = None
        elif path.is_dir():
            inside = sorted(entry for entry in path.rglob("*") if entry.is_file())
            found.update((str(entry), None) for entry in inside if entry.name[0] != ".")
        elif path.exists():
            found[name] = None
        else:
            message = f"{name}: no such file or folder: name an existing log"
            raise InputError(message)
    return list(found)


def _head(path: str, parser: EventParser) -> list[float]:
    """Return the earliest of a file's first times from each of its first events on.

    It says when to open the file, and when to read on: its very first event may lie about its
    time, and those behind it would be read too late.
    """
    # What is no file, such as a pipe, can be opened once only.
    if path == STANDARD_INPUT or not Path(path).is_file():
        return []
    items = (item for item, _ in LogFile(path, parser).read())
    times = [item.time for item in islice(items, _HEAD_ITEMS) if isinstance(item, AccessEvent)]
    return list(accumulate(reversed(times), min))[::-1]


class _Reader:
    """An open file, and the time that its reading has reached."""

    def __init__(
        self, path: str, parser: EventParser, on_bytes: Callable[[int], None] | None,
        head: list[float],
    ) -> None:  # fmt: skip
        self.path, self._head = path, iter(head)
        self.items = LogFile(path, parser, on_bytes).read()
        self._majority, self._newest = MajorityTime(), 0.0

    def is_behind(self, event: AccessEvent) -> bool:
        """Whether an earlier event of the file is an hour or more younger."""
        self._newest = max(self._newest, event.time)
        return event.time <= self._newest - HOUR_SECONDS

    def due(self, event: AccessEvent) -> float:
        """Return when to take its next event: one ahead of the others holds nothing back."""
        self._majority.note(event)
        reached = min(event.time, self._majority.seconds or event.time)
        return min(reached, next(self._head, reached))


def _merge(
    files: list[str], parser: EventParser, on_bytes: Callable[[int], None] | None,
    on_behind: Callable[[AccessEvent], None],
) -> Iterator[_Read]:  # fmt: skip
    """Take the earliest next event of all files; open a file only when its time comes."""
    heads = [(_head(path, parser), path) for path in files]
    waiting = sorted((head[0] if head else -inf, n) for n, (head, _) in enumerate(heads))
    waiting.reverse()
    heap: list[tuple[float, int, AccessEvent, str, _Reader]] = []
    while waiting or heap:
        if waiting and (not heap or waiting[-1][0] <= heap[0][0]):
            _, number = waiting.pop()
            head, path = heads[number]
            reader = _Reader(path, parser, on_bytes, head)
        else:
            due, number, event, position, reader = heapq.heappop(heap)
            yield event, (reader.path, position), due
        for item, position in reader.items:
            if not isinstance(item, AccessEvent):
                yield item, (reader.path, position), -inf
            else:
                if reader.is_behind(item):
                    on_behind(item)
                heapq.heappush(heap, (reader.due(item), number, item, position, reader))
                break


def _released(popped: tuple[AccessEvent, _Place, bool]) -> Parsed:
    event, place, is_echo = popped
    return Skipped("echo", *place) if is_echo else event
