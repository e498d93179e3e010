"""Tests of the keyed hashes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.redaction import SubjectHasher
from models.errors import SettingsError


def test_the_key_decides_the_hash() -> None:
    one, other = SubjectHasher(b"1" * 16), SubjectHasher(b"2" * 16)
    assert one.subject("order-1") != other.subject("order-1")
    assert one.digest(b"record") != other.digest(b"record")


def test_a_long_key_is_used_whole() -> None:
    assert SubjectHasher(b"k" * 100).subject("a") != SubjectHasher(b"k" * 101).subject("a")


@given(st.text())
def test_hashes_fit_their_fields(text: str) -> None:
    hasher = SubjectHasher(b"sixteen bytes of key")
    assert 0 <= hasher.subject(text) < 2**64
    assert "@" not in hasher.clean(text)


def test_an_encoded_mail_address_is_replaced() -> None:
    assert "jane" not in SubjectHasher(b"sixteen bytes of key").clean("/x/jane%40example.com")


@pytest.mark.parametrize("key", [b"", b"secret", b"x" * 15])
def test_a_short_key_is_refused(key: bytes) -> None:
    with pytest.raises(SettingsError, match="but it needs 16"):
        SubjectHasher(key)
