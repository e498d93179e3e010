"""A person's verdict on an incident, as the feedback topic holds it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from models.errors import VerdictError
from models.incidents.incident import Incident
from models.incidents.note import name_of, redact_note
from models.tuning.incidents import VERDICT_AHEAD_SECONDS, VERDICT_EARLY_SECONDS


class Verdict(StrEnum):
    """Whether an incident was what it looked like.

    Examples
    --------
    >>> Verdict("benign") is Verdict.BENIGN
    True
    """

    BENIGN = "benign"
    MALICIOUS = "malicious"


class Feedback(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict on an incident; the newest one holds.

    Tenant and principal determine the partition whose detector learns from it.

    Parameters
    ----------
    incident_id, tenant, principal
        Of the incident.
    verdict
        What it was.
    note
        Why, in at most 500 characters, without mail addresses and long numbers.
    decided_at
        When, UTC.
    by
        Who, as the web pages or the command line know them; at most 64 characters.
    judged_records
        Records that the incident had when it was judged, or calls if the log counts no records.
        None in messages of earlier releases.
    """

    incident_id: str
    tenant: str
    principal: str
    verdict: Verdict
    note: str
    # A time without a zone cannot be compared with ours.
    decided_at: Annotated[datetime, msgspec.Meta(tz=True)]
    by: str
    judged_records: Annotated[int, msgspec.Meta(ge=0)] | None = None


def feedback_on(
    incident: Incident,
    assessment: Verdict,
    *,
    note: str,
    decided_at: datetime,
    by: str,
    judged_records: int | None = None,
) -> Feedback:
    """Make the verdict on an incident; the note is redacted and shortened.

    Parameters
    ----------
    incident
        Its newest state.
    assessment
        What it was.
    note, decided_at, by
        Why, when and who.
    judged_records
        What the person saw of its size, if that is less than the newest state tells.

    Raises
    ------
    ValueError
        If `decided_at` has no time zone.
    """
    if decided_at.tzinfo is None:
        message = "decided_at has no time zone: pass an aware datetime"
        raise ValueError(message)
    return Feedback(
        incident_id=incident.incident_id,
        tenant=incident.tenant,
        principal=incident.principal,
        verdict=assessment,
        note=redact_note(note),
        decided_at=decided_at,
        by=name_of(by),
        judged_records=size_of(incident)
        if judged_records is None
        else max(0, min(judged_records, size_of(incident))),
    )


def size_of(incident: Incident) -> int:
    """Return the records of an incident, or its calls if the log counts no records."""
    return incident.exposure.records or incident.exposure.calls


def redacted(feedback: Feedback) -> Feedback:
    """Redact what somebody else has written."""
    return msgspec.structs.replace(
        feedback, note=redact_note(feedback.note), by=name_of(feedback.by)
    )


def check_time(feedback: Feedback, now_seconds: float) -> None:
    """Refuse a verdict of the future, which would stand above every other.

    Raises
    ------
    VerdictError
        If it is further ahead than clocks differ.
    """
    if feedback.decided_at.timestamp() > now_seconds + VERDICT_AHEAD_SECONDS:
        message = "not a verdict: decided_at is in the future"
        raise VerdictError(message)


def check_opening(feedback: Feedback, opened_seconds: float) -> None:
    """Refuse a verdict that is older than its incident.

    Raises
    ------
    VerdictError
        If it was decided before the incident opened.
    """
    if feedback.decided_at.timestamp() < opened_seconds - VERDICT_EARLY_SECONDS:
        message = "not a verdict: decided_at is before the incident opened"
        raise VerdictError(message)


def check_incident(feedback: Feedback, incident: Incident) -> None:
    """Refuse a verdict whose tenant, principal or time are not those of its incident.

    Raises
    ------
    VerdictError
        If one of them differs.
    """
    if (feedback.tenant, feedback.principal) != (incident.tenant, incident.principal):
        message = "not a verdict: tenant or principal are not those of the incident"
        raise VerdictError(message)
    check_opening(feedback, incident.opened_at.timestamp())
