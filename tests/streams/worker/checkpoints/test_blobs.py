import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import WireFormatError
from streams.worker.checkpoints.blobs import Delta, decode_entries, encode_entries

entries = st.dictionaries(st.binary(max_size=20), st.binary(max_size=60), max_size=10)
numbers = st.integers(0, 2**62)


@given(entries)
def test_entries_come_back(given_entries: dict[bytes, bytes]) -> None:
    assert decode_entries(encode_entries(given_entries)) == given_entries


deltas = st.builds(
    Delta,
    offset=numbers,
    previous_writer=numbers,
    begins_at=numbers,
    changed_at=st.lists(numbers, max_size=9).map(tuple),
    event_ids=st.binary(max_size=64),
    entries=entries,
)


@given(deltas)
def test_a_delta_comes_back(delta: Delta) -> None:
    assert Delta.decode(delta.encode()) == delta


@given(st.integers(0, 200))
def test_a_delta_that_is_cut_is_refused(length: int) -> None:
    whole = Delta(5, 1, 1, (1, 2), b"12345678", {b"key": b"value" * 30}).encode()
    assert length < len(whole)
    with pytest.raises(WireFormatError):
        Delta.decode(whole[:length])


@given(st.binary(min_size=1, max_size=40))
def test_what_follows_the_last_entry_is_refused(rest: bytes) -> None:
    with pytest.raises(WireFormatError, match="end at byte"):
        decode_entries(encode_entries({b"a": b"1"}) + rest)
