"""Decompresses streams, whatever their file names."""

import gzip
import io
import sys
import zlib
from typing import Final, cast

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

DAMAGED: Final = (EOFError, zlib.error, gzip.BadGzipFile, zstd.ZstdError)

_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"


def unpack(raw: io.BufferedReader) -> io.RawIOBase | None:
    """Return a reader of a gzip or zstd stream; None if it is neither.

    Reading a damaged stream raises one of `DAMAGED`.

    Examples
    --------
    >>> stream = io.BufferedReader(io.BytesIO(gzip.compress(b"a line")))
    >>> unpack(stream).read()
    b'a line'
    """
    start = raw.peek(4)[:4]
    if start[:2] == _GZIP:
        return cast("io.RawIOBase", gzip.GzipFile(fileobj=raw))
    if start == _ZSTD:
        return cast("io.RawIOBase", zstd.ZstdFile(raw))
    return None
