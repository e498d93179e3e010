"""Counts requested ids that follow ids the principal requested before."""

import re
from collections import deque
from collections.abc import Iterable
from typing import Final

# Ids this close follow each other; compare with several ids, since calls overtake one another.
_STEPS: Final = 10
_IDS_REMEMBERED: Final = 8
_CALLERS_REMEMBERED: Final = 4096
_ID_CHARACTERS: Final = 128
# A check digit may follow a number of six digits.
_LONG_NUMBER: Final = 100_000
_DIGITS: Final = re.compile(r"([0-9]+)")
# Splits an id into words and numbers.
_Id = tuple[tuple[str, ...], tuple[int, ...]]


class RequestedIds:
    """Detects sequential ids, before they are hashed.

    An id follows another if their first different numbers are at most ten apart, as ``INV-2041``
    follows ``INV-2040``. The numbers after it must be equal, unless it has six digits or more: a
    check digit then hides nothing, and random ids do not follow one another. The last eight ids of
    each of the 4,096 most recent callers stay in memory; only a count leaves it.

    Examples
    --------
    >>> requested = RequestedIds()
    >>> requested.count("app-1", ["41", "42", "44"]), requested.count("app-1", ["45", "45"])
    (2, 1)
    >>> requested.count("app-2", ["46"])
    0
    """

    def __init__(self) -> None:
        # Caller -> its last ids, least recent caller first.
        self._recent: dict[str, deque[_Id]] = {}

    def count(self, caller: str, ids: Iterable[str]) -> int:
        """Count the ids that follow one of the caller's last ids, and remember them.

        Parameters
        ----------
        caller
            Principal and route: ids of different routes are not compared.
        ids
            Ids as the request names them.
        """
        recent = self._recent.pop(caller, None)
        following = 0
        for text in ids:
            if len(text) > _ID_CHARACTERS:
                continue
            parts = _DIGITS.split(text.lower())
            if len(parts) == 1:
                continue
            if recent is None:
                recent = deque(maxlen=_IDS_REMEMBERED)
            new = tuple(parts[::2]), tuple(map(int, parts[1::2]))
            if new not in recent:
                following += _follows_one(new, recent)
                recent.append(new)
        if recent is not None:
            if len(self._recent) >= _CALLERS_REMEMBERED:
                del self._recent[next(iter(self._recent))]
            self._recent[caller] = recent
        return following


def _follows_one(new: _Id, recent: Iterable[_Id]) -> bool:
    head = new[1][0]
    for old in recent:
        # Most ids differ widely in their first number, so the others need no comparison.
        if -_STEPS <= head - old[1][0] <= _STEPS and _follows(new, old):
            return True
    return False


def _follows(new: _Id, old: _Id) -> bool:
    if new[0] != old[0]:
        return False
    for place, (number, before) in enumerate(zip(new[1], old[1], strict=True)):
        if number != before:
            if abs(number - before) > _STEPS:
                return False
            rest = slice(place + 1, None)
            return max(number, before) >= _LONG_NUMBER or new[1][rest] == old[1][rest]
    return False
