"""A run of secrets, read by a principal that never reads them."""

from models.domain.access_event import AccessEvent
from models.estimators.hour_volume import HourVolume
from models.incidents.finding import Finding, certain_reason
from models.incidents.incident import IncidentKind
from models.incidents.rule_text import secrets_text
from models.incidents.usual_range import UsualRange
from models.observation.features import SECRETS
from models.observation.window import Window
from models.tuning.rules import SECRETS_LEAST_READ


def secrets_run(event: AccessEvent, window: Window, habit: HourVolume) -> Finding | None:
    """Find ten secrets in an hour."""
    count = window.values[SECRETS]
    if count < SECRETS_LEAST_READ or habit.state.totals[SECRETS]:
        return None
    text = secrets_text(event.principal, count)
    reason = certain_reason("secrets", count, UsualRange(0.0), text)
    return Finding(IncidentKind.BULK_READ, reason, page=True)
