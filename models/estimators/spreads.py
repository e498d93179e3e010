"""How much the days of a cohort's members spread."""

import math
from typing import Final

# The standard deviation of a normal variable over its mean deviation.
NORMAL: Final = math.sqrt(math.pi / 2)
# That of usual integrations, in logarithms.
PRIOR_SPREAD: Final = 0.35
_PRIOR_COUNT: Final = 10.0
_COUNT_KEPT: Final = 500.0
_DEVIATION_LIMIT: Final = 4.0


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
        return (NORMAL * total + _PRIOR_COUNT * PRIOR_SPREAD) / (count + _PRIOR_COUNT)

    def learn(self, feature: int, deviation: float) -> None:
        """Learn one principal's day."""
        total, count = self.state[feature]
        keep = 1.0 if count < _COUNT_KEPT else 1.0 - 1.0 / _COUNT_KEPT
        size = min(_DEVIATION_LIMIT, abs(deviation))
        self.state[feature] = [keep * total + size, keep * count + 1.0]
