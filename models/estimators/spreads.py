"""How much the days of a cohort's members spread."""

import math
from typing import Final

from models.tuning.estimators import (
    SPREADS_DAYS_KEPT,
    SPREADS_LARGEST_LOGARITHM,
    SPREADS_PRIOR_DAYS,
    SPREADS_PRIOR_LOGARITHM,
)

# Ratio of the standard deviation to the mean deviation of a normal variable.
NORMAL: Final = math.sqrt(math.pi / 2)


class Spreads:
    """How much the days of a cohort's members spread, by feature, in logarithms.

    Parameters
    ----------
    state
        Sums of absolute deviations and their numbers, by feature.

    Examples
    --------
    >>> spreads = Spreads([[0.0, 0.0]])
    >>> before = spreads.of(0)
    >>> for _ in range(100):
    ...     spreads.learn(0, 1.0)
    >>> before, spreads.of(0) > 1.0
    (0.35, True)
    """

    __slots__ = ("state",)

    def __init__(self, state: list[list[float]]) -> None:
        self.state = state

    def of(self, feature: int) -> float:
        """Return the spread of a feature."""
        total, count = self.state[feature]
        prior = SPREADS_PRIOR_DAYS * SPREADS_PRIOR_LOGARITHM
        return (NORMAL * total + prior) / (count + SPREADS_PRIOR_DAYS)

    def learn(self, feature: int, deviation: float) -> None:
        """Learn one principal-day."""
        total, count = self.state[feature]
        keep = 1.0 if count < SPREADS_DAYS_KEPT else 1.0 - 1.0 / SPREADS_DAYS_KEPT
        size = min(SPREADS_LARGEST_LOGARITHM, abs(deviation))
        self.state[feature] = [keep * total + size, keep * count + 1.0]
