"""Reads notices of new objects in a bucket."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote_plus

import msgspec

from models.errors import RecordError
from streams.sources.formats.envelopes import unwrap
from streams.sources.formats.mended_json import document

_DEPTH: Final = 6


class S3Object(msgspec.Struct, frozen=True):
    """The location of an object.

    Parameters
    ----------
    bucket
        Name of the bucket.
    key
        Key of the object, not URL-encoded.
    """

    bucket: str
    key: str


def is_notice(record: Mapping[str, Any]) -> bool:
    """Whether a record is a notice of an object, or S3's test notice.

    Examples
    --------
    >>> is_notice({"Service": "Amazon S3", "Event": "s3:TestEvent"})
    True
    """
    return (
        "s3ObjectKey" in record
        or record.get("eventSource") == "aws:s3"
        or record.get("Event") == "s3:TestEvent"
        or (isinstance(record.get("object"), dict) and isinstance(record.get("bucket"), dict))
    )


def objects_of(message: bytes) -> list[S3Object] | None:
    """List the objects that an SQS message names; None if it is not a notice.

    It reads S3's own notices, those sent through SNS or EventBridge, and CloudTrail's. S3's test
    notice names no object.

    Examples
    --------
    >>> objects_of(b'{"s3Bucket": "logs", "s3ObjectKey": ["a.json.gz"]}')
    [S3Object(bucket='logs', key='a.json.gz')]
    >>> objects_of(b'{"hello": 1}') is None
    True
    """
    try:
        return _objects(document(message), 0)
    except RecordError:
        return None


def _objects(value: Any, depth: int) -> list[S3Object] | None:  # noqa: ANN401 - JSON
    if isinstance(value, list) and depth < _DEPTH:
        inner = [_objects(entry, depth + 1) for entry in value]
        if any(entry is None for entry in inner):
            return None
        return [found for entry in inner for found in entry or ()]
    if not isinstance(value, dict):
        return None
    if is_notice(value):
        return _named(value)
    unwrapped = unwrap(value)
    return None if unwrapped is value or depth >= _DEPTH else _objects(unwrapped, depth + 1)


def _named(notice: dict[str, Any]) -> list[S3Object] | None:
    if notice.get("Event") == "s3:TestEvent":
        return []
    if "s3ObjectKey" in notice:
        keys = notice["s3ObjectKey"]
        if not isinstance(keys, list):
            return None
        pairs = [(notice.get("s3Bucket"), key) for key in keys]
        quoted = False
    else:
        place = notice.get("s3", notice)
        place = place if isinstance(place, dict) else {}
        bucket, entry = place.get("bucket"), place.get("object")
        names = [part if isinstance(part, dict) else {} for part in (bucket, entry)]
        pairs = [(names[0].get("name"), names[1].get("key"))]
        # S3 URL-encodes the key in its own notices; EventBridge does not.
        quoted = "s3" in notice
    found = [
        S3Object(bucket, unquote_plus(key) if quoted else key)
        for bucket, key in pairs
        if isinstance(bucket, str) and isinstance(key, str) and bucket and key
    ]
    return found if len(found) == len(pairs) else None
