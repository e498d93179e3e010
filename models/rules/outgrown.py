"""An incident that is far larger than what was judged to be harmless."""

from models.domain.access_event import AccessEvent
from models.incidents.finding import Finding, certain_reason
from models.incidents.incident_draft import IncidentDraft
from models.incidents.rule_text import outgrown_text
from models.incidents.usual_range import UsualRange


def outgrown(event: AccessEvent, draft: IncidentDraft) -> Finding:
    """Tell that an event makes an incident larger than its benign verdict accepts."""
    counted, limit = "records" if draft.records else "calls", draft.accepted_up_to
    size = draft.size_with(event)
    text = outgrown_text(event.principal, size, counted, limit)
    reason = certain_reason("judged_size", float(size), UsualRange.at_most(limit), text, "event")
    return Finding(draft.page_kind or next(iter(draft.kinds)), reason, page=True)
