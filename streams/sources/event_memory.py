"""Remembers which events were seen, so that a second delivery counts once."""

from typing import Final

from models.access_event import AccessEvent

REMEMBERED_EVENTS: Final = 500_000


class EventMemory:
    """Remembers the latest events, in two generations.

    Between `capacity` and twice as many events are remembered; one takes about 70 bytes. A
    second delivery that comes later than that counts twice.

    Parameters
    ----------
    capacity
        Events that are remembered at least.

    Examples
    --------
    >>> memory = EventMemory()
    >>> memory.is_new_id("A1", "r-1"), memory.is_new_id("A1", "r-1")
    (True, False)
    """

    def __init__(self, capacity: int = REMEMBERED_EVENTS) -> None:
        self._capacity = capacity
        self._young: set[int] = set()
        self._old: set[int] = set()

    def is_new(self, event: AccessEvent) -> bool:
        """Whether an event was not seen yet; it is remembered."""
        return self.is_new_id(event.tenant, event.event_id)

    def forget(self, event: AccessEvent) -> None:
        """Forget an event that was not sent after all."""
        key = hash((event.tenant, event.event_id))
        self._young.discard(key)
        self._old.discard(key)

    def is_new_id(self, tenant: str, event_id: str) -> bool:
        """Whether an event of this tenant was not seen yet; it is remembered."""
        key = hash((tenant, event_id))
        if key in self._young or key in self._old:
            return False
        self._young.add(key)
        if len(self._young) >= self._capacity:
            self._old, self._young = self._young, set()
        return True
