"""Reads the records of one log file, compressed or not."""

import io
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from models.domain.dead_letter import DeadLetter
from models.errors import RecordError
from streams.sources.files.letter_limit import LetterLimit
from streams.sources.formats.compression import DAMAGED, unpack
from streams.sources.formats.document_records import begins_list, document_records
from streams.sources.formats.envelopes import is_list
from streams.sources.formats.event_parser import EventParser, Parsed
from streams.sources.formats.input_meter import InputMeter
from streams.sources.formats.parquet import PARQUET, parquet_rows

STANDARD_INPUT: Final = "-"
Placed = tuple[Parsed, str]

_BOM: Final = b"\xef\xbb\xbf"
WHOLE: Final = re.compile(rb'\s*(\[|\{\s*"(Records|LookupEvents|Events)"\s*:|\{\s*\n|\{\s*\r\n)')
_REPORT_EVERY: Final = 256


class LogFile:
    """One file of records.

    Parameters
    ----------
    path
        The file; ``-`` is standard input.
    parser
        Turns each record into events.
    on_bytes
        Called with the number of bytes read from disk since the last call.
    opener
        Opens what `path` names.
    """

    def __init__(
        self,
        path: str,
        parser: EventParser,
        on_bytes: Callable[[int], None] | None = None,
        opener: Callable[[str], io.BufferedReader] | None = None,
    ) -> None:
        self.path = path
        self._source = parser.source_name(str(path))
        self._parser = parser
        self._on_bytes = on_bytes
        self._opener = opener or _open
        self._limit = LetterLimit(parser, self._source, None)
        self._seen = 0
        self._number = 0

    def read(self) -> Iterator[Placed]:
        """Yield the result of each record, with its position; a damaged file ends early."""
        reason = None
        try:
            with self._opener(self.path) as raw:
                try:
                    yield from self._records(raw)
                finally:
                    self._report(raw)
        except DAMAGED:
            reason = "the compressed stream is truncated or damaged"
        except OSError as error:
            reason = f"cannot be read: {error.strerror or type(error).__name__}"
        except RecordError as error:
            reason = str(error)
        for item in self._limit.rest(f"line {self._number}"):
            yield item, f"line {self._number}"
        if reason is not None:
            position = f"line {self._number + 1}"
            yield self._parser.dead_letter(b"", self._source, position, reason), position

    def _records(self, raw: io.BufferedReader) -> Iterator[Placed]:
        if raw.peek(4)[:4] == PARQUET:
            yield from self._rows(raw)
            return
        stream = raw
        if (unpacked := unpack(raw, self._parser.budget)) is not None:
            self._limit = LetterLimit(self._parser, self._source, unpacked)
            stream = io.BufferedReader(unpacked, 1 << 18)
        if stream.peek(3)[:3] == _BOM:
            stream.read(3)
        if WHOLE.match(stream.peek(4096)):
            yield from self._whole(stream)
        else:
            yield from self._lines(stream, raw)

    def _lines(
        self, stream: io.BufferedReader | io.BytesIO, raw: io.BufferedReader | None
    ) -> Iterator[Placed]:
        limit = self._parser.record_limit_bytes + 2
        while line := stream.readline(limit):
            if len(line) == limit and not line.endswith(b"\n"):
                _skip_line(stream)
            self._number += 1
            if line.isspace():
                continue
            position = f"line {self._number}"
            items = self._parser.parse(line.rstrip(b"\r\n"), source=self._source, position=position)
            for item in self._limit.kept(items, position):
                yield item, position
            if raw is not None and self._number % _REPORT_EVERY == 0:
                self._report(raw)

    def _whole(self, stream: io.BufferedReader) -> Iterator[Placed]:
        """Read a document of several lines, or lines that look like one."""
        limit = self._parser.record_limit_bytes
        head = stream.read(limit + 1)
        is_long = len(head) > limit
        value = None if is_long else decoded(head, self._parser)
        if value is not None:
            parts: Iterable[list[Parsed]] = [parse_whole(self._parser, value, self._source)]
        elif has_whole_line(head, self._parser):
            yield from self._lines(io.BufferedReader(Joined(head, stream)), None)
            return
        elif is_long or begins_list(head):
            parts = parse_document(self._parser, head, stream.read, self._source)
        else:
            parts = [[self._parser.dead_letter(head, self._source, "record 1", "not JSON")]]
        items = (item for part in parts for item in part)
        for number, item in enumerate(items, 1):
            yield item, f"record {number}"

    def _rows(self, raw: io.BufferedReader) -> Iterator[Placed]:
        for number, items in enumerate(parse_rows(self._parser, raw, self._source), 1):
            for item in items:
                yield item, f"record {number}"

    def _report(self, raw: io.BufferedReader) -> None:
        if self._on_bytes is None or self.path == STANDARD_INPUT or not raw.seekable():
            return
        place = raw.tell()
        self._on_bytes(place - self._seen)
        self._seen = place


