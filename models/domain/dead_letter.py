"""An input record that could not become an event."""

import msgspec


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """Where a bad record is and what is wrong with it, never what it says.

    The record may hold personal data, so it stays at its source. `source` and `position` find
    it there; `digest` proves which record it was.

    Parameters
    ----------
    source
        Path, URL or topic; words of a path that may name a person are hashes.
    position
        ``line 12``, ``record 3`` or ``partition 0 offset 17``.
    reason
        One line without any value of the record.
    size_bytes
        Size of the record.
    digest
        Keyed hash of the record, 16 hexadecimal digits.
    """

    source: str
    position: str
    reason: str
    size_bytes: int
    digest: str
