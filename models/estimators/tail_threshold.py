"""Where to page: the score that a principal's day exceeds as rarely as the user allows."""

import math
from itertools import accumulate
from typing import Final

import msgspec

_BINS: Final = 600
_BINS_PER_UNIT: Final = 10.0
# The exponential begins where one day in thirty is; with few days, where one in ten is.
_BASE_QUANTILES: Final = ((0.0, 0.9), (300.0, 0.94), (600.0, 0.97))
# Above this share of the days a score counts as no more: one attack must not raise the bar.
_WINSOR_QUANTILE: Final = 0.998
_LEAST_SCALE: Final = 0.15
# What a day of all principals leaves of the days before: half are forgotten in a month.
_KEEP_A_DAY: Final = 0.977


class ThresholdState(msgspec.Struct, array_like=True):
    """The day's maxima, by tenths of a unit: bin -> principal-days."""

    counts: dict[int, float] = {}
    total: float = 0.0


class TailThreshold:
    """Turns scores into the chance that a normal day's maximum is as high.

    The day's maximum of each principal is learnt; above the 97th percentile (the 90th while
    little is known) its excess is taken as exponential, winsorised so that one attack does not
    raise the threshold for all.

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

    __slots__ = ("_fit", "_prior", "_prior_days", "state")

    def __init__(
        self, prior_days: float, prior_base: float = 4.0, prior_scale: float = 0.8
    ) -> None:
        self._prior_days = prior_days
        self._prior = (prior_base, prior_scale)
        self.state = ThresholdState()
        # Derived from the state: base, scale, chance of a day above the base.
        self._fit: tuple[float, float, float] | None = None

    def restore(self, state: ThresholdState) -> None:
        """Take over what another run has learnt."""
        self.state, self._fit = state, None

    def learn_one(self, day_maximum: float) -> None:
        """Learn the highest score of one principal's day."""
        state = self.state
        index = min(_BINS - 1, max(0, int(day_maximum * _BINS_PER_UNIT)))
        state.counts[index] = state.counts.get(index, 0.0) + 1.0
        state.total += 1.0
        self._fit = None

    def fade(self) -> None:
        """Let what was learnt count a little less: a day has passed."""
        state = self.state
        state.counts = {place: _KEEP_A_DAY * count for place, count in state.counts.items()}
        state.total *= _KEEP_A_DAY
        self._fit = None

    def quantile(self, share: float) -> float:
        """Return the score that a share of the principal-days stay below; 0 if none is known."""
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
        return above * math.exp(-min((score - base) / scale, 600.0))

    def score_at(self, p_value: float) -> float:
        """Return the score that a normal day's maximum reaches with a chance of `p_value`."""
        base, scale, above = self._fit or self._refit()
        return base + scale * max(0.0, math.log(above / p_value))

    def _refit(self) -> tuple[float, float, float]:
        total = self.state.total
        quantile = next(q for days, q in reversed(_BASE_QUANTILES) if total >= days)
        base, scale, above = self._measure(quantile)
        weight = total / (total + self._prior_days)
        # The prior's tail begins at the 90th percentile.
        prior_base = self._prior[0] + self._prior[1] * math.log(0.1 / (1 - quantile))
        base = weight * base + (1 - weight) * prior_base
        scale = max(_LEAST_SCALE, weight * scale + (1 - weight) * self._prior[1])
        self._fit = (base, scale, weight * above + (1 - weight) * (1 - quantile))
        return self._fit

    def _measure(self, quantile: float) -> tuple[float, float, float]:
        ordered = sorted(self.state.counts.items())
        total = self.state.total
        if total == 0.0:
            return 0.0, 0.0, 1 - quantile
        places = [place for place, _ in ordered]
        sums = list(accumulate(count for _, count in ordered))
        base = next(p for p, s in zip(places, sums, strict=True) if s >= quantile * total - 1e-9)
        ceiling = next(
            p for p, s in zip(places, sums, strict=True) if s >= _WINSOR_QUANTILE * total - 1e-9
        )
        above = [(min(p, ceiling) - base, count) for p, count in ordered if p > base]
        weight = sum(count for _, count in above)
        if weight == 0.0:
            return (base + 1) / _BINS_PER_UNIT, 0.0, min(1.0 - quantile, 1.0 / total)
        scale = sum(excess * count for excess, count in above) / weight / _BINS_PER_UNIT
        return (base + 1) / _BINS_PER_UNIT, scale, weight / total
