import json

from hypothesis import given
from hypothesis import strategies as st

from streams.catalogue.call_texts import call_texts


def test_a_line_is_a_text() -> None:
    lines = ["GET /a\n", "\n", "# no", "  ", '{"path": "/b"}\r\n']
    assert list(call_texts(lines)) == [(1, "GET /a"), (5, '{"path": "/b"}')]


def test_json_goes_over_several_lines() -> None:
    pretty = json.dumps({"Records": [{"a": 1}, {"b": [2]}]}, indent=2).splitlines()
    ((line, text),) = call_texts(pretty)
    assert (line, json.loads(text)) == (1, {"Records": [{"a": 1}, {"b": [2]}]})


def test_a_list_of_one_record_a_line_is_whole() -> None:
    ((_, text),) = call_texts(["[", '{"a": 1},', '{"a": 2}', "]"])
    assert len(json.loads(text)) == 2


def test_a_broken_line_does_not_swallow_the_next() -> None:
    lines = ['{"a": ', '{"a": 2}', "GET /a"]
    assert list(call_texts(lines)) == [(1, '{"a": '), (2, '{"a": 2}'), (3, "GET /a")]


def test_an_end_that_is_missing_is_handed_out() -> None:
    assert list(call_texts(["{", '"a": 1'])) == [(1, '{"a": 1')]


@given(st.lists(st.dictionaries(st.text(), st.integers() | st.text()), min_size=1))
def test_every_record_comes_out(records: list[dict[str, object]]) -> None:
    lines = [json.dumps(record) for record in records]
    assert [json.loads(text) for _, text in call_texts(lines)] == records
    indented = [line for record in records for line in json.dumps(record, indent=1).split("\n")]
    assert [json.loads(text) for _, text in call_texts(indented)] == records
