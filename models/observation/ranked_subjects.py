"""The many subjects of one call as arrays, made once for all that count them."""

from array import array
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
_LOW_BYTE: Final = np.uint64(255)
# A tuple of hashes in MessagePack is a head, and a byte and eight more for each: to read that as an
# array takes half of what it takes to make one of Python's numbers.
_PACKED_BYTES: Final = 9
_TAG: Final = b"\xcf"
_HEAD_BYTES: Final = 3
_WIDE_HEAD_BYTES: Final = 5
_WIDE: Final = 2**16
_pack: Final = msgspec.msgpack.Encoder().encode


class RankedSubjects(NamedTuple):
    """Subjects by their hashes, and for each the place that sketches count it at.

    Parameters
    ----------
    hashes
        Unsigned and 64 bits wide.
    places
        Their low eight bits.
    """

    hashes: Hashes
    places: npt.NDArray[np.int64]


def ranked_subjects(hashes: tuple[int, ...]) -> RankedSubjects | None:
    """Return the subjects of a call as arrays; None if a hash is wider than 64 bits or negative.

    The hour, the open incident and the memory of what was read ask for the same tuple one after
    the other, and only the first one waits.

    Examples
    --------
    >>> ranked_subjects((2**63, 7, 0)).places.tolist()
    [0, 7, 0]
    >>> ranked_subjects((-1,)) is None
    True
    """
    return _ranked(_Same(hashes))


class _Same:
    """A tuple that equals itself only: to hash its content would cost what the arrays cost."""

    __slots__ = ("hashes",)

    def __init__(self, hashes: tuple[int, ...]) -> None:
        self.hashes = hashes

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.hashes is other.hashes

    def __hash__(self) -> int:
        return id(self.hashes)


@lru_cache(maxsize=1)
def _ranked(same: _Same) -> RankedSubjects | None:
    hashes = _unpacked(same.hashes)
    if hashes is None:
        try:
            hashes = np.frombuffer(array("Q", same.hashes), np.uint64)
        except OverflowError:
            return None
    return RankedSubjects(hashes, (hashes & _LOW_BYTE).view(np.int64))


def _unpacked(hashes: tuple[int, ...]) -> Hashes | None:
    """Return the hashes as an array; None if they are not all as wide as nearly every hash is."""
    try:
        raw = _pack(hashes)
    except (OverflowError, TypeError):
        return None
    head = _HEAD_BYTES if len(hashes) < _WIDE else _WIDE_HEAD_BYTES
    if len(raw) != head + _PACKED_BYTES * len(hashes):
        return None
    if raw[head::_PACKED_BYTES] != _TAG * len(hashes):
        return None
    packed = np.ndarray((len(hashes),), ">u8", raw, head + 1, (_PACKED_BYTES,))
    return packed.astype(np.uint64)
