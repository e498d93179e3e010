"""Keeps the positions in followed files on disk."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from models.errors import InputError

_VERSION: Final = 1
_KEPT: Final = 100_000
_TABLE: Final = """
CREATE TABLE IF NOT EXISTS files (
    device INTEGER NOT NULL, inode INTEGER NOT NULL, fingerprint TEXT NOT NULL,
    path TEXT NOT NULL, offset INTEGER NOT NULL, whole_size INTEGER,
    PRIMARY KEY (device, inode, fingerprint)
) STRICT
"""


class FilePosition(msgspec.Struct, frozen=True, kw_only=True):
    """How far one file was read.

    Parameters
    ----------
    device, inode
        Which file it was on the disk.
    fingerprint
        Hash of its head.
    path
        What it was called last.
    offset
        Bytes that are done, of the unpacked content.
    whole_size
        Size on the disk when nothing was left to read for good; None otherwise.
    """

    device: int
    inode: int
    fingerprint: str
    path: str
    offset: int
    whole_size: int | None = None


class PositionStore:
    """A small SQLite database; one process at a time may use it.

    Parameters
    ----------
    directory
        Where it is; made if missing.

    Raises
    ------
    InputError
        If it cannot be used: another process has it, or it is damaged.
    """

    def __init__(self, directory: Path) -> None:
        self._path = directory / "positions.sqlite"
        try:
            directory.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(self._path, timeout=0.2)
            self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("BEGIN EXCLUSIVE")
            self._connection.execute(_TABLE)
            self._connection.execute(f"PRAGMA user_version = {_VERSION}")
            self._connection.commit()
        except (sqlite3.Error, OSError) as error:
            raise InputError(self._refusal(error)) from error

    def _refusal(self, error: Exception) -> str:
        if "locked" in str(error):
            return (
                f"{self._path}: in use: another 'sellerwatch ingest --follow' runs; "
                "set sources.state_directory to have two"
            )
        return f"{self._path}: {error}: set sources.state_directory, or move the file away"

    def load(self) -> list[FilePosition]:
        """Return all positions, the oldest first.

        Raises
        ------
        InputError
            If the database is damaged.
        """
        names = ", ".join(FilePosition.__struct_fields__)
        try:
            rows = self._connection.execute(f"SELECT {names} FROM files ORDER BY rowid").fetchall()  # noqa: S608 - our own names
        except sqlite3.Error as error:
            raise InputError(self._refusal(error)) from error
        return [
            FilePosition(**dict(zip(FilePosition.__struct_fields__, row, strict=True)))
            for row in rows
        ]

    def save(
        self, positions: Iterable[FilePosition], forgotten: Iterable[FilePosition] = ()
    ) -> None:
        """Keep positions and forget others, all at once or not at all.

        Raises
        ------
        InputError
            If the disk refuses.
        """
        try:
            with self._connection:
                self._connection.executemany(
                    "DELETE FROM files WHERE device = ? AND inode = ? AND fingerprint = ?",
                    [(p.device, p.inode, p.fingerprint) for p in forgotten],
                )
                self._connection.executemany(
                    "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)",
                    [msgspec.structs.astuple(position) for position in positions],
                )
                self._connection.execute(
                    "DELETE FROM files WHERE rowid <= (SELECT max(rowid) FROM files) - ?", (_KEPT,)
                )
        except sqlite3.Error as error:
            raise InputError(self._refusal(error)) from error

    def close(self) -> None:
        """Let the next process have it."""
        self._connection.close()
