"""Writes a bundle of evidence: a zip file that any system opens."""

import zipfile
from collections.abc import Iterable
from hashlib import sha256
from typing import IO, Final

from streams.evidence.evidence_key import EvidenceKey
from streams.evidence.manifest import Manifest, Member, encode_manifest

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
# The same bytes for the same content: a zip entry's own time says nothing.
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)


class BundleWriter:
    r"""Writes the files of a bundle and remembers their digests.

    Parameters
    ----------
    out
        A file open for writing, in binary.

    Examples
    --------
    >>> from io import BytesIO
    >>> writer = BundleWriter(BytesIO())
    >>> writer.add("events.ndjson", [b"{}\n"])
    >>> writer.files["events.ndjson"].bytes
    3
    """

    def __init__(self, out: IO[bytes]) -> None:
        self._archive = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, allowZip64=False)
        self.files: dict[str, Member] = {}

    def add(self, name: str, chunks: Iterable[bytes]) -> None:
        """Write one file from its pieces, one after the other."""
        digest, size = sha256(), 0
        with self._archive.open(self._entry(name), "w") as member:
            for chunk in chunks:
                member.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self.files[name] = Member(size, digest.hexdigest())

    def close(self, manifest: Manifest, key: EvidenceKey | None) -> str:
        """Write the manifest and its signature; return the manifest's SHA-256."""
        data = encode_manifest(manifest)
        self._archive.writestr(self._entry(MANIFEST), data)
        if key is not None:
            self._archive.writestr(self._entry(SIGNATURE), key.sign(data))
        self._archive.close()
        return sha256(data).hexdigest()

    def _entry(self, name: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(name, _NO_TIME)
        entry.compress_type = zipfile.ZIP_DEFLATED
        return entry
