"""Says in words why an hour is unusual."""

import math
from typing import Final

from msgspec.structs import replace

from models.detection.scorer import day_score, novelty_parts
from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent
from models.estimators.cohort import Cohort
from models.incidents.hour_assessment import HourAssessment
from models.incidents.incident import IncidentKind, Reason
from models.observation.features import FEATURES, bin_of
from models.observation.window import Window
from models.state.principal_state import PrincipalState

_KINDS_OF_NEW: Final = {
    "network": IncidentKind.NEW_NETWORK,
    "country": IncidentKind.NEW_NETWORK,
    "operation": IncidentKind.NEW_OPERATION,
    "data_class": IncidentKind.NEW_OPERATION,
    "resource": IncidentKind.NEW_OPERATION,
    "principal": IncidentKind.NEW_PRINCIPAL,
    "hour": IncidentKind.OFF_HOURS,
    "far_hour": IncidentKind.OFF_HOURS,
}
_LEAST_SURPRISE: Final = 0.6
_HOURLY: Final = ("hour", "novelty")
_NAME_CHARACTERS: Final = 120
_Part = tuple[float, IncidentKind | None, Reason]


def explain(  # noqa: PLR0917 - one call, in the order of thought
    event: AccessEvent,
    state: PrincipalState,
    window: Window,
    cohort: Cohort,
    assessment: HourAssessment,
    settings: DetectorSettings,
) -> tuple[dict[IncidentKind, None], tuple[Reason, ...]]:
    """Return kinds and reasons, the weightiest first.

    `contribution` is the share of the score of its channel that a reason explains.
    """
    name = event.principal[:_NAME_CHARACTERS]
    parts = _hour_parts(name, state, window, settings, cohort.hour_surge())
    total = sum(weight for weight, _, _ in parts) or 1.0
    shares = [(weight / total, kind, reason) for weight, kind, reason in parts]
    shares = [part for part, raw in zip(shares, parts, strict=True) if raw[0] >= _LEAST_SURPRISE]
    shares.sort(key=lambda part: (-part[0], part[2].feature))
    slow = _slow_part(name, state, window, cohort, assessment)
    if slow is not None:
        shares = [slow] if assessment.channel not in _HOURLY else [*shares, slow]
    kinds = {kind: None for _, kind, _ in shares if kind is not None}
    return kinds, tuple(
        replace(reason, contribution=round(share, 4)) for share, _, reason in shares
    )


def _hour_parts(
    name: str, state: PrincipalState, window: Window, settings: DetectorSettings, surge: int
) -> list[_Part]:
    parts: list[_Part] = []
    for feature, (surprise, text) in novelty_parts(window).items():
        parts.append((surprise, _KINDS_OF_NEW.get(feature), _new(name, feature, text, surprise)))
    weights = (settings.volume_weight, settings.second_volume_weight)
    surprises = state.volume.surprises(window.values, surge)
    for weight, (surprise, place) in zip(weights, surprises, strict=False):
        reason = _volume(name, state, place, window.values[place])
        parts.append((weight * surprise, IncidentKind.BULK_READ, reason))
    return parts


def _volume(name: str, state: PrincipalState, place: int, value: float) -> Reason:
    p_value = state.volume.tail(place, bin_of(value))
    usual = state.volume.usual(place)
    expected = "none" if usual is None else _range(usual)
    return Reason(
        feature=FEATURES[place],
        window="hour",
        observed=value,
        expected=expected,
        p_value=p_value,
        contribution=0.0,
        text=f"{name} {_did(place, value)} in an hour; usual: {expected}.",
    )


def _did(place: int, value: float) -> str:
    what = FEATURES[place].replace("_", " ")
    if what == "calls":
        return f"made {value:,.0f} calls"
    if what == "failures":
        return f"had {value:,.0f} failed calls"
    if what == "subjects":
        return f"read about {value:,.0f} distinct subjects"
    if what == "largest read":
        return f"read {value:,.0f} records in one call"
    return f"read {value:,.0f} {what}"


def _range(usual: tuple[float, float, float]) -> str:
    low, middle, high = usual
    return f"{middle:,.0f} ({low:,.0f} to {high:,.0f})"


def _new(name: str, feature: str, value: str, surprise: float) -> Reason:
    text = f"{name} used the {feature.replace('_', ' ')} {value[:120]} for the first time."
    if feature == "principal":
        text = f"{name} was seen for the first time less than a day ago."
    elif feature == "hour":
        text = f"{name} read at {value}, where it was never active before."
    elif feature == "far_hour":
        text = f"{name} read at {value}, hours away from any time at which it was ever active."
    elif feature == "data_class":
        text = f"{name} read {value} data for the first time."
    return Reason(
        feature=feature,
        window="event",
        observed=value[:256],
        expected="one of those seen before",
        p_value=min(1.0, 10.0**-surprise),
        contribution=0.0,
        text=text,
    )


def _slow_part(
    name: str, state: PrincipalState, window: Window, cohort: Cohort, assessment: HourAssessment
) -> tuple[float, IncidentKind, Reason] | None:
    channel = assessment.channel
    if channel in _HOURLY:
        return None
    if channel == "day":
        score, place, volume = day_score(state, window, cohort)
        days = 1
    else:
        score, place, days = state.facts.slow[channel]
        volume = state.days.recent_volume(place, days)
    usual = state.days.usual_range(place)
    scaled = None if usual is None else tuple(days * value for value in usual)
    expected = "none" if scaled is None else _range((scaled[0], scaled[1], scaled[2]))
    when = {1: "a day", 3: "3 days", 7: "7 days"}.get(days, f"{days} days")
    text = f"{name} {_did(place, volume)} in {when}; usual: {expected}."
    reason = Reason(
        feature=FEATURES[place],
        window="day" if days == 1 else f"{days}d",
        observed=volume,
        expected=expected,
        p_value=min(1.0, math.erfc(score / math.sqrt(2))),
        contribution=0.0,
        text=text,
    )
    kind = IncidentKind.BULK_READ if days == 1 else IncidentKind.SLOW_EXFILTRATION
    return 1.0, kind, reason
