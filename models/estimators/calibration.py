"""One p-value from several channels, each with its share of the budget."""

from collections.abc import Iterable, Mapping
from typing import Final

from models.estimators.tail_threshold import TailThreshold, ThresholdState
from models.tuning.estimators import (
    CALIBRATION_BOUND_DAYS,
    CALIBRATION_BOUND_MOST,
    CALIBRATION_BOUND_SHARE,
    CALIBRATION_COHORT_DAYS,
    CALIBRATION_COHORT_QUANTILE,
    CALIBRATION_COMMONEST_SHARE_LEARNT,
    CALIBRATION_FIRST_READS,
    CALIBRATION_PRIORS,
    CALIBRATION_RAREST_DAYS_LEARNT,
    CALIBRATION_RAREST_SHARE_LEARNT,
    CALIBRATION_SHARES,
    TAIL_THRESHOLD_KEEP_A_DAY,
)

_SHARES_WITH_FIRST_READS: Final = {
    **{name: (1.0 - CALIBRATION_FIRST_READS) * s for name, s in CALIBRATION_SHARES.items()},
    "first_reads": CALIBRATION_FIRST_READS,
}
# Volumes of data that nobody has classified page nobody: first reads have their shares, too.
_SHARES_OF_UNCLASSIFIED: Final = {**_SHARES_WITH_FIRST_READS, "first_reads": 1.0}


