import io
import shutil
import subprocess
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.errors import InputError
from streams.evidence.bundle_check import check_bundle
from streams.evidence.evidence_key import EvidenceKey

Change = Callable[[dict[str, bytes]], object]


def files_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(path: Path, files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)


def test_a_whole_bundle_is_signed(bundle: Path, key: EvidenceKey) -> None:
    found = check_bundle(bundle, key.checking)
    assert found.is_signed is True
    assert found.manifest.made.by == "alice"
    assert found.manifest.gaps == ("access-events may no longer hold the beginning",)
    assert check_bundle(bundle, None).is_signed is None


def test_somebody_elses_key_has_not_signed_it(bundle: Path) -> None:
    other = EvidenceKey(Ed25519PrivateKey.generate())
    assert check_bundle(bundle, other.checking).is_signed is False


@pytest.mark.parametrize(
    "change",
    [
        lambda files: files.update({"events.ndjson": b'{"a":1}\n'}),
        lambda files: files.update({"events.ndjson": b'{"a":1}\n{"a":3}\n'}),
        lambda files: files.update({"events.ndjson": files["events.ndjson"] + b"\n"}),
        lambda files: files.pop("events.ndjson"),
        lambda files: files.update({"more.txt": b""}),
        lambda files: files.pop("manifest.json"),
        lambda files: files.update({"manifest.json": b"{}"}),
        lambda files: files.update({"manifest.json": b" " * 2_000_000}),
        lambda files: files.update({"manifest.sig": b"0" * 65}),
    ],
)
def test_a_changed_file_is_found(bundle: Path, key: EvidenceKey, change: Change) -> None:
    files = files_of(bundle)
    change(files)
    write(bundle, files)
    with pytest.raises(InputError):
        check_bundle(bundle, key.checking)


def test_a_changed_manifest_is_not_signed(bundle: Path, key: EvidenceKey) -> None:
    files = files_of(bundle)
    files["manifest.json"] = files["manifest.json"].replace(b"alice", b"mallory")
    write(bundle, files)
    assert check_bundle(bundle, key.checking).is_signed is False
    files.pop("manifest.sig")
    write(bundle, files)
    assert check_bundle(bundle, key.checking).is_signed is None


def test_a_file_twice_or_packed_otherwise_is_refused(bundle: Path, key: EvidenceKey) -> None:
    files = files_of(bundle)
    write(bundle, files, zipfile.ZIP_LZMA)
    with pytest.raises(InputError, match="packed in a way"):
        check_bundle(bundle, key.checking)
    write(bundle, files)
    with warnings.catch_warnings(), zipfile.ZipFile(bundle, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("manifest.json", b"{}")
    with pytest.raises(InputError, match="twice"):
        check_bundle(bundle, key.checking)


def test_a_bomb_is_not_unpacked(bundle: Path, key: EvidenceKey) -> None:
    files = files_of(bundle)
    files["events.ndjson"] = bytes(200_000_000)
    write(bundle, files)
    with pytest.raises(InputError, match="not what its manifest says"):
        check_bundle(bundle, key.checking)
    with zipfile.ZipFile(bundle, "w") as archive:
        for number in range(40):
            archive.writestr(str(number), b"")
    with pytest.raises(InputError, match="more files"):
        check_bundle(bundle, key.checking)


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x05\x06" + bytes(18), b"x" * 1000])
def test_what_is_no_zip_file_is_told_in_one_line(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "evidence.zip"
    path.write_bytes(data)
    with pytest.raises(InputError, match="no bundle of evidence"):
        check_bundle(path, None)
    with pytest.raises(InputError, match="name a bundle"):
        check_bundle(tmp_path / "none.zip", None)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(place=st.integers(0, 10**6), value=st.integers(0, 255))
def test_no_byte_can_be_changed_unnoticed(
    bundle: Path, key: EvidenceKey, place: int, value: int
) -> None:
    whole = bundle.read_bytes()
    data = bytearray(whole)
    data[place % len(data)] = value
    changed = bundle.with_name("changed.zip")
    changed.write_bytes(data)
    try:
        found = check_bundle(changed, key.checking)
    except InputError:
        return
    # A zip file has fields that say nothing of its content, such as the time of an entry.
    assert not found.is_signed or files_of(changed) == files_of(bundle)


def test_openssl_agrees(bundle: Path, key_files: tuple[Path, Path], tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is missing")
    with zipfile.ZipFile(io.BytesIO(bundle.read_bytes())) as archive:
        archive.extractall(tmp_path / "out")
    done = subprocess.run(
        ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", str(key_files[1]), "-rawin",
         "-in", "manifest.json", "-sigfile", "manifest.sig"],
        cwd=tmp_path / "out", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Verified Successfully" in done.stdout
