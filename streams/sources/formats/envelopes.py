"""Unwraps records from AWS envelopes."""

import base64
import binascii
from typing import Any, Final

from models.errors import RecordError
from streams.sources.formats.input_meter import DEFAULT_BUDGET, InputMeter
from streams.sources.formats.mended_json import documents

# CloudWatch Logs sends this message to check that a subscription's target is alive.
CONTROL: Final = "CONTROL_MESSAGE"

LISTS: Final = ("Records", "Events", "LookupEvents", "logEvents", "Messages", "records")
_TEXTS: Final = ("CloudTrailEvent", "Message", "Body", "body", "message")
_GZIP: Final = b"\x1f\x8b"
# What may stand before a document, the byte order mark of some writers among it.
_BEFORE: Final = "\ufeff \t\r\n"


def unwrap(value: Any, meter: InputMeter | None = None) -> Any:  # noqa: ANN401 - JSON
    """Remove one layer: return the list or object inside, or the value itself if it has none.

    Known layers: a Records file, LookupEvents responses, EventBridge's ``detail``, CloudWatch
    Logs subscriptions (with or without Lambda, Kinesis or Firehose around them), SNS and SQS
    messages.

    Parameters
    ----------
    value
        A decoded record.
    meter
        What it may still unpack to; None means the default budget.

    Raises
    ------
    RecordError
        If the content cannot be unpacked, or not within the budget.

    Examples
    --------
    >>> unwrap({"Records": [{"eventSource": "s3.amazonaws.com"}]})
    [{'eventSource': 's3.amazonaws.com'}]
    >>> unwrap({"CloudTrailEvent": '{"eventName": "GetObject"}'})
    {'eventName': 'GetObject'}
    """
    if type(value) is not dict or is_bare(value) or value.get("messageType") == CONTROL:
        return value
    for name in LISTS:
        if isinstance(value.get(name), list):
            return value[name]
    if "detail-type" in value and isinstance(value.get("detail"), dict):
        return value["detail"]
    return _unwrap_text(value, meter or InputMeter(DEFAULT_BUDGET))


def is_bare(value: object) -> bool:
    """Whether a JSON value is a record without an envelope.

    Examples
    --------
    >>> is_bare({"eventSource": "s3.amazonaws.com"}), is_bare({"Records": []})
    (True, False)
    """
    return type(value) is dict and (
        "path" in value or "eventSource" in value or "class_uid" in value or "userIdentity" in value
    )


def is_list(value: object) -> bool:
    """Whether a JSON value is an envelope of many records.

    Examples
    --------
    >>> is_list({"Records": []}), is_list({"eventName": "GetObject"})
    (True, False)
    """
    try:
        return isinstance(value, dict) and isinstance(unwrap(value), list)
    except RecordError:
        return False


def _unwrap_text(value: dict[str, Any], meter: InputMeter) -> Any:  # noqa: ANN401 - JSON
    for name in _TEXTS:
        text = value.get(name)
        if not isinstance(text, str) or text.lstrip(_BEFORE)[:1] not in ("{", "["):
            continue
        try:
            return meter.decode(text.encode("utf-8", "replace"))
        except RecordError as error:
            message = f"{name}: {error}"
            raise RecordError(message) from error
    for name in ("awslogs", "kinesis"):
        inner = value.get(name)
        if isinstance(inner, dict) and isinstance(inner.get("data"), str):
            return _unpack(inner["data"], meter)
    for name in ("data", "Data"):
        if isinstance(value.get(name), str) and len(value) <= 4:
            return _unpack(value[name], meter)
    return value


def _unpack(text: str, meter: InputMeter) -> Any:  # noqa: ANN401 - JSON
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        message = "data: not base64"
        raise RecordError(message) from error
    if data[:2] == _GZIP:
        data = meter.gunzip(data)
    meter.charge_values(data)
    found = documents(data, meter.records)
    return found[0] if len(found) == 1 else found
