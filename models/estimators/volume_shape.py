"""How a cohort's hours are distributed: as they are, and around each principal's median."""

from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from models.observation.features import BINS, FEATURES, RECORDS, UNCLASSIFIED
from models.tuning.estimators import (
    VOLUME_SHAPE_LARGEST_CHANCE,
    VOLUME_SHAPE_LARGEST_EXCESS_BINS,
    VOLUME_SHAPE_LEAST_CHANCE,
    VOLUME_SHAPE_PARENT_HOURS,
    VOLUME_SHAPE_PRIOR_EXCESS_BINS,
    VOLUME_SHAPE_PRIOR_HOURS,
    VOLUME_SHAPE_PRIOR_HOURS_ABOVE,
    VOLUME_SHAPE_PRIOR_TAIL_HOURS,
    VOLUME_SHAPE_TAIL_SHARE,
)

# Distances from a median reach from -40 to 39 bins.
SPREAD: Final = 2 * BINS
_PLACES: Final = np.arange(SPREAD, dtype=float)
_EXCESSES: Final = np.minimum(_PLACES, VOLUME_SHAPE_LARGEST_EXCESS_BINS)
Row = npt.NDArray[np.float64]


class ShapeState(msgspec.Struct, array_like=True):
    """Windows of a cohort by feature and bin, sparse: place -> count."""

    absolute: dict[int, float] = {}
    relative: dict[int, float] = {}


class VolumeShape:
    """Tails of a cohort's hours, for principals with too little history.

    Volumes above what one hour in thirty reaches follow a Pareto distribution, which is geometric
    in bins of a logarithm. A volume beyond the largest hour seen so far still becomes rarer as it
    grows. The mean excess comes from the cohort's own hours above, each limited to eight bins,
    and is shrunk towards the fleet's (J. Pickands, "Statistical inference using extreme order
    statistics", Annals of Statistics 3, 1975).

    Parameters
    ----------
    parent
        The fleet's shape, which is used while the cohort has little history.

    Examples
    --------
    >>> shape = VolumeShape()
    >>> shape.learn(1, 6, None)
    >>> shape.tail(1, 6) > shape.tail(1, 20)
    True
    """

    __slots__ = ("_arrays", "_excess", "_made_at", "_rows", "_tails", "parent", "state", "version")

    def __init__(self, parent: "VolumeShape | None" = None) -> None:
        self.parent = parent
        self.state = ShapeState()
        # Grows with each hour learnt.
        self.version = 0
        # Derived from the state and the parent's: table -> chance of a bin or above.
        self._tails: dict[int, list[float]] = {}
        # Table -> the state's counts as a row.
        self._rows: dict[int, Row] = {}
        # For the fleet only: the tails as arrays, towards which its cohorts are shrunk.
        self._arrays: dict[int, Row] = {}
        # Table -> mean excess of its tail, in bins.
        self._excess: dict[int, float] = {}
        self._made_at = (0, 0)

    def learn(self, feature: int, index: int, median: int | None) -> None:
        """Learn the bin of one window, and its distance from the principal's median."""
        place = feature * BINS + index
        count = self.state.absolute[place] = self.state.absolute.get(place, 0.0) + 1.0
        if feature in self._rows:
            self._rows[feature][index] = count
        if median is not None:
            distance = index - median + BINS
            place, table = feature * SPREAD + distance, feature + len(FEATURES)
            count = self.state.relative[place] = self.state.relative.get(place, 0.0) + 1.0
            if table in self._rows:
                self._rows[table][distance] = count
        self.version += 1
        if self.parent is not None:
            self.parent.learn(feature, index, median)

    def forget_derived(self) -> None:
        """Drop what was derived from the state, because the state was replaced."""
        self.version += 1
        self._rows.clear()

    def tail(self, feature: int, index: int) -> float:
        """Return the chance that an hour of the cohort is in this bin or above, in (0, 1)."""
        return self.tails(feature)[index]

    def tail_about(self, feature: int, distance: int) -> float:
        """Return the chance that an hour is this many bins above its own median, in (0, 1)."""
        return self.tails(feature + len(FEATURES))[distance + BINS]

    def tails(self, table: int) -> list[float]:
        """Return a table's tails: first those of the features, then those around the median."""
        found = self.tables().get(table)
        if found is None:
            found = self._tails[table] = self._make(table)
        return found

    def tables(self) -> dict[int, list[float]]:
        """Return the tails that are made already, by table."""
        made_at = (self.version, 0 if self.parent is None else self.parent.version)
        if made_at != self._made_at:
            self._tails.clear()
            self._made_at = made_at
        return self._tails

    def _make(self, table: int) -> list[float]:
        row = self._row(table)
        above = row[::-1].cumsum()[::-1]
        total = above[0]
        if self.parent is None:
            shares = (above + VOLUME_SHAPE_PRIOR_HOURS_ABOVE) / (total + VOLUME_SHAPE_PRIOR_HOURS)
            tails = np.minimum(VOLUME_SHAPE_LARGEST_CHANCE, shares)
            if table == UNCLASSIFIED:
                # Where nobody reads such data, it is as rare as so many records of any kind.
                self.tails(RECORDS)
                hours = VOLUME_SHAPE_PARENT_HOURS
                tails = (above + hours * self._arrays[RECORDS]) / (total + hours)
        else:
            self.parent.tails(table)
            behind = self.parent._arrays[table]  # noqa: SLF001
            hours = VOLUME_SHAPE_PARENT_HOURS
            tails = (above + hours * behind) / (total + hours)
        base = int(np.count_nonzero(tails > VOLUME_SHAPE_TAIL_SHARE))
        mean = self._excess[table] = self._mean_excess(table, row[base:])
        beyond = len(row) - base - 1
        if beyond > 0:
            thinner = (mean / (1.0 + mean)) ** _PLACES[1 : beyond + 1]
            tails[base + 1 :] = np.maximum(VOLUME_SHAPE_LEAST_CHANCE, tails[base] * thinner)
        if self.parent is None:
            self._arrays[table] = tails
        return tails.tolist()  # type: ignore[no-any-return]

    def _row(self, table: int) -> Row:
        row = self._rows.get(table)
        if row is None:
            if table < len(FEATURES):
                counts, width, feature = self.state.absolute, BINS, table
            else:
                counts, width, feature = self.state.relative, SPREAD, table - len(FEATURES)
            first = feature * width
            row = np.array([counts.get(first + index, 0.0) for index in range(width)])
            self._rows[table] = row
        return row

    def _mean_excess(self, table: int, beyond: Row) -> float:
        prior, hours = VOLUME_SHAPE_PRIOR_EXCESS_BINS, VOLUME_SHAPE_PRIOR_TAIL_HOURS
        if self.parent is not None:
            prior = self.parent._excess[table]  # noqa: SLF001
        excess = float(beyond @ _EXCESSES[: len(beyond)])
        return (hours * prior + excess) / (hours + float(beyond.sum()))
