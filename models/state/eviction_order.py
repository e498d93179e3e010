"""Who is forgotten first when there is no room for a newcomer."""

import math
from collections.abc import Iterable
from heapq import heapify, heappop, heappush
from typing import Final

from models.observation.features import CALLS
from models.state.principal_state import PrincipalState
from models.tuning.state import EVICTION_CANDIDATES, EVICTION_LARGEST_RANK_BITS

_Key = tuple[str, str]
_Place = tuple[int, _Key]
_Places = list[_Place]
_RANKS: Final = 2 * EVICTION_LARGEST_RANK_BITS + 2
_SPARE: Final = 64


def rank_of(state: PrincipalState) -> int:
    """Return how much is lost with a principal: its hours of history, then an open incident."""
    hours = min(state.volume.hours(CALLS).bit_length(), EVICTION_LARGEST_RANK_BITS)
    return 2 * hours + (state.draft is not None)


def _records_of(state: PrincipalState) -> float:
    most = 0.0
    for window in state.windows.values():
        most += window.sensitive_records
    return most


class EvictionOrder:
    """The principals by rank and tenant, derived from their states alone.

    Of the lowest rank that there is, the tenant with the most principals gives up one: so a flood
    displaces itself, neither habits nor the newcomers of other tenants. Of that tenant's least
    recent ones the one with the fewest records goes.

    The heaps hold stale entries, which are put right or dropped when they come up.

    Examples
    --------
    >>> EvictionOrder({}).next_key() is None
    True
    """

    def __init__(self, states: dict[_Key, PrincipalState]) -> None:
        self._states = states
        self._places: list[dict[str, _Places]] = [{} for _ in range(_RANKS)]
        # The candidates of the last choice, least recent first; the heap holds none before them.
        self._fronts: list[dict[str, dict[_Place, PrincipalState]]] = [{} for _ in range(_RANKS)]
        self._counts: list[dict[str, int]] = [{} for _ in range(_RANKS)]
        self._largest: list[list[tuple[int, str]]] = [[] for _ in range(_RANKS)]

    def add(self, key: _Key, state: PrincipalState) -> None:
        """Take in a principal."""
        rank = state.rank = rank_of(state)
        self._put(rank, key, state)
        self._count(rank, key[0], 1)

    def discard(self, key: _Key, state: PrincipalState) -> None:
        """Drop a principal."""
        self._count(state.rank, key[0], -1)

    def refresh(self, key: _Key, state: PrincipalState) -> None:
        """Note that an hour was learnt, or that an incident was opened or closed."""
        if state.rank != rank_of(state):
            self.discard(key, state)
            self.add(key, state)

    def next_key(self) -> _Key | None:
        """Return whom to forget next; None if nobody is known."""
        for rank, counts in enumerate(self._counts):
            if counts:
                return self._least(rank, self._tenant_with_most(rank))
        return None

    def _tenant_with_most(self, rank: int) -> str:
        largest, counts = self._largest[rank], self._counts[rank]
        while counts.get(largest[0][1]) != -largest[0][0]:
            heappop(largest)
        return largest[0][1]

    def _least(self, rank: int, tenant: str) -> _Key:
        places, states = self._places[rank][tenant], self._states
        found = self._fronts[rank].pop(tenant, {})
        self._drop_stale(rank, found)
        while places and len(found) < EVICTION_CANDIDATES:
            place = heappop(places)
            state = states.get(place[1])
            if state is None or state.rank != rank or place in found:
                continue
            if state.facts.touched == place[0]:
                found[place] = state
            else:
                self._put(rank, place[1], state)
        self._fronts[rank][tenant] = found
        least, chosen = math.inf, next(iter(found))
        for place, state in found.items():
            read = _records_of(state)
            if read < least:
                least, chosen = read, place
        return chosen[1]

    def _drop_stale(self, rank: int, found: dict[_Place, PrincipalState]) -> None:
        """Drop those of the last candidates that are gone or were active since."""
        states = self._states
        for place, state in [*found.items()]:
            if states.get(place[1]) is not state or state.rank != rank:
                del found[place]
            elif state.facts.touched != place[0]:
                del found[place]
                self._put(rank, place[1], state)

    def _put(self, rank: int, key: _Key, state: PrincipalState) -> None:
        tenant, place = key[0], (state.facts.touched, key)
        places = self._places[rank].setdefault(tenant, [])
        front = self._fronts[rank].get(tenant)
        if front and place < next(reversed(front)):
            for candidate in self._fronts[rank].pop(tenant):
                heappush(places, candidate)
        heappush(places, place)
        if len(places) > 2 * self._counts[rank].get(tenant, 0) + _SPARE:
            places[:] = self._valid(rank, places)
            heapify(places)

    def _valid(self, rank: int, places: Iterable[tuple[int, _Key]]) -> _Places:
        keys = dict.fromkeys(key for _, key in places)
        states = self._states
        return [
            (states[key].facts.touched, key)
            for key in keys
            if key in states and states[key].rank == rank
        ]

    def _count(self, rank: int, tenant: str, change: int) -> None:
        counts, largest = self._counts[rank], self._largest[rank]
        count = counts.get(tenant, 0) + change
        if count:
            counts[tenant] = count
            heappush(largest, (-count, tenant))
        else:
            del counts[tenant]
            self._places[rank].pop(tenant, None)
            self._fronts[rank].pop(tenant, None)
        if len(largest) > 2 * len(counts) + _SPARE:
            largest[:] = [(-number, name) for name, number in counts.items()]
            heapify(largest)
