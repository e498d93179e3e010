"""Bounds what compressed state may inflate to."""

import zlib

from models.errors import CheckpointError, WireFormatError
from models.tuning.state import SNAPSHOT_LARGEST_BYTES


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

    def inflate(self, packed: bytes) -> bytes:
        """Inflate what zlib has compressed.

        Raises
        ------
        CheckpointError
            If it inflates to more than is left.
        WireFormatError
            If it is damaged.
        """
        stream = zlib.decompressobj()
        try:
            # One byte more than there may be tells that there is more.
            found = stream.decompress(packed, self.bytes_left + 1)
        except zlib.error as error:
            message = f"cannot be decompressed: {error}"
            raise WireFormatError(message) from error
        self.take(len(found))
        if not stream.eof or stream.unused_data:
            message = "cannot be decompressed: incomplete, or followed by other bytes"
            raise WireFormatError(message)
        return found

    def take(self, count: int) -> None:
        """Take bytes from the budget; CheckpointError if so many are not left."""
        if count > self.bytes_left:
            message = "the state inflates to more bytes than it may"
            raise CheckpointError(message, "too_large")
        self.bytes_left -= count
