"""Scores an open hour in every channel."""

import math
from typing import Final

from models.cohort import Cohort
from models.day_close import weekday_of
from models.detector_settings import DetectorSettings
from models.features import DAY_FEATURES, SECRETS
from models.principal_state import PrincipalState
from models.window import Window

_RATIO_LIMIT: Final = 3.0
# What a new value counts beside the others: an application's update brings operations and
# agents together.
NOVELTY_WEIGHTS: Final = {
    "network": 1.0,
    "country": 0.5,
    "user_agent": 0.7,
    "operation": 0.7,
    "data_class": 1.0,
    "resource": 0.5,
    "hour": 0.7,
    "principal": 1.0,
}
# One new value of these makes a small read worth a page.
_TELLING: Final = frozenset({"network", "data_class"})
_SECRETS_ARE_WORTH: Final = 10


def novelty_parts(window: Window) -> dict[str, tuple[float, str]]:
    """Return the weighted surprise and text of the most surprising new value by feature."""
    parts: dict[str, tuple[float, str]] = {}
    for new in window.new.values():
        weighted = new.surprise * NOVELTY_WEIGHTS.get(new.feature, 0.5)
        if weighted > parts.get(new.feature, (0.0, ""))[0]:
            parts[new.feature] = (weighted, new.text)
    return parts


def is_worth_a_page(window: Window, settings: DetectorSettings) -> bool:
    """Whether enough sensitive data was read, or by somebody strange enough."""
    if window.values[SECRETS] * _SECRETS_ARE_WORTH >= settings.min_page_records:
        return True
    if not window.is_sensitive:
        return False
    if window.sensitive_records >= settings.min_page_records:
        return True
    return any(new.feature in _TELLING and new.surprise > 1.0 for new in window.new.values())


def score_channels(
    state: PrincipalState, window: Window, cohort: Cohort, settings: DetectorSettings
) -> dict[str, float]:
    """Return the score of each channel."""
    surprises = state.volume.surprises(window.values)
    weights = (settings.volume_weight, settings.second_volume_weight)
    hour = sum(weight * part[0] for weight, part in zip(weights, surprises, strict=False))
    parts = novelty_parts(window)
    strange = sum(weighted for weighted, _ in parts.values())
    # Being new is no sign by itself: there is no habit to differ from.
    novelty = 0.0 if "principal" in parts else strange
    scores = {
        "hour": hour + strange,
        "novelty": novelty,
        "day": day_score(state, window, cohort)[0],
    }
    for name, (score, _, _) in state.facts.slow.items():
        scores[name] = score
    return scores


def day_score(state: PrincipalState, window: Window, cohort: Cohort) -> tuple[float, int, float]:
    """Return score, feature and volume of the day so far, a surge of the cohort taken out."""
    facts, best = state.facts, (0.0, 0, 0.0)
    day = window.index // 24
    today = facts.today if facts.day == day else [0.0] * DAY_FEATURES
    shift = max(0.0, cohort.weekday_shift(weekday_of(day)))
    shift += math.log(cohort.surge(facts.ratio))
    values = window.values
    for feature in range(2, DAY_FEATURES):
        if values[feature] > 0.0:
            volume = today[feature] + values[feature]
            score = state.days.day_score(feature, volume, shift)
            if score > best[0]:
                best = (score, feature, volume)
    return best


def follow_ratio(state: PrincipalState, window: Window, cohort: Cohort, fleet: Cohort) -> None:
    """Tell cohort and fleet what today's calls are of a principal's usual day."""
    facts = state.facts
    if facts.day != window.index // 24:
        return
    middle, _, days = state.days.usual_day(0)
    if days < 4:
        return
    ratio = min(_RATIO_LIMIT, (facts.today[0] + window.values[0]) / math.expm1(max(0.1, middle)))
    change = ratio - facts.ratio
    cohort.state.ratio += change
    fleet.state.ratio += change
    facts.ratio = ratio
