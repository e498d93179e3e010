"""Reads rows of Parquet files, the storage format of Security Lake."""

import os
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from models.errors import RecordError

PARQUET: Final = b"PAR1"

_ROWS_A_BATCH: Final = 1_000


def is_whole_parquet(file: BinaryIO) -> bool:
    """Whether a Parquet file is complete; the reading position does not move."""
    place = file.tell()
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - len(PARQUET)))
    is_whole = size > 2 * len(PARQUET) and file.read(len(PARQUET)) == PARQUET
    file.seek(place)
    return is_whole


def parquet_rows(file: BinaryIO) -> Iterator[dict[str, Any]]:
    """Yield the rows as objects.

    Raises
    ------
    RecordError
        If pyarrow is not installed, or the file is damaged.
    """
    try:
        import pyarrow  # noqa: PLC0415  an optional extra
        from pyarrow.parquet import ParquetFile  # noqa: PLC0415
    except ImportError as error:
        message = "Parquet cannot be read: pip install 'sellerwatch[parquet]'"
        raise RecordError(message) from error
    try:
        for batch in ParquetFile(file).iter_batches(batch_size=_ROWS_A_BATCH):
            yield from batch.to_pylist()
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        message = "the Parquet file is damaged"
        raise RecordError(message) from error
