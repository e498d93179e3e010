import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import CheckpointError, WireFormatError
from models.state.inflate_budget import InflateBudget


@given(st.binary(max_size=2000))
def test_what_fits_is_inflated_to_the_last_byte(content: bytes) -> None:
    budget = InflateBudget(len(content))
    assert budget.inflate(zlib.compress(content)) == content
    assert budget.bytes_left == 0


def test_one_byte_too_many_is_refused_and_takes_nothing() -> None:
    budget = InflateBudget(999)
    with pytest.raises(CheckpointError) as caught:
        budget.inflate(zlib.compress(bytes(1000)))
    assert caught.value.reason == "too_large"
    assert budget.bytes_left == 999


@given(st.binary(max_size=200))
def test_what_is_not_compressed_is_an_error(packed: bytes) -> None:
    whole = zlib.compress(b"state")
    for damaged in (b"\x00" + packed, whole[:-1], whole + b"x"):
        with pytest.raises(WireFormatError, match="cannot be decompressed"):
            InflateBudget(1000).inflate(damaged)


def test_after_some_that_were_too_large_nothing_is_inflated() -> None:
    budget = InflateBudget(999)
    for _ in range(4):
        assert budget.inflate(zlib.compress(b"")) == b""
        with pytest.raises(CheckpointError):
            budget.inflate(zlib.compress(bytes(1000)))
    with pytest.raises(CheckpointError):
        budget.inflate(zlib.compress(b"state"))
