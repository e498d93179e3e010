"""A person's verdict on an incident, as the feedback topic holds it."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from models.incidents.incident import Incident


class Verdict(StrEnum):
    """Whether an incident was what it looked like.

    Examples
    --------
    >>> Verdict("benign") is Verdict.BENIGN
    True
    """

    BENIGN = "benign"
    MALICIOUS = "malicious"


NOTE_CHARACTERS: Final = 500
_BY_CHARACTERS: Final = 64
_MAIL: Final = re.compile(r"[^\s@<>()\",;]+@[^\s@<>()\",;]+")
# Card, account, phone and order numbers: long runs of digits, in any grouping.
_LONG_NUMBER: Final = re.compile(r"\+?\d(?:[ ./()-]?\d){6,}")
_INVISIBLE: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+"
)


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
        Who decided, as the web pages or the command line know them; at most 64 characters.
    """

    incident_id: str
    tenant: str
    principal: str
    verdict: Verdict
    note: str
    decided_at: datetime
    by: str


def feedback_on(
    incident: Incident, assessment: Verdict, *, note: str, decided_at: datetime, by: str
) -> Feedback:
    """Make the verdict on an incident; the note is redacted and shortened.

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
        by=_INVISIBLE.sub(" ", by).strip()[:_BY_CHARACTERS] or "unknown",
    )


def redact_note(note: str) -> str:
    """Take mail addresses and long numbers out of a note and shorten it.

    A note is meant for reasons. Names stay in it, because nothing tells them from other words.

    Examples
    --------
    >>> redact_note("asked jane@example.com (tel. +49 30 901820), ticket 4711")
    'asked [mail] (tel. [number]), ticket 4711'
    """
    text = note.encode("utf-8", "replace").decode("utf-8")
    text = _INVISIBLE.sub(" ", text[: 4 * NOTE_CHARACTERS])
    text = _LONG_NUMBER.sub("[number]", _MAIL.sub("[mail]", text))
    return text.strip()[:NOTE_CHARACTERS]
