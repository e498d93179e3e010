"""When an incident's records were read, as its topic and files hold it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

import msgspec

from models.domain.data_class import DataClass
from models.tuning.incidents import (
    TIMELINE_BUCKETS_KEPT,
    TIMELINE_WIDTHS_SECONDS,
)


class TimelineBucket(msgspec.Struct, frozen=True, kw_only=True):
    """What was read in one stretch of time.

    Parameters
    ----------
    start
        Its start, event time, UTC.
    calls
        Calls in it, with any outcome.
    records
        Records by data class, without those that no log counted. If a call reads several
        classes, its records count for the most sensitive one.
    """

    start: datetime
    calls: int
    records: dict[DataClass, int]


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """Reads of an incident since its first event, in buckets of equal width.

    Buckets without a call are left out; there are at most 60.

    Examples
    --------
    >>> Timeline().records_total
    0
    """

    bucket_seconds: int = 60
    buckets: tuple[TimelineBucket, ...] = ()

    @property
    def records_total(self) -> int:
        """Sum of the records over all buckets and classes."""
        return sum(sum(bucket.records.values()) for bucket in self.buckets)


_ORDER: Final = {name: place for place, name in enumerate(DataClass)}


class TimelineDraft(msgspec.Struct, array_like=True, kw_only=True):
    """Counts reads in at most 60 buckets, which widen as the incident grows longer.

    Examples
    --------
    >>> draft = TimelineDraft()
    >>> draft.add(30.0, (DataClass.CUSTOMER,), 5)
    >>> draft.add(59 * 60.0 + 59, (DataClass.CUSTOMER,), 7)
    >>> draft.build().bucket_seconds, draft.build().records_total
    (60, 12)
    >>> draft.add(60 * 60.0, (DataClass.SUPPLIER, DataClass.CATALOG), 1)
    >>> draft.build().bucket_seconds, len(draft.build().buckets)
    (300, 3)
    """

    width_seconds: int = TIMELINE_WIDTHS_SECONDS[0]
    # Index of the bucket -> calls, and records by class.
    buckets: dict[int, tuple[int, dict[DataClass, int]]] = {}

    def add(
        self, time_seconds: float, data_classes: Iterable[DataClass], records: int | None
    ) -> None:
        """Count one call; `records` is None if the log gave no number."""
        index = int(time_seconds // self.width_seconds)
        is_known = index in self.buckets
        self._put(index, 1, _by_class(data_classes, records))
        while not is_known and max(self.buckets) - min(self.buckets) >= TIMELINE_BUCKETS_KEPT:
            self._widen()

    def _put(self, index: int, calls: int, records: dict[DataClass, int]) -> None:
        known_calls, sums = self.buckets.get(index, (0, {}))
        for name, count in records.items():
            sums[name] = sums.get(name, 0) + count
        self.buckets[index] = (known_calls + calls, sums)

    def _widen(self) -> None:
        wider = (width for width in TIMELINE_WIDTHS_SECONDS if width > self.width_seconds)
        new_width = next(wider, 2 * self.width_seconds)
        factor = new_width // self.width_seconds
        buckets, self.buckets, self.width_seconds = self.buckets, {}, new_width
        for index, (calls, records) in buckets.items():
            self._put(index // factor, calls, records)

    def build(self) -> Timeline:
        """Return the current time line."""
        return Timeline(
            bucket_seconds=self.width_seconds,
            buckets=tuple(
                TimelineBucket(
                    start=datetime.fromtimestamp(index * self.width_seconds, UTC),
                    calls=calls,
                    records=dict(sorted(records.items(), key=lambda item: _ORDER[item[0]])),
                )
                for index, (calls, records) in sorted(self.buckets.items())
            ),
        )


def _by_class(data_classes: Iterable[DataClass], records: int | None) -> dict[DataClass, int]:
    if not records:
        return {}
    gravest = min(data_classes, key=_ORDER.__getitem__, default=DataClass.NONE)
    return {gravest: records}
