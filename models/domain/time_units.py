"""Hours and days in seconds; both are counted from 1970-01-01 UTC."""

from typing import Final

HOUR_SECONDS: Final = 3600.0
DAY_SECONDS: Final = 86_400.0
HOURS_A_DAY: Final = 24


def hour_of(seconds: float) -> int:
    """Return the number of the hour that contains a time.

    Examples
    --------
    >>> hour_of(7199.9)
    1
    """
    return int(seconds // HOUR_SECONDS)


def day_of(seconds: float) -> int:
    """Return the number of the day that contains a time.

    Examples
    --------
    >>> day_of(86_400.0)
    1
    """
    return int(seconds // DAY_SECONDS)
