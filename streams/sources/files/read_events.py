"""Reads log files and sorts their events by time."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from models.domain.access_event import AccessEvent
from models.errors import InputError
from streams.sources.files.log_file import STANDARD_INPUT, LogFile, Placed
from streams.sources.flow.event_memory import EventMemory
from streams.sources.flow.event_order import EventOrder
from streams.sources.formats.event_parser import EventParser, Parsed
from streams.sources.formats.skipped import Skipped

_Place = tuple[str, str]
_Reader = tuple[str, Iterator[Placed]]


def read_events(
    paths: Sequence[str], parser: EventParser, *, disorder_seconds: float = 900.0,
    on_bytes: Callable[[int], None] | None = None, memory: EventMemory | None = None,
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

    Raises
    ------
    InputError
        If a path does not exist.
    """
    items = _merge(find_files(paths), parser, on_bytes)
    return _in_order(items, EventOrder(memory or EventMemory(), disorder_seconds=disorder_seconds))


def _in_order(
    items: Iterator[tuple[Parsed, _Place]], order: EventOrder[_Place]
) -> Iterator[Parsed]:
    for item, place in items:
        if not isinstance(item, AccessEvent):
            yield item
        elif order.push(item, place):
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


def _first_time(path: str, parser: EventParser) -> float:
    """Return the time of a file's first event, which says when to open it."""
    # What is no file, such as a pipe, can be opened once only.
    if path == STANDARD_INPUT or not Path(path).is_file():
        return float("-inf")
    for item, _ in LogFile(path, parser).read():
        if isinstance(item, AccessEvent):
            return item.time
    return float("-inf")


def _merge(
    files: list[str], parser: EventParser, on_bytes: Callable[[int], None] | None
) -> Iterator[tuple[Parsed, _Place]]:
    """Take the earliest next event of all files; open a file only when its time comes."""
    waiting = [(0.0, 0, path) for path in files]
    if len(files) > 1:
        waiting = sorted((_first_time(path, parser), n, path) for n, path in enumerate(files))
    waiting.reverse()
    heap: list[tuple[float, int, AccessEvent, str, _Reader]] = []
    while waiting or heap:
        if waiting and (not heap or waiting[-1][0] <= heap[0][0]):
            _, number, path = waiting.pop()
            reader = (path, LogFile(path, parser, on_bytes).read())
        else:
            _, number, event, position, reader = heapq.heappop(heap)
            yield event, (reader[0], position)
        for item, position in reader[1]:
            if not isinstance(item, AccessEvent):
                yield item, (reader[0], position)
            else:
                heapq.heappush(heap, (item.time, number, item, position, reader))
                break


def _released(popped: tuple[AccessEvent, _Place, bool]) -> Parsed:
    event, place, is_echo = popped
    return Skipped("echo", *place) if is_echo else event
