from pathlib import Path

import pytest

from models.errors import InputError, SettingsError
from streams.evidence.evidence_key import CheckingKey, EvidenceKey


def test_a_public_key_checks_what_its_private_one_signs(key_files: tuple[Path, Path]) -> None:
    key, checking = EvidenceKey.read(key_files[0]), CheckingKey.read(key_files[1])
    assert key is not None
    assert checking.accepts(key.sign(b"data"), b"data")
    assert not checking.accepts(key.sign(b"data"), b"date")
    assert not checking.accepts(b"short", b"data")
    assert checking.fingerprint == key.checking.fingerprint


def test_no_key_is_none() -> None:
    assert EvidenceKey.read(None) is None


@pytest.mark.parametrize("text", ["no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n"])
def test_what_is_no_key_is_told_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "key"
    path.write_text(text)
    with pytest.raises(SettingsError, match="openssl genpkey"):
        EvidenceKey.read(path)
    with pytest.raises(InputError, match="openssl pkey"):
        CheckingKey.read(path)
    with pytest.raises(InputError, match="No such file"):
        CheckingKey.read(tmp_path / "none")


def test_a_private_key_is_no_public_one(key_files: tuple[Path, Path]) -> None:
    with pytest.raises(InputError, match="openssl pkey"):
        CheckingKey.read(key_files[0])
