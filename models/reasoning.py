"""Says in words why a window is unusual."""

import math
from typing import Final

from models.access_event import AccessEvent
from models.incident import IncidentKind, Reason
from models.log_histogram import LogHistogram
from models.window import Window

_KINDS_OF_NEW: Final = {
    "network": IncidentKind.NEW_NETWORK,
    "operation": IncidentKind.NEW_OPERATION,
    "principal": IncidentKind.NEW_PRINCIPAL,
}
_LEAST_SURPRISE: Final = 1.0


def explain(
    event: AccessEvent, window: Window, habit: LogHistogram, volume_weight: float
) -> tuple[dict[IncidentKind, None], tuple[Reason, ...]]:
    """Return kinds and reasons, the weightiest first.

    `contribution` is the share of the score that a reason explains.
    """
    parts: list[tuple[float, IncidentKind | None, Reason]] = []
    for feature, (surprise, new) in window.new_values.items():
        parts.append((surprise, _KINDS_OF_NEW.get(feature), _new(event, feature, new, surprise)))
    volumes = [
        (habit.tail(feature, value), feature, value) for feature, value in window.features().items()
    ]
    for p_value, feature, value in sorted(volumes)[:2]:
        reason = _volume(event, feature, value, p_value, habit)
        parts.append((volume_weight * -math.log10(p_value), IncidentKind.BULK_READ, reason))
    total = sum(weight for weight, _, _ in parts) or 1.0
    kept = [part for part in parts if part[0] >= _LEAST_SURPRISE * volume_weight]
    kept.sort(key=lambda part: (-part[0], part[2].feature))
    kinds = {kind: None for _, kind, _ in kept if kind is not None}
    return kinds, tuple(_share(reason, weight / total) for weight, _, reason in kept)


def _share(reason: Reason, share: float) -> Reason:
    return Reason(
        feature=reason.feature,
        window=reason.window,
        observed=reason.observed,
        expected=reason.expected,
        p_value=reason.p_value,
        contribution=round(share, 4),
        text=reason.text,
    )


def _volume(
    event: AccessEvent, feature: str, value: float, p_value: float, habit: LogHistogram
) -> Reason:
    name = feature.replace("_", " ")
    expected = _usual(habit, feature)
    text = f"{event.principal[:120]} read {value:,.0f} {name} in an hour; usual: {expected}."
    if feature == "calls":
        text = f"{event.principal[:120]} made {value:,.0f} calls in an hour; usual: {expected}."
    return Reason(
        feature=feature,
        window="hour",
        observed=value,
        expected=expected,
        p_value=p_value,
        contribution=0.0,
        text=text,
    )


def _usual(habit: LogHistogram, feature: str) -> str:
    median = habit.quantile(feature, 0.5)
    if median is None:
        return "none"
    low, high = habit.quantile(feature, 0.05), habit.quantile(feature, 0.95)
    return f"{median:,.0f} ({low or 0:,.0f} to {high or 0:,.0f})"


def _new(event: AccessEvent, feature: str, value: str, surprise: float) -> Reason:
    name = feature.replace("_", " ")
    text = f"{event.principal[:120]} used the {name} {value[:120]} for the first time."
    if feature == "principal":
        text = f"{event.principal[:120]} was seen for the first time less than a day ago."
    return Reason(
        feature=feature,
        window="event",
        observed=value[:256],
        expected="one of those seen before",
        p_value=10.0**-surprise,
        contribution=0.0,
        text=text,
    )
