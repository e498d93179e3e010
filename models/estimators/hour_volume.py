"""How usual an hour's volume is for a principal: the progressive hour's estimator."""

from bisect import bisect_right
from itertools import accumulate
from math import log10
from typing import Any, Final

import msgspec
from river.base import AnomalyDetector

from models.estimators.volume_shape import VolumeShape
from models.observation.features import (
    BINS,
    FEATURES,
    MISSING,
    SMALL_BINS,
    SMALL_VALUES,
    bin_of,
    middle_of,
)
from models.tuning.estimators import (
    HOUR_VOLUME_COHORT_HOURS,
    HOUR_VOLUME_LEAST_HOURS,
    HOUR_VOLUME_LOAD_FEATURES,
    HOUR_VOLUME_LOAD_WEIGHT,
    HOUR_VOLUME_QUIET_SHARE,
    HOUR_VOLUME_TOLD_SHARES,
)

_FULL: Final = 255
# Halving rounds up, so that a rare large hour is kept.
_HALVE: Final = bytes((count + 1) >> 1 for count in range(256))
_PLACES: Final = {name: place for place, name in enumerate(FEATURES)}
UNKNOWN_BIN: Final = 255
_TABLES: Final = len(FEATURES)
_WEIGHTS: Final = tuple(
    HOUR_VOLUME_LOAD_WEIGHT if name in HOUR_VOLUME_LOAD_FEATURES else 1.0 for name in FEATURES
)
# The cohort of a principal without one.
_NOBODY: Final = VolumeShape()
_NO_HABITS: Final = bytes([UNKNOWN_BIN] * len(FEATURES))


class HourState(msgspec.Struct, array_like=True):
    """Windows by feature and bin, one byte each; windows and median bin by feature."""

    counts: bytearray = msgspec.field(default_factory=lambda: bytearray(len(FEATURES) * BINS))
    totals: list[int] = msgspec.field(default_factory=lambda: [0] * len(FEATURES))
    medians: bytearray = msgspec.field(default_factory=lambda: bytearray(len(FEATURES)))


# What a principal knows that has learnt nothing; never changed.
_NOTHING: Final = HourState()


