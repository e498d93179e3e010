"""Who looked at what, in the form of the audit topic."""

from datetime import datetime
from enum import StrEnum

import msgspec

from models.domain.misfit import misfit
from models.errors import WireFormatError


class AuditAction(StrEnum):
    """What somebody did.

    Examples
    --------
    >>> AuditAction("read") is AuditAction.READ
    True
    """

    LOGIN = "login"
    LOGOUT = "logout"
    LOGIN_FAILED = "login_failed"
    READ = "read"
    VERDICT = "verdict"
    PLANNED_CHANGE = "planned_change"
    EVIDENCE = "evidence"
    ACTIVITY = "activity"
    REPORT = "report"


class AuditRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One access to incidents; never a token, never a note.

    Parameters
    ----------
    time
        When, UTC.
    person, role
        Who, as the pages know them; None for somebody whom they do not know.
    action
        What they did.
    incident_id
        Of the incident; None for the list, and for log-ins.
    network
        The network of the address that the request came from.
    ended_session
        Of a log-out: what tells the other workers which session has ended. It opens nothing.
    digest
        Of a bundle of evidence: the SHA-256 of its manifest.
    """

    time: datetime
    person: str | None
    role: str | None
    action: AuditAction
    incident_id: str | None
    network: str
    ended_session: str | None = None
    digest: str | None = None


def encode_audit(record: AuditRecord) -> bytes:
    """Encode a record as JSON."""
    return msgspec.json.encode(record)


def decode_audit(value: bytes) -> AuditRecord:
    """Decode the value of one message.

    Raises
    ------
    WireFormatError
        If it is no such record.

    Examples
    --------
    >>> decode_audit(b"[]")
    Traceback (most recent call last):
    ...
    models.errors.WireFormatError: not an audit record: Expected `object`, got `array`
    """
    try:
        return msgspec.json.decode(value, type=AuditRecord)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"not an audit record: {misfit(error)}"
        raise WireFormatError(message) from error


def audit_key(tenant: str | None) -> bytes | None:
    """Return the key of a record: the tenant that it concerns, None for all of them.

    Examples
    --------
    >>> audit_key("A1"), audit_key(None)
    (b'A1', None)
    """
    return None if tenant is None else tenant.encode("utf-8", "surrogatepass")
