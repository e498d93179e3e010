"""Turns a record of any known log into events."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import msgspec

from models.catalogue.catalogue import Catalogue
from models.domain.access_event import AccessEvent
from models.domain.dead_letter import DeadLetter
from models.domain.redaction import SubjectHasher
from models.errors import RecordError
from streams.sources.formats.access_log_table import AccessLogTable
from streams.sources.formats.cloudtrail_parser import CloudTrailParser
from streams.sources.formats.envelopes import CONTROL, decode, is_bare, unwrap
from streams.sources.formats.fields import FindNetwork, Record, nowhere
from streams.sources.formats.ocsf import API_ACTIVITY, to_cloudtrail
from streams.sources.formats.s3_notice import is_notice
from streams.sources.formats.seller_api_parser import SellerApiParser
from streams.sources.formats.skipped import Skipped

FORMATS: Final = ("auto", "seller-api", "cloudtrail", "ocsf")
Parsed = AccessEvent | Skipped | DeadLetter

_Translate = Callable[[Record], Record]

_DEPTH: Final = 10
_CLOUDTRAIL: Final = ("cloudtrail", "ocsf")
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
        The log's format: ``auto`` looks at each record; ``seller-api``, ``cloudtrail``, ``ocsf``
        or the name of a table.
    tables
        Access logs of other programs.
    record_limit_bytes
        Larger records become dead letters.
    find_network
        Returns the AS number and country of an address if the log lacks them.

    Examples
    --------
    >>> parser = EventParser(Catalogue(), SubjectHasher(b"sixteen bytes of key"))
    >>> parser.parse(b"[1]", source="log", position="line 1")[0].reason
    'not an object, found int'
    """

    def __init__(
        self, catalogue: Catalogue, hasher: SubjectHasher, *, fmt: str = "auto",
        tables: Sequence[AccessLogTable] = (), record_limit_bytes: int = 1_048_576,
        find_network: FindNetwork = nowhere,
    ) -> None:  # fmt: skip
        self._hasher = hasher
        self._fmt = fmt
        self._cloudtrail = CloudTrailParser(catalogue, hasher, find_network)
        self._tables = tuple(tables)
        self._translations: dict[str, _Translate] = {"ocsf": to_cloudtrail}
        self._translations.update((table.name, table.to_seller_api) for table in tables)
        self._seller_api = SellerApiParser(catalogue, hasher, find_network)
        self.record_limit_bytes = record_limit_bytes

    def parse(self, record: bytes | dict[str, Any], *, source: str, position: str) -> list[Parsed]:
        """Turn a record into events, or say why it is none."""
        value: Any = record
        if isinstance(record, bytes):
            if len(record) > self.record_limit_bytes:
                reason = f"longer than {self.record_limit_bytes} bytes"
                return [self.dead_letter(record, source, position, reason)]
            try:
                documents = decode(record)
            except RecordError as error:
                return [self.dead_letter(record, source, position, str(error))]
            if len(documents) > 1:
                return list(self._walk(documents, source, position, 0))
            value = documents[0]
        if is_bare(value):
            return [self._one(value, source, position)]
        return list(self._walk(value, source, position, 0))

    def source_name(self, path: str) -> str:
        """Name a file without the personal words in its path."""
        return self._hasher.clean_path(path)

    def dead_letter(self, record: object, source: str, position: str, reason: str) -> DeadLetter:
        """Describe a bad record without its content."""
        data = record if isinstance(record, bytes) else _encode(record)
        return DeadLetter(
            source=source, position=position, reason=reason, size_bytes=len(data),
            digest=self._hasher.digest(data),
        )  # fmt: skip

    def _walk(self, value: Any, source: str, position: str, depth: int) -> Iterator[Parsed]:  # noqa: ANN401 - JSON
        try:
            inner = unwrap(value) if depth < _DEPTH else value
        except RecordError as error:
            yield self.dead_letter(value, source, position, str(error))
            return
        if isinstance(inner, list) and depth < _DEPTH:
            if not inner:
                yield Skipped("empty", source, position or "record 1")
            for number, entry in enumerate(inner, 1):
                place = f"{position} record {number}" if position else f"record {number}"
                yield from self._walk(entry, source, place, depth + 1)
        elif inner is not value:
            yield from self._walk(inner, source, position, depth + 1)
        else:
            yield self._one(value, source, position)

    def _one(self, record: Any, source: str, position: str) -> Parsed:  # noqa: ANN401 - JSON
        if not isinstance(record, dict):
            reason = f"not an object, found {type(record).__name__}"
            return self.dead_letter(record, source, position, reason)
        skip = _no_access(record)
        if skip is not None:
            return Skipped(skip, source, position)
        fmt = self._format_of(record) if self._fmt == "auto" else self._fmt
        try:
            if fmt in self._translations:
                record = self._translations[fmt](record)
            parser = self._cloudtrail if fmt in _CLOUDTRAIL else self._seller_api
            return parser.parse(record, self._fallback_id(record, position))
        except RecordError as error:
            return self.dead_letter(record, source, position, str(error))

    def _format_of(self, record: Record) -> str:
        if "eventSource" in record or "userIdentity" in record:
            return "cloudtrail"
        if "class_uid" in record:
            return "ocsf"
        if "path" in record and "seller_id" in record and "time" in record:
            return "seller-api"
        if "eventsource" in record or "useridentity" in record:
            return "cloudtrail"
        fitting = (table.name for table in self._tables if table.fits(record))
        return next(fitting, "seller-api")

    def _fallback_id(self, record: Record, position: str) -> str:
        if record.get("eventID") or record.get("request_id"):
            return ""
        data = _encode(record)
        if "eventName" not in record:
            # Two equal lines of an access log are two requests.
            data += position.encode()
        return self._hasher.digest(data)


def _no_access(record: Record) -> str | None:
    if "digestStartTime" in record or "digestS3Bucket" in record:
        return "digest"
    if record.get("eventCategory") == "Insight" or "insightDetails" in record:
        return "insight"
    if (
        record.get("eventType") == "AwsVpceEvent"
        or record.get("eventCategory") == "NetworkActivity"
    ):
        return "vpc endpoint event"
    if record.get("messageType") == CONTROL:
        return "control message"
    if "class_uid" in record and record["class_uid"] != API_ACTIVITY:
        return "other ocsf class"
    return "object notice" if is_notice(record) else None


def _encode(record: object) -> bytes:
    try:
        return msgspec.json.encode(record)
    except _NO_JSON:
        return b""
