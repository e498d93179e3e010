"""An incident about a standing risk: reported once, and closed from the start."""

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
    since_seconds: float,
    *,
    credentials: tuple[str, ...] = (),
) -> Incident:
    """Build the incident of a finding that does not page and has no end to wait for.

    It is closed from the start, because an incident of months would hide new ones. Its id is
    made of its principal, its beginning and its reason, so that it differs from any other incident
    that the same event opens.

    Parameters
    ----------
    event
        The read that shows it.
    window
        The hour so far.
    finding
        What a rule found.
    runbook_base_url
        Where the runbooks are.
    since_seconds
        When it began. All findings of a reason since then are the same incident.
    credentials
        What it is about, if not the credential of the event.
    """
    draft = open_incident(event, window)
    draft.opened_at = since_seconds
    if credentials:
        draft.credentials = dict.fromkeys(credentials)
    if len(credentials) > 1:
        # With the first of them it was told and closed.
        draft.reopened_at = event.time
    if isinstance(finding.reason.observed, float) and not credentials:
        # It is a count of calls itself.
        draft.calls = int(finding.reason.observed)
    draft.take(HourAssessment({}, 1.0, "hour", False, [finding]), {}, ())
    personal = any(name.is_personal for name in draft.classes)
    draft.severity = Severity.LOW if personal else Severity.INFORMATIONAL
    text = f"{draft.incident_id}\0{finding.reason.feature}"
    name = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return replace(draft.build(IncidentStatus.CLOSED, runbook_base_url), incident_id=name)
