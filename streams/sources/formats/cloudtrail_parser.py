"""Turns CloudTrail records into events."""

import re
from functools import lru_cache
from typing import Final

import msgspec

from models.catalogue.catalogue import Catalogue
from models.domain.access_event import AccessEvent, Grant, Outcome, PrincipalKind
from models.domain.data_class import DataClass
from models.domain.operation import Operation
from models.domain.redaction import SubjectHasher
from models.errors import RecordError
from models.tuning.catalogue import UNCLASSIFIED_LEAST_BYTES
from streams.sources.formats import fields
from streams.sources.formats.aws_delegate import delegates_of
from streams.sources.formats.aws_objects import objects_of
from streams.sources.formats.aws_resource import resource_of
from streams.sources.formats.fields import FindNetwork, Record
from streams.sources.formats.requested_reach import reach_of_aws

_NAME: Final = re.compile(r"[A-Za-z0-9_.\-]{1,128}", re.ASCII)
_NAMES_REMEMBERED: Final = 4096
# Other ways to the same calls: directory buckets, Outposts and Object Lambda.
_SOURCES: Final = {
    f"{name}.amazonaws.com": "s3.amazonaws.com"
    for name in ("s3express", "s3-outposts", "s3-object-lambda")
}
_DELEGATES_TOLD: Final = 16
_EVENT_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_ROLE_SESSION: Final = re.compile(r"arn:([a-z\-]+):sts::([0-9]+):assumed-role/([^/]+)/.*", re.S)
_FEDERATED: Final = re.compile(r"arn:([a-z\-]+):sts::([0-9]+):federated-user/.*", re.S)
# A host that AWS gives to a service, not one of a customer's machine, bucket or balancer.
_HOST: Final = (
    r"(?![a-z0-9.\-]+\.(?:s3[a-z0-9\-]*|compute(?:-1)?|elb|execute-api)\.)"
    r"(?:[a-z0-9\-]{1,63}\.){1,4}amazonaws\.com(?:\.cn)?"
)
_SERVICE_HOST: Final = re.compile(_HOST, re.ASCII)
# Only AWS can make a role of this path; a name proves nothing, nor does the path's inside.
_SERVICE_PATH: Final = ":role/aws-service-role/"
_SERVICE_ROLE: Final = re.compile(
    rf"arn:([a-z\-]+):iam::([0-9]{{12}}){_SERVICE_PATH}{_HOST}/"
    r"(AWSServiceRoleFor[A-Za-z0-9_+=,.@\-]{1,64})",
    re.ASCII,
)
_FOLDED: Final = {
    name.lower(): name
    for name in (
        "eventID", "eventTime", "eventSource", "eventName", "userIdentity", "recipientAccountId",
        "requestParameters", "additionalEventData", "sourceIPAddress", "userAgent", "errorCode",
        "errorMessage", "eventType", "resources", "accountId", "invokedBy", "principalId",
        "accessKeyId", "userName", "sessionContext", "sessionIssuer", "arn", "type",
    )
}  # fmt: skip


