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
# How many hours of its own the fleet is worth to a cohort.
_PARENT_HOURS: Final = 20.0


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

    __slots__ = ("_made_at", "_tails", "parent", "state", "version")

    def __init__(self, parent: "VolumeShape | None" = None) -> None:
        self.parent = parent
        self.state = ShapeState()
        # Grows with everything that is learnt.
        self.version = 0
        # Derived from the state and the parent's: table -> chance of a bin or above.
        self._tails: dict[int, list[float]] = {}
        self._made_at = (0, 0)

    def learn(self, feature: int, index: int, median: int | None) -> None:
        """Learn the bin of one window and the principal's own median before it."""
        place = feature * BINS + index
        self.state.absolute[place] = self.state.absolute.get(place, 0.0) + 1.0
        if median is not None:
            place = feature * SPREAD + index - median + BINS
            self.state.relative[place] = self.state.relative.get(place, 0.0) + 1.0
        self.version += 1
        if self.parent is not None:
            self.parent.learn(feature, index, median)

    def forget_derived(self) -> None:
        """Drop what was derived from the state: another one was put in its place."""
        self.version += 1

    def tail(self, feature: int, index: int) -> float:
        """Return the chance that an hour of the cohort is in this bin or above, in (0, 1)."""
        return self.tails(feature)[index]

    def tail_about(self, feature: int, distance: int) -> float:
        """Return the chance of being so many bins above the own median, in (0, 1)."""
        return self.tails(feature + len(FEATURES))[distance + BINS]

    def tails(self, table: int) -> list[float]:
        """Return a table's tails: those of a feature, or, behind those, about the median."""
        made_at = (self.version, 0 if self.parent is None else self.parent.version)
        if made_at != self._made_at:
            self._tails.clear()
            self._made_at = made_at
        found = self._tails.get(table)
        if found is None:
            found = self._tails[table] = self._make(table)
        return found

    def _make(self, table: int) -> list[float]:
        if table < len(FEATURES):
            counts, width, feature = self.state.absolute, BINS, table
        else:
            counts, width, feature = self.state.relative, SPREAD, table - len(FEATURES)
        row = [counts.get(feature * width + index, 0.0) for index in range(width)]
        sums = list(accumulate(reversed(row)))[::-1]
        total = sums[0]
        if self.parent is not None:
            behind = self.parent.tails(table)
            return [
                (above + _PARENT_HOURS * chance) / (total + _PARENT_HOURS)
                for above, chance in zip(sums, behind, strict=True)
            ]
        highest = max((index for index, count in enumerate(row) if count), default=width)
        tails = [min(0.999, (above + 0.5) / (total + 1.0)) for above in sums]
        for index in range(highest + 1, width):
            tails[index] = tails[highest] * math.pow(_DECAY_A_BIN, index - highest)
        return tails
