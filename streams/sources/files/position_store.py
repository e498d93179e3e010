"""Stores the positions of followed files on disk."""

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
    """The position of one file.

    Parameters
    ----------
    device, inode
        Its identity on disk.
    fingerprint
        Hash of its head.
    path
        Its last known path.
    offset
        Bytes of the uncompressed content that are done.
    whole_size
        Size on disk once it was read to its final end; None before.
    """

    device: int
    inode: int
    fingerprint: str
    path: str
    offset: int
    whole_size: int | None = None


class PositionStore:
    """A small SQLite database for one process at a time.

    Parameters
    ----------
    directory
        Its folder; created if missing.

    Raises
    ------
    InputError
        If another process uses it, or it is damaged.
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
        """Save some positions and delete others in one transaction.

        Raises
        ------
        InputError
            If it cannot be written.
        """
        try:
            with self._connection:
                self._connection.executemany(
                    "DELETE FROM files WHERE device = ? AND inode = ? AND fingerprint = ?",
                    [(p.device, p.inode, p.fingerprint) for p in forgotten],
                )
                self._connection.executemany(
                    "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)",
                    [_row(position) for position in positions],
                )
                self._connection.execute(
                    "DELETE FROM files WHERE rowid <= (SELECT max(rowid) FROM files) - ?", (_KEPT,)
                )
        except sqlite3.Error as error:
            raise InputError(self._refusal(error)) from error

    def close(self) -> None:
        """Release it for the next process."""
        self._connection.close()


def _row(position: FilePosition) -> tuple[object, ...]:
    # A name on disk may hold bytes that are no text; the path only tells where the file was.
    path = position.path.encode("utf-8", "replace").decode("utf-8")
    return msgspec.structs.astuple(msgspec.structs.replace(position, path=path))
