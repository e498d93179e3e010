"""Turns any record of a known log into events."""

from collections.abc import Iterator
from typing import Any, Final, Literal

import msgspec

from models.access_event import AccessEvent
from models.catalogue import Catalogue
from models.dead_letter import DeadLetter
from models.errors import RecordError
from models.redaction import SubjectHasher
from streams.sources.cloudtrail_parser import CloudTrailParser
from streams.sources.seller_api_parser import SellerApiParser
from streams.sources.skipped import Skipped

Format = Literal["auto", "seller-api", "cloudtrail"]
Parsed = AccessEvent | Skipped | DeadLetter

_LISTS: Final = ("Records", "LookupEvents", "Events")
_DEPTH: Final = 4
_BAD_JSON: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_NO_JSON: Final = (TypeError, ValueError, OverflowError, RecursionError, msgspec.MsgspecError)


class EventParser:
    """Parses, classifies and redacts records; it never raises.

    Parameters
    ----------
    catalogue
        What each operation exposes.
    hasher
        Replaces personal data.
    fmt
        The log's format; ``auto`` looks at each record.
    record_limit_bytes
        Records that come as more bytes become dead letters.

    Examples
    --------
    >>> parser = EventParser(Catalogue(), SubjectHasher(b"secret"))
    >>> parser.parse(b"[1]", source="log", position="line 1")[0].reason
    'not an object, found int'
    """

    def __init__(
        self, catalogue: Catalogue, hasher: SubjectHasher, *, fmt: Format = "auto",
        record_limit_bytes: int = 1_048_576,
    ) -> None:  # fmt: skip
        self._hasher = hasher
        self._fmt = fmt
        self._cloudtrail = CloudTrailParser(catalogue, hasher)
        self._seller_api = SellerApiParser(catalogue, hasher)
        self.record_limit_bytes = record_limit_bytes

    def parse(self, record: bytes | dict[str, Any], *, source: str, position: str) -> list[Parsed]:
        """Turn a record into events, or say why it became none."""
        value: Any = record
        if isinstance(record, bytes):
            if len(record) > self.record_limit_bytes:
                reason = f"longer than {self.record_limit_bytes} bytes"
                return [self.dead_letter(record, source, position, reason)]
            try:
                value = msgspec.json.decode(record)
            except _BAD_JSON:
                return [self.dead_letter(record, source, position, "not JSON")]
        return list(self._walk(value, source, position, 0))

    def dead_letter(self, record: object, source: str, position: str, reason: str) -> DeadLetter:
        """Describe a bad record without its content."""
        data = record if isinstance(record, bytes) else _encode(record)
        return DeadLetter(
            source=source, position=position, reason=reason, size_bytes=len(data),
            digest=self._hasher.digest(data),
        )  # fmt: skip

    def _walk(self, value: Any, source: str, position: str, depth: int) -> Iterator[Parsed]:  # noqa: ANN401 - JSON
        inner = _unwrap(value) if depth < _DEPTH else value
        if isinstance(inner, list) and depth < _DEPTH:
            if not inner:
                yield Skipped("empty", source, position or "record 1")
            for number, entry in enumerate(inner, 1):
                place = f"{position} record {number}" if position else f"record {number}"
                yield from self._walk(entry, source, place, depth + 1)
        elif isinstance(inner, str) and inner is not value:
            yield from self._embedded(inner, source, position, depth + 1)
        elif inner is not value:
            yield from self._walk(inner, source, position, depth + 1)
        else:
            yield self._one(value, source, position)

    def _embedded(self, text: str, source: str, position: str, depth: int) -> Iterator[Parsed]:
        try:
            value = msgspec.json.decode(text.encode("utf-8", "replace"))
        except _BAD_JSON:
            yield self.dead_letter(_bytes(text), source, position, "CloudTrailEvent: not JSON")
            return
        yield from self._walk(value, source, position, depth)

    def _one(self, record: Any, source: str, position: str) -> Parsed:  # noqa: ANN401 - JSON
        if not isinstance(record, dict):
            reason = f"not an object, found {type(record).__name__}"
            return self.dead_letter(record, source, position, reason)
        if "digestStartTime" in record or "digestS3Bucket" in record:
            return Skipped("digest", source, position)
        if record.get("eventCategory") == "Insight" or "insightDetails" in record:
            return Skipped("insight", source, position)
        fmt = self._fmt
        if fmt == "auto":
            fmt = "cloudtrail" if "eventSource" in record or "userIdentity" in record else fmt
        parser = self._cloudtrail if fmt == "cloudtrail" else self._seller_api
        named = record.get("eventID") or record.get("request_id")
        try:
            return parser.parse(record, "" if named else self._hasher.digest(_encode(record)))
        except RecordError as error:
            return self.dead_letter(record, source, position, str(error))


def is_list(value: object) -> bool:
    """Whether a JSON value is an envelope of many records."""
    return isinstance(value, dict) and isinstance(_unwrap(value), list)


def _unwrap(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Take a record out of its envelope; return the value itself if it has none."""
    if not isinstance(value, dict) or "path" in value or "eventSource" in value:
        return value
    for name in _LISTS:
        if isinstance(value.get(name), list):
            return value[name]
    if isinstance(value.get("CloudTrailEvent"), str):
        return value["CloudTrailEvent"]
    if isinstance(value.get("detail"), dict) and "detail-type" in value:
        return value["detail"]
    return value


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _encode(record: object) -> bytes:
    try:
        return msgspec.json.encode(record)
    except _NO_JSON:
        return b""
