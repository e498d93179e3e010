"""What principals of one kind have in common."""

import msgspec

from models.estimators.first_reads import FirstReads, FirstReadsState
from models.estimators.novelty import NoveltyCohort, NoveltyRates
from models.estimators.spreads import Spreads
from models.estimators.volume_shape import ShapeState, VolumeShape
from models.observation.features import DAY_FEATURES
from models.tuning.estimators import (
    COHORT_HOURS_KEPT,
    COHORT_KEEP_AN_HOUR,
    COHORT_LARGEST_EXCESS_BINS,
    COHORT_LEAST_HOURS,
    COHORT_LEAST_SURGING_MEMBERS,
    COHORT_SURGE_PRIOR_MEMBERS,
    COHORT_WEEKDAY_DAYS_KEPT,
    COHORT_WEEKDAY_PRIOR_DAYS,
)


class CohortState(msgspec.Struct, array_like=True):
    """The form of a cohort in a snapshot.

    `weekdays` holds sums and counts of the days' deviations, Monday first. `shifts` holds the
    median deviation of each closed day, newest last. `ratio` is today's volume as a share of a
    usual day, summed over the members; `expected` is how many members have a usual day.
    """

    shape: ShapeState = msgspec.field(default_factory=ShapeState)
    novelty: NoveltyRates = msgspec.field(default_factory=NoveltyRates)
    weekdays: list[list[float]] = msgspec.field(default_factory=lambda: [[0.0, 0.0]] * 7)
    shifts: list[float] = []
    spreads: list[list[float]] = msgspec.field(default_factory=lambda: [[0.0, 0.0]] * DAY_FEATURES)
    hours: list[list[float]] = msgspec.field(default_factory=lambda: [[0.0, 0.0]] * 24)
    recent: list[float] = msgspec.field(default_factory=lambda: [0.0, 0.0])
    ratio: float = 0.0
    expected: int = 0
    first_reads: FirstReadsState = msgspec.field(default_factory=FirstReadsState)


class Cohort:
    """Shared estimators; the fleet is the cohort of all and the parent of the others.

    Examples
    --------
    >>> fleet = Cohort()
    >>> Cohort(fleet).shape.parent is fleet.shape
    True
    """

    __slots__ = ("first_reads", "novelty", "parent", "shape", "spreads", "state")

    def __init__(self, parent: "Cohort | None" = None) -> None:
        self.parent: Cohort | None = parent
        self.state = CohortState()
        self.spreads = Spreads(self.state.spreads)
        self.shape: VolumeShape = VolumeShape(None if parent is None else parent.shape)
        novelty = None if parent is None else parent.novelty
        self.novelty: NoveltyCohort = NoveltyCohort(novelty)
        first_reads = None if parent is None else parent.first_reads
        self.first_reads: FirstReads = FirstReads(first_reads)
        self.state.first_reads = self.first_reads.state
        self.state.shape, self.state.novelty = self.shape.state, self.novelty.state

    def restore(self, state: CohortState) -> None:
        """Restore what another run learnt."""
        self.state = state
        self.spreads.state = state.spreads
        self.shape.state, self.novelty.state = state.shape, state.novelty
        self.first_reads.restore(state.first_reads)
        self.shape.forget_derived()

    def weekday_shift(self, weekday: int) -> float:
        """Return how far a weekday's volume differs from the median day, as a logarithm."""
        total, count = self.state.weekdays[weekday]
        return total / (count + COHORT_WEEKDAY_PRIOR_DAYS)

    def learn_weekday(self, weekday: int, deviation: float) -> None:
        """Learn one principal-day."""
        total, count = self.state.weekdays[weekday]
        keep = _kept(count, COHORT_WEEKDAY_DAYS_KEPT)
        self.state.weekdays[weekday] = [keep * total + deviation, keep * count + 1.0]

    def learn_hour(self, hour: int, deviation: float) -> None:
        """Learn how many bins one principal's hour differs from its median hour."""
        total, count = self.state.hours[hour]
        if count >= COHORT_LEAST_HOURS:
            recent, weight = self.state.recent
            limit, keep = COHORT_LARGEST_EXCESS_BINS, COHORT_KEEP_AN_HOUR
            excess = max(-limit, min(limit, deviation - total / count))
            self.state.recent = [keep * recent + excess, keep * weight + 1.0]
        keep = _kept(count, COHORT_HOURS_KEPT)
        self.state.hours[hour] = [keep * total + deviation, keep * count + 1.0]
        if self.parent is not None:
            self.parent.learn_hour(hour, deviation)

    def hour_surge(self) -> int:
        """Return how many bins the cohort's last hours exceed the usual for that time of day."""
        recent, weight = self.state.recent
        prior = 0.0 if self.parent is None else self.parent.hour_surge_exact()
        hours = COHORT_LEAST_HOURS
        return max(0, round((recent + hours * prior) / (weight + hours)))

    def hour_surge_of_others(self) -> int:
        """Return the same, or the parent's if there are too few members to hide one of them."""
        if self.parent is not None and self.state.expected < COHORT_LEAST_SURGING_MEMBERS:
            return self.parent.hour_surge()
        return self.hour_surge()

    def hour_surge_exact(self) -> float:
        """Return how many bins the last hours exceed usual ones, shrunk towards zero."""
        recent, weight = self.state.recent
        return recent / (weight + COHORT_LEAST_HOURS)

    def surge(self, own_ratio: float) -> float:
        """Return the cohort's volume today, without one member, as a multiple of the usual."""
        parent_ratio = 1.0 if self.parent is None else self.parent.surge(0.0)
        others = max(0, self.state.expected - 1)
        total = self.state.ratio - own_ratio + COHORT_SURGE_PRIOR_MEMBERS * parent_ratio
        return max(1.0, total / (others + COHORT_SURGE_PRIOR_MEMBERS))


def _kept(count: float, full: float) -> float:
    """Return the decay of a sum of `count` values, of which `full` count in full."""
    return 1.0 if count < full else 1.0 - 1.0 / full