class CloudTrailParser:
    """Parses CloudTrail's management and data events.

    Parameters
    ----------
    catalogue
        What each call exposes.
    hasher
        Replaces personal data.
    find_network
        Returns the AS number and country of an address.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        hasher: SubjectHasher,
        find_network: FindNetwork = fields.nowhere,
    ) -> None:
        self._catalogue = catalogue
        self._hasher = hasher
        self._find_network = find_network

    def parse(self, record: Record, fallback_id: str) -> AccessEvent:
        """Turn a record into an event; `fallback_id` replaces a missing event id.

        Raises
        ------
        RecordError
            If a field is missing or of the wrong type.
        """
        if "eventName" not in record:
            record = _unfolded(record)
        clean, identity = self._hasher.clean, fields.mapping(record, "userIdentity")
        principal, kind = principal_of(identity, _service(record))
        said, name = _name(record, "eventSource"), _name(record, "eventName")
        source = _SOURCES.get(said, said)
        parameters = fields.mapping(record, "requestParameters")
        named = self._catalogue.aws_resource(source, name, parameters) or resource_of(record)
        resource = None if named is None else self._hasher.clean_resource(named)
        operation = self._catalogue.aws(source, name, named, parameters)
        credential = fields.text(identity, "accessKeyId")
        agent = fields.loose_text(record, "userAgent")
        extra = fields.mapping(record, "additionalEventData")
        address = fields.aws_address(record.get("sourceIPAddress"))
        asn, country = self._find_network(address)
        subject = self._hasher.subject
        seconds = fields.time_of(record)
        error = record.get("errorCode") or record.get("errorMessage")
        outcome = fields.outcome(None, error)
        size = fields.count(extra.get("bytesTransferredOut"))
        if not operation.data_classes and outcome is Outcome.SUCCESS:
            operation = _with_bytes(operation, size)
        tenant = _tenant(record, identity)
        delegates = delegates_of(name, parameters, identity, tenant)
        return AccessEvent(
            event_id=self._event_id(fields.text(record, "eventID"), fallback_id),
            time=seconds,
            tenant=clean(tenant),
            principal=self._hasher.clean_principal(principal),
            principal_kind=kind,
            service=operation.service,
            operation=operation.name,
            outcome=outcome,
            data_classes=operation.data_classes,
            restricted=operation.restricted,
            resource=resource,
            bytes=size,
            subject_ids=tuple([subject(name) for name in objects_of(source, parameters)]),
            credential_id=None if credential is None else clean(credential),
            grant=_grant(kind, credential),
            source_ip=address,
            asn=asn,
            country=country,
            user_agent=None if agent is None else self._hasher.clean_agent(agent),
            content=self._hasher.content(
                seconds, principal, credential, said, name, outcome, size, address, parameters
            ),
            delegate=self._delegate(delegates) if delegates else None,
            reach_seconds=reach_of_aws(source, parameters, seconds),
            is_fault=outcome is Outcome.ERROR and fields.is_fault(None, error),
        )

    def _delegate(self, delegates: list[str]) -> str:
        """Join the names of those who are given access; of too many the rest is one hash."""
        told, rest = delegates[:_DELEGATES_TOLD], delegates[_DELEGATES_TOLD:]
        names = [self._hasher.clean_delegate(name) for name in told]
        if rest:
            names.append(self._hasher.clean_delegate(" ".join(rest)))
        return ",".join(names)

    def _event_id(self, event_id: str | None, fallback_id: str) -> str:
        """Keep the id that AWS makes, by which CloudTrail finds the record."""
        if event_id is None or _EVENT_ID.fullmatch(event_id):
            return event_id or fallback_id
        return self._hasher.event_id(event_id)


def principal_of(identity: Record, service: str | None = None) -> tuple[str, PrincipalKind]:
    """Return the caller; a session counts as its role, a federated user as who made its token.

    A role with the path of service-linked roles counts as its service; a name like theirs proves
    nothing. A service has a host of AWS and no other identity. One that calls with somebody else's
    session (``invokedBy``) counts as that somebody, because the data goes to them.

    Parameters
    ----------
    identity
        The record's ``userIdentity``.
    service
        Caller of an event that AWS itself caused and that names nobody.

    Raises
    ------
    RecordError
        If it names nobody.

    Examples
    --------
    >>> arn = "arn:aws:sts::111122223333:assumed-role/etl/session-7"
    >>> principal_of({"type": "AssumedRole", "arn": arn})[0]
    'arn:aws:iam::111122223333:role/etl'
    """
    kind, arn = fields.text(identity, "type"), fields.text(identity, "arn")
    account, invoker = fields.text(identity, "accountId"), fields.text(identity, "invokedBy")
    role = _role(identity, arn)
    if role is not None:
        return role, PrincipalKind.SERVICE if _is_linked(identity, role) else PrincipalKind.ROLE
    federating = None if arn is None else _federating(identity, arn)
    if federating is not None:
        is_root = federating.endswith(":root")
        return federating, PrincipalKind.ROOT if is_root else PrincipalKind.USER
    if invoker is not None and arn is None and (kind == "AWSService" or _names_nobody(identity)):
        return invoker, _service_kind(invoker)
    if kind == "Root" and account is not None:
        return arn or f"arn:aws:iam::{account}:root", PrincipalKind.ROOT
    if kind == "AWSAccount" and account is not None:
        return account, PrincipalKind.APPLICATION
    person = fields.text(fields.mapping(identity, "onBehalfOf"), "userId")
    principal_id, user = fields.text(identity, "principalId"), fields.text(identity, "userName")
    for name in (arn, principal_id, user, person):
        if name is not None:
            return name, PrincipalKind.ROOT if kind == "Root" else PrincipalKind.USER
    if service is not None:
        return service, _service_kind(service)
    message = "no principal: userIdentity has no principal"
    raise RecordError(message)


def _role(identity: Record, arn: str | None) -> str | None:
    session = None if arn is None else _ROLE_SESSION.fullmatch(arn)
    if session is not None:
        return f"arn:{session[1]}:iam::{session[2]}:role/{session[3]}"
    if identity.get("type") != "AssumedRole":
        return None
    issuer = _issuer(identity)
    if issuer is None or ":role/" not in issuer:
        return None
    return f"{issuer.partition(':role/')[0]}:role/{issuer.rpartition('/')[2]}"


def _with_bytes(operation: Operation, size: int | None) -> Operation:
    """Call unclassified what nobody knows and what has returned data."""
    if (size or 0) < UNCLASSIFIED_LEAST_BYTES:
        return operation
    return msgspec.structs.replace(operation, data_classes=(DataClass.UNCLASSIFIED,))


def _federating(identity: Record, arn: str) -> str | None:
    """Return the user whose key made a federated session; its own name is the caller's choice."""
    session = _FEDERATED.fullmatch(arn)
    issuer = None if session is None else _issuer(identity)
    if session is None or issuer is None:
        return None
    account = f"arn:{session[1]}:iam::{session[2]}:"
    is_user = issuer.startswith(f"{account}user/") and not issuer.endswith("/")
    return issuer if is_user or issuer == f"{account}root" else None


