"""Reads the records of one log file, compressed or not."""

import io
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from models.errors import RecordError
from streams.sources.files.file_head import decoded
from streams.sources.formats.compression import DAMAGED, unpack
from streams.sources.formats.envelopes import is_list
from streams.sources.formats.event_parser import EventParser, Parsed
from streams.sources.formats.parquet import PARQUET, parquet_rows

STANDARD_INPUT: Final = "-"
Placed = tuple[Parsed, str]

_BOM: Final = b"\xef\xbb\xbf"
WHOLE: Final = re.compile(rb'\s*(\[|\{\s*"(Records|LookupEvents|Events)"\s*:|\{\s*\n|\{\s*\r\n)')
WHOLE_LIMIT: Final = 1 << 28
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
        if reason is not None:
            position = f"line {self._number + 1}"
            yield self._parser.dead_letter(b"", self._source, position, reason), position

    def _records(self, raw: io.BufferedReader) -> Iterator[Placed]:
        if raw.peek(4)[:4] == PARQUET:
            yield from self._rows(raw)
            return
        stream = raw
        if (unpacked := unpack(raw)) is not None:
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
            for item in self._parser.parse(
                line.rstrip(b"\r\n"), source=self._source, position=position
            ):
                yield item, position
            if raw is not None and self._number % _REPORT_EVERY == 0:
                self._report(raw)

    def _whole(self, stream: io.BufferedReader) -> Iterator[Placed]:
        data = stream.read(WHOLE_LIMIT + 1)
        if len(data) > WHOLE_LIMIT:
            yield self._bad(data, f"longer than {WHOLE_LIMIT} bytes: write one record a line")
            return
        value = decoded(data)
        if value is None and decoded(data.partition(b"\n")[0]) is not None:
            yield from self._lines(io.BytesIO(data), None)
            return
        if value is None:
            yield self._bad(data, "not JSON")
            return
        for number, item in enumerate(parse_whole(self._parser, value, self._source), 1):
            yield item, f"record {number}"

    def _rows(self, raw: io.BufferedReader) -> Iterator[Placed]:
        for number, items in enumerate(parse_rows(self._parser, raw, self._source), 1):
            for item in items:
                yield item, f"record {number}"

    def _bad(self, data: bytes, reason: str) -> Placed:
        return self._parser.dead_letter(data, self._source, "record 1", reason), "record 1"

    def _report(self, raw: io.BufferedReader) -> None:
        if self._on_bytes is None or self.path == STANDARD_INPUT:
            return
        place = raw.tell()
        self._on_bytes(place - self._seen)
        self._seen = place


def _open(path: str) -> io.BufferedReader:
    if path == STANDARD_INPUT:
        return io.BufferedReader(cast("io.RawIOBase", sys.stdin.buffer))
    return Path(path).open("rb")


def parse_rows(parser: EventParser, raw: BinaryIO, source: str) -> Iterator[list[Parsed]]:
    """Parse a Parquet file row by row."""
    number = 0
    try:
        for number, row in enumerate(parquet_rows(raw), 1):
            yield parser.parse(row, source=source, position=f"record {number}")
    except RecordError as error:
        yield [parser.dead_letter(b"", source, f"record {number + 1}", str(error))]


def parse_whole(parser: EventParser, value: Any, source: str) -> list[Parsed]:  # noqa: ANN401 - JSON
    """Parse a file that is one document."""
    wrapped = {"Records": value} if isinstance(value, list) else value
    position = "" if is_list(wrapped) else "record 1"
    return parser.parse(wrapped, source=source, position=position)


def _skip_line(stream: io.BufferedReader | io.BytesIO) -> None:
    while (rest := stream.readline(1 << 16)) and not rest.endswith(b"\n"):
        pass
