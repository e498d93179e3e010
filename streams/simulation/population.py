"""The finite data of a tenant: buyers, orders, suppliers, transactions, products."""

from hashlib import blake2b
from typing import Final

from streams.simulation.seeds import seeded_random

RECORD_IDS_MAX: Final = 20
_NEW_PER_HOUR: Final = 60
_RECENT_SPREAD: Final = 1 / 400.0
_SIZES: Final = {"supplier": 400, "transaction": 40_000, "sku": 3_000}
_PREFIXES: Final = {"buyer": "byr", "supplier": "sup", "transaction": "txn", "sku": "sku"}
_CANARIES: Final = {"buyer": 4, "supplier": 2}
# Usual reads ask for order numbers from the base on; older ones lie this far below it.
_OLDER: Final = 20_000


class Population:
    """Opaque ids of one tenant; a canary's id is never among those that benign reads return.

    Parameters
    ----------
    seed
        Seed of the simulation.
    tenant
        Owner of the data.
    buyers
        Number of buyers.

    Examples
    --------
    >>> population = Population(seed=7, tenant="A1", buyers=100)
    >>> len(population.bulk("buyer", 95, 10)), len(population.canaries)
    (10, 6)
    """

    def __init__(self, seed: int, tenant: str, buyers: int) -> None:
        self._seed, self._tenant = seed, tenant
        self._ids: dict[str, list[str]] = {}
        self._sorted: dict[str, list[str]] = {}
        self._canaries: dict[str, tuple[str, ...]] = {}
        for subject, prefix in _PREFIXES.items():
            rng = seeded_random(seed, "population", tenant, subject)
            size = _SIZES.get(subject, buyers)
            planted = _CANARIES.get(subject, 0)
            bits = rng.getrandbits
            ids = [f"{prefix}-{bits(64):016x}" for _ in range(size + planted)]
            self._canaries[subject] = tuple(ids[size:])
            del ids[size:]
            # The head again, so that a slice across the end need not wrap.
            self._ids[subject] = ids + ids[:RECORD_IDS_MAX]
        rng = seeded_random(seed, "population", tenant, "order")
        self._order_base = rng.randrange(1_000_000, 8_000_000)

    @property
    def canaries(self) -> tuple[str, ...]:
        """Planted ids that nobody should read."""
        return tuple(name for names in self._canaries.values() for name in names)

    def canary(self, subject: str, index: int) -> str:
        """Return one planted id of a subject."""
        planted = self._canaries[subject]
        return planted[index % len(planted)]

    def size(self, subject: str) -> int:
        """Count the readable ids of a subject."""
        return len(self._ids[subject]) - RECORD_IDS_MAX

    def recent(self, subject: str, hour: float, uniform: float, count: int) -> list[str]:
        """Return the ids of a usual read: recent ones, at most 20.

        Parameters
        ----------
        subject
            Kind of the ids.
        hour
            Hours since the start of the simulation.
        uniform
            A random number in [0, 1); decides how far back the read goes.
        count
            Rows returned by the read.
        """
        age = int(uniform / (1.0 - uniform) / _RECENT_SPREAD) if uniform < 1.0 else 0
        return self.bulk(subject, int(hour * _NEW_PER_HOUR) - age, count)

    def bulk(self, subject: str, position: int, count: int) -> list[str]:
        """Return the ids from a position on, at most 20, for a walk through the table."""
        ids = self._ids[subject]
        first = position % (len(ids) - RECORD_IDS_MAX)
        return ids[first : first + min(count, RECORD_IDS_MAX)]

    def alphabetical(self, subject: str, position: int, count: int) -> list[str]:
        """Return the readable ids in the order of their names from a position on, at most 20."""
        if subject not in self._sorted:
            self._sorted[subject] = sorted(self._ids[subject][: self.size(subject)])
        names = self._sorted[subject]
        first = position % len(names)
        return names[first : first + min(count, RECORD_IDS_MAX)]

    def prefix(self, subject: str) -> str:
        """Return how the ids of a subject begin."""
        return _PREFIXES[subject]

    def older(self, subject: str, age: int) -> str:
        """Return an id of the archive, which no usual read returns; a larger age is older.

        Examples
        --------
        >>> population = Population(seed=7, tenant="A1", buyers=100)
        >>> population.older("buyer", 3) in population.bulk("buyer", 0, 100)
        False
        """
        name = f"{self._seed}\x1f{self._tenant}\x1f{subject}\x1f{age}"
        return f"{_PREFIXES[subject]}-{blake2b(name.encode(), digest_size=8).hexdigest()}"

    def older_order_id(self, age: int) -> str:
        """Return the id of an order that no usual read asks for; a larger age is older."""
        return self.order_id(-_OLDER - age)

    def own_number(self, number: int) -> str:
        """Return the seller's own number of an order; these numbers are consecutive."""
        return f"SO-{self._order_base + number:08d}"

    def order_id(self, number: int) -> str:
        """Return the id of an order; orders with adjacent numbers have adjacent ids."""
        head, tail = divmod(self._order_base + number, 10_000_000)
        return f"{900 + head % 100:03d}-{tail:07d}-{(tail * 7919) % 10_000_000:07d}"
