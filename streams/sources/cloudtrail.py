"""Events of CloudTrail records."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from models.access_event import AccessEvent, Outcome
from models.catalogue import Catalogue
from models.errors import RecordError
from models.operation import Operation
from models.redaction import SubjectHasher
from streams.sources.cloudtrail_identity import Identity, identity_of
from streams.sources.cloudtrail_resource import encrypted_bucket, key_values, resource_of
from streams.sources.values import (
    as_address,
    as_count,
    as_text,
    as_time,
    outcome_of_error,
)

_TIMES: Final = ("eventTime", "@timestamp", "p_event_time")
# A log that was lower-cased on its way keeps its structure; these are all keys that we read.
_KEYS: Final = {
    key.lower(): key
    for key in (
        "userIdentity", "eventTime", "eventSource", "eventName", "sourceIPAddress", "userAgent",
        "requestParameters", "responseElements", "additionalEventData", "eventID", "requestID",
        "recipientAccountId", "errorCode", "errorMessage", "eventType", "resources",
        "sessionContext", "sessionIssuer", "accountId", "principalId", "userName", "invokedBy",
        "accessKeyId", "bytesTransferredOut", "eventCategory", "insightDetails", "arn", "type",
    )
}  # fmt: skip
ECHO_OPERATIONS: Final = frozenset({"Decrypt", "GenerateDataKey"})


class CloudTrailSource:
    """Makes an event of a CloudTrail record.

    Parameters
    ----------
    catalogue
        What the calls expose.
    hasher
        Turns keys of items into hashes.

    Examples
    --------
    >>> source = CloudTrailSource(Catalogue.from_mapping({}), SubjectHasher(bytes(32)))
    >>> event = source.event({
    ...     "eventTime": "2026-01-01T00:00:00Z", "eventSource": "s3.amazonaws.com",
    ...     "eventName": "GetObject", "recipientAccountId": "111122223333",
    ...     "userIdentity": {"type": "Root", "accountId": "111122223333"}}, "id")
    >>> event.principal, event.service
    ('arn:aws:iam::111122223333:root', 's3')
    """

    def __init__(self, catalogue: Catalogue, hasher: SubjectHasher) -> None:
        self._catalogue = catalogue
        self._hasher = hasher
        self._clean = lru_cache(maxsize=20_000)(hasher.clean)

    def event(self, record: Mapping[str, Any], fallback_id: str) -> AccessEvent:
        """Return the event of a record; `fallback_id` serves one without an event id.

        Raises
        ------
        RecordError
            If it has no usable name, time, principal or account.
        """
        if "eventName" not in record:
            record = restore_keys(record)
        name = self._short(record.get("eventName"))
        source = self._short(record.get("eventSource"))
        if name is None or source is None:
            message = "eventName or eventSource is missing"
            raise RecordError(message)
        time = next((t for t in map(as_time, map(record.get, _TIMES)) if t is not None), None)
        if time is None:
            message = "eventTime is missing or no time"
            raise RecordError(message)
        raw = record.get("userIdentity")
        said = raw if isinstance(raw, Mapping) else {}
        identity = identity_of(said)
        tenant = as_text(record.get("recipientAccountId"), 32) or identity.account
        if identity.principal is None or tenant is None:
            missing = "principal" if identity.principal is None else "account"
            message = f"no {missing}: userIdentity does not say"
            raise RecordError(message)
        operation, resource = self._operation(record, source, name)
        return self._event(record, fallback_id, time, tenant, identity, operation, resource, said)

    def _event(  # noqa: PLR0917
        self, record: Mapping[str, Any], fallback_id: str, time: float, tenant: str,
        identity: Identity, operation: Operation, resource: str | None, said: Mapping[str, Any],
    ) -> AccessEvent:  # fmt: skip
        extra = record.get("additionalEventData")
        agent = as_text(record.get("userAgent"), 512)
        key = self._short(said.get("accessKeyId") or said.get("accesKeyId"))
        return AccessEvent(
            event_id=self._short(record.get("eventID")) or fallback_id,
            time=time,
            tenant=self._clean(tenant),
            principal=self._clean(identity.principal or ""),
            principal_kind=identity.kind,
            service=operation.service,
            operation=operation.name,
            outcome=_outcome(record),
            data_classes=operation.data_classes,
            restricted=operation.restricted,
            resource=resource,
            bytes=as_count(extra.get("bytesTransferredOut"))
            if isinstance(extra, Mapping)
            else None,
            subject_ids=self._subjects(record, operation),
            credential_id=key,
            grant=_grant(key, said),
            source_ip=as_address(record.get("sourceIPAddress")),
            user_agent=None if agent is None else self._clean(agent)[:256],
        )

    def _operation(
        self, record: Mapping[str, Any], source: str, name: str
    ) -> tuple[Operation, str | None]:
        resource = resource_of(record)
        operation = self._catalogue.aws(source, name, resource)
        if operation.service == "kms" and name in ECHO_OPERATIONS:
            return operation, encrypted_bucket(record) or resource
        return operation, resource

    def _subjects(self, record: Mapping[str, Any], operation: Operation) -> tuple[int, ...]:
        if operation.service != "dynamodb":
            return ()
        return tuple(dict.fromkeys(self._hasher.subject(value) for value in key_values(record)))

    def _short(self, value: object) -> str | None:
        text = as_text(value)
        return None if text is None else self._clean(text)


def restore_keys(value: Any, depth: int = 5) -> Any:
    """Return a record with the spelling that CloudTrail gives to its keys.

    Examples
    --------
    >>> restore_keys({"eventname": "GetObject"})
    {'eventName': 'GetObject'}
    """
    if depth == 0 or not isinstance(value, Mapping):
        return value
    return {_KEYS.get(str(k).lower(), k): restore_keys(v, depth - 1) for k, v in value.items()}


def is_service_echo(record_operation: str, source_ip: str | None) -> bool:
    """Whether a KMS call was made by AWS on behalf of another call, and so echoes it."""
    return record_operation in ECHO_OPERATIONS and (
        source_ip is not None and (source_ip == "AWS Internal" or "amazonaws.com" in source_ip)
    )


def _outcome(record: Mapping[str, Any]) -> Outcome:
    outcome = outcome_of_error(
        as_text(record.get("errorCode")), as_text(record.get("errorMessage"))
    )
    response = record.get("responseElements")
    if isinstance(response, Mapping) and response.get("ConsoleLogin") == "Failure":
        return Outcome.DENIED
    return outcome


def _grant(key: str | None, identity: Mapping[str, Any]) -> str | None:
    if key is not None and key.startswith("AKIA"):
        return "secret_key"
    session = key is not None and key.startswith("ASIA")
    return "session" if session or identity.get("sessionContext") else None
