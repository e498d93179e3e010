"""Times in the format of the logs."""

from datetime import UTC, datetime
from typing import Final

from models.domain.time_units import HOUR_SECONDS

_HOUR: Final = int(HOUR_SECONDS)
_MINUTE: Final = 60


class ClockText:
    """Writes RFC 3339 times; caches the hour's part, since times arrive hour by hour.

    Examples
    --------
    >>> clock = ClockText()
    >>> clock.milliseconds(1.25), clock.seconds(3661.9)
    ('1970-01-01T00:00:01.250Z', '1970-01-01T01:01:01Z')
    """

    def __init__(self) -> None:
        self._hour = -1
        self._prefix = ""

    def milliseconds(self, time: float) -> str:
        """Write a time, in seconds since 1970-01-01 UTC, to the millisecond."""
        rest = time - self._enter(time)
        minute, second = divmod(rest, _MINUTE)
        thousandths = int(second * 1000)
        return (
            f"{self._prefix}{int(minute):02d}:{thousandths // 1000:02d}.{thousandths % 1000:03d}Z"
        )

    def seconds(self, time: float) -> str:
        """Write a time, in seconds since 1970-01-01 UTC, to the second."""
        minute, second = divmod(int(time - self._enter(time)), _MINUTE)
        return f"{self._prefix}{minute:02d}:{second:02d}Z"

    def _enter(self, time: float) -> int:
        hour = int(time // _HOUR)
        if hour != self._hour:
            self._hour = hour
            self._prefix = datetime.fromtimestamp(hour * _HOUR, UTC).strftime("%Y-%m-%dT%H:")
        return hour * _HOUR
