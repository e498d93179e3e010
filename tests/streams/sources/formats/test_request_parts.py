"""Tests of parsing requests."""

import pytest

from streams.sources.formats.request_parts import named_subjects, query_of


@pytest.mark.parametrize(
    ("query", "path", "found"),
    [
        ({"a": "1"}, "/x?b=2", {"a": "1"}),
        ("?a=1&b=%40", "/x", {"a": "1", "b": "@"}),
        (None, "/x?a=1", {"a": "1"}),
        ({}, "/x?a=1", {"a": "1"}),
        (7, "/x", {}),
        ("a=1&" * 300, "/x", {}),
        ("a" * 20_000, "/x", {}),
    ],
)
def test_a_query_is_read_in_every_form(query: object, path: str, found: dict[str, str]) -> None:
    assert query_of(query, path) == found


def test_ids_are_found_in_path_and_query() -> None:
    found = named_subjects("/orders/v0/orders/902%2D1/", "/orders/v0/orders/{}", {
        "AmazonOrderIds": "1,2", "BuyerEmail": "a@example.com", "NextToken": "x", "OrderId.1": "3",
        "customer_id": 7,
    })  # fmt: skip
    assert list(found) == ["902-1", "1", "2", "a@example.com", "3"]
