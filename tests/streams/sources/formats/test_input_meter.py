"""Tests of charging the budget of one record."""

import gzip

import pytest

from models.errors import RecordError
from streams.settings.sections import InputBudget
from streams.sources.formats.input_meter import InputMeter


def test_parts_share_a_budget_and_what_is_refused_costs_nothing() -> None:
    meter = InputMeter(InputBudget(decoded_bytes=100_000))
    assert len(meter.gunzip(gzip.compress(b"a" * 60_000))) == 60_000
    for _ in range(2):
        with pytest.raises(RecordError, match="more than 100000 bytes"):
            meter.gunzip(gzip.compress(b"a" * 60_000))
    assert len(meter.gunzip(gzip.compress(b"a" * 40_000))) == 40_000
    with pytest.raises(RecordError, match="more than 100000 bytes"):
        meter.gunzip(gzip.compress(b"a"))


@pytest.mark.parametrize(
    "packed", [gzip.compress(b"{}" * 99, mtime=0)[:-9], b"\x1f\x8bnonsense"], ids=["cut", "none"]
)
def test_a_damaged_stream_is_told(packed: bytes) -> None:
    with pytest.raises(RecordError, match="the gzip stream is"):
        InputMeter(InputBudget()).gunzip(packed)
