"""Measures how fast workers drain a full topic."""

import time
from dataclasses import dataclass

from live import Worker


@dataclass(frozen=True)
class Progress:
    """The progress of a worker."""

    events: float
    cpu_seconds: float


@dataclass(frozen=True)
class Drain:
    """How fast workers drained a full topic.

    `busiest_share` is the share of the busier worker: its inverse bounds the gain of two workers.
    """

    events_a_second: float
    cpu_microseconds: float
    busiest_share: float

    @classmethod
    def between(
        cls, first: tuple[float, list[Progress]], last: tuple[float, list[Progress]]
    ) -> "Drain":
        """Return the progress between two times, in seconds."""
        (began, old), (ended, new) = first, last
        events = sum(p.events for p in new) - sum(p.events for p in old)
        busy = sum(p.cpu_seconds for p in new) - sum(p.cpu_seconds for p in old)
        share = max(p.events for p in new) / sum(p.events for p in new)
        return cls(events / (ended - began), 1e6 * busy / events, share)


def drain(workers: list[Worker], count: int) -> Drain:
    """Watch workers score `count` events that are all in the topic."""
    # From 10 % to 90 %: without the start and the tail of the last partition.
    marks: list[tuple[float, list[Progress]]] = []
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        now, seen = time.monotonic(), [_progress(worker) for worker in workers]
        total = sum(one.events for one in seen)
        if total >= 0.1 * count:
            marks.append((now, seen))
        if total >= 0.9 * count:
            return Drain.between(marks[0], marks[-1])
        time.sleep(0.25)
    message = "the workers did not come to the end within three minutes"
    raise SystemExit(message)


def _progress(worker: Worker) -> Progress:
    figures = worker.metrics()
    names = ("sellerwatch_events_total", "sellerwatch_duplicate_events_total")
    events = sum(figures.get(name, 0.0) for name in names)
    return Progress(events, figures.get("process_cpu_seconds_total", 0.0))
