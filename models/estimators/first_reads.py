"""How unusual a day is by the subjects that a principal reads for the first time."""

import math
from typing import Final

import msgspec

from models.tuning.estimators import (
    FIRST_READS_FADE_A_DAY,
    FIRST_READS_LEAST_SCALE,
    FIRST_READS_PARENT_DAYS,
    FIRST_READS_PRIOR_BASE,
    FIRST_READS_PRIOR_SCALE,
    FIRST_READS_PRIOR_USUAL,
    FIRST_READS_RAREST_DAYS_LEARNT,
    FIRST_READS_USUAL_KEPT,
    FIRST_READS_WEIGHT_MARGIN,
    FIRST_READS_WINSOR_SHARE,
)

# How much a principal's own largest days count against the same number for all.
WEIGHTS: Final = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
# Without history, half and half.
_PRIOR_WEIGHT: Final = 0.5
_BINS_PER_UNIT: Final = 10.0
_BASE_SHARE: Final = 0.1
_RARE_SHARE: Final = 0.01


class FirstReadsState(msgspec.Struct, array_like=True):
    """Principal-days by tenths of ``log(1 + new) - weight * usual``, a histogram for each weight.

    `usual` is the sum of the members' usual values and their number.
    """

    counts: list[dict[int, float]] = msgspec.field(default_factory=lambda: [{} for _ in WEIGHTS])
    total: float = 0.0
    usual: list[float] = msgspec.field(default_factory=lambda: [0.0, 0.0])


class FirstReads:
    """How rare it is, in a cohort, that a principal reads this many new subjects in a day.

    Machines read as many every day, so that a number is unusual relative to their own; people open
    folders that they never opened, and there a number is unusual by itself. How much the own
    history counts is learnt: the weight is chosen at which the smallest theft pages. The number
    that one day in ten exceeds is the base, above which the logarithm's excess is exponential
    (a Pareto tail of the number itself; J. Pickands, Annals of Statistics 3, 1975).

    Parameters
    ----------
    parent
        The fleet's, towards which a small cohort is shrunk; None for the fleet itself.

    Examples
    --------
    >>> people = FirstReads()
    >>> for day in range(200):
    ...     people.learn(new=day % 20, usual=3.0)
    >>> people.end_day()
    >>> people.surprise(15, 3.0) < 2.0 < people.surprise(2000, 3.0)
    True
    """

    __slots__ = ("_fit", "parent", "state")

    def __init__(self, parent: "FirstReads | None" = None) -> None:
        self.parent = parent
        self.state = FirstReadsState()
        # Derived: weight, base and scale; None until needed.
        self._fit: tuple[float, float, float] | None = None

    def restore(self, state: FirstReadsState) -> None:
        """Restore what another run learnt."""
        self.state, self._fit = state, None

    def learn(self, new: float, usual: float) -> None:
        """Learn one principal-day, as no rarer than the rarest one so far.

        Otherwise one theft would make the next one usual.

        Parameters
        ----------
        new
            Subjects that it read for the first time.
        usual
            Logarithm of what is usual for it, from `follow`, as it was before that day.
        """
        state, value = self.state, min(math.log1p(new), self._rarest(usual))
        for counts, weight in zip(state.counts, WEIGHTS, strict=True):
            place = math.floor((value - weight * usual) * _BINS_PER_UNIT)
            counts[place] = counts.get(place, 0.0) + 1.0
        state.total += 1.0
        state.usual[0] += usual
        state.usual[1] += 1.0
        if self.parent is not None:
            self.parent.learn(new, usual)

    def end_day(self) -> None:
        """Fade what was learnt, because a day has passed; the fleet's turn is first."""
        state, keep = self.state, FIRST_READS_FADE_A_DAY
        state.counts = [
            {place: keep * count for place, count in counts.items()} for counts in state.counts
        ]
        state.total *= keep
        state.usual = [keep * value for value in state.usual]
        self._fit = None

    def surprise(self, new: float, usual: float | None) -> float:
        """Return ``-log10`` of the chance that a day of the cohort has this many, at least 0."""
        weight, base, scale = self._fit or self._refit()
        usual = self.usual_level() if usual is None else usual
        excess = math.log1p(new) - weight * usual - base
        return max(0.0, -math.log10(_BASE_SHARE) + excess / (scale * math.log(10.0)))

    def _rarest(self, usual: float) -> float:
        """Return the logarithm of as many as the rarest day so far may have had."""
        weight, base, scale = self._fit or self._refit()
        rarest = FIRST_READS_RAREST_DAYS_LEARNT / (self.state.total + 1.0)
        return weight * usual + base + scale * max(0.0, math.log(_BASE_SHARE / rarest))

    def usual_level(self) -> float:
        """Return what is usual for a member without history, as a logarithm."""
        total, count = self.state.usual
        prior = FIRST_READS_PRIOR_USUAL if self.parent is None else self.parent.usual_level()
        days = FIRST_READS_PARENT_DAYS
        return (total + days * prior) / (count + days)

    def fit(self, index: int) -> tuple[float, float]:
        """Return base and scale of a weight's tail, shrunk towards the parent's."""
        if self.parent is None:
            usual = (_PRIOR_WEIGHT - WEIGHTS[index]) * FIRST_READS_PRIOR_USUAL
            base, scale = FIRST_READS_PRIOR_BASE + usual, FIRST_READS_PRIOR_SCALE
        else:
            base, scale = self.parent.fit(index)
        own = _measure(self.state.counts[index], self.state.total)
        if own is None:
            return base, scale
        share = self.state.total / (self.state.total + FIRST_READS_PARENT_DAYS)
        base = share * own[0] + (1.0 - share) * base
        return base, max(FIRST_READS_LEAST_SCALE, share * own[1] + (1.0 - share) * scale)

    def rare(self, index: int) -> float:
        """Return what one day in a hundred exceeds at a weight, shrunk towards the parent's."""
        if self.parent is None:
            base, scale = self.fit(index)
            known = base + scale * math.log(_BASE_SHARE / _RARE_SHARE)
        else:
            known = self.parent.rare(index)
        total, seen = self.state.total, 0.0
        for place, count in sorted(self.state.counts[index].items(), reverse=True):
            seen += count
            if seen >= _RARE_SHARE * total:
                share = total / (total + FIRST_READS_PARENT_DAYS)
                return share * (place + 1.0) / _BINS_PER_UNIT + (1.0 - share) * known
        return known

    def _refit(self) -> tuple[float, float, float]:
        """Choose the weight at which the smallest number pages a usual member."""
        usual = self.usual_level()
        best: tuple[float, tuple[float, float, float]] | None = None
        for index, weight in enumerate(WEIGHTS):
            base, scale = self.fit(index)
            smallest = self.rare(index) + weight * usual
            if best is None or smallest < best[0] - FIRST_READS_WEIGHT_MARGIN:
                best = smallest, (weight, base, scale)
        assert best is not None
        self._fit = best[1]
        return self._fit


