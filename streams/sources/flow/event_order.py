"""Sorts events by time and drops duplicates and echoes."""

import heapq
from collections.abc import Iterator
from typing import Final, Generic, TypeVar

import msgspec

from models.domain.access_event import AccessEvent
from models.domain.sighting import Sighting
from models.domain.time_units import DAY_SECONDS
from streams.sources.flow.event_memory import EventMemory
from streams.sources.flow.kms_echoes import KmsEchoes

_HEAP_LIMIT: Final = 200_000
_JUMP_SECONDS: Final = DAY_SECONDS
_JUMPS_BELIEVED: Final = 7

PlaceT = TypeVar("PlaceT")


class EventOrder(Generic[PlaceT]):
    """Holds events back until no earlier event is expected.

    Time is event time: an event is released once one arrives that is `hold_seconds` younger. A KMS
    decryption that may echo a read is held for the full `disorder_seconds`, so that its read can
    arrive. At most 200,000 events are held; beyond that, the oldest leave early. A jump of more
    than a day ahead is accepted once eight events in a row confirm it.

    Parameters
    ----------
    memory
        Remembers recent events.
    disorder_seconds
        How late an event may be.
    hold_seconds
        How long an ordinary event is held; None means `disorder_seconds`. A live stream holds
        less, because sorting costs as much delay and the detector's windows accept late events.

    Examples
    --------
    >>> order = EventOrder[str](EventMemory(), disorder_seconds=900)
    >>> list(order.drain())
    []
    """

    def __init__(
        self, memory: EventMemory, *, disorder_seconds: float, hold_seconds: float | None = None
    ) -> None:
        self.memory = memory
        self._disorder = disorder_seconds
        self._hold = disorder_seconds if hold_seconds is None else hold_seconds
        self._echoes = KmsEchoes()
        self._heap: list[tuple[float, int, AccessEvent, PlaceT]] = []
        self._number = 0
        self._newest, self._jumps_in_a_row = 0.0, 0

    def __len__(self) -> int:
        return len(self._heap)

    def push(self, event: AccessEvent, place: PlaceT, reached_seconds: float | None = None) -> bool:
        """Add an event; return False if it is a duplicate.

        One that says something else under a known id is another event, and is marked.

        Parameters
        ----------
        event, place
            The event, and where it stood.
        reached_seconds
            What time it is, where the reader knows it better; None follows the newest event.
        """
        sighting = self.memory.sight(event)
        if sighting is Sighting.DUPLICATE:
            return False
        if sighting is Sighting.REUSED_ID:
            event = msgspec.structs.replace(event, reused_id=True)
        self._echoes.note(event)
        hold = self._disorder if KmsEchoes.may_echo(event) else self._hold
        self._number += 1
        if reached_seconds is None:
            self._advance(event.time)
        else:
            self._newest = reached_seconds
        heapq.heappush(self._heap, (event.time + hold, self._number, event, place))
        return True

    def ready(self) -> Iterator[tuple[AccessEvent, PlaceT, bool]]:
        """Yield the events that are due, each with whether it is an echo."""
        heap = self._heap
        while heap and (heap[0][0] <= self._newest or len(heap) > _HEAP_LIMIT):
            yield self._pop()

    def drain(self) -> Iterator[tuple[AccessEvent, PlaceT, bool]]:
        """Yield all held events at the end of the input."""
        while self._heap:
            yield self._pop()

    def _advance(self, seconds: float) -> None:
        # One wrong clock must not end the order of everybody else's events. All are passed on.
        if seconds > self._newest + _JUMP_SECONDS and self._number > 1:
            self._jumps_in_a_row += 1
            if self._jumps_in_a_row <= _JUMPS_BELIEVED:
                return
        self._jumps_in_a_row = 0
        self._newest = max(self._newest, seconds)

    def _pop(self) -> tuple[AccessEvent, PlaceT, bool]:
        _, _, event, place = heapq.heappop(self._heap)
        return event, place, KmsEchoes.may_echo(event) and self._echoes.has_read(event)