def _is_linked(identity: Record, role: str) -> bool:
    """Whether AWS made a session's role for a service of its own."""
    issuer = _issuer(identity) or ""
    found = _SERVICE_ROLE.fullmatch(issuer) if _SERVICE_PATH in issuer else None
    if found is None or identity.get("type") != "AssumedRole":
        return False
    return role == f"arn:{found[1]}:iam::{found[2]}:role/{found[3]}"


def _service_kind(name: str) -> PrincipalKind:
    """Return what a caller is that says it is a service: services are not judged."""
    if _SERVICE_HOST.fullmatch(name) is not None:
        return PrincipalKind.SERVICE
    return PrincipalKind.APPLICATION


def _names_nobody(identity: Record) -> bool:
    return not any(identity.get(name) for name in ("type", "accountId", "principalId", "userName"))


def _issuer(identity: Record) -> str | None:
    context = fields.mapping(identity, "sessionContext")
    return fields.loose_text(fields.mapping(context, "sessionIssuer"), "arn")


def _service(record: Record) -> str | None:
    wrote = record.get("eventType") == "AwsServiceEvent"
    return fields.loose_text(record, "eventSource") if wrote else None


def _unfolded(record: Record) -> Record:
    """Restore the names of fields that something upstream has lower-cased."""
    return {
        _FOLDED.get(name.lower(), name): _unfolded(value) if isinstance(value, dict) else value
        for name, value in record.items()
    }


def _tenant(record: Record, identity: Record) -> str:
    tenant = fields.text(record, "recipientAccountId") or fields.text(identity, "accountId")
    tenant = tenant or fields.text(record, "accountId")
    if tenant is None:
        message = "no tenant: expected recipientAccountId or accountId"
        raise RecordError(message)
    return tenant


def _name(record: Record, name: str) -> str:
    value = fields.text(record, name)
    if value is None or not _is_name(value):
        message = f"no {name}" if value is None else f"{name}: not an AWS name"
        raise RecordError(message)
    return value


@lru_cache(maxsize=_NAMES_REMEMBERED)
def _is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None


def _grant(kind: PrincipalKind, credential: str | None) -> str | None:
    if kind is PrincipalKind.ROLE or (credential or "").startswith("ASIA"):
        return Grant.SESSION.value
    return None if credential is None else Grant.SECRET_KEY.value
