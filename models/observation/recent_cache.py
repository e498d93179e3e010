"""A bounded memory of what was made, which forgets what is no longer asked for."""

from collections.abc import Hashable
from typing import Generic, TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)
ValueT = TypeVar("ValueT")


class RecentCache(Generic[KeyT, ValueT]):
    """Keeps between `capacity` and twice as many values, in two generations.

    What is asked for stays, however many others come: a flood of keys that are asked for once
    drives out others of its kind only.

    Parameters
    ----------
    capacity
        Values of a full generation.

    Examples
    --------
    >>> cache = RecentCache[str, int](capacity=2)
    >>> for number, name in enumerate(("a", "b", "c")):
    ...     cache.put(name, number)
    >>> cache.get("a"), cache.get("d"), len(cache)
    (0, None, 2)
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._older: dict[KeyT, ValueT] = {}
        self._newer: dict[KeyT, ValueT] = {}

    def __len__(self) -> int:
        return len(self._older) + len(self._newer)

    def get(self, key: KeyT) -> ValueT | None:
        """Return a value, None if it is not kept."""
        found = self._newer.get(key)
        if found is None:
            found = self._older.get(key)
            if found is not None:
                self.put(key, found)
        return found

    def put(self, key: KeyT, value: ValueT) -> None:
        """Keep a value."""
        self._newer[key] = value
        if len(self._newer) >= self._capacity:
            self._older, self._newer = self._newer, {}
