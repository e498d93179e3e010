"""One p-value out of several channels, each with its share of the budget."""

from collections.abc import Iterable, Mapping
from typing import Final

from models.estimators.tail_threshold import TailThreshold, ThresholdState

# What each channel may use of the false pages that the user allows.
SHARES: Final = {"hour": 0.4, "novelty": 0.2, "day": 0.1, "slow": 0.28, "month": 0.02}
# Before anything is learnt: the score of one day in ten, and the mean excess above it.
_PRIORS: Final = {
    "hour": (3.0, 0.8),
    "novelty": (1.0, 0.8),
    "day": (1.5, 0.6),
    "slow": (3.2, 0.9),
    "month": (2.0, 0.7),
}
_RAREST_LEARNT: Final = 0.001
_COMMONEST_LEARNT: Final = 0.03
_COHORT_QUANTILE: Final = 0.9
_COHORT_DAYS: Final = 50.0


class Calibration:
    """Holds a tail threshold for each channel, and what is usual in each cohort.

    A channel's score is taken relative to the score that one in ten days of the cohort
    reaches (shrunk towards the fleet's); the tail above it is that of the whole fleet. The
    channel's p-value is the chance that a normal principal-day's maximum is as high; divided
    by the channel's share of the budget and limited to 1, the smallest is the p-value of all
    (Bonferroni's inequality with weights): it falls below the budget on no more days than the
    budget says.

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
        self.thresholds = {name: TailThreshold(prior_days, *_PRIORS[name]) for name in SHARES}
        # Channel, a zero byte and cohort -> the cohort's maxima; of all without a cohort.
        self.usual: dict[str, TailThreshold] = {}
        # Derived from `usual`.
        self._shifts: dict[tuple[str, str], float] = {}

    def combine(self, cohort: str, scores: Mapping[str, float]) -> tuple[float, str]:
        """Return the p-value of all channels and the channel that speaks loudest."""
        best, loudest = 1.0, "hour"
        for name, score in scores.items():
            if score > 0.0:
                relative = score - self._shift(name, cohort)
                p_value = self.thresholds[name].p_value(relative) / SHARES[name]
                if p_value < best:
                    best, loudest = p_value, name
        return best, loudest

    def learn_day(self, cohort: str, maxima: Mapping[str, float], channels: Iterable[str]) -> None:
        """Learn the maxima of one principal's day in some channels; one that is missing is 0."""
        for name in channels:
            threshold, score = self.thresholds[name], maxima.get(name, 0.0)
            relative = max(0.0, score - self._shift(name, cohort))
            # One attack must not raise the bar: a day counts by no more than the score of so
            # rare a day as hardly one in all that were seen.
            rarest = max(_RAREST_LEARNT, min(_COMMONEST_LEARNT, 0.6 / (threshold.state.total + 1)))
            relative = min(relative, threshold.score_at(rarest))
            threshold.learn_one(relative)
            for key in (f"{name}\0{cohort}", name):
                self.usual.setdefault(key, TailThreshold(1.0)).learn_one(score)

    def end_day(self) -> None:
        """Let what was learnt fade a little, and take over what is now usual."""
        for threshold in (*self.thresholds.values(), *self.usual.values()):
            threshold.fade()
        self._shifts.clear()

    def _shift(self, name: str, cohort: str) -> float:
        """Return by how much a cohort's usual scores exceed the fleet's prior ones."""
        known = self._shifts.get((name, cohort))
        if known is None:
            prior = _PRIORS[name][0]
            everybody = self._quantile(name, prior, self._prior_days)
            own = self._quantile(f"{name}\0{cohort}", everybody, _COHORT_DAYS)
            known = self._shifts[name, cohort] = own - prior
        return known

    def _quantile(self, key: str, prior: float, prior_days: float) -> float:
        threshold = self.usual.get(key)
        if threshold is None:
            return prior
        weight = threshold.state.total / (threshold.state.total + prior_days)
        return weight * threshold.quantile(_COHORT_QUANTILE) + (1 - weight) * prior

    @property
    def state(self) -> dict[str, dict[str, ThresholdState]]:
        """What was learnt, for a snapshot."""
        return {
            "tails": {name: threshold.state for name, threshold in self.thresholds.items()},
            "usual": {name: threshold.state for name, threshold in self.usual.items()},
        }

    def restore(self, states: dict[str, dict[str, ThresholdState]]) -> None:
        """Take over what another run has learnt."""
        for name, state in states.get("tails", {}).items():
            if name in self.thresholds:
                self.thresholds[name].restore(state)
        self.usual.clear()
        self._shifts.clear()
        for name, state in states.get("usual", {}).items():
            self.usual[name] = TailThreshold(1.0)
            self.usual[name].restore(state)
