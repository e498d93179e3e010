"""The timeline of an incident as a chart of stacked bars."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from models.domain.data_class import DataClass
from models.incidents.incident import Incident
from models.incidents.timeline import Timeline, TimelineBucket
from streams.presentation.wording import count, duration, format_time

CANVAS_WIDTH: Final = 1000.0
CANVAS_HEIGHT: Final = 200.0
_FEWEST_SLOTS: Final = 20
_GAP: Final = 0.22
_TICKS: Final = 4
_STEPS: Final = (1, 2, 4, 6, 8, 10)


@dataclass(frozen=True)
class Segment:
    """The part of a bar that belongs to one class, in units of the canvas."""

    name: str
    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True)
class TimelineChart:
    """A chart, ready to be drawn.

    Parameters
    ----------
    unit
        Unit of the bars: ``records``, or ``calls`` if the log counts no records.
    segments
        The parts of the bars.
    legend
        Each class with its sum, most sensitive first.
    top, middle
        Values at the upper edge and the middle of the canvas.
    ticks
        Evenly spaced times, from left to right.
    page_x
        Position of the page; None if there is none, or it lies outside.
    bucket
        Width of a bar, in words.
    """

    unit: str
    segments: tuple[Segment, ...]
    legend: tuple[tuple[str, str], ...]
    top: str
    middle: str
    ticks: tuple[str, ...]
    page_x: float | None
    bucket: str


def timeline_chart(incident: Incident) -> TimelineChart | None:
    """Lay out the timeline of an incident; None if it has none."""
    timeline = incident.timeline
    if not timeline.buckets or timeline.bucket_seconds <= 0:
        return None
    has_records = timeline.records_total > 0
    bars = [(bucket, _values(bucket, has_records)) for bucket in timeline.buckets]
    top = _nice(max(sum(values.values()) for _, values in bars))
    start = timeline.buckets[0].start
    width_seconds = timeline.bucket_seconds
    slots = max(_FEWEST_SLOTS, _slot(timeline.buckets[-1].start, timeline) + 1)
    segments = [
        segment
        for bucket, values in bars
        for segment in _bar(bucket, values, _slot(bucket.start, timeline), slots, top)
    ]
    sums: dict[str, int] = {}
    for _, values in bars:
        for name, value in values.items():
            sums[name] = sums.get(name, 0) + value
    span = timedelta(seconds=slots * width_seconds)
    return TimelineChart(
        unit="records" if has_records else "calls",
        segments=tuple(segments),
        legend=tuple((name, count(sums[name])) for name in [*DataClass, "calls"] if name in sums),
        top=count(top),
        middle=count(top / 2) if top > 1 else "",
        ticks=tuple(_tick(start + span * i / _TICKS, span) for i in range(_TICKS + 1)),
        page_x=_page_x(incident.paged_at, start, span),
        bucket=duration(timedelta(seconds=width_seconds)),
    )


def _values(bucket: TimelineBucket, has_records: bool) -> dict[str, int]:
    if not has_records:
        return {"calls": bucket.calls}
    return {name.value: records for name, records in bucket.records.items()}


def _slot(start: datetime, timeline: Timeline) -> int:
    behind = (start - timeline.buckets[0].start).total_seconds()
    return int(behind // timeline.bucket_seconds)


def _bar(
    bucket: TimelineBucket, values: dict[str, int], slot: int, slots: int, top: float
) -> list[Segment]:
    width = CANVAS_WIDTH / slots
    y = CANVAS_HEIGHT
    segments = []
    for name, value in values.items():
        height = CANVAS_HEIGHT * value / top
        y -= height
        segments.append(
            Segment(
                name=name,
                x=round((slot + _GAP / 2) * width, 2),
                y=round(y, 2),
                width=round((1 - _GAP) * width, 2),
                height=round(height, 2),
                title=f"{format_time(bucket.start)}: {count(value)} {name}",
            )
        )
    return segments


def _nice(largest: int) -> float:
    """Return the next round number that holds the largest value.

    Examples
    --------
    >>> _nice(0), _nice(3), _nice(200), _nice(312)
    (1.0, 4.0, 200.0, 400.0)
    """
    if largest <= 1:
        return 1.0
    decade = 10.0 ** math.floor(math.log10(largest))
    return next(step * decade for step in _STEPS if step * decade >= largest)


def _tick(time: datetime, span: timedelta) -> str:
    utc = time.astimezone(UTC)
    if span > timedelta(days=2):
        return f"{utc.day} {utc:%b}"
    return f"{utc:%H:%M}"


def _page_x(paged_at: datetime | None, start: datetime, span: timedelta) -> float | None:
    if paged_at is None:
        return None
    place = (paged_at - start) / span
    return round(CANVAS_WIDTH * place, 2) if 0 <= place <= 1 else None
