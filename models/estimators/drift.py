"""Slow growth: a cumulative sum over days."""

import math
from typing import Any, Final

from river.base import AnomalyDetector

from models.estimators.rolling_volume import RollingVolume
from models.observation.features import DAY_FEATURES, FEATURES
from models.tuning.estimators import (
    DRIFT_DELAY_DAYS,
    DRIFT_LARGEST_DAY_SPREADS,
    DRIFT_LEAST_DAYS,
    DRIFT_SLACK_SPREADS,
)

_PLACES: Final = {name: place for place, name in enumerate(FEATURES[:DAY_FEATURES])}


class Drift(AnomalyDetector):
    """Page's one-sided CUSUM of a principal's daily volumes.

    It sums each day's distance from a usual day, in spreads, less a slack of 0.75. The sum never
    falls below zero (E. S. Page, "Continuous inspection schemes", Biometrika 41, 1954). The
    baseline is learnt a week late, so that growth does not teach its own baseline.

    Parameters
    ----------
    delay_days
        Days before a day joins the baseline.
    volumes
        The principal's days; None makes new ones, and `learn_one` then closes them too.

    Examples
    --------
    >>> drift = Drift()
    >>> for day in range(28):
    ...     drift.learn_one({"records": 1000.0 * 1.1 ** max(0, day - 14)})
    >>> drift.score_one({}) > 8.0
    True
    """

    __slots__ = ("delay_days", "sums", "volumes")

    def __init__(
        self, delay_days: int = DRIFT_DELAY_DAYS, volumes: RollingVolume | None = None
    ) -> None:
        self.delay_days = delay_days
        self.volumes = volumes
        self.sums = [0.0] * DAY_FEATURES

    def learn_one(self, x: dict[str, float]) -> None:
        """Close a day with these volumes."""
        if self.volumes is None:
            self.volumes = RollingVolume()
        values = [0.0] * DAY_FEATURES
        for name, value in x.items():
            if name in _PLACES:
                values[_PLACES[name]] = value
        self.add_day(self.volumes, values, 0.0)
        self.volumes.close_day(values, gated=False)

    def add_day(self, volumes: RollingVolume, values: list[float], shift: float) -> None:
        """Add a day before it is closed, less the `shift` in logarithms that all have in common."""
        for feature, value in enumerate(values):
            if value <= 0.0:
                continue
            middle, spread, days = volumes.usual_day(feature, self.delay_days)
            if days >= DRIFT_LEAST_DAYS:
                distance = (math.log1p(value) - middle - shift) / spread
                counted = min(distance, DRIFT_LARGEST_DAY_SPREADS)
                grown = self.sums[feature] + counted - DRIFT_SLACK_SPREADS
                self.sums[feature] = max(0.0, grown)

    def score_one(self, x: dict[str, float]) -> float:
        """Return the largest sum of the given features, or of all if none is given."""
        places = [_PLACES[name] for name in x if name in _PLACES] or range(DAY_FEATURES)
        return max(self.sums[place] for place in places)

    @classmethod
    def _unit_test_params(cls) -> "list[dict[str, Any]]":
        return [{}]
