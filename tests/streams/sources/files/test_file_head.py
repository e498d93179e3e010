"""Tests of recognising files."""

import gzip
from pathlib import Path

import pytest

from streams.sources.files.file_head import read_head
from streams.sources.formats.compression import zstd

LINE = b'{"time": "2026-01-01T00:00:00Z", "a": 1}\n'


def head_of(path: Path, data: bytes, **options: bool):
    path.write_bytes(data)
    return read_head(path, **options)


def test_a_file_is_the_same_when_it_grows_or_is_packed(tmp_path: Path) -> None:
    head = head_of(tmp_path / "a", LINE)
    assert head.first_seconds == 1767225600.0
    for data in (LINE * 5, gzip.compress(LINE * 3), zstd.compress(LINE), b"\n" + LINE):
        assert head_of(tmp_path / "b", data).fingerprint == head.fingerprint
    assert head_of(tmp_path / "b", LINE.replace(b"1", b"2")).fingerprint != head.fingerprint


@pytest.mark.parametrize(
    "data",
    [b"", b"\n\n", b'{"time": ', gzip.compress(LINE * 9)[:20], b'{\n "Records": ['],
    ids=["empty", "blank lines", "a cut line", "cut gzip", "a cut document"],
)
def test_what_is_unfinished_has_no_head_until_it_is_quiet(tmp_path: Path, data: bytes) -> None:
    assert head_of(tmp_path / "a", data) is None
    assert (head_of(tmp_path / "a", data, is_quiet=True) is None) is (not data.strip())


def test_documents_over_many_lines_are_told_apart(tmp_path: Path) -> None:
    one = head_of(tmp_path / "a", b'{\n "Records": [1]\n}')
    other = head_of(tmp_path / "a", b'{\n "Records": [2]\n}')
    assert one.fingerprint != other.fingerprint
    assert one.first_seconds == float("-inf")
