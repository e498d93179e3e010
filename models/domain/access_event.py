"""One access to the seller's data, from any log."""

from enum import StrEnum

import msgspec

from models.domain.data_class import DataClass


class PrincipalKind(StrEnum):
    """What a principal is: ``application`` for third parties, ``service`` for AWS's own calls."""

    APPLICATION = "application"
    USER = "user"
    ROLE = "role"
    ROOT = "root"
    SERVICE = "service"


class Outcome(StrEnum):
    """How the call ended."""

    SUCCESS = "success"
    DENIED = "denied"
    THROTTLED = "throttled"
    ERROR = "error"


class Grant(StrEnum):
    """How the caller got in: delegated (Login with Amazon), a raw secret key, or a session."""

    LWA = "lwa"
    SECRET_KEY = "secret_key"  # noqa: S105 - a name of a kind of key
    SESSION = "session"


class AccessEvent(
    msgspec.Struct, frozen=True, kw_only=True, array_like=True, omit_defaults=True, gc=False
):
    """An access event: parsed, classified and redacted.

    Fields are positional on the wire: new ones are appended with a default,
    and none is ever moved or removed.

    Parameters
    ----------
    event_id
        CloudTrail's own id, or a hash of the request's. A caller may choose the latter, so it is
        `content` that tells events of one id apart.
    time
        When it happened, in seconds since 1970-01-01 UTC.
    tenant
        Seller id or AWS account id.
    principal
        A person's user id, else the application id; for CloudTrail the ARN of the user or
        role (a session collapses into its role).
    principal_kind
        What the principal is.
    service
        Part of the API that was called, such as ``orders`` or ``s3``.
    operation
        Name of the operation, such as ``getOrders`` or ``GetObject``.
    outcome
        How the call ended.
    data_classes
        What a successful call exposes, most sensitive first.
    restricted
        Whether the operation hands out personal data that Amazon restricts.
    resource
        What was read (bucket, table, report type), free of personal data.
    records
        Rows returned; None if the log does not say.
    bytes
        Bytes returned; None if the log does not say.
    subject_ids
        Keyed 64-bit hashes of the buyers, orders or suppliers that were read.
    credential_id
        Which key or token was used.
    grant
        A value of `Grant`; None if unknown.
    source_ip
        Address of the caller, or the host name of an AWS service.
    asn
        Number of the network that the address belongs to; None if unknown.
    country
        ISO 3166 code of the address; None if unknown.
    user_agent
        Programs and their versions; a hash where the log names none.
    sequential_ids
        How many of the requested ids follow, by a small step, an id that the principal
        requested before; ids that were only returned do not count.
    content
        Keyed 48-bit hash of what the log says about the call. Together with tenant and id it is
        the event's identity: equal for a second delivery, different for anything else. 0 in events
        of earlier releases.
    reused_id
        Whether the id had come before with another content.
    delegate
        Who is given access by the call: account numbers, ids of applications, ``user/`` and a
        user's name, ``*`` for everybody, or hashes; several are joined by commas. None if nobody
        is, or if they belong to the tenant.
    credential_age_days
        How old the credential is; None if the log does not say.
    reach_seconds
        How long before `time` the oldest data is that the request asks for; None if it does not
        say.
    is_fault
        Whether the service failed (a status from 500 on), which says nothing of the caller.

    Examples
    --------
    >>> event = AccessEvent(
    ...     event_id="r-1", time=1.0, tenant="A1", principal="app-1",
    ...     principal_kind=PrincipalKind.APPLICATION, service="orders", operation="getOrders",
    ...     outcome=Outcome.SUCCESS, data_classes=(DataClass.CUSTOMER,), records=50,
    ... )
    >>> event.records, event.bytes
    (50, None)
    """

    event_id: str
    time: float
    tenant: str
    principal: str
    principal_kind: PrincipalKind
    service: str
    operation: str
    outcome: Outcome
    data_classes: tuple[DataClass, ...] = ()
    restricted: bool = False
    resource: str | None = None
    records: int | None = None
    bytes: int | None = None
    subject_ids: tuple[int, ...] = ()
    credential_id: str | None = None
    grant: str | None = None
    source_ip: str | None = None
    asn: int | None = None
    country: str | None = None
    user_agent: str | None = None
    sequential_ids: int = 0
    content: int = 0
    reused_id: bool = False
    delegate: str | None = None
    credential_age_days: int | None = None
    reach_seconds: float | None = None
    is_fault: bool = False
