"""Tests of decompression."""

import gzip
import io

import pytest

from streams.sources.formats.compression import DAMAGED, unpack, zstd

TEXT = b"a line\n" * 1000


@pytest.mark.parametrize("packed", [gzip.compress(TEXT), zstd.compress(TEXT)], ids=["gzip", "zstd"])
def test_what_is_whole_is_unpacked_and_what_is_cut_is_told(packed: bytes) -> None:
    assert unpack(io.BufferedReader(io.BytesIO(packed))).read() == TEXT
    assert unpack(io.BufferedReader(io.BytesIO(packed * 2))).read() == TEXT * 2
    with pytest.raises(DAMAGED):
        unpack(io.BufferedReader(io.BytesIO(packed[:-3]))).read()


def test_plain_text_is_left_alone() -> None:
    assert unpack(io.BufferedReader(io.BytesIO(TEXT))) is None
