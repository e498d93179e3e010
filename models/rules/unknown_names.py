"""Refused calls under names that nobody knows: somebody tries names."""

from models.domain.access_event import AccessEvent
from models.incidents.credential_text import unknown_names_text
from models.incidents.finding import Finding, certain_reason
from models.incidents.incident import IncidentKind
from models.incidents.usual_range import UsualRange
from models.state.strangers import Strangers


def unknown_names_refused(event: AccessEvent, strangers: Strangers) -> Finding | None:
    """Find an hour with many refused calls under unknown names, again when they have doubled.

    It pages nobody: nothing was read. A single name that is refused often is the business of the
    rule on failed calls.
    """
    names = strangers.take_news()
    if names is None:
        return None
    text = unknown_names_text(strangers.calls, names, event.operation)
    observed = float(strangers.calls)
    reason = certain_reason("unknown_names", observed, UsualRange(0.0), text)
    return Finding(IncidentKind.ENUMERATION, reason, page=False)
