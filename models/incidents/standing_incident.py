"""An incident about how things stand: told once, and closed as soon as it is told."""

from hashlib import blake2b

from msgspec.structs import replace

from models.domain.access_event import AccessEvent
from models.incidents.finding import Finding
from models.incidents.hour_assessment import HourAssessment
from models.incidents.incident import Incident, IncidentStatus, Severity
from models.incidents.incident_draft import open_incident
from models.observation.window import Window


def standing_incident(
    event: AccessEvent,
    window: Window,
    finding: Finding,
    runbook_base_url: str,
    since_seconds: float | None = None,
) -> Incident:
    """Build the incident of a finding that wakes nobody and has no end to wait for.

    It is closed from the start: what goes on for months would hide what has just begun. Its id
    is that of its principal, its time and its reason, so that it is never that of another
    incident which the same event opens.

    Parameters
    ----------
    event
        The read that shows it.
    window
        The hour so far.
    finding
        What a rule says.
    runbook_base_url
        Where the runbooks are.
    since_seconds
        When the count began that the finding observes; None if it is of this read alone. All
        findings since then are the same incident.
    """
    draft = open_incident(event, window)
    credential = event.credential_id
    if since_seconds is not None:
        draft.opened_at, credential = since_seconds, None
        draft.calls = int(finding.reason.observed)
    draft.take(HourAssessment({}, 1.0, "hour", False, [finding]), {}, ())
    personal = any(name.is_personal for name in draft.classes)
    draft.severity = Severity.LOW if personal else Severity.INFORMATIONAL
    text = f"{draft.incident_id}\0{finding.reason.feature}\0{credential}"
    name = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return replace(draft.build(IncidentStatus.CLOSED, runbook_base_url), incident_id=name)
