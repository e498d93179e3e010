"""Turns a record of any known log into events."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import msgspec

from models.catalogue.catalogue import Catalogue
from models.domain.access_event import AccessEvent
from models.domain.dead_letter import DeadLetter
from models.domain.redaction import SubjectHasher
from models.domain.seller_notice import ASKING, request_notice
from models.errors import RecordError
from streams.settings.sections import InputBudget
from streams.sources.formats.access_log_table import AccessLogTable
from streams.sources.formats.cloudtrail_parser import CloudTrailParser
from streams.sources.formats.envelopes import CONTROL, is_bare, unwrap
from streams.sources.formats.fields import FindNetwork, Record, nowhere
from streams.sources.formats.input_meter import DEFAULT_BUDGET, InputMeter
from streams.sources.formats.json_text import BAD_JSON
from streams.sources.formats.mended_json import documents
from streams.sources.formats.notification_parser import NotificationParser, is_notification
from streams.sources.formats.ocsf import API_ACTIVITY, to_cloudtrail
from streams.sources.formats.s3_notice import is_notice
from streams.sources.formats.seller_api_parser import SellerApiParser
from streams.sources.formats.skipped import Skipped

FORMATS: Final = ("auto", "seller-api", "cloudtrail", "ocsf")
Parsed = AccessEvent | Skipped | DeadLetter

_Translate = Callable[[Record], Record]

_DEPTH: Final = 10
# Whatever a shorter text says, its values fit into memory.
_SMALL_BYTES: Final = 1 << 18
_CLOUDTRAIL: Final = ("cloudtrail", "ocsf")
_NO_JSON: Final = (TypeError, ValueError, OverflowError, RecursionError, msgspec.MsgspecError)
# What a record that nobody has thought of may raise: it costs that record only.
_UNFORESEEN: Final = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    TypeError,
    ValueError,
)


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
    budget
        What a record may use; one that exceeds it becomes one dead letter.
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
        budget: InputBudget = DEFAULT_BUDGET, find_network: FindNetwork = nowhere,
    ) -> None:  # fmt: skip
        self._hasher = hasher
        self._fmt = fmt
        self._catalogue = catalogue
        self._notifications = NotificationParser(catalogue, hasher)
        self._cloudtrail = CloudTrailParser(catalogue, hasher, find_network)
        self._tables = tuple(tables)
        self._translations: dict[str, _Translate] = {"ocsf": to_cloudtrail}
        self._translations.update((table.name, table.to_seller_api) for table in tables)
        self._seller_api = SellerApiParser(catalogue, hasher, find_network)
        self.record_limit_bytes = record_limit_bytes
        self.budget = budget

    def parse(self, record: bytes | dict[str, Any], *, source: str, position: str) -> list[Parsed]:
        """Turn a record into events, or say why it is none."""
        if isinstance(record, bytes) and len(record) > self.record_limit_bytes:
            reason = f"longer than {self.record_limit_bytes} bytes (sources.record_limit_bytes)"
            return [self.dead_letter(record, source, position, reason)]
        try:
            value = self._decoded(record) if isinstance(record, bytes) else record
            if self._is_bare(value):
                return self._noted(self._one(value, source, position))
            return self._unwrapped(record, value, source, position)
        except RecordError as error:
            reason = str(error)
        except RecursionError:
            reason = "nested too deep"
        except _UNFORESEEN as error:
            reason = f"cannot be read: {type(error).__name__}"
        return [self.dead_letter(record, source, position or "record 1", reason)]

    def _noted(self, item: Parsed) -> list[Parsed]:
        """Let a request of a restricted report be noted where the notice of it arrives."""
        if type(item) is not AccessEvent or item.operation not in ASKING:
            return [item]
        kind = self._catalogue.reports.get(item.resource or "")
        if kind is not None and not kind.restricted:
            return [item]
        noted = request_notice(item, self._hasher)
        return [item] if noted is None else [item, noted]

    def source_name(self, path: str) -> str:
        """Name a file without the personal words in its path."""
        # A name on disk may hold bytes that are no text.
        return self._hasher.clean_path(path.encode("utf-8", "replace").decode("utf-8"))

    def dead_letter(self, record: object, source: str, position: str, reason: str) -> DeadLetter:
        """Describe a bad record without its content."""
        data = record if isinstance(record, bytes) else _encode(record)
        return DeadLetter(
            source=source, position=position, reason=reason, size_bytes=len(data),
            digest=self._hasher.digest(data),
        )  # fmt: skip

    def _decoded(self, record: bytes) -> Any:  # noqa: ANN401 - JSON
        if len(record) > _SMALL_BYTES:
            InputMeter(self.budget).charge_values(record)
        try:
            return msgspec.json.decode(record)
        except BAD_JSON:
            found = documents(record, self.budget.records)
        return found[0] if len(found) == 1 else found

    def _unwrapped(
        self,
        record: bytes | dict[str, Any],
        value: Any,
        source: str,
        position: str,  # noqa: ANN401 - JSON
    ) -> list[Parsed]:
        """Parse what is in an envelope; of many bad records only the first are told one by one."""
        meter = InputMeter(self.budget)
        if isinstance(record, bytes):
            meter.charge_values(record)
        found: list[Parsed] = []
        letters = 0
        for item in self._walk(value, source, position, 0, meter):
            letters += isinstance(item, DeadLetter)
            if letters <= self.budget.dead_letters or not isinstance(item, DeadLetter):
                found += self._noted(item)
        if letters > self.budget.dead_letters:
            more = letters - self.budget.dead_letters
            reason = f"{more} more records in it are bad (sources.budget.dead_letters)"
            found.append(self.dead_letter(record, source, position or "record 1", reason))
        return found

    def _walk(
        self,
        value: Any,
        source: str,
        position: str,
        depth: int,
        meter: InputMeter,  # noqa: ANN401 - JSON
    ) -> Iterator[Parsed]:
        try:
            is_packed = depth < _DEPTH and not self._is_bare(value)
            inner = unwrap(value, meter) if is_packed else value
            if isinstance(inner, list) and depth < _DEPTH:
                meter.charge_records(len(inner))
        except RecordError as error:
            yield self.dead_letter(value, source, position or "record 1", str(error))
            return
        if isinstance(inner, list) and depth < _DEPTH:
            if not inner:
                yield Skipped("empty", source, position or "record 1")
            for number, entry in enumerate(inner, 1):
                place = f"{position} record {number}" if position else f"record {number}"
                yield from self._walk(entry, source, place, depth + 1, meter)
        elif inner is not value:
            yield from self._walk(inner, source, position, depth + 1, meter)
        else:
            yield self._one(value, source, position)

    def _one(self, record: Any, source: str, position: str) -> Parsed:  # noqa: ANN401 - JSON
        if not isinstance(record, dict):
            reason = f"not an object, found {type(record).__name__}"
            return self.dead_letter(record, source, position, reason)
        if is_notification(record):
            return self._notice(record, source, position)
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
            reason = str(error)
        except RecursionError:
            reason = "nested too deep"
        except _UNFORESEEN as error:
            reason = f"cannot be read: {type(error).__name__}"
        return self.dead_letter(record, source, position, reason)

    def _is_bare(self, value: object) -> bool:
        """Whether a value is a record: what a client has sent may stand in any of its fields."""
        if is_bare(value):
            return True
        return isinstance(value, dict) and any(table.fits(value) for table in self._tables)

    def _notice(self, record: Record, source: str, position: str) -> Parsed:
        try:
            event = self._notifications.parse(record, self._fallback_id(record, position))
        except RecordError as error:
            return self.dead_letter(record, source, position, str(error))
        return event or Skipped("other notification", source, position)

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
