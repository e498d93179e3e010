"""Splits a long JSON document into its records while it is read."""

import re
from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from models.errors import RecordError

_CHUNK_BYTES: Final = 1 << 18
_ESCAPE: Final = re.compile(rb"\\.", re.DOTALL)
_WORD: Final = rb'"(?:[^"\\]|\\.)*"'
# The list may come after members that are texts, numbers or null, such as a NextToken.
_START: Final = re.compile(
    rb"\s*(?:(\[)|\{\s*(?:" + _WORD + rb"\s*:\s*(?:" + _WORD + rb"|[\w.+-]+)\s*,\s*)*"
    rb'"(?:Records|Events|LookupEvents|logEvents|Messages|records)"\s*:\s*\[)'
)
_QUOTE, _COMMA = ord('"'), ord(",")
_IS_MARK: Final = np.zeros(256, np.bool_)
_IS_MARK[list(b'"[]{},')] = True
_STEPS: Final = np.zeros(256, np.int64)
_STEPS[list(b"[{")] = 1
_STEPS[list(b"]}")] = -1


def document_records(
    head: bytes, read: Callable[[int], bytes], limit_bytes: int
) -> Iterator[bytes | None]:
    """Yield the text of each record of a list, or of an object that holds one.

    However long the document is, only one record of it is in memory. None stands for a record that
    is longer than the limit.

    Parameters
    ----------
    head
        The beginning of the document.
    read
        Reads the rest.
    limit_bytes
        How long a record may be.

    Raises
    ------
    RecordError
        If the document has no list of records.
    EOFError
        If it ends before its last bracket.

    Examples
    --------
    >>> import io
    >>> rest = io.BytesIO(b'"]"}, 2 ]}')
    >>> list(document_records(b'{"Records": [{"a": ', rest.read, 100))
    [b'{"a": "]"}', b'2']
    """
    start = _START.match(head)
    if start is None:
        message = f"longer than {limit_bytes} bytes and no list: write one record a line"
        raise RecordError(message)
    yield from _Splitter(1 if start[1] else 2, limit_bytes).split(head[start.end() :], read)


def begins_list(head: bytes) -> bool:
    """Whether a document is a list of records, or an object that holds one.

    Examples
    --------
    >>> begins_list(b'{"NextToken": "a", "Events": [{'), begins_list(b'{"a": []}')
    (True, False)
    """
    return _START.match(head) is not None


class _Splitter:
    def __init__(self, level: int, limit_bytes: int) -> None:
        self._level, self._depth = level, level
        self._limit_bytes = limit_bytes
        self._is_in_text = False
        self._held = bytearray()
        self._is_long = False

    def split(self, chunk: bytes, read: Callable[[int], bytes]) -> Iterator[bytes | None]:
        is_listing = True
        while chunk:
            if (len(chunk) - len(chunk.rstrip(b"\\"))) % 2:
                chunk += read(1)
            begin = 0
            for end, depth in self._ends(chunk):
                if is_listing:
                    self._hold(chunk[begin:end])
                    yield from self._take()
                    begin, is_listing = end + 1, depth == self._level
                if depth == 0:
                    if chunk[end + 1 :].strip() or read(_CHUNK_BYTES).strip():
                        message = "there is text after the end of the document"
                        raise RecordError(message)
                    return
            if is_listing:
                self._hold(chunk[begin:])
            chunk = read(_CHUNK_BYTES)
        raise EOFError

    def _ends(self, chunk: bytes) -> Iterator[tuple[int, int]]:
        """Yield where a record, the list or the document ends, and how deep what follows is."""
        plain = _ESCAPE.sub(b"__", chunk) if b"\\" in chunk else chunk
        values = np.frombuffer(plain, np.uint8)
        places = np.flatnonzero(_IS_MARK[values])
        kinds = values[places]
        quotes = kinds == _QUOTE
        inside = (np.cumsum(quotes) + self._is_in_text) & 1
        self._is_in_text = bool(inside[-1]) if len(inside) else self._is_in_text
        is_outside = ~quotes & (inside == 0)
        places, kinds = places[is_outside], kinds[is_outside]
        steps = _STEPS[kinds]
        depths = self._depth + np.cumsum(steps)
        self._depth = int(depths[-1]) if len(depths) else self._depth
        is_end = (kinds == _COMMA) & (depths == self._level)
        is_end |= (steps < 0) & (depths < self._level)
        return zip(places[is_end].tolist(), depths[is_end].tolist(), strict=True)

    def _hold(self, part: bytes) -> None:
        self._is_long = self._is_long or len(self._held) + len(part) > self._limit_bytes
        if self._is_long:
            self._held.clear()
        else:
            self._held += part

    def _take(self) -> Iterator[bytes | None]:
        record = bytes(self._held).strip()
        if self._is_long:
            yield None
        elif record:
            yield record
        self._held.clear()
        self._is_long = False
