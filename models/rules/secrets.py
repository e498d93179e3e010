"""A run of secrets by somebody who never reads them."""

from typing import Final

from models.access_event import AccessEvent
from models.incident import IncidentKind
from models.rules.finding import Finding, certain_reason
from models.window import Window

SECRETS: Final = 10


def secrets_run(event: AccessEvent, window: Window) -> Finding | None:
    """Find ten secrets in an hour."""
    if window.secrets < SECRETS:
        return None
    text = f"{event.principal[:160]} read {window.secrets} secrets in an hour; usual: none."
    reason = certain_reason("secrets", float(window.secrets), "0", text)
    return Finding(IncidentKind.BULK_READ, reason, page=True)
