"""Reads one file as it grows."""

import io
import os
import sys
from pathlib import Path
from typing import Final

from streams.sources.files.file_head import FileHead, decoded
from streams.sources.files.log_file import WHOLE, WHOLE_LIMIT, parse_rows, parse_whole
from streams.sources.flow.live_source import Tracked
from streams.sources.flow.offset_tracker import OffsetTracker
from streams.sources.formats.compression import DAMAGED, unpack
from streams.sources.formats.event_parser import EventParser, Parsed
from streams.sources.formats.parquet import PARQUET

_CHUNK_BYTES: Final = 1 << 18
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

    def read(self) -> list[Tracked]:
        """Read the next part, of bounded size; an empty list means that no more is there yet."""
        self.is_incomplete = False
        found: list[Tracked] = []
        try:
            stream = self._opened()
            if stream.peek(4)[:4] == PARQUET:
                self._rows(stream, found)
            elif self.offset > 0 or not WHOLE.match(stream.peek(4096)):
                self._lines(stream, found)
            elif not self._whole(stream, found):
                self._lines(self._opened(), found)
        except DAMAGED:
            self.is_incomplete = True
            self.close()
        return found

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
        self._stream = self._raw = None

    def _opened(self) -> io.BufferedReader:
        if self._stream is None:
            self._raw = raw = self.path.open("rb")
            unpacked = unpack(raw)
            if unpacked is None:
                if raw.peek(4)[:4] != PARQUET:
                    raw.seek(self.offset)
                self._stream = raw
            else:
                self._stream = io.BufferedReader(unpacked, _CHUNK_BYTES)
                _skip(self._stream, self.offset)
        return self._stream

    def _lines(self, stream: io.BufferedReader, found: list[Tracked]) -> None:
        start, limit = self.offset, self._parser.record_limit_bytes + 2
        while self.offset - start < _CHUNK_BYTES:
            line = stream.readline(limit)
            if not line:
                break
            end = self.offset + len(line)
            if not line.endswith(b"\n"):
                if len(line) == limit:
                    end += _skip_line(stream)
                elif not self.head.is_packed and not isinstance(decoded(line), dict | list):
                    break
            found += self._line(line, end)
        if self.offset - start < _CHUNK_BYTES:
            self.close()

    def _line(self, line: bytes, end: int) -> list[Tracked]:
        text = line.removeprefix(_BOM) if self.offset == 0 else line
        items: list[Parsed] = []
        if not text.isspace():
            items = self._parser.parse(
                text.rstrip(b"\r\n"), source=self.source, position=f"byte {self.offset}"
            )
        return self._tracked(items, end)

    def _whole(self, stream: io.BufferedReader, found: list[Tracked]) -> bool:
        """Read a document of several lines; False if the file has one document a line after all."""
        data = stream.read(WHOLE_LIMIT + 1)
        self.close()
        source = self.source
        if len(data) > WHOLE_LIMIT:
            reason = f"longer than {WHOLE_LIMIT} bytes: write one record a line"
            letter = self._parser.dead_letter(data[:1024], source, "record 1", reason)
            found += self._tracked([letter], sys.maxsize)
            return True
        value = decoded(data.removeprefix(_BOM))
        if value is not None:
            found += self._tracked(parse_whole(self._parser, value, source), len(data))
        elif decoded(data.partition(b"\n")[0]) is not None:
            return False
        else:
            self.is_incomplete = True
        return True

    def _rows(self, stream: io.BufferedReader, found: list[Tracked]) -> None:
        """Read a Parquet file; it is done when all of its rows are."""
        if self.offset == 0:
            rows = parse_rows(self._parser, stream, self.source)
            items = [item for row in rows for item in row]
            found += self._tracked(items, stream.seek(0, os.SEEK_END))
        self.close()

    def _tracked(self, items: list[Parsed], end: int) -> list[Tracked]:
        places = self.tracker.add_all(len(items), self.offset, end)
        if not places:
            self.tracker.add(end).is_done = True
        self.offset = end
        return list(zip(items, places, strict=True))


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
