"""A mapping that evicts old items, in two generations."""

from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import Generic, TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)


class GenerationalMap(Generic[KeyT]):
    """Keeps a number for each of the latest keys: at least `capacity` and at most twice as many.

    A full generation replaces the older one, so an eviction costs nothing. What is kept depends
    only on the keys and their order.

    Parameters
    ----------
    capacity
        Keys of a full generation.
    older, newer
        Generations to continue from.

    Examples
    --------
    >>> recent = GenerationalMap[str](capacity=2)
    >>> for number, key in enumerate("abc"):
    ...     recent.put(key, number)
    >>> recent.get("a"), recent.get("c"), recent.get("d")
    (0, 2, None)
    """

    def __init__(
        self,
        capacity: int,
        older: Mapping[KeyT, int] | None = None,
        newer: Mapping[KeyT, int] | None = None,
    ) -> None:
        self._capacity = capacity
        self._older, self._newer = dict(older or {}), dict(newer or {})
        self.turns = 0

    @property
    def generations(self) -> tuple[Mapping[KeyT, int], Mapping[KeyT, int]]:
        """The older and the newer generation."""
        return self._older, self._newer

    def get(self, key: KeyT) -> int | None:
        """Return the number of a key; None if it is not known."""
        found = self._newer.get(key)
        return self._older.get(key) if found is None else found

    def put(self, key: KeyT, number: int) -> None:
        """Add a key that is not known."""
        self._newer[key] = number
        if len(self._newer) >= self._capacity:
            self._turn()

    def update(self, items: Iterable[tuple[KeyT, int]]) -> None:
        """Add keys that are not known, all to the same generation."""
        self._newer.update(items)
        if len(self._newer) >= self._capacity:
            self._turn()

    def discard(self, key: KeyT) -> None:
        """Remove a key."""
        self._newer.pop(key, None)
        self._older.pop(key, None)

    def isdisjoint(self, keys: Collection[KeyT]) -> bool:
        """Whether none of the keys is known."""
        return self._newer.keys().isdisjoint(keys) and self._older.keys().isdisjoint(keys)

    def has_room(self, count: int) -> bool:
        """Whether this many keys fit without filling a generation."""
        return len(self._newer) + count < self._capacity

    def _turn(self) -> None:
        self._older, self._newer = self._newer, {}
        self.turns += 1
