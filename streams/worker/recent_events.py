"""Remembers the events of late, so that one delivered twice is counted once."""

import struct
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Final

from models.domain.access_event import AccessEvent
from models.errors import WireFormatError

REMEMBERED_EVENTS: Final = 8_192
_HASH_BYTES: Final = 8
_COUNT: Final = struct.Struct(">I")


class RecentEvents:
    """Knows the last `limit` to twice `limit` events of a partition by tenant and id.

    Two generations of ids take turns, so that forgetting costs nothing. What is remembered
    depends on the events alone: a worker that restarts forgets the same ones.

    Parameters
    ----------
    limit
        Size of a generation.
    state
        What `state` returned before.

    Raises
    ------
    WireFormatError
        If the state is damaged.

    Examples
    --------
    >>> RecentEvents(limit=100).fresh([])
    []
    """

    def __init__(self, limit: int = REMEMBERED_EVENTS, state: bytes = b"") -> None:
        self._limit = limit
        self._older: _Generation = _Generation()
        self._newer: _Generation = _Generation()
        self.duplicates_total = 0
        if state:
            self._older, self._newer = _read(state)

    def fresh(self, events: Sequence[AccessEvent]) -> list[AccessEvent]:
        """Return the events that were not seen before, and remember them."""
        names = [event.tenant + event.event_id for event in events]
        if self._are_new(names):
            self._newer.names.update(names)
            return list(events)
        new = []
        for name, event in zip(names, events, strict=True):
            if name in self._newer.names or name in self._older.names or self._was_saved(name):
                self.duplicates_total += 1
                continue
            new.append(event)
            self._newer.names.add(name)
            if len(self._newer.names) + len(self._newer.hashes) >= self._limit:
                self._older, self._newer = self._newer, _Generation()
        return new

    def _are_new(self, names: Sequence[str]) -> bool:
        """Whether all are new for certain and fit into the generation: the usual case."""
        older, newer = self._older, self._newer
        return (
            not (older.hashes or newer.hashes)
            and len(newer.names) + len(names) < self._limit
            and newer.names.isdisjoint(names)
            and older.names.isdisjoint(names)
            and len(set(names)) == len(names)
        )

    def _was_saved(self, name: str) -> bool:
        older, newer = self._older.hashes, self._newer.hashes
        return bool(older or newer) and ((digest := _hash(name)) in older or digest in newer)

    def state(self) -> bytes:
        """Return what it remembers, 8 bytes an event."""
        older, newer = self._older.packed(), self._newer.packed()
        return _COUNT.pack(len(older)) + older + newer


class _Generation:
    """Ids seen since the start, and hashes of those that were seen before it."""

    def __init__(self, hashes: Iterable[bytes] = ()) -> None:
        self.names: set[str] = set()
        self.hashes = frozenset(hashes)

    def packed(self) -> bytes:
        return b"".join(self.hashes) + b"".join(map(_hash, self.names))


def _hash(name: str) -> bytes:
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=_HASH_BYTES).digest()


def _read(state: bytes) -> tuple[_Generation, _Generation]:
    size = _COUNT.size
    older_bytes = _COUNT.unpack_from(state)[0] if len(state) >= size else -1
    if older_bytes % _HASH_BYTES or (len(state) - size) % _HASH_BYTES:
        message = f"checkpoint's event ids are damaged: {len(state)} bytes"
        raise WireFormatError(message)
    hashes = [state[i : i + _HASH_BYTES] for i in range(size, len(state), _HASH_BYTES)]
    cut = older_bytes // _HASH_BYTES
    return _Generation(hashes[:cut]), _Generation(hashes[cut:])
