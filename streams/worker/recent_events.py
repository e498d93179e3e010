"""Remembers recent events, so that an event delivered twice is counted once."""

import struct
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Final, TypeAlias

from models.domain.access_event import AccessEvent
from models.domain.generational_map import GenerationalMap
from models.domain.sighting import UNKNOWN_CONTENT, Sighting, content_of, sight
from models.errors import WireFormatError

REMEMBERED_EVENTS: Final = 8_192
_HASH_BYTES: Final = 6
_MARK: Final = b"\xff\xff\xff\x02"
_COUNT: Final = struct.Struct(">I")
# Earlier releases wrote a count and hashes of 8 bytes, without a mark and without contents.
_OLD_HASH_BYTES: Final = 8
# After this many turns, the generations from a restored state are gone.
_GENERATIONS: Final = 2
# Of several partitions put together, 786 kB.
_MOST_TOGETHER: Final = 8 * REMEMBERED_EVENTS

_Name: TypeAlias = str | bytes


class RecentEvents:
    """Keeps a partition's last events by tenant, id and content, from `limit` to twice as many.

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
        older, newer = _read(state) if state else ({}, {})
        self._recent = _Recent(limit, older, newer)
        self.duplicates_total = 0
        self.reused_ids_total = 0

    def fresh(self, events: Sequence[AccessEvent]) -> list[AccessEvent]:
        """Return the new events, and remember them."""
        names: list[_Name] = [event.tenant + event.event_id for event in events]
        if not self._recent.has_saved and self._are_new(names):
            self._recent.update(zip(names, map(content_of, events), strict=True))
            new = list(events)
        else:
            new = [e for n, e in zip(names, events, strict=True) if self._is_fresh(n, e)]
        self.duplicates_total += len(events) - len(new)
        # Those that only `ingest` could see, which remembers more.
        self.reused_ids_total += sum([event.reused_id for event in new])
        return new

    def _is_fresh(self, name: _Name, event: AccessEvent) -> bool:
        sighting = sight(event, name, self._recent, _variant)
        self.reused_ids_total += sighting is Sighting.REUSED_ID and not event.reused_id
        return sighting is not Sighting.DUPLICATE

    def _are_new(self, names: Sequence[_Name]) -> bool:
        """Whether all are certainly new and fit into the generation, which is the usual case."""
        return (
            self._recent.has_room(len(names))
            and self._recent.isdisjoint(names)
            and len(set(names)) == len(names)
        )

    def state(self) -> bytes:
        """Return what it remembers, in 12 bytes an event."""
        older, newer = map(_packed, self._recent.generations)
        return _MARK + _COUNT.pack(len(older)) + older + newer


def together(states: Sequence[bytes]) -> bytes:
    """Put together what several partitions remember, for one that gets principals of each.

    Of too many events, the same number of each partition's latest stays.

    Raises
    ------
    WireFormatError
        If a state is damaged.

    Examples
    --------
    >>> RecentEvents(state=together([RecentEvents().state(), b""])).fresh([])
    []
    """
    read = [_read(state) for state in states if state]
    share = _MOST_TOGETHER // max(1, len(read))
    found: dict[_Name, int] = {}
    for older, newer in read:
        found.update([*older.items(), *newer.items()][-share:])
    # As the older generation: it goes once the partition has filled one of its own.
    packed = _packed(found)
    return _MARK + _COUNT.pack(len(packed)) + packed


class _Recent(GenerationalMap[_Name]):
    """Contents by name; of names from a restored state only hashes are known."""

    def __init__(self, limit: int, older: Mapping[_Name, int], newer: Mapping[_Name, int]) -> None:
        super().__init__(limit, older, newer)
        self._is_restored = bool(older or newer)

    @property
    def has_saved(self) -> bool:
        """Whether hashes of a restored state are still remembered."""
        return self._is_restored and self.turns < _GENERATIONS

    def get(self, key: _Name) -> int | None:
        found = super().get(key)
        if found is None and self.has_saved and isinstance(key, str):
            return super().get(_hash(key))
        return found


def _variant(name: _Name, content: int) -> _Name:
    return f"{name!s}\0{content:x}"


def _packed(generation: Mapping[_Name, int]) -> bytes:
    return b"".join(
        (name if isinstance(name, bytes) else _hash(name)) + content.to_bytes(_HASH_BYTES, "big")
        for name, content in generation.items()
    )


def _hash(name: str) -> bytes:
    whole = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=_OLD_HASH_BYTES).digest()
    return whole[:_HASH_BYTES]


def _read(state: bytes) -> tuple[dict[_Name, int], dict[_Name, int]]:
    is_old = not state.startswith(_MARK)
    body = state if is_old else state[len(_MARK) :]
    width = _OLD_HASH_BYTES if is_old else 2 * _HASH_BYTES
    older_bytes = _COUNT.unpack_from(body)[0] if len(body) >= _COUNT.size else -1
    rest = body[_COUNT.size :]
    if older_bytes % width or len(rest) % width or older_bytes > len(rest):
        message = f"checkpoint's event ids are damaged: {len(state)} bytes"
        raise WireFormatError(message)
    read = _unpack_old if is_old else _unpack
    return read(rest[:older_bytes]), read(rest[older_bytes:])


def _unpack(generation: bytes) -> dict[_Name, int]:
    width = 2 * _HASH_BYTES
    entries = (generation[i : i + width] for i in range(0, len(generation), width))
    return {e[:_HASH_BYTES]: int.from_bytes(e[_HASH_BYTES:], "big") for e in entries}


def _unpack_old(generation: bytes) -> dict[_Name, int]:
    starts = range(0, len(generation), _OLD_HASH_BYTES)
    return {generation[i : i + _HASH_BYTES]: UNKNOWN_CONTENT for i in starts}
