"""Which subjects somebody has read before, in two kilobytes."""

import math
from collections.abc import Iterable
from typing import Final

import msgspec
import numpy as np

from models.observation.ranked_subjects import Hashes, ranked_subjects
from models.tuning.observation import (
    SEEN_SUBJECTS_A_BIT,
    SEEN_SUBJECTS_FIRST_BYTES,
    SEEN_SUBJECTS_KEPT_DAYS,
    SEEN_SUBJECTS_LARGEST_LEVEL,
    SUBJECTS_AT_ONCE,
)

_HASHES: Final = 2
# Bits of a 64-bit hash: sketches use the low 8 and the leading zeros.
_SAMPLE_SHIFT: Final = 8
_FIRST_SHIFT: Final = 24
_SECOND_SHIFT: Final = 43
_FIRST_PLACE: Final = np.uint64(_FIRST_SHIFT)
_SECOND_PLACE: Final = np.uint64(_SECOND_SHIFT)
# Of so few, each is looked up alone.
_FEW: Final = 32
_FIRST: Final = bytearray(SEEN_SUBJECTS_FIRST_BYTES)


class SeenState(msgspec.Struct, array_like=True):
    """Two Bloom filters, the subjects in each, the sampling level, and the day of the newer one.

    Of all subjects, one in ``2 ** level`` is kept.
    """

    newer: bytearray = msgspec.field(default_factory=_FIRST.copy)
    newer_count: int = 0
    older: bytearray = msgspec.field(default_factory=_FIRST.copy)
    older_count: int = 0
    level: int = 0
    day: int = 0


class SeenSubjects:
    """Remembers which subjects were read, and counts those that were not.

    Two Bloom filters take turns (B. H. Bloom, "Space/time trade-offs in hash coding with allowable
    errors", 1970): when the newer one is full, the older one is forgotten. What is read again
    moves to the newer one. Who fills one faster than within two weeks has its subjects sampled by
    their hashes, as distinct sampling does (P. B. Gibbons, VLDB 2001). The chance that a filter
    takes a new subject for a known one is taken out of the count.

    Parameters
    ----------
    state
        What was read until now.
    most_bytes
        Size of a full filter.

    Examples
    --------
    >>> from random import Random
    >>> rng, seen = Random(1), SeenSubjects(SeenState(), 1024)
    >>> files = [rng.getrandbits(64) for _ in range(1000)]
    >>> first = sum(len(seen.add([name], day=1)) for name in files) * seen.weight
    >>> again = sum(len(seen.add([name], day=2)) for name in files) * seen.weight
    >>> 900 < first < 1100, again
    (True, 0.0)
    """

    __slots__ = ("_most_bytes", "_weight", "state")

    def __init__(self, state: SeenState, most_bytes: int) -> None:
        self.state = state
        self._most_bytes = most_bytes
        # Derived from the state; 0 until needed.
        self._weight = 0.0

    @property
    def weight(self) -> float:
        """How many new subjects each one stands for that `add` returns."""
        if not self._weight:
            state = self.state
            known = _chance(state.newer, state.newer_count) * (
                _chance(state.older, state.older_count)
            )
            self._weight = 2.0**state.level / known
        return self._weight

    @property
    def weight_in_sample(self) -> float:
        """How many new subjects of the sample each one stands for that `add` returns."""
        return self.weight / 2.0**self.state.level

    def add(self, hashes: Iterable[int], day: int) -> list[int]:
        """Note subjects by their hashes; return those of the sample that are new.

        Parameters
        ----------
        hashes
            Unsigned and 64 bits wide.
        day
            On which they are read, counted from 1970-01-01.
        """
        if isinstance(hashes, tuple) and len(hashes) >= SUBJECTS_AT_ONCE:
            ranked = ranked_subjects(hashes)
            if ranked is not None:
                return self._add_many(ranked.hashes, day)
        return self._add_each(self.sampled(hashes) if self.state.level else hashes, day)

    def _add_many(self, hashes: Hashes, day: int) -> list[int]:
        """Note subjects; those that the newer filter holds are looked up all at once."""
        state = self.state
        if state.level:
            hashes = hashes[hashes & ((1 << state.level) - 1 << _SAMPLE_SHIFT) == 0]
        fresh: list[int] = []
        while len(hashes) >= _FEW:
            bits = 8 * len(state.newer)
            # Up to here, the filter cannot give way to a new one, which holds nothing.
            room = max(1, math.ceil(SEEN_SUBJECTS_A_BIT * bits) - state.newer_count)
            held = np.unpackbits(np.frombuffer(state.newer, np.uint8), bitorder="little")
            mask = np.uint64(bits - 1)
            first = held.take((hashes >> _FIRST_PLACE & mask).view(np.int64))
            second = held.take((hashes >> _SECOND_PLACE & mask).view(np.int64))
            missing = (first & second == 0).nonzero()[0][:room]
            fresh += self._add_each(hashes[missing].tolist(), day)
            if len(missing) < room:
                return fresh
            hashes = hashes[missing[-1] + 1 :]
        return fresh + self._add_each(hashes.tolist(), day)

    def _add_each(self, hashes: Iterable[int], day: int) -> list[int]:
        state = self.state
        fresh = []
        for value in hashes:
            newer, mask = state.newer, len(state.newer) * 8 - 1
            one, two = value >> _FIRST_SHIFT, value >> _SECOND_SHIFT
            first, second = one & mask, two & mask
            if newer[first >> 3] >> (first & 7) & 1 and newer[second >> 3] >> (second & 7) & 1:
                continue
            if not _has(state.older, one, two):
                fresh.append(value)
            newer[first >> 3] |= 1 << (first & 7)
            newer[second >> 3] |= 1 << (second & 7)
            state.newer_count += 1
            self._weight = 0.0
            if state.newer_count >= SEEN_SUBJECTS_A_BIT * (mask + 1):
                self._turn(day)
        return fresh

    def sampled(self, hashes: Iterable[int]) -> list[int]:
        """Return the subjects that this memory's sample holds."""
        rest = (1 << self.state.level) - 1
        return [value for value in hashes if not value >> _SAMPLE_SHIFT & rest]

    def _turn(self, day: int) -> None:
        """Begin a new filter; keep fewer subjects if the last one was full too soon."""
        state = self.state
        size = len(state.newer)
        if size >= self._most_bytes and day - state.day < SEEN_SUBJECTS_KEPT_DAYS:
            state.level = min(SEEN_SUBJECTS_LARGEST_LEVEL, state.level + 1)
        state.older, state.older_count = state.newer, state.newer_count
        state.newer, state.newer_count = bytearray(self._most_bytes), 0
        state.day = day
        self._weight = 0.0


def _has(bits: bytearray, one: int, two: int) -> bool:
    mask = len(bits) * 8 - 1
    first, second = one & mask, two & mask
    return bool(bits[first >> 3] >> (first & 7) & 1 and bits[second >> 3] >> (second & 7) & 1)


def _chance(bits: bytearray, count: int) -> float:
    """Return the chance that a filter does not know a subject that it has not seen."""
    filled = -math.expm1(-_HASHES * count / (8 * len(bits)))
    return 1.0 - filled**_HASHES
