"""What is known about files on disk."""

from dataclasses import dataclass
from pathlib import Path

from streams.sources.files.file_head import FileHead
from streams.sources.files.followed_file import FollowedFile
from streams.sources.files.position_store import FilePosition

Key = tuple[int, int]
Shape = tuple[int, int]


@dataclass(slots=True)
class KnownFile:
    """A followed file, and its state when it was last read."""

    key: Key
    file: FollowedFile
    size: int = -1
    shape: Shape = (-1, -1)
    changed: float = 0.0
    is_reading: bool = False
    is_left: bool = False
    is_refused: bool = False
    whole_size: int | None = None
    saved: FilePosition | None = None

    def position(self) -> FilePosition:
        """Return its position in the form that is stored."""
        is_settled = self.file.tracker.is_settled
        return FilePosition(
            device=self.key[0],
            inode=self.key[1],
            fingerprint=self.file.head.fingerprint,
            path=str(self.file.path),
            offset=self.file.tracker.done,
            whole_size=self.whole_size if is_settled else None,
        )


@dataclass(slots=True)
class FoundFile:
    """A file on disk."""

    key: Key
    path: Path
    shape: Shape
    is_asked: bool


@dataclass(slots=True)
class UnknownFile:
    """A file on disk that is not followed yet."""

    shape: Shape
    first_seen: float
    changed: float
    head: FileHead | None
