"""Somebody who tries ids: a run of calls that are denied or find nothing."""

from typing import Final

from models.domain.access_event import AccessEvent
from models.estimators.hour_volume import HourVolume
from models.incidents.finding import Finding, certain_reason
from models.incidents.incident import IncidentKind
from models.observation.features import CALLS, FAILURES, bin_of
from models.observation.window import Window

_LEAST_FAILURES: Final = 20
_FAILED_SHARE: Final = 0.3
_RARE: Final = 0.02


def failure_run(event: AccessEvent, window: Window, habit: HourVolume) -> Finding | None:
    """Find an hour with many failed calls for sensitive data, which is rare for the principal."""
    failed, calls = window.values[FAILURES], window.values[CALLS]
    if failed < _LEAST_FAILURES or failed < _FAILED_SHARE * calls:
        return None
    totals = habit.state.totals
    # How rarely an hour has any failure, times how rarely one with failures has so many.
    chance = (totals[FAILURES] + 1.0) / (totals[CALLS] + 2.0)
    if chance * habit.tail(FAILURES, bin_of(failed)) > _RARE:
        return None
    sensitive = any(name.is_sensitive for name in event.data_classes)
    usual = habit.usual(FAILURES)
    expected = "none" if usual is None else f"{usual[1]:,.0f} ({usual[0]:,.0f} to {usual[2]:,.0f})"
    text = (
        f"{failed:,.0f} of {calls:,.0f} calls of {event.principal[:120]} in an hour were denied or "
        f"found nothing, most lately {event.operation}: it may be trying ids."
    )
    reason = certain_reason("failures", failed, expected, text)
    return Finding(IncidentKind.ENUMERATION, reason, page=sensitive)
