"""Remembers recent events, so that a duplicate counts once."""

from typing import Final

from models.domain.access_event import AccessEvent
from models.domain.generational_map import GenerationalMap
from models.domain.sighting import Sighting, content_of, sight

REMEMBERED_EVENTS: Final = 500_000


class EventMemory:
    """Remembers the latest events.

    It remembers between `capacity` and twice as many events, at about 150 bytes each. A duplicate
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
    >>> memory.sight(event).value, memory.sight(event).value
    ('new', 'duplicate')
    """

    def __init__(self, capacity: int = REMEMBERED_EVENTS) -> None:
        self._known = GenerationalMap[int](capacity)

    def sight(self, event: AccessEvent) -> Sighting:
        """Remember an event; return what was known of it."""
        return sight(event, hash((event.tenant, event.event_id)), self._known, _variant)

    def forget(self, event: AccessEvent) -> None:
        """Forget an event that was not sent after all."""
        key, content = hash((event.tenant, event.event_id)), content_of(event)
        self._known.discard(key if self._known.get(key) == content else _variant(key, content))


def _variant(key: int, content: int) -> int:
    return hash((key, content))
