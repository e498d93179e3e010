import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from streams.evidence.bundle_writer import BundleWriter
from streams.evidence.evidence_key import EvidenceKey
from streams.evidence.manifest import Making, Manifest, Source

AT = datetime(2026, 1, 26, 3, 0, tzinfo=UTC)
MADE = Making(at=AT, by="alice", role="responder", via="page", sellerwatch="0.1.0")


@pytest.fixture
def key_files(tmp_path: Path) -> tuple[Path, Path]:
    """A private key and its public one, in PEM."""
    private = Ed25519PrivateKey.generate()
    own, public = tmp_path / "evidence.pem", tmp_path / "evidence.pub"
    own.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    form = PublicFormat.SubjectPublicKeyInfo
    public.write_bytes(private.public_key().public_bytes(Encoding.PEM, form))
    return own, public


@pytest.fixture
def key(key_files: tuple[Path, Path]) -> EvidenceKey:
    found = EvidenceKey.read(key_files[0])
    assert found is not None
    return found


@pytest.fixture
def bundle(tmp_path: Path, key: EvidenceKey) -> Path:
    """A small bundle that is whole and signed."""
    out = io.BytesIO()
    writer = BundleWriter(out)
    writer.add("incident.json", [b"{}\n"])
    writer.add("events.ndjson", [b'{"a":1}\n', b'{"a":2}\n'])
    source = Source(
        topic="access-events", ranges=(), found=2, unreadable=0, is_whole=True, has_expired=True
    )
    manifest = Manifest(
        incident_id="i-1", tenant="A1", principal="app-1", since=AT, until=AT, made=MADE,
        sources=(source,), files=writer.files, signed_by=key.checking.fingerprint,
    )  # fmt: skip
    writer.close(manifest, key)
    path = tmp_path / "evidence.zip"
    path.write_bytes(out.getvalue())
    return path
