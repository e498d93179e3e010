r"""Reads what is JSON but for the bytes of a stranger in its strings.

Proxies copy what a client sends into their logs, and not all of them make JSON of it. NGINX leaves
bytes that are not UTF-8 as they are, or writes ``\x22`` without ``escape=json``; Envoy writes such
strings with octal numbers (``\377``).
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from models.errors import RecordError
from streams.sources.formats.json_text import BAD_JSON

# A longer line is not mended: no proxy takes so much from a client.
_MENDED_BYTES: Final = 1 << 20
# So that only a part of a long text is in memory twice.
_PIECE_BYTES: Final = 1 << 18
_MARKS: Final = re.compile(rb"^(?:\xef\xbb\xbf)+", re.MULTILINE)
# Two backslashes are one character; behind a byte that is no UTF-8 the patterns do not see them.
_PAIR: Final = rb"\\"
_HIDDEN: Final = b"\xff"
_UNKNOWN_ESCAPE: Final = re.compile(rb'\\(?!["/bfnrt]|u[0-9A-Fa-f]{4})')
_HALF: Final = re.compile(
    rb"\\u[Dd][89ABab][0-9A-Fa-f]{2}(?!\\u[Dd][C-Fc-f][0-9A-Fa-f]{2})"
    rb"|(?<!\\u[Dd][89ABab][0-9A-Fa-f]{2})\\u[Dd][C-Fc-f][0-9A-Fa-f]{2}"
)
_REPLACEMENT: Final = "\ufffd".encode()
_SPACE: Final = " \t\r\n"
_LONGEST_NUMBER: Final = 400
_NOT_JSON: Final = "not JSON"


def document(data: bytes) -> Any:  # noqa: ANN401 - JSON
    r"""Decode one document; what its writer has spelled wrongly is mended first.

    Bytes that are not UTF-8 and halves of pairs become U+FFFD; the backslash of an unknown escape
    is one. Control characters, NaN and numbers of any length are read, too.

    Raises
    ------
    RecordError
        If it is not JSON all the same.

    Examples
    --------
    >>> document(b'{"agent": "Bot\xff \\x22of\\x22 \\q"}')
    {'agent': 'Bot\ufffd \\x22of\\x22 \\q'}
    """
    try:
        return msgspec.json.decode(data)
    except BAD_JSON:
        (found,) = _documents(data, 1, _NOT_JSON)
    return found


def documents(data: bytes, most: int) -> list[Any]:
    """Decode documents that follow one another, as Firehose joins them; mended as by `document`.

    Parameters
    ----------
    data
        One document or several.
    most
        How many there may be.

    Raises
    ------
    RecordError
        If it is not JSON, or has more documents.

    Examples
    --------
    >>> documents(b'{"a": NaN}{"a": 2}', 2)
    [{'a': nan}, {'a': 2}]
    """
    try:
        return [msgspec.json.decode(data)]
    except BAD_JSON:
        pass
    return _documents(data, most, f"more than {most} records in one (sources.budget.records)")


def _documents(data: bytes, most: int, too_many: str) -> list[Any]:
    data = b"".join(map(_mended, _pieces(data)))
    try:
        return [msgspec.json.decode(data)]
    except BAD_JSON:
        found = _split(data, most, too_many)
    if not found:
        raise RecordError(_NOT_JSON)
    return found


def _split(data: bytes, most: int, too_many: str) -> list[Any]:
    """Decode documents one by one; an empty list means that something is none."""
    try:
        text = data.decode().strip(_SPACE)
    except UnicodeDecodeError:
        return []
    found: list[Any] = []
    decoder, place = json.JSONDecoder(strict=False, parse_int=_number), 0
    while place < len(text):
        if text[place] not in "{[":
            return []
        try:
            value, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            return []
        if len(found) == most:
            raise RecordError(too_many)
        found.append(value)
        while place < len(text) and text[place] in _SPACE:
            place += 1
    return found


def _number(digits: str) -> float:
    # Python refuses to read long ones.
    return int(digits) if len(digits) <= _LONGEST_NUMBER else float(digits)


def _pieces(data: bytes) -> Iterator[bytes]:
    start = 0
    while len(data) - start > _PIECE_BYTES:
        end = data.find(b"\n", start + _PIECE_BYTES) + 1
        if end == 0:
            break
        yield data[start:end]
        start = end
    yield data[start:]


def _mended(piece: bytes) -> bytes:
    if len(piece) > _MENDED_BYTES:
        return piece
    if not piece.isascii():
        piece = _MARKS.sub(b"", piece.decode("utf-8", "replace").encode())
    if b"\\" not in piece:
        return piece
    # A function for each match would let a client make its lines dear.
    piece = _UNKNOWN_ESCAPE.sub(_HIDDEN, piece.replace(_PAIR, _HIDDEN))
    return _HALF.sub(_REPLACEMENT, piece).replace(_HIDDEN, _PAIR)
