"""Guesses at ids: a run of calls that are denied or find nothing."""

from models.domain.access_event import AccessEvent
from models.estimators.hour_volume import HourVolume
from models.incidents.finding import Finding, certain_reason
from models.incidents.incident import IncidentKind
from models.incidents.rule_text import failures_text
from models.incidents.usual_range import UsualRange
from models.observation.features import CALLS, FAILURES, bin_of
from models.observation.window import Window
from models.tuning.rules import FAILURES_LEAST_CALLS, FAILURES_LEAST_SHARE, FAILURES_RARE_CHANCE


def failure_run(event: AccessEvent, window: Window, habit: HourVolume) -> Finding | None:
    """Find an hour with many failed calls for sensitive data, which is rare for the principal."""
    failed, calls = window.values[FAILURES], window.values[CALLS]
    if failed < FAILURES_LEAST_CALLS or failed < FAILURES_LEAST_SHARE * calls:
        return None
    totals = habit.state.totals
    # The chance of any failure in an hour, times the chance of this many if there are any.
    chance = (totals[FAILURES] + 1.0) / (totals[CALLS] + 2.0)
    if chance * habit.tail(FAILURES, bin_of(failed)) > FAILURES_RARE_CHANCE:
        return None
    sensitive = any(name.is_sensitive for name in event.data_classes)
    text = failures_text(event.principal, failed, calls, event.operation)
    reason = certain_reason("failures", failed, UsualRange.of(habit.usual(FAILURES)), text)
    return Finding(IncidentKind.ENUMERATION, reason, page=sensitive)
