"""The binary form of one value in the checkpoint topic."""

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from models.errors import WireFormatError
from models.state.inflate_budget import InflateBudget

FORMAT_VERSION: Final = 2
_MAGIC: Final = b"SWC"
_HEADER: Final = struct.Struct(">3sBBQQHHI")
_KEY: Final = struct.Struct(">IBHH")
# Kafka limits a message to 1 MiB by default; this leaves ample room for what Faust adds.
_PART_BYTES: Final = 900_000
# Far more than anybody writes; the next ones still fit into their field.
_LARGEST_SEQUENCE: Final = 2**62


class Kind(IntEnum):
    """The kind of a blob."""

    DELTA = 1
    BASE = 2


@dataclass(frozen=True)
class FragmentKey:
    """The key of a fragment: its place in the table.

    Examples
    --------
    >>> FragmentKey.parse(FragmentKey(3, Kind.BASE, 17, 0).key) == FragmentKey(3, Kind.BASE, 17, 0)
    True
    """

    partition: int
    kind: Kind
    slot: int
    part: int

    @property
    def key(self) -> bytes:
        """Nine bytes."""
        return _KEY.pack(self.partition, self.kind, self.slot, self.part)

    @classmethod
    def parse(cls, key: bytes) -> "FragmentKey":
        """Read a key.

        Raises
        ------
        WireFormatError
            If it is not a key of ours.
        """
        try:
            partition, kind, slot, part = _KEY.unpack(key)
            return cls(partition, Kind(kind), slot, part)
        except (struct.error, ValueError) as error:
            message = f"not a checkpoint's key: {error}"
            raise WireFormatError(message) from error


@dataclass(frozen=True)
class Fragment:
    """A part of a blob, with what shows that parts belong together.

    Parameters
    ----------
    sequence
        Number of the checkpoint that wrote it.
    writer
        Random number of its writer, drawn anew each time a partition is taken over.
    part, parts
        Number of this part, and how many there are.
    body
        The part, compressed.
    version
        Version of its format.
    """

    kind: Kind
    sequence: int
    writer: int
    part: int
    parts: int
    body: bytes
    version: int = FORMAT_VERSION

    def encode(self) -> bytes:
        """Return the value."""
        head = (_MAGIC, self.version, self.kind, self.sequence, self.writer)
        checksum = zlib.crc32(self.body)
        return _HEADER.pack(*head, self.part, self.parts, checksum) + self.body

    @classmethod
    def decode(cls, value: bytes) -> "Fragment":
        """Read a value.

        Raises
        ------
        WireFormatError
            If it is damaged, or its version cannot be read.
        """
        if len(value) < _HEADER.size or value[:3] != _MAGIC:
            message = f"not a checkpoint: {len(value)} bytes without its mark"
            raise WireFormatError(message)
        _, version, kind, sequence, writer, part, parts, checksum = _HEADER.unpack_from(value)
        if version not in _READERS:
            message = f"checkpoint version {version}: this release reads {sorted(_READERS)}"
            raise WireFormatError(message)
        if kind not in tuple(Kind) or sequence > _LARGEST_SEQUENCE:
            message = "not a checkpoint: it has no such kind or number"
            raise WireFormatError(message)
        body = value[_HEADER.size :]
        if zlib.crc32(body) != checksum:
            message = f"checkpoint {sequence} is damaged: its checksum differs"
            raise WireFormatError(message)
        return cls(Kind(kind), sequence, writer, part, parts, body, version)


def split(kind: Kind, sequence: int, writer: int, body: bytes) -> Iterator[Fragment]:
    """Compress a blob and split it into fragments that Kafka accepts."""
    packed = zlib.compress(body, 1)
    pieces = [packed[i : i + _PART_BYTES] for i in range(0, len(packed), _PART_BYTES)]
    for part, piece in enumerate(pieces):
        yield Fragment(kind, sequence, writer, part, len(pieces), piece)


def join(fragments: list[Fragment], budget: InflateBudget) -> bytes | None:
    """Join fragments, in the order of their parts, to a blob; None if one is missing.

    Raises
    ------
    WireFormatError
        If the blob is complete but cannot be read.
    CheckpointError
        If it inflates to more than the budget.
    """
    first = fragments[0]
    mark = (first.sequence, first.writer, first.parts, first.version)
    ours = [f for f in fragments if (f.sequence, f.writer, f.parts, f.version) == mark]
    if [f.part for f in ours] != list(range(first.parts)):
        return None
    body = b"".join(f.body for f in ours)
    return _READERS[first.version](budget, body)


def _plain(budget: InflateBudget, body: bytes) -> bytes:
    budget.take(len(body))
    return body


# Version 1 was not compressed.
_READERS: Final[dict[int, Callable[[InflateBudget, bytes], bytes]]] = {
    1: _plain,
    2: InflateBudget.inflate,
}
