"""Explains why an hour is unusual."""

import math
from typing import Final

from msgspec.structs import replace

from models.detection.known_shares import subjects_today
from models.detection.scorer import day_score, novelty_parts
from models.detection.slow_reason import slow_days, slow_reason
from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent
from models.domain.data_class import DataClass
from models.estimators.cohort import Cohort
from models.incidents.counted import Counted
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
from models.observation.features import BYTES, FEATURES, FIRST_CLASS, NEW_SUBJECTS, RECORDS, bin_of
from models.observation.window import Window
from models.state.principal_state import PrincipalState
from models.tuning.detection import (
    FIRST_READS_LEAST_SHARE_TOLD,
    LEAST_TOLD_SURPRISE,
    SLOW_LEAST_FACTOR_TOLD,
)

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
    as a volume inside its usual range, is left out; where nothing else remains, there is no kind.
    `contribution` is the share of its channel's score that a reason explains.
    """
    name = event.principal
    parts = _hour_parts(name, state, window, settings, cohort.hour_surge())
    # What the statistics call usual, no volume of theirs explains, unless a person would call it
    # far above the usual: a young habit proves little.
    is_unusual = assessment.p_value <= settings.ticket_p_value
    # A rule tells it better.
    told = {found.reason.feature for found in assessment.findings} & {"history"}
    total = sum(weight for weight, _, _ in parts) or 1.0
    shares = [(weight / total, kind, reason) for weight, kind, reason in parts]
    shares.sort(key=lambda part: (-part[0], part[2].feature))
    shares = [
        part
        for part in shares
        if isinstance(part[2].observed, str)
        or part[2].is_far_beyond_usual
        or (is_unusual and part[2].is_beyond_usual)
    ]
    heaviest = [part for part in shares if part[1] is not None][:1]
    shares = [
        part
        for part in shares
        if part[0] * total >= LEAST_TOLD_SURPRISE and part[2].feature not in told
    ]
    slow = _slow_part(name, state, window, cohort, assessment)
    if slow is not None:
        is_convincing, part = slow
        shares = heaviest = [part] if is_convincing else []
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
    new = novelty_parts(window)
    if "operation" in new and new.get("data_class", (0.0, ""))[1] == DataClass.NONE:
        # The call itself says more than that it reads nothing.
        surprise, operation = new["operation"]
        new["operation"] = surprise + new.pop("data_class")[0], operation
    for feature, (surprise, text) in new.items():
        reason = _new(name, feature, text, surprise)
        parts.append((surprise, kind_of(reason), reason))
    weights = (settings.volume_weight, settings.second_volume_weight)
    surprises = state.volume.surprises(window.values, surge)
    for weight, (surprise, place) in zip(weights, surprises, strict=False):
        reason = _volume(name, state, window, place)
        parts.append((weight * surprise, IncidentKind.BULK_READ, reason))
    return parts


def _volume(name: str, state: PrincipalState, window: Window, place: int) -> Reason:
    value, counted = window.values[place], counted_in(window)
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
        text=hour_text(name, FEATURES[place], value, usual, counted=counted),
    )


def counted_in(window: Window) -> Counted:
    """Return what the hour's records of a class are.

    Examples
    --------
    >>> counted_in(Window(index=1)).value
    'records'
    """
    values = window.values
    if max(values[FIRST_CLASS:NEW_SUBJECTS]) <= max(0.0, values[RECORDS]):
        return Counted.RECORDS
    if window.objects > 0 and values[RECORDS] <= 0.0 and values[BYTES] <= 0.0:
        return Counted.OBJECTS
    return Counted.ESTIMATES


def _first_reads(
    name: str, state: PrincipalState, window: Window, score: float
) -> tuple[bool, Reason]:
    """Return the reason, after whether it is beyond the usual or nearly all of it is new."""
    usual = UsualRange.of(state.days.usual_range(NEW_SUBJECTS))
    new = state.rest_of_day(window)[NEW_SUBJECTS] + max(0.0, window.values[NEW_SUBJECTS])
    read = max(new, subjects_today(state, window))
    reason = Reason(
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
    middle = usual.expected if isinstance(usual.expected, float) else 0.0
    is_all_new = new >= max(FIRST_READS_LEAST_SHARE_TOLD * read, SLOW_LEAST_FACTOR_TOLD * middle)
    return reason.is_beyond_usual or is_all_new, reason


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
        score = assessment.scores.get(channel, 0.0)
        is_convincing, reason = _first_reads(name, state, window, score)
        return is_convincing, (1.0, IncidentKind.BULK_READ, reason)
    if channel == "day":
        reason = _day(name, state, window, cohort)
        return reason.is_beyond_usual, (1.0, IncidentKind.BULK_READ, reason)
    score, place, days = state.facts.slow[channel]
    found = slow_days(state.days, place, days)
    reason = slow_reason(name, found, place, days, _chance(score), counted=counted_in(window))
    return found.is_convincing, (1.0, IncidentKind.SLOW_EXFILTRATION, reason)


def _day(name: str, state: PrincipalState, window: Window, cohort: Cohort) -> Reason:
    score, place, volume = day_score(state, window, cohort)
    usual, counted = UsualRange.of(state.days.usual_range(place)), counted_in(window)
    return Reason(
        feature=FEATURES[place],
        window="day",
        observed=volume,
        expected=usual.expected,
        low=usual.low,
        high=usual.high,
        p_value=_chance(score),
        contribution=0.0,
        text=day_text(name, FEATURES[place], volume, usual, counted=counted),
    )


def _chance(score: float) -> float:
    return min(1.0, math.erfc(score / math.sqrt(2)))
