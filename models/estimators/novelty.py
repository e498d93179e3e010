"""How surprising a value is when a principal shows it for the first time."""

import math
from collections.abc import Collection
from typing import Any, Final

import msgspec
from river.base import AnomalyDetector

from models.estimators.new_days import NewDays
from models.observation.tokens import token_of
from models.tuning.estimators import (
    NOVELTY_COHORT_VALUES_KEPT,
    NOVELTY_FLEET_DAYS,
    NOVELTY_LARGEST_POPULARITY,
    NOVELTY_LEAST_MEMBERS,
    NOVELTY_PRIOR_DAYS,
    NOVELTY_PRIOR_NEW_DAYS,
    NOVELTY_VALUES_KEPT,
)


class NoveltyRates(msgspec.Struct, array_like=True):
    """How often a cohort's days have something new, by feature.

    A key is a feature's name. It begins with ``!`` for values that are new to the whole cohort,
    and with ``~`` for principals younger than a week.
    """

    # Principal-days: of principals older than a week, and of younger ones.
    days: float = 0.0
    young_days: float = 0.0
    members: float = 0.0
    new: dict[str, float] = {}
    # Token -> how many principals have shown it.
    known: dict[int, int] = {}


# Of whom nothing is known; never changed.
_NO_HABIT: Final = NewDays()


class NoveltyCohort:
    """The values that a cohort knows, and how often new ones appear.

    Parameters
    ----------
    parent
        The fleet; None for the fleet itself.
    """

    __slots__ = ("parent", "state")

    def __init__(self, parent: "NoveltyCohort | None" = None) -> None:
        self.parent = parent
        self.state = NoveltyRates()

    def learn_day(self, new: dict[str, None], *, young: bool) -> None:
        """Learn which features had new values in one principal-day."""
        if young:
            self.state.young_days += 1.0
        else:
            self.state.days += 1.0
        for name in new:
            self.state.new[name] = self.state.new.get(name, 0.0) + 1.0
        if self.parent is not None:
            self.parent.learn_day(new, young=young)

    def learn_token(self, token: int) -> None:
        """Learn that one more principal shows a value."""
        known = self.state.known
        known[token] = known.get(token, 0) + 1
        if len(known) > NOVELTY_COHORT_VALUES_KEPT:
            del known[next(iter(known))]
        if self.parent is not None:
            self.parent.learn_token(token)

    def forget_token(self, token: int) -> None:
        """Learn that a principal's value was evicted, because it was not shown for long."""
        known = self.state.known
        if token in known:
            known[token] = max(0, known[token] - 1)
        if self.parent is not None:
            self.parent.forget_token(token)

    def knows(self, token: int) -> bool:
        """Whether any principal of the cohort has shown it."""
        return token in self.state.known

    def popularity(self, token: int) -> float:
        """Return the share of the cohort's principals that have shown a value, below 1."""
        members = max(NOVELTY_LEAST_MEMBERS, self.state.members)
        return min(NOVELTY_LARGEST_POPULARITY, self.state.known.get(token, 0) / members)

    def rate(self, name: str) -> float:
        """Return the share of principal-days with a new value of a feature, in (0, 1)."""
        seen = self.state.new.get(name, 0.0)
        days = self.state.young_days if "~" in name else self.state.days
        if self.parent is None:
            return (seen + NOVELTY_PRIOR_NEW_DAYS) / (days + NOVELTY_PRIOR_DAYS)
        prior = NOVELTY_FLEET_DAYS * self.parent.rate(name)
        return (seen + prior) / (days + NOVELTY_FLEET_DAYS)


class Novelty(AnomalyDetector):
    """The surprise of never-seen operations, networks, countries, user agents and hours.

    The cohort learns the chance of a new value from each principal-day. If its principals often
    show new values, one more is little surprise, and even less if others of the cohort have
    shown that value. The score is ``-log10`` of that chance, summed over the features.

    Parameters
    ----------
    cohort
        Counts how often new values appear; None makes a new one.

    Examples
    --------
    >>> novelty = Novelty()
    >>> novelty.learn_one({"network": "192.0.2.0/24"})
    >>> novelty.score_one({"network": "192.0.2.0/24"})
    0.0
    >>> novelty.score_one({"network": "203.0.113.0/24"}) > 1.5
    True
    """

    __slots__ = ("cohort", "known", "shown")

    def __init__(self, cohort: NoveltyCohort | None = None) -> None:
        self.cohort = cohort
        # Token -> nothing; the least recently shown first.
        self.known: dict[int, None] = {}
        # The values that `show` has made the most recent ones last.
        self.shown: Collection[int] = ()

    def learn_one(self, x: dict[str, object]) -> None:
        """Learn the values of one event; beyond the limit, the least recent are evicted."""
        for feature, value in x.items():
            self.learn_token(token_of(feature, str(value)))

    def learn_token(self, token: int) -> None:
        """Learn one value."""
        if token in self.known:
            self.show((token,))
            return
        self.shown = ()
        self.known[token] = None
        if self.cohort is not None:
            self.cohort.learn_token(token)
        if len(self.known) > NOVELTY_VALUES_KEPT:
            oldest = next(iter(self.known))
            del self.known[oldest]
            if self.cohort is not None:
                self.cohort.forget_token(oldest)

    def show(self, tokens: Collection[int]) -> None:
        """Make the values that are known the most recent ones."""
        self.shown, known = tokens, self.known
        for token in tokens:
            if token in known:
                del known[token]
                known[token] = None

    def surprise(self, feature: str, token: int, habit: NewDays | None = None) -> float:
        """Return the surprise of a value; 0 if it is known.

        Parameters
        ----------
        feature
            Its name, with ``~`` before it for a principal younger than a week.
        token
            The value.
        habit
            On how many of its days the principal showed something new; None if nothing is known.
        """
        if token in self.known:
            return 0.0
        cohort, own, habit = self.cohort, feature.lstrip("~"), habit or _NO_HABIT
        if cohort is None:
            rate = NOVELTY_PRIOR_NEW_DAYS / NOVELTY_PRIOR_DAYS
            return -math.log10(habit.chance(own, rate))
        if not cohort.knows(token):
            return -math.log10(habit.chance(own, cohort.rate(f"!{feature}")))
        chance = habit.chance(own, cohort.rate(feature))
        return -math.log10(chance) * (1.0 - cohort.popularity(token))

    def score_one(self, x: dict[str, object]) -> float:
        """Return the summed surprise of the values that are new."""
        return sum(self.surprise(f, token_of(f, str(value))) for f, value in x.items())

    @classmethod
    def _unit_test_params(cls) -> "list[dict[str, Any]]":
        return [{}]
