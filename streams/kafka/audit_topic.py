"""Who looked at what, in the form of the audit topic."""

from datetime import datetime
from enum import StrEnum

import msgspec


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


class AuditRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One access to the incident pages; never a token, never a note.

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
    """

    time: datetime
    person: str | None
    role: str | None
    action: AuditAction
    incident_id: str | None
    network: str


def encode_audit(record: AuditRecord) -> bytes:
    """Encode a record as JSON."""
    return msgspec.json.encode(record)


def audit_key(tenant: str | None) -> bytes | None:
    """Return the key of a record: the tenant that it concerns, None for all of them.

    Examples
    --------
    >>> audit_key("A1"), audit_key(None)
    (b'A1', None)
    """
    return None if tenant is None else tenant.encode("utf-8", "surrogatepass")
