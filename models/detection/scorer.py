"""Scores an open hour in every channel, and calibrates the scores."""

import math
from functools import partial
from typing import Final

from models.detection.acceptance import drop_accepted
from models.detection.day_close import weekday_of
from models.detector_settings import DetectorSettings
from models.domain.time_units import HOURS_A_DAY
from models.estimators.cohort import Cohort
from models.estimators.first_reads import suddenness
from models.incidents.finding import Finding
from models.incidents.hour_assessment import HourAssessment
from models.observation.features import CALLS, DAY_FEATURES, FIRST_CLASS, NEW_SUBJECTS, SECRETS
from models.observation.window import Window
from models.state.detector_memory import DetectorMemory
from models.state.principal_state import PrincipalState
from models.tuning.detection import (
    FIRST_SCORED_DAY_FEATURE,
    LEAST_LOG_VOLUME,
    LEAST_USUAL_DAYS,
    MOST_USUAL_DAYS_IN_SURGE,
    NOVELTY_WEIGHTS,
    OTHER_NOVELTY_WEIGHT,
    RECORDS_A_SECRET,
    TELLING_NOVELTY,
    TELLING_SURPRISE,
    WEAK_NOVELTY,
)
from models.tuning.estimators import ROLLING_VOLUME_LEAST_DAYS

_OF_AN_HOUR: Final = frozenset({"hour", "novelty"})
_OF_A_DAY: Final = ("day", "first_reads")


def assess_hour(
    state: PrincipalState,
    window: Window,
    findings: list[Finding],
    memory: DetectorMemory,
    settings: DetectorSettings,
) -> HourAssessment:
    """Score the hour so far in every channel, and calibrate the scores."""
    facts, day = state.facts, window.index // HOURS_A_DAY
    cohort = memory.cohort(facts.cohort)
    if window.is_sensitive:
        facts.scored_day = day
    follow_ratio(state, day, window.values[CALLS], cohort, memory.everybody)
    memory.mark_cohort(facts.cohort)
    scores = score_channels(state, window, cohort, settings)
    first = first_reads_score(state, window, cohort)
    # Known at 0, it keeps its share of the budget.
    if first > 0.0 or facts.usual_new is not None:
        scores["first_reads"] = first
    drop_accepted(state, window, scores)
    eligible = worth_a_page(state, window, scores, settings)
    for name, score in eligible.items():
        if score > facts.maxima.get(name, -1.0):
            facts.maxima[name] = score
    combine = partial(
        memory.calibration.combine, facts.cohort, is_unclassified=window.is_unclassified
    )
    p_value, channel = combine(eligible)
    if p_value <= settings.false_pages_per_principal_day:
        return HourAssessment(scores, p_value, channel, True, findings)
    p_value, channel = combine(scores)
    return HourAssessment(scores, p_value, channel, False, findings)


def novelty_parts(window: Window) -> dict[str, tuple[float, str]]:
    """Return the weighted surprise and text of the most surprising new value by feature."""
    parts: dict[str, tuple[float, str]] = {}
    for feature, new in window.strangest.items():
        weighted = new.surprise * NOVELTY_WEIGHTS.get(feature, OTHER_NOVELTY_WEIGHT)
        parts[feature] = (weighted, new.text)
    return parts


def worth_a_page(
    state: PrincipalState, window: Window, scores: dict[str, float], settings: DetectorSettings
) -> dict[str, float]:
    """Return the scores that may page: enough was read, or the caller is strange."""
    least = settings.min_page_records
    if window.values[SECRETS] * RECORDS_A_SECRET >= least:
        return scores
    if not window.is_sensitive:
        return {}
    read = window.sensitive_records
    if read >= least:
        return scores
    for feature, new in window.strangest.items():
        if new.surprise > TELLING_SURPRISE and feature in TELLING_NOVELTY:
            return scores
    eligible = {name: s for name, s in scores.items() if s == 0.0 or name not in _OF_AN_HOUR}
    if any([eligible.get(name) for name in _OF_A_DAY]):
        today = max(state.rest_of_day(window)[FIRST_CLASS:NEW_SUBJECTS])
        if today + read < least:
            return {n: s for n, s in eligible.items() if s == 0.0 or n not in _OF_A_DAY}
    return eligible


def score_channels(
    state: PrincipalState, window: Window, cohort: Cohort, settings: DetectorSettings
) -> dict[str, float]:
    """Return the score of each channel."""
    surprises = state.volume.surprises(window.values, cohort.hour_surge())
    weights = (settings.volume_weight, settings.second_volume_weight)
    hour = strange = novelty = 0.0
    for weight, (surprise, _) in zip(weights, surprises, strict=False):
        hour += weight * surprise
    parts = novelty_parts(window)
    for feature, (weighted, _) in parts.items():
        strange += weighted
        if feature not in WEAK_NOVELTY:
            novelty += weighted
    # A new principal alone means nothing: it has no habit to differ from. Nor does a new
    # operation on a known class: updates of applications bring those.
    if "principal" in parts:
        novelty = 0.0
    scores = {
        "hour": hour + strange,
        "novelty": novelty,
        "day": day_score(state, window, cohort)[0],
    }
    for name, (score, _, _) in state.facts.slow.items():
        scores[name] = score
    return scores


def first_reads_score(state: PrincipalState, window: Window, cohort: Cohort) -> float:
    """Return how rare it is that so many subjects are new to the principal, and so suddenly.

    Where a log counts records or bytes, volumes tell as much, and this is 0.
    """
    new = window.first_reads
    if new <= 0.0 or not window.objects or not state.has_first_reads:
        return 0.0
    usual = math.exp(_shift(state, window, cohort))
    sudden = suddenness(new, state.new_in_hours(window)) / usual
    return cohort.first_reads.surprise(sudden, state.facts.usual_new)


def _shift(state: PrincipalState, window: Window, cohort: Cohort) -> float:
    """Return what the day has in common for the cohort, as a logarithm."""
    shift = max(0.0, cohort.weekday_shift(weekday_of(window.index // HOURS_A_DAY)))
    return shift + math.log(cohort.surge(state.facts.ratio))


def day_score(state: PrincipalState, window: Window, cohort: Cohort) -> tuple[float, int, float]:
    """Return score, feature and volume of the day so far, without the cohort's surge."""
    best = (0.0, 0, 0.0)
    if state.days.days < ROLLING_VOLUME_LEAST_DAYS:
        return best
    today = state.rest_of_day(window)
    shift = _shift(state, window, cohort)
    values = window.values
    for feature in range(FIRST_SCORED_DAY_FEATURE, DAY_FEATURES):
        if values[feature] > 0.0:
            volume = today[feature] + values[feature]
            score = state.days.day_score(feature, volume, shift)
            if score > best[0]:
                best = (score, feature, volume)
    return best


def follow_ratio(
    state: PrincipalState, day: int, open_calls: float, cohort: Cohort, fleet: Cohort
) -> None:
    """Update cohort and fleet with today's calls as a share of the principal's usual day."""
    facts = state.facts
    if facts.day != day or state.days.days < LEAST_USUAL_DAYS:
        return
    middle, _, days = state.days.usual_day(0)
    if days < LEAST_USUAL_DAYS:
        return
    ratio = min(
        MOST_USUAL_DAYS_IN_SURGE,
        (facts.today[0] + open_calls) / math.expm1(max(LEAST_LOG_VOLUME, middle)),
    )
    change = ratio - facts.ratio
    cohort.state.ratio += change
    fleet.state.ratio += change
    facts.ratio = ratio