def suddenness(hour: float, hours: float) -> float:
    """Return the geometric mean of an hour's new subjects and those of the last hours with it.

    A theft is large and sudden; work that goes on all day is only large.

    Examples
    --------
    >>> round(suddenness(100.0, 400.0)), suddenness(0.0, 0.0)
    (200, 0.0)
    """
    return math.sqrt((1.0 + hour) * (1.0 + max(hour, hours))) - 1.0


def follow(usual: float | None, new: float) -> float:
    """Return the logarithm of what is usual for a principal after one more day.

    It is the largest day so far, which fades.

    Examples
    --------
    >>> follow(None, 0.0), follow(5.0, 1.0) < 5.0 < follow(5.0, 1000.0)
    (0.0, True)
    """
    value = math.log1p(new)
    return value if usual is None else max(value, FIRST_READS_USUAL_KEPT * usual)


def _measure(counts: dict[int, float], total: float) -> tuple[float, float] | None:
    """Return the number that one day in ten exceeds, and the mean excess above it."""
    if total <= 0.0:
        return None
    ordered = sorted(counts.items(), reverse=True)
    ceiling, base, seen = ordered[0][0], ordered[-1][0], 0.0
    above: list[tuple[int, float]] = []
    is_ceiled = False
    for place, count in ordered:
        seen += count
        if not is_ceiled and seen >= (1.0 - FIRST_READS_WINSOR_SHARE) * total:
            ceiling, is_ceiled = place, True
        if seen >= _BASE_SHARE * total:
            base = place
            break
        above.append((place, count))
    weight = sum(count for _, count in above)
    excess = sum((min(place, ceiling) + 0.5 - base - 1.0) * count for place, count in above)
    scale = max(0.0, excess / weight / _BINS_PER_UNIT) if weight else 0.0
    return (base + 1.0) / _BINS_PER_UNIT, scale
