"""Appends lines to a file that others may rotate, and that several processes may share."""

import os
import threading
from pathlib import Path
from typing import Final

# Paths and queries hold order ids: nobody but the owner and the group of whoever reads the log.
_MODE: Final = 0o640


class FileLog:
    r"""A file of the captured calls.

    Each line is one append, so that threads and processes may share the file. A file that was
    renamed or removed is made anew.

    Parameters
    ----------
    path
        The file; its folder must exist.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     log = FileLog(f"{folder}/calls.ndjson")
    ...     _ = log.write(b"{}\n")
    ...     _ = log.close()
    ...     Path(f"{folder}/calls.ndjson").read_bytes()
    b'{}\n'
    """

    def __init__(self, path: str | Path) -> None:
        self._path = os.fspath(path)
        self._file: int | None = None
        self._identity: tuple[int, int] | None = None
        self._broken = False
        self._lock = threading.Lock()

    def write(self, line: bytes) -> int:
        """Append a line.

        Raises
        ------
        OSError
            If it could not be written whole.
        """
        with self._lock:
            # The rest of a broken line must not spoil this one.
            text = b"\n" + line if self._broken else line
            written = os.write(self._opened(), text)
            self._broken = written < len(text) and (self._broken or written > 0)
            if written < len(text):
                message = f"{self._path}: only {written} of {len(text)} bytes were written"
                raise OSError(message)
        return 0

    def close(self) -> int:
        """Close the file; the next line opens it again."""
        with self._lock:
            self._close()
        return 0

    def _opened(self) -> int:
        if self._file is None or self._identity != self._identity_now():
            self._close()
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
            self._file = os.open(self._path, flags, _MODE)
            found = os.fstat(self._file)
            self._identity = found.st_dev, found.st_ino
        return self._file

    def _identity_now(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self._path)
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino

    def _close(self) -> None:
        if self._file is not None:
            os.close(self._file)
        self._file = self._identity = None