class HourVolume(AnomalyDetector):
    """Histograms of a principal's hours on a logarithmic scale, backed by its cohort.

    The score is the sum of the two largest ``-log10 p``, where ``p`` is the share of hours at
    least as large: ``p = (own tail + k * tail of the cohort) / (n + k)``. The cohort's tail is
    centred on the principal's own median once that is known. Features that show load only (total
    calls, records and bytes, the largest read) are weighted 0.7. A missing feature is neither
    scored nor learnt.

    Parameters
    ----------
    shape
        The cohort's shape; None makes a new one.
    cohort_weight
        Hours of its own that the cohort is worth (``k``).

    Examples
    --------
    >>> habit = HourVolume()
    >>> for _ in range(50):
    ...     habit.learn_one({"records": 20.0})
    >>> habit.score_one({"records": 20.0}) < habit.score_one({"records": 5000.0})
    True
    """

    __slots__ = ("_quiet", "_state", "cohort_weight", "shape")

    def __init__(
        self, shape: VolumeShape | None = None, cohort_weight: float = HOUR_VOLUME_COHORT_HOURS
    ) -> None:
        self.shape = shape
        self.cohort_weight = cohort_weight
        # None until an hour is learnt or the state is asked for: most names of a flood go before.
        self._state: HourState | None = None
        # Derived from the state; empty until needed.
        self._quiet = b""

    @property
    def state(self) -> HourState:
        """What was learnt."""
        if self._state is None:
            self._state = HourState()
        return self._state

    @state.setter
    def state(self, state: HourState) -> None:
        self._state, self._quiet = state, b""

    def hours(self, feature: int) -> int:
        """Return how many hours with a feature were learnt."""
        return 0 if self._state is None else self._state.totals[feature]

    def learn_one(self, x: dict[str, float]) -> None:
        """Learn the features of one closed hour."""
        self.learn_bins({_PLACES[n]: bin_of(v) for n, v in x.items() if n in _PLACES})

    def learn_bins(self, bins: dict[int, int]) -> None:
        """Learn one closed hour as feature -> bin, here and in the cohort."""
        state, self._quiet = self.state, b""
        for feature, index in bins.items():
            total = state.totals[feature]
            if self.shape is not None:
                median = state.medians[feature] if total >= HOUR_VOLUME_LEAST_HOURS else None
                self.shape.learn(feature, index, median)
            row = slice(feature * BINS, (feature + 1) * BINS)
            if state.counts[row.start + index] == _FULL:
                state.counts[row] = state.counts[row].translate(_HALVE)
                total = sum(state.counts[row])
            state.counts[row.start + index] += 1
            state.totals[feature] = total + 1
            sums = list(accumulate(state.counts[row]))
            state.medians[feature] = bisect_right(sums, (total + 1) // 2)

    def score_one(self, x: dict[str, float]) -> float:
        """Return the surprise of an hour: 0 is usual, 3 is one in a thousand."""
        values = [MISSING] * len(FEATURES)
        for name, value in x.items():
            if name in _PLACES:
                values[_PLACES[name]] = value
        return sum(surprise for surprise, _ in self.surprises(values))

    def surprises(self, values: list[float], surge: int = 0) -> list[tuple[float, int]]:
        """Return the two largest surprises and their features; the fast path of `score_one`.

        Parameters
        ----------
        values
            In the order of `FEATURES`; below zero if missing.
        surge
            How many bins the whole cohort is above its usual hours now.
        """
        state, shape, weight = self._state, self.shape, self.cohort_weight
        if shape is None:
            shape = _NOBODY
        if state is None:
            state = _NOTHING
        counts, totals, tables = state.counts, state.totals, shape.tables()
        # Of equal ones, the later feature counts as the larger.
        most, second = (-1.0, -1), (-1.0, -1)
        for feature, value in enumerate(values):
            if value > 0.0:
                index = SMALL_BINS[int(value)] if value < SMALL_VALUES else bin_of(value)
                index = index - surge if index > surge else 0
                first, total = feature * BINS, totals[feature]
                if total >= HOUR_VOLUME_LEAST_HOURS:
                    table = tables.get(feature + _TABLES) or shape.tails(feature + _TABLES)
                    cohort = table[index - state.medians[feature] + BINS]
                else:
                    cohort = (tables.get(feature) or shape.tails(feature))[index]
                above = sum(counts[first + index : first + BINS]) if total else 0
                p_value = (above + weight * cohort) / (total + weight)
                surprise = -_WEIGHTS[feature] * log10(p_value)
                if surprise >= most[0]:
                    most, second = (surprise, feature), most
                elif surprise >= second[0]:
                    second = (surprise, feature)
        return [part for part in (most, second) if part[1] >= 0]

    def quiet_bins(self) -> bytes:
        """Return the highest bin that one in ten hours reaches, by feature; 255 if unknown."""
        if self._state is None:
            return _NO_HABITS
        if not self._quiet:
            self._quiet = bytes(map(self._quiet_bin, range(len(FEATURES))))
        return self._quiet

    def _quiet_bin(self, feature: int) -> int:
        state, first = self.state, feature * BINS
        total = state.totals[feature]
        if total < HOUR_VOLUME_LEAST_HOURS:
            return UNKNOWN_BIN
        needed, above = HOUR_VOLUME_QUIET_SHARE * (total + self.cohort_weight), 0
        row = state.counts[first : first + BINS].rstrip(b"\0")
        for index in range(len(row) - 1, 0, -1):
            above += row[index]
            if above >= needed:
                return index
        return 0

    def tail(self, feature: int, index: int) -> float:
        """Return the chance that an hour is in this bin of a feature or above, in (0, 1]."""
        state, shape = self.state, self.shape or _NOBODY
        total, first = state.totals[feature], feature * BINS
        above = sum(state.counts[first + index : first + BINS])
        if total >= HOUR_VOLUME_LEAST_HOURS:
            cohort = shape.tail_about(feature, index - state.medians[feature])
        else:
            cohort = shape.tail(feature, index)
        weight = self.cohort_weight
        return (above + weight * cohort) / (total + weight)

    def usual(self, feature: int) -> tuple[float, float, float] | None:
        """Return the 5th percentile, median and 95th percentile; None if nothing is known."""
        total = self.hours(feature)
        if total == 0:
            return None
        sums = list(accumulate(self.state.counts[feature * BINS : (feature + 1) * BINS]))
        shares = HOUR_VOLUME_TOLD_SHARES
        low, middle, high = (bisect_right(sums, share * total) for share in shares)
        return middle_of(low), middle_of(middle), middle_of(min(high, BINS - 1))

    @classmethod
    def _unit_test_params(cls) -> "list[dict[str, Any]]":
        return [{"cohort_weight": HOUR_VOLUME_COHORT_HOURS}]