class Calibration:
    """Holds a tail threshold for each channel, and the usual scores of each cohort.

    A channel's score is relative to the score that one in ten days of the cohort reaches,
    shrunk towards the fleet's. The tail above it is that of the whole fleet. The channel's
    p-value is the chance that a normal principal-day's maximum is as high. Each is divided by
    the channel's share of the budget and limited to 1; the smallest is the combined p-value
    (Bonferroni's inequality with weights). It falls below the budget on no more days than the
    budget allows.

    A principal whose log counts neither records nor bytes has one channel more, first reads, which
    takes most of its budget. Its score is the logarithm of a p-value already (`FirstReads`). How
    much too often its bound is small is learnt, and made good.

    Parameters
    ----------
    prior_days
        How many principal-days the priors are worth.

    Examples
    --------
    >>> Calibration(50.0).combine("erp", {"hour": 9.0, "day": 0.0})[1]
    'hour'
    """

    def __init__(self, prior_days: float) -> None:
        self._prior_days = prior_days
        priors = CALIBRATION_PRIORS
        self.thresholds = {
            name: TailThreshold(prior_days, *priors[name]) for name in CALIBRATION_SHARES
        }
        # Channel, a zero byte and cohort -> the cohort's maxima; the channel alone -> everybody's.
        self.usual: dict[str, TailThreshold] = {}
        # Days with first reads; bin 0 holds those whose bound was rare.
        self.bounds = ThresholdState({0: 0.0}, 0.0)
        # Derived from `usual`.
        self._shifts: dict[tuple[str, str], float] = {}

    def combine(
        self, cohort: str, scores: Mapping[str, float], *, is_unclassified: bool = False
    ) -> tuple[float, str]:
        """Return the combined p-value and the channel that decides it.

        Parameters
        ----------
        cohort
            Whose usual scores count.
        scores
            Score by channel.
        is_unclassified
            Whether all that was read is data that nobody has classified.
        """
        bound, loudest = self._bound(cohort, scores, is_unclassified=is_unclassified)
        if bound >= 1.0:
            return 1.0, loudest
        factor = self._bound_factor() if "first_reads" in scores else 1.0
        return min(1.0, factor * bound), loudest

    def _bound(
        self, cohort: str, scores: Mapping[str, float], *, is_unclassified: bool = False
    ) -> tuple[float, str]:
        """Return Bonferroni's bound of the p-value, and the channel that decides it."""
        best, loudest, shares = 1.0, "hour", CALIBRATION_SHARES
        if "first_reads" in scores:
            shares = _SHARES_OF_UNCLASSIFIED if is_unclassified else _SHARES_WITH_FIRST_READS
        for name, score in scores.items():
            if score > 0.0:
                p_value = self._p_value(cohort, name, score) / shares[name]
                if p_value < best:
                    best, loudest = p_value, name
        return best, loudest

    def _p_value(self, cohort: str, name: str, score: float) -> float:
        if name == "first_reads":
            return float(10.0**-score)
        return self.thresholds[name].p_value(score - self._shift(name, cohort))

    def begin_day_close(self, cohorts: Iterable[str]) -> None:
        """Fix what is usual in each cohort before a day is learnt, also after a restore."""
        for cohort in cohorts:
            for name in self.thresholds:
                self._shift(name, cohort)

    def learn_day(self, cohort: str, maxima: Mapping[str, float], channels: Iterable[str]) -> None:
        """Learn the maxima of one principal-day in some channels; a missing one is 0.

        First reads are not among the channels: their own estimator has learnt the day.
        """
        bound, _ = self._bound(cohort, maxima)
        if "first_reads" in maxima:
            self.bounds.counts[0] += float(bound <= CALIBRATION_BOUND_SHARE)
            self.bounds.total += 1.0
        for name in channels:
            score = maxima.get(name, 0.0)
            _learn(self.thresholds[name], max(0.0, score - self._shift(name, cohort)))
            for key in (f"{name}\0{cohort}", name):
                self.usual.setdefault(key, TailThreshold(1.0)).learn_one(score)

    def end_day(self) -> None:
        """Fade what was learnt, and refresh what is usual."""
        for threshold in (*self.thresholds.values(), *self.usual.values()):
            threshold.fade()
        keep = TAIL_THRESHOLD_KEEP_A_DAY
        self.bounds.counts[0] *= keep
        self.bounds.total *= keep
        self._shifts.clear()

    def _bound_factor(self) -> float:
        """Return how much more often the bound is small than it says, shrunk towards 1.

        It is limited: whoever makes many strange days must not make the next one usual.
        """
        prior, share = CALIBRATION_BOUND_DAYS, CALIBRATION_BOUND_SHARE
        days = self.bounds.counts[0] + prior * share
        factor = days / (share * (self.bounds.total + prior))
        return min(CALIBRATION_BOUND_MOST, max(1.0, factor))

    def _shift(self, name: str, cohort: str) -> float:
        """Return how far a cohort's usual scores exceed the fleet's prior ones."""
        known = self._shifts.get((name, cohort))
        if known is None:
            prior = CALIBRATION_PRIORS[name][0]
            everybody = self._quantile(name, prior, self._prior_days)
            own = self._quantile(f"{name}\0{cohort}", everybody, CALIBRATION_COHORT_DAYS)
            known = self._shifts[name, cohort] = own - prior
        return known

    def _quantile(self, key: str, prior: float, prior_days: float) -> float:
        threshold = self.usual.get(key)
        if threshold is None:
            return prior
        weight = threshold.state.total / (threshold.state.total + prior_days)
        return weight * threshold.quantile(CALIBRATION_COHORT_QUANTILE) + (1 - weight) * prior

    @property
    def state(self) -> dict[str, dict[str, ThresholdState]]:
        """What was learnt, for a snapshot."""
        return {
            "tails": {name: threshold.state for name, threshold in self.thresholds.items()},
            "bounds": {"": self.bounds},
            "usual": {name: threshold.state for name, threshold in self.usual.items()},
        }

    def restore(self, states: dict[str, dict[str, ThresholdState]]) -> None:
        """Restore what another run learnt."""
        for name, state in states.get("tails", {}).items():
            if name in self.thresholds:
                self.thresholds[name].restore(state)
        self.bounds = states.get("bounds", {}).get("", ThresholdState({0: 0.0}, 0.0))
        self.usual.clear()
        self._shifts.clear()
        for name, state in states.get("usual", {}).items():
            self.usual[name] = TailThreshold(1.0)
            self.usual[name].restore(state)


def _learn(threshold: TailThreshold, score: float) -> None:
    """Learn a day, as no rarer than the rarest one so far: one attack must not raise the bar."""
    rarest = CALIBRATION_RAREST_DAYS_LEARNT / (threshold.state.total + 1)
    rarest = min(CALIBRATION_COMMONEST_SHARE_LEARNT, rarest)
    rarest = max(CALIBRATION_RAREST_SHARE_LEARNT, rarest)
    threshold.learn_one(min(score, threshold.score_at(rarest)))
