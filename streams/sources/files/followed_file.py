"""Reads one file as it grows."""

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from models.errors import RecordError
from streams.sources.files.file_head import FileHead
from streams.sources.files.file_head import decoded as decoded_line
from streams.sources.files.letter_limit import LetterLimit
from streams.sources.files.log_file import (
    WHOLE,
    decoded,
    has_whole_line,
    parse_document,
    parse_rows,
    parse_whole,
)
from streams.sources.flow.live_source import Tracked
from streams.sources.flow.offset_tracker import OffsetTracker
from streams.sources.formats.compression import DAMAGED, unpack
from streams.sources.formats.document_records import begins_list, document_records
from streams.sources.formats.event_parser import EventParser, Parsed
from streams.sources.formats.parquet import PARQUET

_CHUNK_BYTES: Final = 1 << 18
# So that many files can be open at once.
_ITEMS_A_READ: Final = 500
_REFUSED: Final = sys.maxsize
_BOM: Final = b"\xef\xbb\xbf"


class FollowedFile:
    """A file with a position: reads lines and documents once they are complete.

    Parameters
    ----------
    path
        Where it is.
    head
        Its beginning.
    offset
        Bytes of the uncompressed content that are done.
    parser
        Turns records into events.
    """

    def __init__(self, path: Path, head: FileHead, offset: int, parser: EventParser) -> None:
        self.path = path
        self.source = parser.source_name(str(path))
        self.head = head
        self.tracker = OffsetTracker(offset)
        self.offset = offset
        self.is_incomplete = False
        self._parser = parser
        self._stream: io.BufferedReader | None = None
        self._raw: io.BufferedReader | None = None
        self._parts: Iterator[list[Parsed]] | None = None
        self._limit = LetterLimit(parser, self.source, None)

    def read(self) -> list[Tracked]:
        """Read the next part, of bounded size; an empty list means that no more is there yet."""
        self.is_incomplete = False
        found: list[Tracked] = []
        if self.offset == _REFUSED:
            return found
        try:
            if self._parts is None:
                self._start(found)
            else:
                self._continue(self._parts, found)
        except DAMAGED:
            self.is_incomplete = True
            self.close()
        except RecordError as error:
            self.close()
            place = f"byte {self.offset}"
            letter = self._parser.dead_letter(b"", self.source, place, str(error))
            found += self._tracked([letter], _REFUSED)
        return found

    def _start(self, found: list[Tracked]) -> None:
        stream = self._opened()
        if stream.peek(4)[:4] == PARQUET:
            if self.offset == 0:
                end = stream.seek(0, os.SEEK_END)
                rows = parse_rows(self._parser, stream, self.source)
                self._continue(self._until(rows, end), found)
            else:
                self.close()
        elif self.offset > 0 or not WHOLE.match(stream.peek(4096)):
            self._lines(stream, found)
        elif not self._whole(stream, found):
            self._lines(self._opened(), found)

    def _until(self, parts: Iterator[list[Parsed]], end: int) -> Iterator[list[Parsed]]:
        """Hand on the parts of a file whose position moves only when all of them are done."""
        yield from parts
        self.offset = end

    def _continue(self, parts: Iterator[list[Parsed]], found: list[Tracked]) -> None:
        self._parts = parts
        for items in parts:
            places = [self.tracker.add(self.offset) for _ in items]
            found += zip(items, places, strict=True)
            if len(found) >= _ITEMS_A_READ:
                return
        self.tracker.add(self.offset).is_done = True
        self.close()

    def give_up(self) -> list[Tracked]:
        """Make a dead letter of an end that was never completed."""
        letter = self._parser.dead_letter(
            b"", self.source, f"byte {self.offset}", "the end is truncated or damaged"
        )
        self.is_incomplete = False
        return self._tracked([letter], self.offset)

    def close(self) -> None:
        """Close the file."""
        for stream in (self._stream, self._raw):
            if stream is not None:
                stream.close()
        self._stream = self._raw = self._parts = None

    def _opened(self) -> io.BufferedReader:
        if self._stream is None:
            self._raw = raw = self.path.open("rb")
            unpacked = unpack(raw, self._parser.budget)
            if unpacked is None:
                if raw.peek(4)[:4] != PARQUET:
                    raw.seek(self.offset)
                self._stream = raw
            else:
                self._limit = LetterLimit(self._parser, self.source, unpacked)
                self._stream = io.BufferedReader(unpacked, _CHUNK_BYTES)
                _skip(self._stream, self.offset)
        return self._stream

    def _lines(self, stream: io.BufferedReader, found: list[Tracked]) -> None:
        start, limit = self.offset, self._parser.record_limit_bytes + 2
        # Empty lines are passed over: a read that finds nothing ends the reading.
        while not found or (self.offset - start < _CHUNK_BYTES and len(found) < _ITEMS_A_READ):
            line = stream.readline(limit)
            end = self.offset + len(line)
            if not line.endswith(b"\n"):
                if len(line) == limit:
                    end += _skip_line(stream)
                elif not line or not (
                    self.head.is_packed or isinstance(decoded_line(line), dict | list)
                ):
                    if rest := self._limit.rest(f"byte {self.offset}"):
                        found += self._tracked(rest, self.offset)
                    self.close()
                    return
            found += self._line(line, end)

    def _line(self, line: bytes, end: int) -> list[Tracked]:
        text = line.removeprefix(_BOM) if self.offset == 0 else line
        items: list[Parsed] = []
        if not text.isspace():
            text, place = text.rstrip(b"\r\n"), f"byte {self.offset}"
            items = self._parser.parse(text, source=self.source, position=place)
            items = self._limit.kept(items, place)
        return self._tracked(items, end)

    def _whole(self, stream: io.BufferedReader, found: list[Tracked]) -> bool:
        """Read a document of several lines; False if the file has one document a line after all."""
        limit = self._parser.record_limit_bytes
        data = stream.read(limit + 1).removeprefix(_BOM)
        is_long = len(data) > limit
        value = None if is_long else decoded(data, self._parser)
        if value is None and has_whole_line(data, self._parser):
            self.close()
            return False
        if value is None and (is_long or begins_list(data)):
            self._long(data, stream, found)
            return True
        self.close()
        if value is not None:
            found += self._tracked(parse_whole(self._parser, value, self.source), len(data))
        else:
            self.is_incomplete = True
        return True

    def _long(self, head: bytes, stream: io.BufferedReader, found: list[Tracked]) -> None:
        """Read a document record by record, but first see whether it is complete."""
        limit, counted = self._parser.record_limit_bytes, _CountedRead(stream, len(head))
        try:
            for _ in document_records(head, counted.read, limit):
                pass
        except RecordError:
            self.close()
            self.is_incomplete = True
            return
        self.close()
        again = self._opened()
        head = again.read(limit + 1).removeprefix(_BOM)
        parts = parse_document(self._parser, head, again.read, self.source)
        self._continue(self._until(parts, counted.count), found)

    def _tracked(self, items: list[Parsed], end: int) -> list[Tracked]:
        places = self.tracker.add_all(len(items), self.offset, end)
        if not places:
            self.tracker.add(end).is_done = True
        self.offset = end
        return list(zip(items, places, strict=True))


class _CountedRead:
    def __init__(self, stream: io.BufferedReader, count: int) -> None:
        self._stream, self.count = stream, count

    def read(self, size: int) -> bytes:
        data = self._stream.read(size)
        self.count += len(data)
        return data


def _is_whole(line: bytes) -> bool:
    return isinstance(decoded_line(line), dict | list)


def _skip(stream: io.BufferedReader, count: int) -> None:
    while count > 0 and (data := stream.read(min(count, _CHUNK_BYTES))):
        count -= len(data)


def _skip_line(stream: io.BufferedReader) -> int:
    skipped = 0
    while rest := stream.readline(1 << 16):
        skipped += len(rest)
        if rest.endswith(b"\n"):
            break
    return skipped
