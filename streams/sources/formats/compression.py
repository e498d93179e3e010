"""Decompresses streams, whatever their file names."""

import gzip
import io
import sys
import zlib
from typing import Final, cast

from models.errors import RecordError
from streams.settings.sections import InputBudget
from streams.sources.formats.input_meter import DEFAULT_BUDGET

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

DAMAGED: Final = (EOFError, zlib.error, gzip.BadGzipFile, zstd.ZstdError)

_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
# 8 MiB, what every reader of zstd has to grant and no level below --ultra exceeds.
_WINDOW: Final = {int(zstd.DecompressionParameter.window_log_max): 23}


def unpack(raw: io.BufferedReader, budget: InputBudget = DEFAULT_BUDGET) -> "Unpacked | None":
    """Return a reader of a gzip or zstd stream; None if it is neither.

    Reading a damaged stream raises one of `DAMAGED`; reading one that unpacks to more than its
    budget raises `RecordError`.

    Examples
    --------
    >>> stream = io.BufferedReader(io.BytesIO(gzip.compress(b"a line")))
    >>> unpack(stream).read()
    b'a line'
    """
    start = raw.peek(4)[:4]
    if start[:2] != _GZIP and start != _ZSTD:
        return None
    counted = _Counted(raw)
    source = io.BufferedReader(counted)
    inner = (
        gzip.GzipFile(fileobj=source)
        if start[:2] == _GZIP
        else zstd.ZstdFile(source, options=_WINDOW)
    )
    return Unpacked(cast("io.RawIOBase", inner), counted, budget)


class _Counted(io.RawIOBase):
    """Counts the bytes that are read."""

    def __init__(self, raw: io.BufferedReader) -> None:
        self._raw = raw
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        size = self._raw.readinto(target)
        self.count += size
        return size


class Unpacked(io.RawIOBase):
    """A stream that ends when it unpacks to far more than what was read of it."""

    def __init__(self, inner: io.RawIOBase, source: _Counted, budget: InputBudget) -> None:
        self._inner, self._source, self._budget = inner, source, budget
        self._count = 0

    @property
    def packed_bytes(self) -> int:
        """How many compressed bytes were read."""
        return self._source.count

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        """Read the next bytes into a buffer."""
        size = self._inner.readinto(target) or 0
        self._count += size
        ratio = self._budget.packed_ratio
        if self._count > self._budget.decoded_bytes + ratio * self._source.count:
            message = f"unpacks to more than {ratio} times its size (sources.budget.packed_ratio)"
            raise RecordError(message)
        return size

    def close(self) -> None:
        """Close the stream."""
        self._inner.close()
        super().close()
