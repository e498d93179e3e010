"""Explains why an hour is unusual."""

import math
from typing import Final

from msgspec.structs import replace

from models.detection.known_shares import subjects_today
from models.detection.scorer import day_score, novelty_parts
from models.detection.slow_reason import slow_days, slow_reason
from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent
from models.estimators.cohort import Cohort
from models.incidents.hour_assessment import HourAssessment
from models.incidents.incident import IncidentKind, Reason
from models.incidents.reason_kind import kind_of
from models.incidents.reason_text import (
    day_text,
    first_reads_text,
    first_time_text,
    hour_text,
)
from models.incidents.usual_range import UsualRange
from models.observation.features import BYTES, FEATURES, NEW_SUBJECTS, RECORDS, bin_of
from models.observation.window import Window
from models.state.principal_state import PrincipalState
from models.tuning.detection import LEAST_TOLD_SURPRISE

_HOURLY: Final = ("hour", "novelty")
_Part = tuple[float, IncidentKind | None, Reason]


def explain(  # noqa: PLR0917 - one call, in the order of thought
    event: AccessEvent,
    state: PrincipalState,
    window: Window,
    cohort: Cohort,
    assessment: HourAssessment,
    settings: DetectorSettings,
) -> tuple[dict[IncidentKind, None], tuple[Reason, ...]]:
    """Return kinds and reasons, the heaviest first.

    A reason names what decided, in its own terms. What a person would not accept as a reason, such
    as a volume inside its usual range, is left out; of a page, something is told in any case.
    `contribution` is the share of its channel's score that a reason explains.
    """
    name = event.principal
    parts = _hour_parts(name, state, window, settings, cohort.hour_surge())
    # A rule tells it better.
    told = {found.reason.feature for found in assessment.findings} & {"history"}
    total = sum(weight for weight, _, _ in parts) or 1.0
    shares = [(weight / total, kind, reason) for weight, kind, reason in parts]
    shares.sort(key=lambda part: (-part[0], part[2].feature))
    heaviest = [part for part in shares if part[1] is not None][:1]
    shares = [
        part
        for part in shares
        if part[0] * total >= LEAST_TOLD_SURPRISE
        and part[2].feature not in told
        and (isinstance(part[2].observed, str) or part[2].is_beyond_usual)
    ]
    slow = _slow_part(name, state, window, cohort, assessment)
    if slow is not None:
        is_convincing, part = slow
        heaviest = [part]
        shares = heaviest if is_convincing else []
    kinds = {kind: None for _, kind, _ in shares if kind is not None}
    if not kinds:
        shares = [*shares, *heaviest] if assessment.page else []
        kinds = {kind: None for _, kind, _ in shares if kind is not None}
    return kinds, tuple(
        replace(reason, contribution=round(share, 4)) for share, _, reason in shares
    )


def _hour_parts(
    name: str, state: PrincipalState, window: Window, settings: DetectorSettings, surge: int
) -> list[_Part]:
    parts: list[_Part] = []
    for feature, (surprise, text) in novelty_parts(window).items():
        reason = _new(name, feature, text, surprise)
        parts.append((surprise, kind_of(reason), reason))
    weights = (settings.volume_weight, settings.second_volume_weight)
    surprises = state.volume.surprises(window.values, surge)
    for weight, (surprise, place) in zip(weights, surprises, strict=False):
        reason = _volume(name, state, window, place)
        parts.append((weight * surprise, IncidentKind.BULK_READ, reason))
    return parts


def _volume(name: str, state: PrincipalState, window: Window, place: int) -> Reason:
    value, of_objects = window.values[place], counts_objects(window)
    usual = UsualRange.of(state.volume.usual(place))
    return Reason(
        feature=FEATURES[place],
        window="hour",
        observed=value,
        expected=usual.expected,
        low=usual.low,
        high=usual.high,
        p_value=state.volume.tail(place, bin_of(value)),
        contribution=0.0,
        text=hour_text(name, FEATURES[place], value, usual, counts_objects=of_objects),
    )


def counts_objects(window: Window) -> bool:
    """Whether the hour counts objects, because no log told records or bytes.

    Examples
    --------
    >>> counts_objects(Window(index=1)), counts_objects(Window(index=1, objects=3))
    (False, True)
    """
    values = window.values
    return window.objects > 0 and values[RECORDS] <= 0.0 and values[BYTES] <= 0.0


def _first_reads(name: str, state: PrincipalState, window: Window, score: float) -> Reason:
    usual = UsualRange.of(state.days.usual_range(NEW_SUBJECTS))
    new = state.rest_of_day(window)[NEW_SUBJECTS] + max(0.0, window.values[NEW_SUBJECTS])
    read = max(new, subjects_today(state, window))
    return Reason(
        feature=FEATURES[NEW_SUBJECTS],
        window="day",
        observed=float(round(new)),
        expected=usual.expected,
        low=usual.low,
        high=usual.high,
        p_value=min(1.0, 10.0**-score),
        contribution=0.0,
        text=first_reads_text(name, new, read, window.others_subjects, usual),
    )


def _new(name: str, feature: str, value: str, surprise: float) -> Reason:
    return Reason(
        feature=feature,
        window="event",
        observed=value[:256],
        expected="one of those seen before",
        p_value=min(1.0, 10.0**-surprise),
        contribution=0.0,
        text=first_time_text(name, feature, value),
    )


def _slow_part(
    name: str, state: PrincipalState, window: Window, cohort: Cohort, assessment: HourAssessment
) -> tuple[bool, _Part] | None:
    """Return the reason of a channel of days, after whether a person would accept it."""
    channel = assessment.channel
    if channel in _HOURLY:
        return None
    if channel == "first_reads":
        reason = _first_reads(name, state, window, assessment.scores.get(channel, 0.0))
        return reason.is_beyond_usual, (1.0, IncidentKind.BULK_READ, reason)
    if channel == "day":
        reason = _day(name, state, window, cohort)
        return reason.is_beyond_usual, (1.0, IncidentKind.BULK_READ, reason)
    score, place, days = state.facts.slow[channel]
    found = slow_days(state.days, place, days)
    of_objects = counts_objects(window)
    reason = slow_reason(name, found, place, days, _chance(score), counts_objects=of_objects)
    return found.is_convincing, (1.0, IncidentKind.SLOW_EXFILTRATION, reason)


def _day(name: str, state: PrincipalState, window: Window, cohort: Cohort) -> Reason:
    score, place, volume = day_score(state, window, cohort)
    usual, of_objects = UsualRange.of(state.days.usual_range(place)), counts_objects(window)
    return Reason(
        feature=FEATURES[place],
        window="day",
        observed=volume,
        expected=usual.expected,
        low=usual.low,
        high=usual.high,
        p_value=_chance(score),
        contribution=0.0,
        text=day_text(name, FEATURES[place], volume, usual, counts_objects=of_objects),
    )


def _chance(score: float) -> float:
    return min(1.0, math.erfc(score / math.sqrt(2)))
