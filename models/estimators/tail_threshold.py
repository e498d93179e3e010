"""Where to page: the score that a principal-day exceeds as rarely as the user allows."""

import math
from itertools import accumulate
from typing import Final

import msgspec

from models.tuning.estimators import (
    TAIL_THRESHOLD_BASE_QUANTILES,
    TAIL_THRESHOLD_KEEP_A_DAY,
    TAIL_THRESHOLD_LEAST_SCALE,
    TAIL_THRESHOLD_PRIOR_BASE,
    TAIL_THRESHOLD_PRIOR_SCALE,
    TAIL_THRESHOLD_PRIOR_SHARE,
    TAIL_THRESHOLD_WINSOR_QUANTILE,
)

_BINS: Final = 600
_BINS_PER_UNIT: Final = 10.0
# A float's exponential is 0 beyond 745.
_LARGEST_EXPONENT: Final = 600.0
# Tolerance for rounding in a sum of shares.
_ROUNDING: Final = 1e-9


class ThresholdState(msgspec.Struct, array_like=True):
    """The days' maxima, by tenths of a unit: bin -> principal-days."""

    counts: dict[int, float] = {}
    total: float = 0.0


class TailThreshold:
    """Turns scores into the chance that a normal day's maximum is as high.

    It learns each principal's maximum of the day. Above the 97th percentile (the 90th with
    little history), the excess is modelled as exponential. It is winsorised, so that one attack
    does not raise the threshold for all.

    Parameters
    ----------
    prior_days
        Principal-days that the prior is worth.
    prior_base, prior_scale
        The 90th percentile and the mean excess before anything is learnt.

    Examples
    --------
    >>> threshold = TailThreshold(prior_days=50.0)
    >>> threshold.p_value(1.0) > threshold.p_value(9.0)
    True
    """

    __slots__ = ("_fit", "_prior", "_prior_days", "state")

    def __init__(
        self,
        prior_days: float,
        prior_base: float = TAIL_THRESHOLD_PRIOR_BASE,
        prior_scale: float = TAIL_THRESHOLD_PRIOR_SCALE,
    ) -> None:
        self._prior_days = prior_days
        self._prior = (prior_base, prior_scale)
        self.state = ThresholdState()
        # Derived from the state: base, scale, chance of a day above the base.
        self._fit: tuple[float, float, float] | None = None

    def restore(self, state: ThresholdState) -> None:
        """Restore what another run learnt."""
        self.state, self._fit = state, None

    def learn_one(self, day_maximum: float) -> None:
        """Learn the highest score of one principal-day."""
        state = self.state
        index = min(_BINS - 1, max(0, int(day_maximum * _BINS_PER_UNIT)))
        state.counts[index] = state.counts.get(index, 0.0) + 1.0
        state.total += 1.0
        self._fit = None

    def fade(self) -> None:
        """Fade what was learnt, because a day has passed."""
        state = self.state
        keep = TAIL_THRESHOLD_KEEP_A_DAY
        state.counts = {place: keep * count for place, count in state.counts.items()}
        state.total *= keep
        self._fit = None

    def quantile(self, share: float) -> float:
        """Return the score below which a share of the principal-days is; 0 if none is known."""
        seen = 0.0
        for place, count in sorted(self.state.counts.items()):
            seen += count
            if seen >= share * self.state.total:
                return place / _BINS_PER_UNIT
        return 0.0

    def p_value(self, score: float) -> float:
        """Return the chance that a normal day's maximum is at least `score`, in (0, 1]."""
        base, scale, above = self._fit or self._refit()
        if score <= base:
            return 1.0 if score <= 0 else max(above, 1 - (1 - above) * score / base)
        return above * math.exp(-min((score - base) / scale, _LARGEST_EXPONENT))

    def score_at(self, p_value: float) -> float:
        """Return the score that a normal day's maximum reaches with a chance of `p_value`."""
        base, scale, above = self._fit or self._refit()
        return base + scale * max(0.0, math.log(above / p_value))

    def _refit(self) -> tuple[float, float, float]:
        total = self.state.total
        quantiles = reversed(TAIL_THRESHOLD_BASE_QUANTILES)
        quantile = next(q for days, q in quantiles if total >= days)
        base, scale, above = self._measure(quantile)
        weight = total / (total + self._prior_days)
        # The prior's tail begins at the 90th percentile.
        excess = math.log(TAIL_THRESHOLD_PRIOR_SHARE / (1 - quantile))
        prior_base = self._prior[0] + self._prior[1] * excess
        base = weight * base + (1 - weight) * prior_base
        scale = max(TAIL_THRESHOLD_LEAST_SCALE, weight * scale + (1 - weight) * self._prior[1])
        self._fit = (base, scale, weight * above + (1 - weight) * (1 - quantile))
        return self._fit

    def _measure(self, quantile: float) -> tuple[float, float, float]:
        ordered = sorted(self.state.counts.items())
        total = self.state.total
        if total == 0.0:
            return 0.0, 0.0, 1 - quantile
        places = [place for place, _ in ordered]
        sums = list(accumulate(count for _, count in ordered))
        least = quantile * total - _ROUNDING
        base = next(p for p, s in zip(places, sums, strict=True) if s >= least)
        most = TAIL_THRESHOLD_WINSOR_QUANTILE * total - _ROUNDING
        ceiling = next(p for p, s in zip(places, sums, strict=True) if s >= most)
        above = [(min(p, ceiling) - base, count) for p, count in ordered if p > base]
        weight = sum(count for _, count in above)
        if weight == 0.0:
            return (base + 1) / _BINS_PER_UNIT, 0.0, min(1.0 - quantile, 1.0 / total)
        scale = sum(excess * count for excess, count in above) / weight / _BINS_PER_UNIT
        return (base + 1) / _BINS_PER_UNIT, scale, weight / total
