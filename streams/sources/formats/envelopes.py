"""Unwraps records from AWS envelopes."""

import base64
import binascii
import json
import zlib
from typing import Any, Final

import msgspec

from models.errors import RecordError

BAD_JSON: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

# CloudWatch Logs sends this message to check that a subscription's target is alive.
CONTROL: Final = "CONTROL_MESSAGE"

_LISTS: Final = ("Records", "Events", "LookupEvents", "logEvents", "Messages", "records")
_TEXTS: Final = ("CloudTrailEvent", "Message", "Body", "body", "message")
_PACKED_LIMIT: Final = 1 << 26
_GZIP: Final = b"\x1f\x8b"


def unwrap(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Remove one layer: return the list or object inside, or the value itself if it has none.

    Known layers: a Records file, LookupEvents responses, EventBridge's ``detail``, CloudWatch
    Logs subscriptions (with or without Lambda, Kinesis or Firehose around them), SNS and SQS
    messages.

    Raises
    ------
    RecordError
        If the content cannot be unpacked.

    Examples
    --------
    >>> unwrap({"Records": [{"eventSource": "s3.amazonaws.com"}]})
    [{'eventSource': 's3.amazonaws.com'}]
    >>> unwrap({"CloudTrailEvent": '{"eventName": "GetObject"}'})
    {'eventName': 'GetObject'}
    """
    if type(value) is not dict or is_bare(value) or value.get("messageType") == CONTROL:
        return value
    for name in _LISTS:
        if isinstance(value.get(name), list):
            return value[name]
    if "detail-type" in value and isinstance(value.get("detail"), dict):
        return value["detail"]
    return _unwrap_text(value)


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


def decode(data: bytes) -> list[Any]:
    """Decode JSON, including concatenated documents from Firehose.

    Raises
    ------
    RecordError
        If it is not JSON.

    Examples
    --------
    >>> decode(b'{"a": 1}{"a": 2}')
    [{'a': 1}, {'a': 2}]
    """
    try:
        return [msgspec.json.decode(data)]
    except BAD_JSON:
        documents = _split(data)
    if documents is None:
        message = "not JSON"
        raise RecordError(message)
    return documents


def _split(data: bytes) -> list[Any] | None:
    try:
        text = data.decode("utf-8").strip()
    except UnicodeDecodeError:
        return None
    decoder, documents, place = json.JSONDecoder(), [], 0
    while place < len(text):
        if text[place] != "{":
            return None
        try:
            document, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            return None
        documents.append(document)
        while place < len(text) and text[place].isspace():
            place += 1
    return documents or None


def _unwrap_text(value: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    for name in _TEXTS:
        text = value.get(name)
        if not isinstance(text, str) or text.lstrip()[:1] not in ("{", "["):
            continue
        try:
            return msgspec.json.decode(text.encode("utf-8", "replace"))
        except BAD_JSON as error:
            message = f"{name}: not JSON"
            raise RecordError(message) from error
    for name in ("awslogs", "kinesis"):
        inner = value.get(name)
        if isinstance(inner, dict) and isinstance(inner.get("data"), str):
            return _unpack(inner["data"])
    for name in ("data", "Data"):
        if isinstance(value.get(name), str) and len(value) <= 4:
            return _unpack(value[name])
    return value


def _unpack(text: str) -> Any:  # noqa: ANN401 - JSON
    try:
        data = base64.b64decode(text, validate=True)
        if data[:2] == _GZIP:
            unpacker = zlib.decompressobj(wbits=31)
            data = unpacker.decompress(data, _PACKED_LIMIT)
            if not unpacker.eof:
                message = "data: the gzip stream is truncated or too long"
                raise RecordError(message)
        documents = decode(data)
    except (binascii.Error, ValueError, zlib.error) as error:
        message = "data: not base64 of JSON or of gzipped JSON"
        raise RecordError(message) from error
    return documents[0] if len(documents) == 1 else documents
