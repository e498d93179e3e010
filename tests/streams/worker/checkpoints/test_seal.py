import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import CheckpointError
from streams.settings.settings import Settings
from streams.worker.checkpoints.seal import Refusal, Seal

OLD, NEW = b"o" * 32, b"n" * 40
SEAL = Seal("group", [NEW])


def reason(seal: Seal, key: bytes, value: bytes) -> str:
    with pytest.raises(CheckpointError) as caught:
        seal.open(key, value)
    return caught.value.reason


@given(st.binary(max_size=20), st.binary(max_size=100))
def test_what_is_wrapped_is_opened(key: bytes, value: bytes) -> None:
    assert SEAL.open(key, SEAL.wrap(key, value)) == value
    plain = b"SWC" + value
    assert Seal("group").open(key, Seal("group").wrap(key, plain)) == plain


@given(st.binary(max_size=60), st.integers(0, 200), st.integers(1, 255))
def test_no_bit_can_be_changed(value: bytes, place: int, mask: int) -> None:
    wrapped = bytearray(SEAL.wrap(b"key", value))
    wrapped[place % len(wrapped)] ^= mask
    assert reason(SEAL, b"key", bytes(wrapped)) in set(Refusal)


@given(st.binary(max_size=60), st.integers(0, 50))
def test_nothing_can_be_cut_off(value: bytes, kept: int) -> None:
    wrapped = SEAL.wrap(b"key", value)
    reason(SEAL, b"key", wrapped[: min(kept, len(wrapped) - 1)])


def test_a_record_belongs_to_its_place_its_group_and_its_key() -> None:
    wrapped = SEAL.wrap(b"key", b"value")
    assert reason(SEAL, b"other", wrapped) == Refusal.FORGED
    assert reason(Seal("another", [NEW]), b"key", wrapped) == Refusal.FORGED
    assert reason(Seal("group", [OLD]), b"key", wrapped) == Refusal.UNKNOWN_KEY
    assert reason(Seal("group"), b"key", wrapped) == Refusal.UNKNOWN_KEY
    # Where the key ends and the value begins is part of what is signed.
    assert reason(SEAL, b"keyv", wrapped[:-5] + b"alue") == Refusal.FORGED


def test_the_first_key_signs_and_all_verify() -> None:
    both = Seal("group", [OLD, NEW])
    assert both.open(b"key", SEAL.wrap(b"key", b"value")) == b"value"
    assert not both.is_current(SEAL.wrap(b"key", b"value"))
    assert both.is_current(Seal("group", [OLD]).wrap(b"key", b"value"))


def test_unsigned_records_are_for_those_without_a_key_and_for_a_migration() -> None:
    assert reason(SEAL, b"key", b"value") == Refusal.UNSIGNED
    migrating = Seal("group", [NEW], accepts_unsigned=True)
    assert migrating.open(b"key", b"value") == b"value"
    assert not migrating.is_current(b"value")
    assert Seal("group").is_current(b"value")


@pytest.mark.parametrize("note", ["", "8:7", "8:7 zz zz", "8:7 00 00", "8:7  ", "\x00 1 2 3"])
def test_a_note_without_a_mac_is_none(note: str) -> None:
    assert SEAL.read_note(1, note) is None


def test_a_note_is_not_a_record() -> None:
    note = SEAL.sign_note(1, "8:7").split(" ")
    assert SEAL.read_note(1, " ".join(note)) == "8:7"
    record = SEAL.wrap(b"1", b"8:7")
    assert SEAL.read_note(1, f"8:7 {note[1]} {record[12:44].hex()}") is None


def test_the_settings_name_the_keys() -> None:
    checkpoints = {"key": f"{NEW.hex()}\n{OLD.hex()}\n", "accept_unsigned": True}
    seal = Seal.from_settings(Settings(checkpoints=checkpoints, worker={"group": "group"}))
    assert seal.has_key
    assert seal.open(b"key", SEAL.wrap(b"key", b"value")) == b"value"
    assert seal.open(b"key", b"unsigned") == b"unsigned"
