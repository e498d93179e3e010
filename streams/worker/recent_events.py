"""Remembers recent events, so that an event delivered twice is counted once."""

import struct
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Final

from models.domain.access_event import AccessEvent
from models.domain.generational_set import GenerationalSet
from models.errors import WireFormatError

REMEMBERED_EVENTS: Final = 8_192
_HASH_BYTES: Final = 8
_COUNT: Final = struct.Struct(">I")
# After this many turns, the generations from a restored state are gone.
_GENERATIONS: Final = 2


class RecentEvents:
    """Keeps the last events of a partition by tenant and id, from `limit` to twice as many.

    What it keeps depends only on the events, so a worker that restarts evicts the same ones.

    Parameters
    ----------
    limit
        Size of a generation.
    state
        What `state` returned earlier.

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
        older, newer = _read(state) if state else ((), ())
        # Names seen since the start as text, and hashes of earlier ones as bytes.
        self._recent = GenerationalSet[str | bytes](limit, older, newer)
        self._is_restored = bool(older or newer)
        self.duplicates_total = 0

    def fresh(self, events: Sequence[AccessEvent]) -> list[AccessEvent]:
        """Return the new events, and remember them."""
        names = [event.tenant + event.event_id for event in events]
        recent, has_saved = self._recent, self._has_saved()
        if not has_saved and self._are_new(names):
            recent.update(names)
            return list(events)
        new = []
        for name, event in zip(names, events, strict=True):
            if (has_saved and _hash(name) in recent) or not recent.add(name):
                self.duplicates_total += 1
            else:
                new.append(event)
        return new

    def _has_saved(self) -> bool:
        """Whether hashes of a restored state are still remembered."""
        return self._is_restored and self._recent.turns < _GENERATIONS

    def _are_new(self, names: Sequence[str]) -> bool:
        """Whether all are certainly new and fit into the generation, which is the usual case."""
        return (
            self._recent.has_room(len(names))
            and self._recent.isdisjoint(names)
            and len(set(names)) == len(names)
        )

    def state(self) -> bytes:
        """Return what it remembers, in 8 bytes an event."""
        older, newer = map(_packed, self._recent.generations)
        return _COUNT.pack(len(older)) + older + newer


def _packed(generation: Iterable[str | bytes]) -> bytes:
    return b"".join(item if isinstance(item, bytes) else _hash(item) for item in generation)


def _hash(name: str) -> bytes:
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=_HASH_BYTES).digest()


def _read(state: bytes) -> tuple[list[bytes], list[bytes]]:
    size = _COUNT.size
    older_bytes = _COUNT.unpack_from(state)[0] if len(state) >= size else -1
    if older_bytes % _HASH_BYTES or (len(state) - size) % _HASH_BYTES:
        message = f"checkpoint's event ids are damaged: {len(state)} bytes"
        raise WireFormatError(message)
    hashes = [state[i : i + _HASH_BYTES] for i in range(size, len(state), _HASH_BYTES)]
    cut = older_bytes // _HASH_BYTES
    return hashes[:cut], hashes[cut:]
