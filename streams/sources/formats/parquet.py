"""Reads rows of Parquet files, the storage format of Security Lake."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import msgspec

from models.errors import RecordError
from streams.settings.sections import InputBudget

PARQUET: Final = b"PAR1"

_PROGRAM: Final = Path(__file__).with_name("parquet_process.py")
_DAMAGED_CODE: Final = 3
_LENGTH_BYTES: Final = 4
# One pool and one arena, so that memory that is free is given back.
_ENVIRONMENT: Final = {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "1"}


def is_whole_parquet(file: BinaryIO) -> bool:
    """Whether a Parquet file is complete; the reading position does not move."""
    place = file.tell()
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - len(PARQUET)))
    is_whole = size > 2 * len(PARQUET) and file.read(len(PARQUET)) == PARQUET
    file.seek(place)
    return is_whole


def parquet_rows(
    file: BinaryIO, budget: InputBudget, row_bytes: int
) -> Iterator[dict[str, Any] | None]:
    """Yield the rows as objects; None stands for one that is too long.

    Another process reads the file, whose memory is limited: whatever the file unpacks to, and even
    if the reader crashes, this process goes on.

    Parameters
    ----------
    file
        A file on disk or in memory.
    budget
        What the file may use.
    row_bytes
        How long a row may be.

    Raises
    ------
    RecordError
        If pyarrow is not installed, or the file is damaged or too large.
    """
    if find_spec("pyarrow") is None:
        message = "Parquet cannot be read: pip install 'sellerwatch[parquet]'"
        raise RecordError(message)
    size = file.seek(0, os.SEEK_END)
    limits = (
        budget.memory_bytes,
        row_bytes,
        budget.records + size,
        budget.decoded_bytes + budget.packed_ratio * size,
    )
    command = [sys.executable, "-I", str(_PROGRAM), *map(str, limits)]
    source = _on_disk(file)
    source.seek(0)
    reader = subprocess.Popen(
        command,
        stdin=source,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | _ENVIRONMENT,
    )
    try:
        yield from _rows(cast("BinaryIO", reader.stdout))
    except BaseException:
        reader.kill()
        raise
    finally:
        cast("BinaryIO", reader.stdout).close()
        code = reader.wait()
        if source is not file:
            source.close()
    if code == _DAMAGED_CODE:
        message = "the Parquet file is damaged"
        raise RecordError(message)
    if code != 0:
        message = "the Parquet file unpacks to too much (sources.budget)"
        raise RecordError(message)


def _rows(pipe: BinaryIO) -> Iterator[dict[str, Any] | None]:
    while len(length := pipe.read(_LENGTH_BYTES)) == _LENGTH_BYTES:
        size = int.from_bytes(length, "big")
        data = pipe.read(size)
        if len(data) < size:
            return
        yield msgspec.msgpack.decode(data) if size else None


def _on_disk(file: BinaryIO) -> BinaryIO:
    """Return a file that another process can open."""
    try:
        file.fileno()
    except OSError:
        copy = cast("BinaryIO", tempfile.TemporaryFile())
        file.seek(0)
        shutil.copyfileobj(file, copy)
        return copy
    return file
