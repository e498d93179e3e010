"""What is learnt when a day has ended."""

import math
from collections.abc import Mapping
from statistics import median
from typing import Final

from models.detector_settings import PrincipalProfile
from models.estimators.cohort import Cohort
from models.estimators.rolling_volume import DAYS_KEPT
from models.observation.features import DAY_FEATURES, FIRST_CLASS
from models.rules.sequence import usual_after
from models.state.detector_memory import DetectorMemory, Key
from models.state.principal_state import PrincipalState

_LEAST_MEMBERS: Final = 5
_LEAST_DAYS: Final = 4
_LEAST_WEEK: Final = 100.0
# No newness is judged sooner, and what is young.
_NEW_DAYS: Final = 3
_YOUNG_DAYS: Final = 7
_LEADING_SHARE: Final = 0.6
_MOVING_FACTOR: Final = 2
_EPOCH_WEEKDAY: Final = 3
# A week against the days before it, and the days that a trickle is soonest seen in.
_WEEKS: Final = (3, 7)
# From which day of its life a principal's scores are worth learning, by channel.
_MATURE_DAYS: Final = {"hour": 3, "novelty": 4, "day": 6, "slow": 8, "month": 40}
# What a line's slope and a cumulative sum add to the distance of the last days.
_TREND_WEIGHT: Final = 0.5
_DRIFT_WEIGHT: Final = 0.1


def close_day(memory: DetectorMemory, profiles: Mapping[str, PrincipalProfile]) -> None:
    """Close the day of all principals: what is common to a cohort is taken out of each.

    Parameters
    ----------
    memory
        All principals and cohorts.
    profiles
        Declared principals, whose cohort is declared, too.
    """
    closing = list(memory.states.values())
    cohorts = memory.cohorts
    deviations = [_deviation(state, cohorts[state.facts.cohort]) for state in closing]
    _learn_shifts(closing, deviations, cohorts, memory.everybody)
    for state in closing:
        _close_one(state, cohorts[state.facts.cohort], memory)
    for key, state in memory.states.items():
        if key[1] not in profiles:
            _find_cohort(memory, key, state)
    memory.calibration.end_day()
    _expect(closing, cohorts, memory.everybody)


def weekday_of(day: int) -> int:
    """Return 0 for Monday to 6; `day` counts from 1970-01-01.

    Examples
    --------
    >>> weekday_of(0), weekday_of(4)
    (3, 0)
    """
    return (day + _EPOCH_WEEKDAY) % 7


def _deviation(state: PrincipalState, cohort: Cohort) -> float | None:
    found = _mean_deviation(state, state.facts.today)
    if found is None:
        return None
    weekday = weekday_of(state.facts.day)
    shift = cohort.weekday_shift(weekday)
    cohort.learn_weekday(weekday, found)
    return found - shift


def _mean_deviation(state: PrincipalState, values: list[float]) -> float | None:
    found = []
    for feature in (0, *range(FIRST_CLASS, DAY_FEATURES)):
        if values[feature] > 0.0:
            distance = state.days.distance(feature, values[feature])
            if distance is not None:
                found.append(distance)
    return sum(found) / len(found) if found else None


def _learn_shifts(
    closing: list[PrincipalState],
    deviations: list[float | None],
    cohorts: dict[str, Cohort],
    fleet: Cohort,
) -> None:
    of_cohort: dict[str, list[float]] = {name: [] for name in cohorts}
    everybody = []
    for state, deviation in zip(closing, deviations, strict=True):
        if deviation is not None:
            of_cohort[state.facts.cohort].append(deviation)
            everybody.append(deviation)
    common = median(everybody) if len(everybody) >= _LEAST_MEMBERS else 0.0
    _push(fleet, common)
    for name, cohort in cohorts.items():
        found = of_cohort[name]
        weight = len(found) / (len(found) + _LEAST_MEMBERS) if len(found) > 2 else 0.0
        own = median(found) if found else 0.0
        _push(cohort, weight * own + (1 - weight) * common)


def _push(cohort: Cohort, shift: float) -> None:
    cohort.state.shifts.append(shift)
    del cohort.state.shifts[:-DAYS_KEPT]


