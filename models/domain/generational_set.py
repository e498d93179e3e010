"""A set that forgets what is old, in two generations."""

from collections.abc import Collection, Hashable, Iterable, Set
from typing import Generic, TypeVar

ItemT = TypeVar("ItemT", bound=Hashable)


class GenerationalSet(Generic[ItemT]):
    """Remembers between `capacity` and twice as many of the latest items.

    A full generation becomes the older one and takes the place of the one before, so that
    forgetting costs nothing. What is remembered depends on the items and their order alone.

    Parameters
    ----------
    capacity
        Items of a full generation.
    older, newer
        Generations to go on from.

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
        """Remember an item; False if it is known already."""
        if item in self._newer or item in self._older:
            return False
        self._newer.add(item)
        if len(self._newer) >= self._capacity:
            self._turn()
        return True

    def update(self, items: Iterable[ItemT]) -> None:
        """Remember items, all in the same generation."""
        self._newer.update(items)
        if len(self._newer) >= self._capacity:
            self._turn()

    def discard(self, item: ItemT) -> None:
        """Forget an item."""
        self._newer.discard(item)
        self._older.discard(item)

    def isdisjoint(self, items: Collection[ItemT]) -> bool:
        """Whether none of the items is known."""
        return self._newer.isdisjoint(items) and self._older.isdisjoint(items)

    def has_room(self, count: int) -> bool:
        """Whether so many items fit without filling a generation."""
        return len(self._newer) + count < self._capacity

    def _turn(self) -> None:
        self._older, self._newer = self._newer, set()
        self.turns += 1
