"""How the hours of a cohort are spread, about nothing and about each principal's own median."""

import math
from itertools import accumulate
from typing import Final

import msgspec

from models.features import BINS, FEATURES

# Distances from a median reach from -40 to 39 bins.
SPREAD: Final = 2 * BINS
# What is further out than anything seen thins out by this factor a bin: half a log unit.
_DECAY_A_BIN: Final = 0.7


class ShapeState(msgspec.Struct, array_like=True):
    """Windows of a cohort by feature and bin, sparse: place -> count."""

    absolute: dict[int, float] = {}
    relative: dict[int, float] = {}


class VolumeShape:
    """Tails of a cohort's hours, for principals that know too little of themselves.

    Parameters
    ----------
    parent
        The fleet's shape, which stands in while the cohort has seen little.

    Examples
    --------
    >>> shape = VolumeShape()
    >>> shape.learn(1, 6, None)
    >>> shape.tail(1, 6) > shape.tail(1, 20)
    True
    """

    __slots__ = ("_tails", "parent", "state")

    def __init__(self, parent: "VolumeShape | None" = None) -> None:
        self.parent = parent
        self.state = ShapeState()
        # Derived from the state: feature -> tails and total; dropped when something is learnt.
        self._tails: dict[int, tuple[list[float], float]] = {}

    def learn(self, feature: int, index: int, median: int | None) -> None:
        """Learn the bin of one window and the principal's own median before it."""
        place = feature * BINS + index
        self.state.absolute[place] = self.state.absolute.get(place, 0.0) + 1.0
        self._tails.pop(feature, None)
        if median is not None:
            place = feature * SPREAD + index - median + BINS
            self.state.relative[place] = self.state.relative.get(place, 0.0) + 1.0
            self._tails.pop(feature + len(FEATURES), None)
        if self.parent is not None:
            self.parent.learn(feature, index, median)

    def forget_derived(self) -> None:
        """Drop what was derived from the state: another one was put in its place."""
        self._tails.clear()

    def tail(self, feature: int, index: int) -> float:
        """Return the chance that an hour of the cohort is in this bin or above, in (0, 1)."""
        return self.chance(feature, index)

    def tail_about(self, feature: int, distance: int) -> float:
        """Return the chance of being so many bins above the own median, in (0, 1)."""
        return self.chance(feature + len(FEATURES), distance + BINS)

    def chance(self, table: int, index: int) -> float:
        """Return the tail of a table: a feature, or a feature about the median behind those."""
        tails, total = self._tails.get(table) or self._make(table)
        if self.parent is None:
            return min(0.999, (tails[index] + 0.5) / (total + 1.0))
        weight = 20.0
        return (tails[index] + weight * self.parent.chance(table, index)) / (total + weight)

    def _make(self, table: int) -> tuple[list[float], float]:
        if table < len(FEATURES):
            counts, width, feature = self.state.absolute, BINS, table
        else:
            counts, width, feature = self.state.relative, SPREAD, table - len(FEATURES)
        row = [counts.get(feature * width + index, 0.0) for index in range(width)]
        tails = list(accumulate(reversed(row)))[::-1]
        total = tails[0]
        highest = max((i for i, count in enumerate(row) if count), default=width)
        for index in range(highest + 1, width):
            tails[index] = max(tails[highest], 0.5) * math.pow(_DECAY_A_BIN, index - highest) - 0.5
            tails[index] = max(tails[index], -0.499 if self.parent is None else 0.0)
        self._tails[table] = (tails, total)
        return tails, total
