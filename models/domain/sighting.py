"""Whether an event is new, a second delivery, or another one under a known id."""

from collections.abc import Callable
from enum import Enum
from typing import Final

from models.domain.access_event import AccessEvent
from models.domain.generational_map import GenerationalMap, KeyT

UNKNOWN_CONTENT: Final = 0
_MASK: Final = (1 << 48) - 1


class Sighting(Enum):
    """What is known of an event: nothing, all of it, or only its id."""

    NEW = "new"
    DUPLICATE = "duplicate"
    REUSED_ID = "reused id"


def content_of(event: AccessEvent) -> int:
    """Return what an event says as a number; an event of an earlier release says its time."""
    return (event.content or hash(event.time)) & _MASK


def sight(
    event: AccessEvent,
    key: KeyT,
    known: GenerationalMap[KeyT],
    variant: Callable[[KeyT, int], KeyT],
) -> Sighting:
    """Look an event up among the known ones, and remember it.

    A known id holds the content with which it first came; each other content of that id has a key
    of its own.

    Parameters
    ----------
    event
        The event.
    key
        Its tenant and id.
    known
        Content by key.
    variant
        Makes the key of another content under a known id.

    Examples
    --------
    >>> from models.domain.access_event import Outcome, PrincipalKind
    >>> from msgspec.structs import replace
    >>> event = AccessEvent(
    ...     event_id="r-1", time=1.0, tenant="A1", principal="app-1", service="orders",
    ...     principal_kind=PrincipalKind.APPLICATION, operation="getOrders",
    ...     outcome=Outcome.SUCCESS, content=7,
    ... )
    >>> known = GenerationalMap[str](capacity=100)
    >>> for found in (event, event, replace(event, content=8), replace(event, content=8)):
    ...     sight(found, "A1 r-1", known, "{} {}".format).value
    'new'
    'duplicate'
    'reused id'
    'duplicate'
    """
    content, first = content_of(event), known.get(key)
    if first is None:
        known.put(key, content)
        return Sighting.NEW
    if first == content or _is_of_earlier_release(event, first):
        return Sighting.DUPLICATE
    other = variant(key, content)
    if known.get(other) is not None:
        return Sighting.DUPLICATE
    known.put(other, content)
    return Sighting.REUSED_ID


def _is_of_earlier_release(event: AccessEvent, first: int) -> bool:
    """Whether the known event may be this one, as an earlier release has written it."""
    if first == UNKNOWN_CONTENT:
        return event.content == UNKNOWN_CONTENT
    return first == hash(event.time) & _MASK
