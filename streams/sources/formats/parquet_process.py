"""Reads a Parquet file in a process of its own, whose memory has a limit.

What a file says about its size need not be true, and what it unpacks to is known only after. Rows
go to standard output, each as its length and MessagePack; a length of 0 is a row that is too long.
"""

import os
import resource
import struct
import sys
from pathlib import Path
from typing import Any, Final

import msgspec
import pyarrow
from pyarrow.parquet import ParquetFile

DAMAGED_CODE: Final = 3
TOO_MUCH_CODE: Final = 4
ROW: Final = struct.Struct(">I")

_ROWS_A_BATCH: Final = 100


def main(memory_bytes: int, row_bytes: int, most_rows: int, most_bytes: int) -> int:
    """Write the rows of the file that is standard input; return the exit code."""
    _limit_memory(memory_bytes)
    encoder = msgspec.msgpack.Encoder(enc_hook=str)
    out = os.fdopen(os.dup(1), "wb", buffering=1 << 16)
    rows = size = 0
    try:
        with os.fdopen(os.dup(0), "rb") as file:
            parquet = ParquetFile(file, pre_buffer=False, memory_map=False)
            for batch in parquet.iter_batches(batch_size=_ROWS_A_BATCH, use_threads=False):
                for row in batch.to_pylist():
                    data = encoder.encode(row)
                    rows, size = rows + 1, size + len(data)
                    if rows > most_rows or size > most_bytes:
                        return TOO_MUCH_CODE
                    is_long = len(data) > row_bytes
                    out.write(ROW.pack(0) if is_long else ROW.pack(len(data)) + data)
    except MemoryError:
        return TOO_MUCH_CODE
    except (pyarrow.ArrowException, OSError, ValueError, TypeError, RecursionError):
        return DAMAGED_CODE
    finally:
        out.close()
    return 0


def _limit_memory(more_bytes: int) -> None:
    status = Path("/proc/self/status")
    if not status.exists():
        return
    fields: dict[str, Any] = dict(
        line.split(":", 1) for line in status.read_text().splitlines() if ":" in line
    )
    limit = int(fields["VmData"].split()[0]) * 1024 + more_bytes
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
