"""What the detector learns when a day ends."""

import math
from collections.abc import Mapping
from statistics import median
from typing import Final

from models.detector_settings import PrincipalProfile
from models.domain.time_units import DAY_SECONDS
from models.estimators.cohort import Cohort
from models.estimators.first_reads import follow
from models.estimators.new_days import NewDays
from models.estimators.rolling_volume import DAYS_KEPT
from models.observation.features import CALLS, DAY_FEATURES, FIRST_CLASS, NEW_SUBJECTS
from models.rules.history import usual_reach_after
from models.rules.sequence import usual_after
from models.state.detector_memory import DetectorMemory, Key
from models.state.principal_state import PrincipalState
from models.tuning.detection import (
    COHORT_CHANGE_FACTOR,
    DRIFT_WEIGHT,
    FIRST_SCORED_DAY_FEATURE,
    LEADING_OPERATION_SHARE,
    LEAST_COHORT_MEMBERS,
    LEAST_LOG_VOLUME,
    LEAST_SHIFTED_MEMBERS,
    LEAST_USUAL_DAYS,
    LEAST_WEEK_RECORDS,
    MATURE_AFTER_DAYS,
    NETWORK_CHANGES_KEPT_A_DAY,
    NEW_OBJECTS_KEPT_A_DAY,
    NOVELTY_LEARNT_AFTER_DAYS,
    SLOW_WINDOW_DAYS,
    TREND_WEIGHT,
    YOUNG_DAYS,
)
from models.tuning.rules import HISTORY_KNOWING_DAYS, HISTORY_LEAST_MEMBERS

_EPOCH_WEEKDAY: Final = 3


def close_day(memory: DetectorMemory, profiles: Mapping[str, PrincipalProfile]) -> None:
    """Close the day for all principals, without the shift that each cohort has in common.

    Parameters
    ----------
    memory
        All principals and cohorts.
    profiles
        Declared principals; their cohort is declared too.
    """
    closing = list(memory.states.values())
    cohorts = memory.cohorts
    deviations = [_deviation(state, cohorts[state.facts.cohort]) for state in closing]
    _learn_shifts(closing, deviations, cohorts, memory.everybody)
    memory.calibration.begin_day_close(cohorts)
    for state in closing:
        _close_one(state, cohorts[state.facts.cohort], memory)
    for key, state in memory.states.items():
        if key[1] not in profiles:
            _find_cohort(memory, key, state)
    memory.calibration.end_day()
    _learn_reaches(closing, memory)
    for cohort in (memory.everybody, *cohorts.values()):
        cohort.first_reads.end_day()
    _expect(closing, cohorts, memory.everybody)


def _learn_reaches(closing: list[PrincipalState], memory: DetectorMemory) -> None:
    """Learn how far back each principal reached, and what its cohort has in common."""
    found: dict[str, list[float]] = {"": []}
    for state in closing:
        facts = state.facts
        if facts.reach_today >= 0.0:
            facts.usual_reach = usual_reach_after(
                facts.usual_reach, facts.reach_today, facts.reach_days
            )
            facts.reach_days += 1
        facts.reach_today = -1.0
        if facts.reach_days >= HISTORY_KNOWING_DAYS:
            found.setdefault(facts.cohort, []).append(facts.usual_reach)
            found[""].append(facts.usual_reach)
    memory.fleet.usual_reaches = {
        name: median(usual) for name, usual in found.items() if len(usual) >= HISTORY_LEAST_MEMBERS
    }


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
    for feature in (0, *range(FIRST_CLASS, NEW_SUBJECTS)):
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
    common = median(everybody) if len(everybody) >= LEAST_COHORT_MEMBERS else 0.0
    _push(fleet, common)
    for name, cohort in cohorts.items():
        found = of_cohort[name]
        weight = (
            len(found) / (len(found) + LEAST_COHORT_MEMBERS)
            if len(found) >= LEAST_SHIFTED_MEMBERS
            else 0.0
        )
        own = median(found) if found else 0.0
        _push(cohort, weight * own + (1 - weight) * common)


def _push(cohort: Cohort, shift: float) -> None:
    cohort.state.shifts.append(shift)
    del cohort.state.shifts[:-DAYS_KEPT]


