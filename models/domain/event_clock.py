"""Event time that a single wrong clock cannot move."""

from typing import Final

# datetime cannot represent times outside this range.
_LAST_SECOND: Final = 32_503_680_000.0


class EventClock:
    """The newest event time, and how far ahead of it an event may be.

    An event further ahead than `jump_seconds` does not move the clock. Several jumps in a row
    are not one machine's fault: time has moved on, and the clock follows.

    Parameters
    ----------
    jump_seconds
        An event further ahead than this is a jump.
    jumps_believed
        After this many jumps in a row, the next one is believed.

    Examples
    --------
    >>> clock = EventClock(jump_seconds=3600.0, jumps_believed=1)
    >>> clock.advance(100.0), clock.advance(9000.0), clock.newest_seconds
    (True, False, 100.0)
    >>> clock.advance(9001.0), clock.newest_seconds
    (True, 9001.0)
    """

    __slots__ = ("_jump_seconds", "_jumps_believed", "jumps_in_a_row", "newest_seconds")

    def __init__(self, jump_seconds: float, jumps_believed: int) -> None:
        self._jump_seconds = jump_seconds
        self._jumps_believed = jumps_believed
        self.newest_seconds: float | None = None
        self.jumps_in_a_row = 0

    def advance(self, seconds: float) -> bool:
        """Follow an event's time; False if it is impossible or an unbelieved jump."""
        if not 0.0 <= seconds < _LAST_SECOND:
            return False
        newest = self.newest_seconds
        if newest is not None and seconds >= newest + self._jump_seconds:
            self.jumps_in_a_row += 1
            if self.jumps_in_a_row <= self._jumps_believed:
                return False
        self.jumps_in_a_row = 0
        if newest is None or seconds > newest:
            self.newest_seconds = seconds
        return True
