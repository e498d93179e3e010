"""Checks a bundle of evidence, whoever sent it."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from models.errors import InputError, WireFormatError
from streams.evidence.bundle_writer import MANIFEST, SIGNATURE
from streams.evidence.evidence_key import CheckingKey
from streams.evidence.manifest import Manifest, Member, decode_manifest

_LARGEST_BYTES: Final = 1 << 30
_LARGEST_UNPACKED_BYTES: Final = 1 << 31
_LARGEST_MANIFEST_BYTES: Final = 1 << 20
_SIGNATURE_BYTES: Final = 64
_CHUNK_BYTES: Final = 1 << 16
_MOST_ENTRIES: Final = 32
_LARGEST_DIRECTORY_BYTES: Final = 1 << 16
_BOUNDED: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_END: Final = b"PK\x05\x06"
_END_BYTES: Final = 22
_LARGE_LOCATOR: Final = b"PK\x06\x07"
_LARGE_LOCATOR_BYTES: Final = 20
# What the module zipfile raises at what is no zip file, or one that was tampered with.
_BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError,
)  # fmt: skip


@dataclass(frozen=True)
class CheckedBundle:
    """A bundle whose files are what its manifest says.

    Parameters
    ----------
    manifest
        What it holds.
    digest
        SHA-256 of the manifest, as it was told when the bundle was made.
    is_signed
        Whether the owner of the key has signed it; None if the bundle bears no signature.
    """

    manifest: Manifest
    digest: str
    is_signed: bool | None


def check_bundle(path: Path, key: CheckingKey | None) -> CheckedBundle:
    """Read a bundle whole, in pieces, and hold it against its manifest.

    Parameters
    ----------
    path
        The file.
    key
        Whose signature it must bear; None checks the digests alone.

    Raises
    ------
    InputError
        If it is no bundle, or differs from its manifest.
    """
    with _told(path):
        _check_size(path)
        with zipfile.ZipFile(path) as archive:
            names = _names(archive, path)
            data = _small(archive, MANIFEST, _LARGEST_MANIFEST_BYTES)
            manifest = decode_manifest(data)
            expected = {MANIFEST, *manifest.files} | (names & {SIGNATURE})
            if names != expected:
                message = f"{path}: its files are not those of its manifest: it was changed"
                raise InputError(message)
            _check_files(archive, manifest, path)
            signature = _small(archive, SIGNATURE, _SIGNATURE_BYTES) if SIGNATURE in names else None
    is_signed = None if signature is None or key is None else key.accepts(signature, data)
    return CheckedBundle(manifest, sha256(data).hexdigest(), is_signed)


def _check_size(path: Path) -> None:
    """Look at the end of the file before the module zipfile reads a directory of any size."""
    size = path.stat().st_size
    if size > _LARGEST_BYTES:
        message = f"{path}: larger than {_LARGEST_BYTES} bytes: no bundle is"
        raise InputError(message)
    with path.open("rb") as file:
        file.seek(max(0, size - _END_BYTES - _LARGE_LOCATOR_BYTES))
        tail = file.read(_END_BYTES + _LARGE_LOCATOR_BYTES)
    end = tail[-_END_BYTES:]
    entries, directory = int.from_bytes(end[10:12], "little"), int.from_bytes(end[12:16], "little")
    if not end.startswith(_END) or tail.startswith(_LARGE_LOCATOR):
        message = "no zip file, or not its end"
        raise WireFormatError(message)
    if entries > _MOST_ENTRIES or directory > _LARGEST_DIRECTORY_BYTES:
        message = "more files than a bundle has"
        raise WireFormatError(message)


def _names(archive: zipfile.ZipFile, path: Path) -> set[str]:
    found = archive.namelist()
    # The module zipfile unpacks the others at once, whatever they unpack to.
    if any(entry.compress_type not in _BOUNDED for entry in archive.infolist()):
        message = f"{path}: packed in a way that no bundle is"
        raise InputError(message)
    if len(set(found)) != len(found) or MANIFEST not in found:
        message = f"{path}: no bundle of evidence: it has no manifest, or a file twice"
        raise InputError(message)
    return set(found)


def _check_files(archive: zipfile.ZipFile, manifest: Manifest, path: Path) -> None:
    if sum(member.bytes for member in manifest.files.values()) > _LARGEST_UNPACKED_BYTES:
        message = f"{path}: unpacks to more than {_LARGEST_UNPACKED_BYTES} bytes: no bundle does"
        raise InputError(message)
    for name, member in manifest.files.items():
        if _digest(archive, name, member) != member.sha256:
            message = f"{path}: a file of it is not what its manifest says: it was changed"
            raise InputError(message)


def _digest(archive: zipfile.ZipFile, name: str, member: Member) -> str:
    """Return the SHA-256 of a file; one that is longer than it should be is not read on."""
    digest, size = sha256(), 0
    with archive.open(name) as file:
        while size <= member.bytes and (chunk := file.read(_CHUNK_BYTES)):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest() if size == member.bytes else ""


def _small(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    with archive.open(name) as file:
        data = file.read(most + 1)
    if len(data) > most:
        message = f"{name} is longer than {most} bytes"
        raise WireFormatError(message)
    return data


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn whatever a foreign file does into one line."""
    try:
        yield
    except OSError as error:
        message = f"{path}: {error.strerror or error}: name a bundle that can be read"
        raise InputError(message) from error
    except (*_BROKEN, WireFormatError) as error:
        message = f"{path}: no bundle of evidence, or a damaged one: {error}"
        raise InputError(message) from error
