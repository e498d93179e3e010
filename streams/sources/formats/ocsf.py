"""Reads OCSF API Activity, the format of CloudTrail in Security Lake."""

from collections.abc import Mapping
from typing import Any, Final

from models.errors import RecordError
from streams.sources.formats import fields
from streams.sources.formats.fields import Record, mapping
from streams.sources.formats.mended_json import document

API_ACTIVITY: Final = 6003

_FAILURE: Final = 2


def to_cloudtrail(record: Record) -> dict[str, Any]:
    """Rewrite a record of class 6003 in the form of CloudTrail.

    An access has the same event id in both forms, so it counts once even if both are read.

    Raises
    ------
    RecordError
        If it names no service.

    Examples
    --------
    >>> api = {"operation": "GetObject", "service": {"name": "s3.amazonaws.com"}}
    >>> to_cloudtrail({"class_uid": 6003, "api": api})["eventName"]
    'GetObject'
    """
    api, source = mapping(record, "api"), mapping(record, "src_endpoint")
    service = fields.text(mapping(api, "service"), "name")
    if service is None:
        message = "no api.service.name"
        raise RecordError(message)
    response = mapping(api, "response")
    error = response.get("error") or response.get("message")
    if not error and record.get("status_id") == _FAILURE:
        error = record.get("status_detail") or record.get("status_code") or "Failure"
    unmapped = _unmapped(record.get("unmapped"))
    data = mapping(api, "request").get("data") or unmapped.get("requestParameters")
    return {
        "eventID": mapping(record, "metadata").get("uid") or record.get("uid"),
        "eventTime": record.get("time_dt") or record.get("time"),
        "eventSource": service,
        "eventName": api.get("operation"),
        "recipientAccountId": _account(record, unmapped),
        "sourceIPAddress": source.get("ip") or source.get("domain"),
        "userAgent": mapping(record, "http_request").get("user_agent"),
        "errorCode": error,
        "requestParameters": data if isinstance(data, dict) else _decoded(data),
        "additionalEventData": _additional(unmapped),
        "userIdentity": _identity(mapping(record, "actor"), unmapped),
    }


def _identity(actor: Record, unmapped: Mapping[str, Any]) -> dict[str, Any]:
    user, session = mapping(actor, "user"), mapping(actor, "session")
    return {
        "type": user.get("type") or unmapped.get("userIdentity.type"),
        "arn": user.get("uid"),
        "principalId": user.get("uid_alt"),
        "userName": user.get("name"),
        "accountId": mapping(user, "account").get("uid"),
        "accessKeyId": user.get("credential_uid") or session.get("credential_uid"),
        "invokedBy": actor.get("invoked_by"),
        "sessionContext": {"sessionIssuer": {"arn": session.get("issuer")}},
    }


def _account(record: Record, unmapped: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
    recipient = unmapped.get("recipientAccountId")
    if isinstance(recipient, str):
        return recipient
    return mapping(mapping(record, "cloud"), "account").get("uid")


def _unmapped(value: object) -> dict[str, Any]:
    """Read the unmapped fields: a mapping, or Parquet's list of pairs."""
    if isinstance(value, dict):
        return value
    pairs = value if isinstance(value, list) else []
    return {
        pair[0]: pair[1]
        for pair in pairs
        if isinstance(pair, list | tuple) and len(pair) == 2 and isinstance(pair[0], str)
    }


def _additional(unmapped: Mapping[str, Any]) -> Record:
    whole = unmapped.get("additionalEventData")
    if isinstance(whole, dict):
        return whole
    start = "additionalEventData."
    return {
        name.removeprefix(start): value
        for name, value in unmapped.items()
        if name.startswith(start)
    }


def _decoded(text: object) -> Record | None:
    if not isinstance(text, str):
        return None
    try:
        value = document(text.encode("utf-8", "replace"))
    except RecordError:
        return None
    return value if isinstance(value, dict) else None
