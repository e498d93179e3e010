"""The content of a blob: changed entries and their checkpoint."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from models.errors import WireFormatError

_LENGTH: Final = struct.Struct(">I")
_ENTRY: Final = struct.Struct(">II")
_DELTA: Final = struct.Struct(">qQQII")


@dataclass(frozen=True)
class Delta:
    """What one checkpoint changed.

    Parameters
    ----------
    offset
        Offset of the first message that is not in the state.
    previous_writer
        Writer of the checkpoint before; 0 for the first.
    begins_at
        Earlier sequences do not count, because the state started anew.
    changed_at
        For each group, the sequence of its last change.
    event_ids
        Hashes of the most recent event ids.
    entries
        Changed keys with their values; an empty value deletes the key.
    """

    offset: int
    previous_writer: int
    begins_at: int
    changed_at: tuple[int, ...]
    event_ids: bytes
    entries: Mapping[bytes, bytes]

    def encode(self) -> bytes:
        """Return the blob."""
        groups = struct.pack(f">{len(self.changed_at)}Q", *self.changed_at)
        sizes = (len(self.changed_at), len(self.event_ids))
        head = _DELTA.pack(self.offset, self.previous_writer, self.begins_at, *sizes)
        return head + groups + self.event_ids + encode_entries(self.entries)

    @classmethod
    def decode(cls, blob: bytes) -> "Delta":
        """Read a blob; WireFormatError if it is damaged."""
        try:
            offset, previous, begins, count, id_bytes = _DELTA.unpack_from(blob)
            changed = struct.unpack_from(f">{count}Q", blob, _DELTA.size)
        except struct.error as error:
            message = f"checkpoint's change is damaged: {error}"
            raise WireFormatError(message) from error
        begin = _DELTA.size + 8 * count
        entries = decode_entries(blob[begin + id_bytes :])
        return cls(offset, previous, begins, changed, blob[begin : begin + id_bytes], entries)


def encode_entries(entries: Mapping[bytes, bytes]) -> bytes:
    """Write entries one after the other.

    Examples
    --------
    >>> decode_entries(encode_entries({b"a": b"1", b"b": b""}))
    {b'a': b'1', b'b': b''}
    """
    parts = [_LENGTH.pack(len(entries))]
    for key, value in entries.items():
        parts += [_ENTRY.pack(len(key), len(value)), key, value]
    return b"".join(parts)


def decode_entries(blob: bytes) -> dict[bytes, bytes]:
    """Read entries; WireFormatError if the blob is damaged."""
    entries: dict[bytes, bytes] = {}
    try:
        (count,) = _LENGTH.unpack_from(blob)
        position = _LENGTH.size
        for _ in range(count):
            key_size, value_size = _ENTRY.unpack_from(blob, position)
            middle = position + _ENTRY.size + key_size
            entries[blob[position + _ENTRY.size : middle]] = blob[middle : middle + value_size]
            position = middle + value_size
    except struct.error as error:
        message = f"checkpoint's entries are damaged: {error}"
        raise WireFormatError(message) from error
    if position != len(blob):
        message = f"checkpoint's entries end at byte {position} of {len(blob)}"
        raise WireFormatError(message)
    return entries
