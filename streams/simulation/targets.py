"""Which objects an attack reads, and when between the victim's own calls."""

import random
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from streams.simulation.operation import Operation
from streams.simulation.population import RECORD_IDS_MAX, Population
from streams.simulation.read_log import ReadLog

# A prime, so that steps of any size visit every object before one comes again.
_OBJECTS: Final = 199_999
_HASTE_SECONDS: Final = (0.5, 4.0)


class Targets(Protocol):
    """Chooses the ids that a read returns, the key that it asks for, and its moment."""

    def ids(self, operation: Operation, count: int) -> list[str]:
        """Return the ids of the next rows, at most 20."""
        ...

    def key(self, operation: Operation) -> str:
        """Return the next key."""
        ...

    def moment(self, time: float) -> float:
        """Return when a call planned for `time` is made, in seconds since 1970-01-01 UTC."""
        ...


class _Walk:
    """Reads objects by their place in a line; each object once until all are read."""

    def __init__(self, population: Population, place: Callable[[int], int]) -> None:
        self._population, self._place = population, place
        self._rows = self._keys = 0

    def ids(self, operation: Operation, count: int) -> list[str]:
        first, self._rows = self._rows, self._rows + count
        numbers = range(first, first + min(count, RECORD_IDS_MAX))
        return [self._population.older(operation.subject, self._place(n)) for n in numbers]

    def key(self, operation: Operation) -> str:
        del operation
        self._keys += 1
        return self._population.older_order_id(self._place(self._keys))

    def moment(self, time: float) -> float:
        return time


class _Sweep(_Walk):
    """Reads the whole table in the order of its ids, and orders by their numbers."""

    def ids(self, operation: Operation, count: int) -> list[str]:
        first, self._rows = self._rows, self._rows + count
        return self._population.alphabetical(operation.subject, self._place(first), count)

    def key(self, operation: Operation) -> str:
        del operation
        self._keys += 1
        return self._population.order_id(self._place(self._keys))


class _Peers:
    """Reads again what others have read."""

    def __init__(
        self, rng: random.Random, population: Population, peers: ReadLog, otherwise: Targets
    ) -> None:
        self._rng, self._population, self._peers = rng, population, peers
        self._otherwise = otherwise

    def ids(self, operation: Operation, count: int) -> list[str]:
        known = self._peers.ids(self._population.prefix(operation.subject))
        if not known:
            return self._otherwise.ids(operation, count)
        return [self._rng.choice(known) for _ in range(min(count, RECORD_IDS_MAX))]

    def key(self, operation: Operation) -> str:
        known = self._peers.keys(operation)
        return self._rng.choice(known) if known else self._otherwise.key(operation)

    def moment(self, time: float) -> float:
        return time


class _Mixed(_Walk):
    """Reads each object once, right after one of the victim's own calls."""

    def __init__(
        self,
        rng: random.Random,
        population: Population,
        place: Callable[[int], int],
        own: Sequence[float],
    ) -> None:
        super().__init__(population, place)
        self._rng, self._own = rng, own

    def moment(self, time: float) -> float:
        if not self._own:
            return time
        place = min(bisect_left(self._own, time), len(self._own) - 1)
        return self._own[place] + self._rng.uniform(*_HASTE_SECONDS)


def make_targets(
    way: str,
    *,
    rng: random.Random,
    population: Population,
    peers: Callable[[], ReadLog],
    own_calls: Callable[[], Sequence[float]],
) -> Targets | None:
    """Return what an attack reads; None reads recent rows as the victim does.

    Parameters
    ----------
    way
        One of `streams.simulation.simulation_settings.WAYS`.
    rng
        Random stream of the attack's choice of objects.
    population
        Data of the victim's tenant.
    peers
        What the victim's peers read before the attack.
    own_calls
        Times of the victim's own calls during the attack, ascending.
    """
    step, start = rng.randrange(1, _OBJECTS), rng.randrange(_OBJECTS)

    def scattered(number: int) -> int:
        return (start + step * number) % _OBJECTS

    if way == "history":
        return _Walk(population, lambda number: number)
    if way == "sweep":
        return _Sweep(population, lambda number: number)
    if way == "peers":
        return _Peers(rng, population, peers(), _Walk(population, scattered))
    if way == "once":
        return _Walk(population, scattered)
    if way == "mixed":
        return _Mixed(rng, population, scattered, own_calls())
    return None
