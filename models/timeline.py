"""When an incident's records were read, in the form of its topic and files."""

from datetime import datetime

import msgspec

from models.data_class import DataClass


class TimelineBucket(msgspec.Struct, frozen=True, kw_only=True):
    """What was read in one stretch of time.

    Parameters
    ----------
    start
        Its beginning, event time, UTC.
    calls
        Calls in it, whatever their outcome.
    records
        Records by data class, without those that no log counted; the records of a call that
        reads several classes stand under the one whose loss hurts most.
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
