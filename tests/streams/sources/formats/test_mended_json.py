"""Tests of reading what is JSON but for some bytes."""

import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import RecordError
from streams.sources.formats.mended_json import document, documents

SPELLINGS = {
    b"\xff": "\ufffd",
    b"caf\xe9": "caf\ufffd",
    rb"caf\xC3\xA9": r"caf\xC3\xA9",
    rb"\042\134\377": r"\042\134\377",
    rb"\q\x2\u12\9": r"\q\x2\u12\9",
    rb"\\x22\\\x22": "\\x22\\\\x22",
    rb"\\\\\q\\": "\\\\\\q\\",
    rb"\ud800": "\ufffd",
    rb"\ud83d\ude00": "\U0001f600",
    rb"\ud83d\ud83d\ude00\ude00": "\ufffd\U0001f600\ufffd",
    rb"\ude00\ud83d": "\ufffd\ufffd",
    rb"\\ud800\ud800": "\\ud800\ufffd",
    rb"\ud83d\\ude00": "\ufffd\\ude00",
    b"\0\x01\t": "\0\x01\t",
    rb"\"\/\b\f\n\r\t\u00e9\xE9": '"/\b\f\n\r\t\xe9\\xE9',
    "\u2028\x85\xff".encode(): "\u2028\x85\xff",
    b"\xff\\\xff\\\\\xff": "\ufffd\\\ufffd\\\ufffd",
}


@pytest.mark.parametrize("spelled", SPELLINGS)
def test_a_spelling_is_read_as_it_is_meant(spelled: bytes) -> None:
    expected = {"a": SPELLINGS[spelled], "b": [1]}
    data = b'{"a": "' + spelled + b'", "b": [1]}'
    assert document(data) == expected
    assert documents(data + b"\n" + data, 2) == [expected] * 2


@given(st.recursive(st.none() | st.text(), st.lists), st.booleans())
def test_what_is_json_is_read_as_json(value: Any, is_ascii: bool) -> None:
    data = json.dumps({"a": value}, ensure_ascii=is_ascii).encode("utf-8", "replace")
    expected = json.loads(data)
    assert document(data) == json.loads(json.dumps(expected).encode("utf-8", "replace"))
    # The second one has no byte that is a mistake, so the first stays what it was.
    assert documents(data + b'{"x": "\xff"}', 2) == [document(data), {"x": "\ufffd"}]


@given(st.binary(max_size=40))
def test_no_bytes_in_a_string_end_it(sent: bytes) -> None:
    sent = sent.replace(b'"', b"").replace(b"\\", b"")
    found = document(b'{"a": "' + sent + b'", "b": 1}')
    assert list(found) == ["a", "b"]
    assert found["a"].encode("utf-8") or not sent


@given(st.binary(max_size=200))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    try:
        documents(data, 3)
    except RecordError:
        pass


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b'{"a": \xff}', rb'{"a": \x22}', b'{"a": "\\"}', b'{"a": 1} x', b"{}{}"]
)
def test_what_is_no_document_is_refused(data: bytes) -> None:
    with pytest.raises(RecordError, match="not JSON"):
        document(data)


def test_there_may_be_so_many_documents() -> None:
    assert len(documents(b"{}" * 3, 3)) == 3
    with pytest.raises(RecordError, match="more than 2 records"):
        documents(b"{}" * 3, 2)


def test_a_mark_at_the_beginning_of_a_line_is_none_of_its_bytes() -> None:
    mark = b"\xef\xbb\xbf"
    assert documents(mark + b'{"a": 1}\n' + mark + b'{"a": "' + mark + b'"}', 2) == [
        {"a": 1}, {"a": "\ufeff"},
    ]  # fmt: skip


def test_a_long_text_is_mended_line_by_line() -> None:
    line = b'{"a": "\xff\\q' + b"x" * 1_000 + b'"}\n'
    count = 3_000
    assert documents(line * count, count)[-1]["a"].startswith("\ufffd\\q")


def test_mending_takes_little_memory() -> None:
    """A text of nothing but mistakes is the worst; one line longer than a record is left alone."""
    for length in (1 << 19, 1 << 23):
        data = b'{"a": "' + b"\\q\xf0\x9f\x98\x80" * (length // 6) + b'"}'
        tracemalloc.start()
        try:
            documents(data, 1)
        except RecordError:
            assert length > 1 << 20
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 100 << 20
