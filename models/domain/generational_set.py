"""A set that evicts old items, in two generations."""

from collections.abc import Collection, Hashable, Iterable, Set
from typing import Generic, TypeVar

ItemT = TypeVar("ItemT", bound=Hashable)


class GenerationalSet(Generic[ItemT]):
    """Keeps the latest items: at least `capacity` and at most twice as many.

    A full generation replaces the older one, so an eviction costs nothing. What is kept depends
    only on the items and their order.

    Parameters
    ----------
    capacity
        Items of a full generation.
    older, newer
        Generations to continue from.

    Examples
    --------
    >>> recent = GenerationalSet[int](capacity=2)
    >>> [recent.add(item) for item in (1, 1, 2, 3, 4)]
    [True, False, True, True, True]
    >>> 1 in recent, 3 in recent
    (False, True)
    """

    def __init__(
        self, capacity: int, older: Iterable[ItemT] = (), newer: Iterable[ItemT] = ()
    ) -> None:
        self._capacity = capacity
        self._older, self._newer = set(older), set(newer)
        self.turns = 0

    def __contains__(self, item: ItemT) -> bool:
        return item in self._newer or item in self._older

    @property
    def generations(self) -> tuple[Set[ItemT], Set[ItemT]]:
        """The older and the newer generation."""
        return self._older, self._newer

    def add(self, item: ItemT) -> bool:
        """Add an item; False if it is already known."""
        if item in self._newer or item in self._older:
            return False
        self._newer.add(item)
        if len(self._newer) >= self._capacity:
            self._turn()
        return True

    def update(self, items: Iterable[ItemT]) -> None:
        """Add items, all to the same generation."""
        self._newer.update(items)
        if len(self._newer) >= self._capacity:
            self._turn()

    def discard(self, item: ItemT) -> None:
        """Remove an item."""
        self._newer.discard(item)
        self._older.discard(item)

    def isdisjoint(self, items: Collection[ItemT]) -> bool:
        """Whether none of the items is known."""
        return self._newer.isdisjoint(items) and self._older.isdisjoint(items)

    def has_room(self, count: int) -> bool:
        """Whether this many items fit without filling a generation."""
        return len(self._newer) + count < self._capacity

    def _turn(self) -> None:
        self._older, self._newer = self._newer, set()
        self.turns += 1