def _close_one(state: PrincipalState, cohort: Cohort, memory: DetectorMemory) -> None:
    facts, calibration = state.facts, memory.calibration
    weekday = cohort.weekday_shift(weekday_of(facts.day))
    shift = cohort.state.shifts[-1] + weekday
    gated = facts.gated_today or facts.day in facts.gated_days
    if not gated:
        for feature in range(DAY_FEATURES):
            distance = state.days.distance(feature, facts.today[feature])
            if distance is not None and facts.today[feature] > 0.0:
                cohort.spreads.learn(feature, distance - shift)
        state.drift.add_day(state.days, facts.today, shift)
    _learn_first_reads(state, cohort, shift, gated=gated)
    state.days.close_day([_without(value, shift) for value in facts.today], gated=gated)
    _look_back(state)
    if any(value > 0.0 for value in facts.today):
        age_days = state.days.days
        mature = [name for name, days in MATURE_AFTER_DAYS.items() if age_days >= days]
        memory.closed_days.append(
            (facts.maxima.get("hour", 0.0), calibration.combine(facts.cohort, facts.maxima)[0])
        )
        calibration.learn_day(facts.cohort, facts.maxima, mature)
        if age_days > NOVELTY_LEARNT_AFTER_DAYS:
            cohort.novelty.learn_day(facts.new_today, young=age_days <= YOUNG_DAYS)
        # A paged day teaches no habit of new values, and the first day has nothing but new ones.
        if not gated and facts.first_seen < facts.day * DAY_SECONDS:
            facts.new_days = facts.new_days or NewDays()
            facts.new_days.learn_day(facts.own_new_today)
    facts.usual_sequential = usual_after(facts.usual_sequential, facts.sequential_today)
    facts.network_changes *= NETWORK_CHANGES_KEPT_A_DAY
    facts.usual_new_objects *= NEW_OBJECTS_KEPT_A_DAY
    facts.has_objects, facts.most_sudden = False, 0.0
    facts.maxima, facts.new_today, facts.own_new_today = {}, {}, {}
    facts.sequential_today = 0
    for name, (score, _, _) in facts.slow.items():
        facts.maxima[name] = score
    if facts.usual_new is not None:
        facts.maxima["first_reads"] = 0.0
    facts.today = [0.0] * DAY_FEATURES
    facts.ratio, facts.gated_today = 0.0, False
    facts.gated_days = [day for day in facts.gated_days if day > facts.day]
    facts.day += 1


def _learn_first_reads(state: PrincipalState, cohort: Cohort, shift: float, *, gated: bool) -> None:
    """Learn a day; a paged one counts among the cohort's days, but is not usual for its reader.

    Without the honest days that paged, the cohort's tail would end at the threshold.
    """
    facts = state.facts
    if not facts.has_objects or not state.has_first_reads:
        return
    new = _without(facts.most_sudden, shift)
    usual = cohort.first_reads.usual_level() if facts.usual_new is None else facts.usual_new
    cohort.first_reads.learn(new, usual)
    if not gated:
        facts.usual_new = follow(facts.usual_new, new)


def _without(value: float, shift: float) -> float:
    """Return a volume without the cohort's shift of that day."""
    return math.expm1(max(LEAST_LOG_VOLUME, math.log1p(value) - shift)) if value > 0.0 else 0.0


def _look_back(state: PrincipalState) -> None:
    slow: dict[str, tuple[float, int, int]] = {}
    volumes = state.days
    used = [f for f in range(DAY_FEATURES) if volumes.has_recent(f)]
    for feature in used:
        if feature < FIRST_SCORED_DAY_FEATURE:
            # Calls and harmless records alone do no damage.
            continue
        score, days = max((volumes.window_score(feature, days), days) for days in SLOW_WINDOW_DAYS)
        if score > 0.0:
            score += TREND_WEIGHT * volumes.trend_score(feature)
            score += DRIFT_WEIGHT * state.drift.sums[feature]
        if score > slow.get("slow", (0.0, 0, 0))[0]:
            slow["slow"] = (score, feature, days)
        month = volumes.month_score(feature)
        if month > slow.get("month", (0.0, 0, 0))[0]:
            slow["month"] = (month, feature, DAYS_KEPT)
    week = max(volumes.recent_volume(f, 7) for f in range(FIRST_CLASS, NEW_SUBJECTS))
    # A week with fewer records than page in an hour does not page.
    state.facts.slow = slow if week >= LEAST_WEEK_RECORDS else {}


def _expect(closing: list[PrincipalState], cohorts: dict[str, Cohort], fleet: Cohort) -> None:
    for cohort in (*cohorts.values(), fleet):
        cohort.state.ratio, cohort.state.expected = 0.0, 0
    for state in closing:
        if state.days.usual_day(CALLS)[2] >= LEAST_USUAL_DAYS:
            cohorts[state.facts.cohort].state.expected += 1
            fleet.state.expected += 1


def _find_cohort(memory: DetectorMemory, key: Key, state: PrincipalState) -> None:
    """Move an undeclared principal to the cohort of its leading operation."""
    leaders = state.facts.leaders
    if not leaders:
        return
    most = max(leaders.values())
    # Among equally frequent ones, take the first by name: similar principals choose alike.
    leading = min(
        name for name, count in leaders.items() if count >= LEADING_OPERATION_SHARE * most
    )
    kind = state.facts.cohort.partition(":")[0]
    name = f"{kind}:{leading}"
    if name == state.facts.cohort:
        return
    current = leaders.get(state.facts.cohort.partition(":")[2], 0)
    if leaders[leading] >= COHORT_CHANGE_FACTOR * current:
        memory.mark_cohort(state.facts.cohort)
        state.join(name, memory.cohort(name))
