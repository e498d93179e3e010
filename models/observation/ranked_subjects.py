"""The many subjects of one call as arrays, made once for all that count them."""

from array import array
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
_ONE: Final = np.uint64(1)
_RANK_OF_ZERO: Final = 65


class RankedSubjects(NamedTuple):
    """Subjects by their hashes, and for each the place and rank that sketches count.

    Parameters
    ----------
    hashes
        Unsigned and 64 bits wide.
    places
        Their low eight bits.
    ranks
        One more than their leading zeros.
    """

    hashes: Hashes
    places: npt.NDArray[np.uint8]
    ranks: npt.NDArray[np.uint8]


def ranked_subjects(hashes: tuple[int, ...]) -> RankedSubjects | None:
    """Return the subjects of a call as arrays; None if a hash is wider than 64 bits or negative.

    The hour, the open incident and the memory of what was read ask for the same tuple one after
    the other, and only the first one waits.

    Examples
    --------
    >>> ranked_subjects((2**63, 7, 0)).ranks.tolist()
    [1, 62, 65]
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
    try:
        hashes = np.frombuffer(array("Q", same.hashes), np.uint64)
    except OverflowError:
        return None
    # The bit below the highest one is cleared, lest a float rounds up to the next power of two.
    _, widths = np.frexp((hashes & ~(hashes >> _ONE)).astype(np.float64))
    ranks = (_RANK_OF_ZERO - widths).astype(np.uint8)
    return RankedSubjects(hashes, hashes.astype(np.uint8), ranks)
