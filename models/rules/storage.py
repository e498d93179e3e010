"""A newcomer that lists storage and then reads from it."""

from models.domain.access_event import AccessEvent
from models.incidents.finding import Finding, certain_reason
from models.incidents.incident import IncidentKind
from models.incidents.rule_text import storage_text
from models.incidents.usual_range import UsualRange
from models.observation.window import Window
from models.tuning.rules import STORAGE_LEAST_LISTINGS, STORAGE_LEAST_READ


def storage_search(event: AccessEvent, window: Window, *, is_newcomer: bool) -> Finding | None:
    """Find the read of an object after a run of listings; it pages a newcomer that reads on.

    A newcomer is younger than a day.
    """
    if window.listings < STORAGE_LEAST_LISTINGS or event.operation != "GetObject":
        return None
    text = storage_text(event.principal, window.listings, event.resource or "a bucket")
    sensitive = any(name.is_sensitive for name in event.data_classes)
    reads_on = window.sensitive_records >= STORAGE_LEAST_READ
    reason = certain_reason("listings", float(window.listings), UsualRange(0.0), text)
    return Finding(IncidentKind.ENUMERATION, reason, page=sensitive and is_newcomer and reads_on)
