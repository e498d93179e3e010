"""Tests of measuring JSON."""

import json

from hypothesis import given
from hypothesis import strategies as st

from streams.sources.formats.json_text import is_deeper

VALUES = st.recursive(
    st.none() | st.text(alphabet='a"\\[]{}'),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(alphabet='a"\\[{'), inner),
)


def depth_of(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth_of, value.values()), default=0)
    return 1 + max(map(depth_of, value), default=0) if isinstance(value, list) else 0


@given(VALUES, st.integers(0, 6))
def test_the_depth_is_that_of_the_decoded_value(value: object, depth: int) -> None:
    assert is_deeper(json.dumps(value).encode(), depth) == (depth_of(value) > depth)
