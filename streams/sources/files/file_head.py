"""Recognises a file by its head, whatever its current name."""

import io
import re
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import msgspec

from models.errors import RecordError
from streams.sources.formats.compression import DAMAGED, unpack
from streams.sources.formats.fields import time_of
from streams.sources.formats.mended_json import document
from streams.sources.formats.parquet import PARQUET, is_whole_parquet

_HEAD_BYTES: Final = 1 << 16
_SHORT_LINE: Final = 16
_TIME: Final = re.compile(
    rb'"(eventTime|time|@timestamp|time_dt|start_time|time_iso8601|requestTimeEpoch)"\s*:\s*'
    rb'("[^"]{10,40}"|[0-9.]{9,20})'
)


class FileHead(msgspec.Struct, frozen=True):
    """The beginning of a file.

    Parameters
    ----------
    fingerprint
        Hash of its first line, uncompressed, at most 64 KiB. It stays the same when the file grows
        or is renamed, copied or compressed.
    first_seconds
        First time in the file, in seconds since 1970; minus infinity if there is none.
    is_packed
        Whether the file is compressed, so nothing is appended to it.
    """

    fingerprint: str
    first_seconds: float
    is_packed: bool


def read_head(path: Path, *, is_quiet: bool = False) -> FileHead | None:
    """Read the head; None until there is a complete line or document.

    Parameters
    ----------
    path
        The file.
    is_quiet
        Whether it has not grown for a while, so no more will come.

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    with path.open("rb") as raw:
        if raw.peek(4)[:4] == PARQUET:
            if not (is_quiet or is_whole_parquet(raw)):
                return None
            digest = blake2b(raw.read(_HEAD_BYTES), digest_size=16).hexdigest()
            return FileHead(digest, float("-inf"), True)
        unpacked = unpack(raw)
        stream = raw if unpacked is None else io.BufferedReader(unpacked)
        try:
            head = stream.read(_HEAD_BYTES)
        except DAMAGED:
            if not is_quiet:
                return None
            head = b"damaged"
    head = head.lstrip()
    line, newline, _ = head.partition(b"\n")
    if len(line) < _SHORT_LINE:
        # A pretty-printed document always begins with the same bracket.
        line, newline = head, b""
    is_long = len(head) > _HEAD_BYTES - _SHORT_LINE
    if not line or not (newline or is_quiet or is_long or _is_whole(line)):
        return None
    digest = blake2b(line.rstrip(), digest_size=16).hexdigest()
    return FileHead(digest, _first_time(head), unpacked is not None)


def _is_whole(line: bytes) -> bool:
    return isinstance(decoded(line), dict | list)


def decoded(data: bytes) -> Any:  # noqa: ANN401 - JSON
    """Decode JSON; None if it is not JSON.

    Examples
    --------
    >>> decoded(b'{"a": 1}'), decoded(b'{"a": ')
    ({'a': 1}, None)
    """
    try:
        return document(data)
    except RecordError:
        return None


def _first_time(head: bytes) -> float:
    found = _TIME.search(head)
    value = None if found is None else decoded(found[2])
    try:
        return time_of({"time": value})
    except RecordError:
        return float("-inf")
