"""Bounds what compressed state may inflate to."""

import zlib
from typing import Final

from models.errors import CheckpointError, WireFormatError
from models.tuning.state import SNAPSHOT_LARGEST_BYTES

_PIECE_BYTES: Final = 1_048_576
# Finding out that something is too large takes up to a second. After so many, nothing is inflated.
_ATTEMPTS: Final = 4
_TOO_LARGE: Final = "the state inflates to more bytes than it may"


class InflateBudget:
    """The bytes that a partition's compressed state may still inflate to.

    Parameters
    ----------
    bytes_left
        The sum, over all that is inflated with this budget.

    Examples
    --------
    >>> budget = InflateBudget(8)
    >>> budget.inflate(zlib.compress(b"state")), budget.bytes_left
    (b'state', 3)
    >>> budget.inflate(zlib.compress(b"state"))
    Traceback (most recent call last):
    ...
    models.errors.CheckpointError: the state inflates to more bytes than it may
    """

    def __init__(self, bytes_left: int = SNAPSHOT_LARGEST_BYTES) -> None:
        self.bytes_left = bytes_left
        self._attempts_left = _ATTEMPTS

    def inflate(self, packed: bytes) -> bytes:
        """Inflate what zlib has compressed.

        Raises
        ------
        CheckpointError
            If it inflates to more than is left.
        WireFormatError
            If it is damaged.
        """
        if not self._attempts_left:
            raise CheckpointError(_TOO_LARGE, "too_large")
        stream = zlib.decompressobj()
        pieces: list[bytes] = []
        left, rest = self.bytes_left, packed
        try:
            # Piece by piece: what is too large never lies in memory as a whole.
            while not stream.eof and (piece := stream.decompress(rest, _PIECE_BYTES)):
                left -= len(piece)
                if left < 0:
                    self._attempts_left -= 1
                    raise CheckpointError(_TOO_LARGE, "too_large")
                pieces.append(piece)
                rest = stream.unconsumed_tail
        except zlib.error as error:
            message = f"cannot be decompressed: {error}"
            raise WireFormatError(message) from error
        if not stream.eof or stream.unused_data:
            message = "cannot be decompressed: incomplete, or followed by other bytes"
            raise WireFormatError(message)
        self.bytes_left = left
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def take(self, count: int) -> None:
        """Take bytes from the budget; CheckpointError if so many are not left."""
        if count > self.bytes_left:
            raise CheckpointError(_TOO_LARGE, "too_large")
        self.bytes_left -= count
