"""Tests of splitting a document into its records."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.sources.formats.document_records import document_records

VALUES = st.recursive(
    st.none() | st.integers() | st.text(alphabet='a"\\[]{},: \n'),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(alphabet='a"\\[]'), inner),
)


def split(data: bytes, head: int = 60, limit: int = 10_000) -> list[bytes | None]:
    stream = io.BytesIO(data)
    first = stream.read(head)

    # A few bytes at a time, so that every place is once the end of a part.
    return list(document_records(first, lambda size: stream.read(min(size, 3)), limit))


@given(st.lists(VALUES), st.sampled_from([None, 1]))
def test_the_parts_are_the_records(records: list[object], indent: int | None) -> None:
    for document in (records, {"NextToken": 'a"]', "Events": records}):
        data = json.dumps(document, indent=indent).encode()
        assert [json.loads(part or b"") for part in split(data)] == records


@given(st.lists(VALUES, min_size=1), st.data())
def test_what_is_cut_is_told(records: list[object], data: st.DataObject) -> None:
    whole = json.dumps(records).encode()
    cut = whole[: data.draw(st.integers(1, len(whole) - 1))]
    with pytest.raises(EOFError):
        split(cut)


def test_a_record_that_is_too_long_costs_only_itself() -> None:
    data = json.dumps([1, "x" * 500, 2]).encode()
    assert split(data, limit=100) == [b"1", None, b"2"]
