"""Keeps tracker of files across renames, copies and restarts."""

import logging
import stat as modes
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from models.errors import InputError
from streams.sources.files.file_head import FileHead, read_head
from streams.sources.files.followed_file import FollowedFile
from streams.sources.files.known_file import FoundFile, Key, KnownFile, UnknownFile
from streams.sources.files.position_store import FilePosition, PositionStore
from streams.sources.flow.live_source import Tracked
from streams.sources.formats.event_parser import EventParser

log = logging.getLogger("sellerwatch")

_QUIET_SECONDS: Final = 60.0


class FileRegistry:
    """Finds new, grown, rotated and truncated files.

    A file is identified by device, inode and the fingerprint of its first line. A new file with
    the first line of a known file that is gone or was truncated is a rotated, copied or compressed
    log: reading continues at the known position. While the known file is still in place, such a
    twin waits for a minute, because a log that is copied before it is truncated looks like this.

    Parameters
    ----------
    paths
        Files and folders.
    parser
        Turns records into events.
    store
        Keeps the positions.
    clock
        Monotonic seconds.

    Raises
    ------
    InputError
        If a path does not exist, or is a pipe.
    """

    def __init__(
        self,
        paths: Sequence[str],
        parser: EventParser,
        store: PositionStore,
        clock: Callable[[], float],
    ) -> None:
        for path in paths:
            if not Path(path).exists():
                message = f"{path}: no such file or folder: name an existing log"
                raise InputError(message)
            if not (Path(path).is_file() or Path(path).is_dir()):
                message = f"{path}: neither a file nor a folder: read it without --follow"
                raise InputError(message)
        self._paths = [Path(path) for path in paths]
        self._parser, self._store, self._clock = parser, store, clock
        self._followed: dict[Key, KnownFile] = {}
        self._unknown: dict[Key, UnknownFile] = {}
        # Positions of files that are no longer in place, by fingerprint.
        self._left: dict[str, list[KnownFile]] = {}
        self._prints: Counter[str] = Counter()
        self._touched: dict[int, KnownFile] = {}
        self._forgotten: list[FilePosition] = []
        for position in store.load():
            self._recall(position)

    def look(self) -> list[KnownFile]:
        """Scan the paths and return the files with something to read."""
        now = self._clock()
        found = {entry.key: entry for entry in self._listed()}
        for key, known in list(self._followed.items()):
            if key not in found or self._is_replaced(known, found[key]):
                self._stop_following(known)
        self._unknown = {key: s for key, s in self._unknown.items() if key in found}
        unknown = [entry for entry in found.values() if entry.key not in self._followed]
        heads = [(entry, self._note_unknown(entry, now)) for entry in unknown]
        # Files still in place come first, then those that moved.
        for entry, candidate in heads:
            self._start_following(entry, candidate, same_place=True, now=now)
        for entry, candidate in heads:
            if entry.key not in self._followed:
                self._start_following(entry, candidate, same_place=False, now=now)
        followed = [(self._followed.get(entry.key), entry) for entry in found.values()]
        return [file for file, entry in followed if file and self._has_grown(file, entry, now)]

    def read(self, known: KnownFile) -> list[Tracked]:
        """Continue reading a file; an empty list ends its reading until the next scan."""
        found: list[Tracked] = []
        self._touched[id(known)] = known
        if not known.is_left:
            try:
                found = known.file.read()
            except OSError as error:
                self._refuse(known, error)
        if not found:
            known.is_reading = False
            if known.file.head.is_packed and not known.file.is_incomplete:
                known.whole_size = known.size
        return found

    def _refuse(self, known: KnownFile, error: OSError) -> None:
        known.size, known.shape = -1, (-1, -1)
        if not known.is_refused:
            known.is_refused = True
            reason = error.strerror or type(error).__name__
            log.warning("%s: cannot be read: %s: it is tried again", known.file.source, reason)

    def given_up(self) -> Iterator[Tracked]:
        """Yield a dead letter for each file that stayed incomplete for a minute."""
        now = self._clock()
        for known in self._followed.values():
            quiet = now - known.changed >= _QUIET_SECONDS
            if known.file.is_incomplete and not known.is_reading and quiet:
                known.whole_size = known.size
                self._touched[id(known)] = known
                yield from known.file.give_up()

    def commit(self) -> None:
        """Save every position that moved."""
        changed = []
        for known in list(self._touched.values()):
            if known.file.tracker.is_settled:
                del self._touched[id(known)]
            position = known.position()
            if position != known.saved:
                changed.append(position)
                known.saved = position
        if changed or self._forgotten:
            self._store.save(changed, self._forgotten)
            self._forgotten = []

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def _recall(self, position: FilePosition) -> None:
        head = FileHead(position.fingerprint, 0.0, False)
        file = FollowedFile(Path(position.path), head, position.offset, self._parser)
        known = KnownFile((position.device, position.inode), file, is_left=True, saved=position)
        known.whole_size = position.whole_size
        self._left.setdefault(position.fingerprint, []).append(known)

    def _listed(self) -> Iterator[FoundFile]:
        for asked in self._paths:
            is_folder = asked.is_dir()
            inside = asked.rglob("*") if is_folder else asked.parent.glob(f"{asked.name}*")
            for path in sorted(inside):
                if path.name.startswith("."):
                    continue
                try:
                    state = path.stat()
                except OSError:
                    continue
                if modes.S_ISREG(state.st_mode):
                    shape = (state.st_size, state.st_mtime_ns)
                    key = (state.st_dev, state.st_ino)
                    yield FoundFile(key, path, shape, is_folder or path == asked)

    def _has_grown(self, known: KnownFile, entry: FoundFile, now: float) -> bool:
        known.file.path = entry.path
        if known.is_reading or entry.shape == known.shape or entry.shape[0] == known.whole_size:
            return False
        known.shape, known.size, known.changed = entry.shape, entry.shape[0], now
        known.is_reading, known.whole_size = True, None
        return True

    def _note_unknown(self, entry: FoundFile, now: float) -> UnknownFile:
        candidate = self._unknown.get(entry.key)
        if candidate is None or candidate.shape != entry.shape:
            first_seen = now if candidate is None else candidate.first_seen
            candidate = UnknownFile(entry.shape, first_seen, now, _head(entry.path, is_quiet=False))
            self._unknown[entry.key] = candidate
        elif candidate.head is None and now - candidate.changed >= _QUIET_SECONDS:
            candidate.head = _head(entry.path, is_quiet=True)
        return candidate

    def _start_following(
        self, entry: FoundFile, candidate: UnknownFile, *, same_place: bool, now: float
    ) -> None:
        """Start to follow a file, at the position of a known one with the same head."""
        head = candidate.head
        if head is None:
            return
        twins = self._left.get(head.fingerprint, [])
        if any(known.is_reading for known in twins):
            return
        known = _take_matching(twins, head, entry, same_place=same_place)
        if known is None:
            waited = now - candidate.first_seen >= _QUIET_SECONDS
            if same_place or not entry.is_asked or not (waited or self._is_single(head)):
                return
            known = KnownFile(entry.key, FollowedFile(entry.path, head, 0, self._parser))
            self._touched[id(known)] = known
        elif known.key != entry.key:
            if known.saved is not None:
                self._forgotten.append(known.saved)
            known.key, known.saved, known.whole_size = entry.key, None, None
            self._touched[id(known)] = known
        known.file.head, known.file.path = head, entry.path
        known.is_left, known.shape = False, (-1, -1)
        self._followed[entry.key] = known
        self._prints[head.fingerprint] += 1
        del self._unknown[entry.key]

    def _is_single(self, head: FileHead) -> bool:
        return self._prints[head.fingerprint] == 0

    def _is_replaced(self, known: KnownFile, entry: FoundFile) -> bool:
        """Whether a followed file was replaced by other content."""
        if entry.shape == known.shape:
            return False
        is_packed = known.file.head.is_packed
        if not is_packed and entry.shape[0] < known.file.offset:
            return True
        head = _head(entry.path, is_quiet=not is_packed)
        return head is not None and head.fingerprint != known.file.head.fingerprint

    def _stop_following(self, known: KnownFile) -> None:
        """Stop following; keep the position in case the file appears under another name."""
        fingerprint = known.file.head.fingerprint
        del self._followed[known.key]
        self._prints[fingerprint] -= 1
        known.file.close()
        known.is_left = True
        self._left.setdefault(fingerprint, []).append(known)


def _take_matching(
    twins: list[KnownFile], head: FileHead, entry: FoundFile, *, same_place: bool
) -> KnownFile | None:
    """Take the position of a file that is gone, if this file can be it."""
    for known in twins:
        is_whole = head.is_packed or known.file.offset <= entry.shape[0]
        if is_whole and (known.key == entry.key or not same_place):
            twins.remove(known)
            return known
    return None


def _head(path: Path, *, is_quiet: bool) -> FileHead | None:
    try:
        return read_head(path, is_quiet=is_quiet)
    except OSError:
        return None
