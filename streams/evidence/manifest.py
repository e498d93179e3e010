"""The list of what a bundle of evidence holds; it is what is signed."""

from datetime import datetime
from typing import Annotated, Final

import msgspec

from models.domain.misfit import misfit
from models.errors import WireFormatError

FORMAT: Final = "sellerwatch-evidence"
VERSION: Final = 1


class Making(msgspec.Struct, frozen=True, kw_only=True):
    """Who made a bundle, when and how: the first link of the chain of custody."""

    at: datetime
    by: str
    role: str | None
    via: str
    sellerwatch: str


class PartitionRange(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of one partition, as offsets; the last one is not part of it."""

    partition: int
    kept_from: int
    begins_at: int
    ends_at: int
    read_to: int


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of one topic.

    Parameters
    ----------
    topic
        Its name.
    ranges
        How far each partition was read.
    found
        Messages or events in the bundle.
    unreadable
        Messages that could not be decoded.
    is_whole
        Whether all was read, and nothing was left out for want of time or room.
    has_expired
        Whether the topic no longer reaches back to the incident's beginning.
    """

    topic: str
    ranges: tuple[PartitionRange, ...]
    found: int
    unreadable: int
    is_whole: bool
    has_expired: bool

    @property
    def gaps(self) -> tuple[str, ...]:
        """What is missing of the topic, in words."""
        found = (
            (not self.is_whole, f"{self.topic} was not read to its end"),
            (self.has_expired, f"{self.topic} may no longer hold the beginning"),
            (self.unreadable > 0, f"{self.unreadable} messages of {self.topic} are unreadable"),
        )
        return tuple(text for is_so, text in found if is_so)


class Member(msgspec.Struct, frozen=True):
    """Size and SHA-256 of one file of the bundle."""

    bytes: Annotated[int, msgspec.Meta(ge=0)]
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the signature covers.

    Parameters
    ----------
    incident_id, tenant, principal
        Whom the bundle is about.
    since, until
        Events between these times are in it, by their own time; `in_incident` marks those since
        the incident's beginning.
    made
        Who made it.
    sources
        What was read.
    files
        What the bundle holds, by name.
    signed_by
        Fingerprint of the key that signs; None if nobody does.

    Examples
    --------
    >>> decode_manifest(b"{}")
    Traceback (most recent call last):
    ...
    models.errors.WireFormatError: not a manifest: Object missing required field `incident_id`
    """

    incident_id: str
    tenant: str
    principal: str
    since: datetime
    until: datetime
    made: Making
    sources: tuple[Source, ...]
    files: dict[str, Member]
    signed_by: str | None
    format: str = FORMAT
    version: int = VERSION

    @property
    def gaps(self) -> tuple[str, ...]:
        """What the bundle lacks, in words; empty if it holds all that there was."""
        return tuple(text for source in self.sources for text in source.gaps)


def encode_manifest(manifest: Manifest) -> bytes:
    """Encode a manifest as JSON that people can read."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"


def decode_manifest(data: bytes) -> Manifest:
    """Decode a manifest.

    Raises
    ------
    WireFormatError
        If it is none, or of a later version.
    """
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"not a manifest: {misfit(error)}"
        raise WireFormatError(message) from error
    if manifest.format != FORMAT or manifest.version != VERSION:
        message = "the manifest is of another release: use that of the bundle"
        raise WireFormatError(message)
    return manifest
