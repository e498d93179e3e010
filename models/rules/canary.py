"""A read of a planted record, which nobody has a reason to read."""

from models.domain.access_event import AccessEvent
from models.incidents.finding import Finding, certain_reason
from models.incidents.incident import IncidentKind
from models.incidents.rule_text import canary_text
from models.incidents.usual_range import UsualRange


def canary_read(event: AccessEvent, canaries: frozenset[int]) -> Finding | None:
    """Find one planted id among the subjects of a call, whatever its outcome."""
    if not canaries or canaries.isdisjoint(event.subject_ids):
        return None
    subject = next(subject for subject in event.subject_ids if subject in canaries)
    planted = f"{subject:016x}"
    text = canary_text(event.principal, planted, event.operation)
    reason = certain_reason("canary", planted, UsualRange("never read"), text, window="event")
    return Finding(IncidentKind.CANARY, reason, page=True)