def _open(path: str) -> io.BufferedReader:
    if path == STANDARD_INPUT:
        return io.BufferedReader(cast("io.RawIOBase", sys.stdin.buffer))
    return Path(path).open("rb")


def parse_rows(parser: EventParser, raw: BinaryIO, source: str) -> Iterator[list[Parsed]]:
    """Parse a Parquet file row by row; of many bad rows only the first are told one by one."""
    rows = parquet_rows(raw, parser.budget, parser.record_limit_bytes)
    return _few_letters(_parsed(parser, rows, source), parser, source)


def parse_document(
    parser: EventParser, head: bytes, read: Callable[[int], bytes], source: str
) -> Iterator[list[Parsed]]:
    """Parse a document record by record; of many bad ones only the first are told one by one."""
    records = document_records(head, read, parser.record_limit_bytes)
    return _few_letters(_parsed(parser, records, source), parser, source)


def _parsed(
    parser: EventParser, records: Iterator[dict[str, Any] | bytes | None], source: str
) -> Iterator[list[Parsed]]:
    number = 0
    try:
        for number, record in enumerate(records, 1):
            position = f"record {number}"
            if record is None:
                limit = parser.record_limit_bytes
                reason = f"longer than {limit} bytes (sources.record_limit_bytes)"
                yield [parser.dead_letter(b"", source, position, reason)]
            else:
                yield parser.parse(record, source=source, position=position)
        return
    except EOFError:
        reason = "the document is truncated or damaged"
    except RecordError as error:
        reason = str(error)
    yield [parser.dead_letter(b"", source, f"record {number + 1}", reason)]


def _few_letters(
    parts: Iterator[list[Parsed]], parser: EventParser, source: str
) -> Iterator[list[Parsed]]:
    """Leave out all dead letters of a file but the first; one at the end tells how many."""
    number = letters = 0
    most, reason = parser.budget.dead_letters, "more records are bad (sources.budget.dead_letters)"
    for number, items in enumerate(parts, 1):  # noqa: B007 - used after the loop
        letters += sum(isinstance(item, DeadLetter) for item in items)
        if letters > parser.budget.records:
            reason = "more records are bad, and the rest was not read (sources.budget.records)"
            break
        if letters > most:
            items = [item for item in items if not isinstance(item, DeadLetter)]  # noqa: PLW2901
        yield items
    if letters > most:
        place = f"record {number}"
        yield [parser.dead_letter(b"", source, place, f"{letters - most} {reason}")]


def parse_whole(parser: EventParser, value: Any, source: str) -> list[Parsed]:  # noqa: ANN401 - JSON
    """Parse a file that is one document."""
    wrapped = {"Records": value} if isinstance(value, list) else value
    position = "" if is_list(wrapped) else "record 1"
    return parser.parse(wrapped, source=source, position=position)


def has_whole_line(head: bytes, parser: EventParser) -> bool:
    """Whether a text begins with a line that is a document by itself."""
    line, newline, _ = head.partition(b"\n")
    return bool(newline) and decoded(line, parser) is not None


def decoded(data: bytes, parser: EventParser) -> Any:  # noqa: ANN401 - JSON
    """Decode a document within the budget; None if it is none, or exceeds it."""
    try:
        return InputMeter(parser.budget).decode(data)
    except RecordError:
        return None


class Joined(io.RawIOBase):
    """What was read already, and the rest of the stream.

    Examples
    --------
    >>> Joined(b"a", io.BytesIO(b"b")).readall()
    b'ab'
    """

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head, self._rest = memoryview(head), rest

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        """Read the next bytes into a buffer."""
        data = self._head[: len(target)] or self._rest.read(len(target))
        self._head = self._head[len(data) :] if self._head else self._head
        target[: len(data)] = data
        return len(data)


def _skip_line(stream: io.BufferedReader | io.BytesIO) -> None:
    while (rest := stream.readline(1 << 16)) and not rest.endswith(b"\n"):
        pass
