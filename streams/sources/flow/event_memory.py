"""Remembers recent events, so that a duplicate counts once."""

from typing import Final

from models.domain.access_event import AccessEvent
from models.domain.generational_set import GenerationalSet

REMEMBERED_EVENTS: Final = 500_000


class EventMemory:
    """Remembers the latest events.

    It remembers between `capacity` and twice as many events, at about 70 bytes each. A duplicate
    that arrives later than that counts twice.

    Parameters
    ----------
    capacity
        Number of events to remember at least.

    Examples
    --------
    >>> from models.domain.access_event import Outcome, PrincipalKind
    >>> event = AccessEvent(
    ...     event_id="r-1", time=1.0, tenant="A1", principal="app-1", service="orders",
    ...     principal_kind=PrincipalKind.APPLICATION, operation="getOrders",
    ...     outcome=Outcome.SUCCESS,
    ... )
    >>> memory = EventMemory()
    >>> memory.is_new(event), memory.is_new(event)
    (True, False)
    """

    def __init__(self, capacity: int = REMEMBERED_EVENTS) -> None:
        self._seen = GenerationalSet[int](capacity)

    def is_new(self, event: AccessEvent) -> bool:
        """Remember an event; return whether it is new."""
        return self._seen.add(_key(event))

    def forget(self, event: AccessEvent) -> None:
        """Forget an event that was not sent after all."""
        self._seen.discard(_key(event))


def _key(event: AccessEvent) -> int:
    # A duplicate is equal in every field. If somebody has blanked the ids, the
    # time tells different accesses apart.
    return hash((event.tenant, event.event_id, event.time))
