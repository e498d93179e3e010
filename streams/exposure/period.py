"""The days that a report covers."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Self

from models.errors import InputError

_MOST_DAYS: Final = 366


@dataclass(frozen=True)
class Period:
    """Whole days, UTC.

    Parameters
    ----------
    first, last
        The first and the last day, both of them included.

    Examples
    --------
    >>> Period.parse("2026-01-01", "2026-01-07").days
    7
    """

    first: date
    last: date

    @classmethod
    def parse(cls, first: str, last: str) -> Self:
        """Read two days as people write them in ISO 8601.

        Raises
        ------
        InputError
            If one is no day, or they are out of order or too far apart.
        """
        period = cls(_day(first), _day(last))
        if not 0 < period.days <= _MOST_DAYS:
            message = (
                f"{period.first} to {period.last}: the first day must not be after the last one, "
                f"nor more than {_MOST_DAYS} days before its end"
            )
            raise InputError(message)
        return period

    @classmethod
    def week_before(cls, now: datetime) -> Self:
        """Return the seven days that end with a time's own day."""
        today = now.astimezone(UTC).date()
        return cls(today - timedelta(days=6), today)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def begin_seconds(self) -> float:
        """When it begins, in seconds since 1970."""
        return datetime(self.first.year, self.first.month, self.first.day, tzinfo=UTC).timestamp()

    @property
    def end_seconds(self) -> float:
        """When it is over."""
        return self.begin_seconds + self.days * 86_400.0

    def holds(self, seconds: float) -> bool:
        """Whether a time is in it."""
        return self.begin_seconds <= seconds < self.end_seconds

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        message = f"{text[:40]!r} is no day: write it as 2026-01-31"
        raise InputError(message) from error
    if not 1970 <= day.year < 9999:
        message = f"{day} is not between 1970 and 9998"
        raise InputError(message)
    return day
