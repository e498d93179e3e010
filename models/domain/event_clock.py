"""Event time that no principal can move alone."""

from typing import Final

import msgspec

# Outside of these, datetime and everything behind it breaks.
LAST_SECOND: Final = 32_503_680_000.0


class ClockState(msgspec.Struct, array_like=True):
    """The two principals that are furthest ahead, and for how long the first was alone.

    `leader` and `follower` are names; the times are event time in seconds.
    """

    leader: str = ""
    leader_seconds: float = -1.0
    follower: str = ""
    follower_seconds: float = -1.0
    alone_events: int = 0


class EventClock:
    """The time that at least two principals have reached.

    Whoever forges a time is one principal: however far ahead it is, the clock stays with the
    others. Two exceptions keep the clock going. As long as there is only one principal, the clock
    is its own; when a second one disagrees, the clock goes back to what both have reached. And a
    principal that stays alone for `alone_seconds` and `alone_events` pulls the clock along that
    far behind itself, but only where its times are bounded by their arrival.

    Parameters
    ----------
    alone_seconds
        How far a principal that is alone has to be ahead of the others.
    alone_events
        After how many events in a row without any other's.

    Examples
    --------
    >>> clock = EventClock(alone_seconds=3600.0, alone_events=1000)
    >>> for principal, seconds in (("erp", 100.0), ("bi", 90.0), ("thief", 1e9), ("bi", 110.0)):
    ...     clock.advance(principal, seconds)
    True
    True
    True
    True
    >>> clock.newest_seconds
    110.0
    """

    __slots__ = ("_alone_events", "_alone_seconds", "newest_seconds", "state")

    def __init__(self, alone_seconds: float, alone_events: int) -> None:
        self._alone_seconds = alone_seconds
        self._alone_events = alone_events
        self.state = ClockState()
        self.newest_seconds: float | None = None

    def restore(self, state: ClockState, newest_seconds: float | None) -> None:
        """Go on where another clock has stopped."""
        self.state, self.newest_seconds = state, newest_seconds
        if newest_seconds is not None and state.leader_seconds < 0.0:
            # Kept by an earlier release, which did not say whose time it was.
            self.state.leader_seconds = newest_seconds

    def restart(self, seconds: float) -> None:
        """Begin anew at a time, as with the first principal; whoever was ahead is forgotten."""
        self.state, self.newest_seconds = ClockState(), seconds

    def advance(self, principal: str, seconds: float, *, is_bounded: bool = False) -> bool:
        """Follow the time of an event; False if no event can have it.

        Parameters
        ----------
        principal
            Whose event it is.
        seconds
            When it happened.
        is_bounded
            Whether it is known to be no later than its arrival.
        """
        if not 0.0 <= seconds < LAST_SECOND:
            return False
        state = self.state
        if principal == state.leader:
            state.alone_events += 1
            if seconds <= state.leader_seconds:
                return True
            state.leader_seconds = seconds
            is_alone = is_bounded and state.alone_events >= self._alone_events
            if state.follower_seconds >= 0.0 and not is_alone:
                return True
        else:
            state.alone_events = 0
            if seconds <= state.follower_seconds:
                return True
            if seconds <= state.leader_seconds:
                state.follower, state.follower_seconds = principal, seconds
            else:
                state.follower, state.follower_seconds = state.leader, state.leader_seconds
                state.leader, state.leader_seconds = principal, seconds
        self.newest_seconds = self._agreed(is_bounded=is_bounded)
        return True

    def _agreed(self, *, is_bounded: bool) -> float:
        state = self.state
        if state.follower_seconds < 0.0:
            return state.leader_seconds
        if is_bounded and state.alone_events >= self._alone_events:
            return max(state.follower_seconds, state.leader_seconds - self._alone_seconds)
        return state.follower_seconds
