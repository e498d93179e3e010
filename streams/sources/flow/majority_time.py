"""Event time of files, which most of the principals that were last seen have reached."""

from typing import Final

from models.domain.access_event import AccessEvent, Outcome

_WITNESSES: Final = 16
_FORGOTTEN_AFTER_EVENTS: Final = 50_000
_EVENTS_A_LOOK: Final = 8


class MajorityTime:
    """The time that more than half of the last principals have reached.

    Nothing in a file says when a line arrived, and whoever writes a time of its own may hold
    several keys. So time is what most of the last 16 principals agree on, each by its last
    successful call. However many lines somebody writes ahead of the others, time stays with the
    majority until 50,000 calls have passed without any of them. Whoever was alone so far is not
    believed for long: with the next principal, the time is the earlier one of both.

    Examples
    --------
    >>> from models.domain.access_event import PrincipalKind
    >>> time = MajorityTime()
    >>> for number in range(24):
    ...     name, seconds = ("thief", 1e9) if number % 4 == 0 else (f"app-{number % 4}", number)
    ...     time.note(
    ...         AccessEvent(
    ...             event_id=str(number), time=seconds, tenant="A1", principal=name,
    ...             principal_kind=PrincipalKind.APPLICATION, service="s3",
    ...             operation="GetObject", outcome=Outcome.SUCCESS,
    ...         )
    ...     )
    >>> time.seconds
    22
    """

    __slots__ = ("_calls", "_last", "seconds")

    def __init__(self) -> None:
        # In the order of their last calls: when it was, by its own time and in calls.
        self._last: dict[tuple[str, str], tuple[float, int]] = {}
        self._calls = 0
        self.seconds = 0.0

    def note(self, event: AccessEvent) -> None:
        """Take an event as what its principal says of the time, if the call succeeded."""
        if event.outcome is not Outcome.SUCCESS:
            return
        last, name = self._last, (event.tenant, event.principal)
        is_new = last.pop(name, None) is None
        last[name] = event.time, self._calls
        self._calls += 1
        if len(last) > _WITNESSES:
            del last[next(iter(last))]
        if is_new or self._calls % _EVENTS_A_LOOK == 0:
            self._look()

    def _look(self) -> None:
        last = self._last
        oldest = next(iter(last))
        while last[oldest][1] < self._calls - _FORGOTTEN_AFTER_EVENTS:
            del last[oldest]
            oldest = next(iter(last))
        times = sorted(seconds for seconds, _ in last.values())
        self.seconds = times[(len(times) - 1) // 2]
