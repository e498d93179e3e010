"""A read of a planted record, which nobody has a reason to read."""

from models.domain.access_event import AccessEvent
from models.incidents.finding import Finding, certain_reason
from models.incidents.incident import IncidentKind


def canary_read(event: AccessEvent, canaries: frozenset[int]) -> Finding | None:
    """Find one planted id among the subjects of a call, whatever its outcome."""
    if not canaries or canaries.isdisjoint(event.subject_ids):
        return None
    planted = next(subject for subject in event.subject_ids if subject in canaries)
    text = (
        f"{event.principal[:160]} read the planted record {planted:016x} by {event.operation}: "
        "nobody has a reason to."
    )
    reason = certain_reason("canary", f"{planted:016x}", "never read", text, window="event")
    return Finding(IncidentKind.CANARY, reason, page=True)
