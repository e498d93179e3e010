"""How surprising a value is that a principal has never shown before."""

import math
from typing import Final

import msgspec
from river.base import AnomalyDetector

_VALUES_KEPT: Final = 64


class NoveltyState(msgspec.Struct, array_like=True):
    """Values known of each feature, and how many values were seen and were new."""

    values: dict[str, dict[str, None]] = {}
    seen: dict[str, int] = {}
    new: dict[str, int] = {}


class Novelty(AnomalyDetector):
    """The surprise of never-seen operations, networks, countries and user agents.

    The chance of something new is learnt in the cohort: where principals often show new
    values, one more surprises little. The score is ``-log10`` of that chance, summed over
    the features whose value is new.

    Parameters
    ----------
    cohort
        Counts how often new values come; None for a cohort itself.

    Examples
    --------
    >>> novelty = Novelty()
    >>> for _ in range(100):
    ...     novelty.learn_one({"network": "192.0.2.0/24"})
    >>> novelty.score_one({"network": "192.0.2.0/24"})
    0.0
    >>> novelty.score_one({"network": "203.0.113.0/24"}) > 1.5
    True
    """

    def __init__(self, cohort: "Novelty | None" = None) -> None:
        self.cohort = cohort
        self.state = NoveltyState()

    def learn_one(self, x: dict[str, object]) -> None:
        """Learn the values of one event; the oldest of too many are forgotten."""
        for feature, value in x.items():
            known = self.state.values.setdefault(feature, {})
            text = str(value)
            is_new = text not in known
            first = not known
            known[text] = None
            if len(known) > _VALUES_KEPT:
                del known[next(iter(known))]
            # The first value of all is new by necessity and says nothing.
            self.count(feature, is_new=is_new and not first)
            if self.cohort is not None:
                self.cohort.count(feature, is_new=is_new and not first)

    def count(self, feature: str, *, is_new: bool) -> None:
        """Count one value of a feature, new or not."""
        self.state.seen[feature] = self.state.seen.get(feature, 0) + 1
        if is_new:
            self.state.new[feature] = self.state.new.get(feature, 0) + 1

    def chance_of_new(self, feature: str) -> float:
        """Return how often a value of this feature is new, in (0, 1)."""
        return (self.state.new.get(feature, 0) + 0.5) / (self.state.seen.get(feature, 0) + 1.0)

    def is_new(self, feature: str, value: object) -> bool:
        """Whether values of this feature are known, and this is none of them."""
        known = self.state.values.get(feature)
        return known is not None and str(value) not in known

    def surprise(self, feature: str, value: object) -> float:
        """Return the surprise of one value, 0 if it is known."""
        if not self.is_new(feature, value):
            return 0.0
        return -math.log10((self.cohort or self).chance_of_new(feature))

    def score_one(self, x: dict[str, object]) -> float:
        """Return the summed surprise of the values that are new."""
        return sum(self.surprise(feature, value) for feature, value in x.items())
