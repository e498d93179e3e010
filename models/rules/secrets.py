"""A run of secrets by somebody who never reads them."""

from typing import Final

from models.domain.access_event import AccessEvent
from models.estimators.hour_volume import HourVolume
from models.incidents.finding import Finding, certain_reason
from models.incidents.incident import IncidentKind
from models.incidents.reason_text import secrets_text
from models.incidents.usual_range import UsualRange
from models.observation.features import SECRETS as SECRETS_PLACE
from models.observation.window import Window

SECRETS: Final = 10


def secrets_run(event: AccessEvent, window: Window, habit: HourVolume) -> Finding | None:
    """Find ten secrets in an hour."""
    count = window.values[SECRETS_PLACE]
    if count < SECRETS or habit.state.totals[SECRETS_PLACE]:
        return None
    text = secrets_text(event.principal[:160], count)
    reason = certain_reason("secrets", count, UsualRange(0.0), text)
    return Finding(IncidentKind.BULK_READ, reason, page=True)