def _close_one(state: PrincipalState, cohort: Cohort, memory: DetectorMemory) -> None:
    facts, calibration = state.facts, memory.calibration
    weekday = cohort.weekday_shift(weekday_of(facts.day))
    shift = cohort.state.shifts[-1] + weekday
    gated = facts.gated_today
    if not gated:
        for feature in range(DAY_FEATURES):
            distance = state.days.distance(feature, facts.today[feature])
            if distance is not None and facts.today[feature] > 0.0:
                cohort.spreads.learn(feature, distance - shift)
        state.drift.add_day(state.days, facts.today, shift)
    state.days.close_day([_without(value, shift) for value in facts.today], gated=gated)
    _look_back(state)
    if any(value > 0.0 for value in facts.today):
        age_days = state.days.state.days
        mature = [name for name, days in _MATURE_DAYS.items() if age_days >= days]
        memory.closed_days.append(
            (facts.maxima.get("hour", 0.0), calibration.combine(facts.cohort, facts.maxima)[0])
        )
        calibration.learn_day(facts.cohort, facts.maxima, mature)
        if age_days > _NEW_DAYS:
            cohort.novelty.learn_day(facts.new_today, young=age_days <= _YOUNG_DAYS)
    facts.usual_sequential = usual_after(facts.usual_sequential, facts.sequential_today)
    facts.maxima, facts.new_today, facts.sequential_today = {}, {}, 0
    for name, (score, _, _) in facts.slow.items():
        facts.maxima[name] = score
    facts.today = [0.0] * DAY_FEATURES
    facts.ratio, facts.gated_today = 0.0, False
    facts.day += 1


def _without(value: float, shift: float) -> float:
    """Return a volume without what is common to the cohort on that day."""
    return math.expm1(max(0.1, math.log1p(value) - shift)) if value > 0.0 else 0.0


def _look_back(state: PrincipalState) -> None:
    slow: dict[str, tuple[float, int, int]] = {}
    volumes = state.days
    used = [f for f in range(DAY_FEATURES) if volumes.has_recent(f)]
    for feature in used:
        if feature in (0, 1):
            # Calls and records of harmless data are nobody's loss.
            continue
        score, days = max((volumes.window_score(feature, days), days) for days in _WEEKS)
        if score > 0.0:
            score += _TREND_WEIGHT * volumes.trend_score(feature)
            score += _DRIFT_WEIGHT * state.drift.sums[feature]
        if score > slow.get("slow", (0.0, 0, 0))[0]:
            slow["slow"] = (score, feature, days)
        month = volumes.month_score(feature)
        if month > slow.get("month", (0.0, 0, 0))[0]:
            slow["month"] = (month, feature, DAYS_KEPT)
    week = max(volumes.recent_volume(f, 7) for f in range(FIRST_CLASS, DAY_FEATURES))
    # Less in a week than what pages in an hour wakes nobody.
    state.facts.slow = slow if week >= _LEAST_WEEK else {}


def _expect(closing: list[PrincipalState], cohorts: dict[str, Cohort], fleet: Cohort) -> None:
    for cohort in (*cohorts.values(), fleet):
        cohort.state.ratio, cohort.state.expected = 0.0, 0
    for state in closing:
        if state.days.usual_day(0)[2] >= _LEAST_DAYS:
            cohorts[state.facts.cohort].state.expected += 1
            fleet.state.expected += 1


def _find_cohort(memory: DetectorMemory, key: Key, state: PrincipalState) -> None:
    """Put an undeclared principal among those with the same leading operation."""
    leaders = state.facts.leaders
    if not leaders:
        return
    most = max(leaders.values())
    # Of several that are about as frequent the first by name: all of a kind choose the same.
    leading = min(name for name, count in leaders.items() if count >= _LEADING_SHARE * most)
    kind = state.facts.cohort.partition(":")[0]
    name = f"{kind}:{leading}"
    if name == state.facts.cohort:
        return
    current = leaders.get(state.facts.cohort.partition(":")[2], 0)
    if leaders[leading] >= _MOVING_FACTOR * current:
        memory.mark_cohort(state.facts.cohort)
        state.join(name, memory.cohort(name))
