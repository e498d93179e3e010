"""How much an incident read on each of its days."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final

import msgspec

from models.domain.time_units import DAY_SECONDS
from models.tuning.incidents import INCIDENT_DAYS_KEPT

_CALLS: Final = 0
_RECORDS: Final = 1


class IncidentDay(msgspec.Struct, frozen=True, kw_only=True):
    """One day of an incident, UTC: its calls, and the records that the log counted."""

    day: date
    calls: int
    records: int


def count_on_day(days: dict[int, list[int]], day: int, calls: int, records: int) -> None:
    """Add to a day, counted from 1970-01-01; of too many days the newest are kept.

    Examples
    --------
    >>> days: dict[int, list[int]] = {}
    >>> count_on_day(days, 0, 1, 20)
    >>> count_on_day(days, 0, 2, 5)
    >>> days
    {0: [3, 25]}
    """
    counted = days.setdefault(day, [0, 0])
    counted[_CALLS] += calls
    counted[_RECORDS] += records
    while len(days) > INCIDENT_DAYS_KEPT:
        del days[min(days)]


def told_days(days: Mapping[int, list[int]]) -> tuple[IncidentDay, ...]:
    """Return the days as an incident tells them, oldest first.

    Examples
    --------
    >>> told_days({1: [3, 25]})
    (IncidentDay(day=datetime.date(1970, 1, 2), calls=3, records=25),)
    """
    return tuple(
        IncidentDay(
            day=datetime.fromtimestamp(day * DAY_SECONDS, UTC).date(), calls=calls, records=records
        )
        for day, (calls, records) in sorted(days.items())
    )
