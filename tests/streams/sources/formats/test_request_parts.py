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
        ("a" * 20_000, "/x", {}),
        ("a=1&a=2&b=3", "/x", {"a": "1,2", "b": "3"}),
    ],
)
def test_a_query_is_read_in_every_form(query: object, path: str, found: dict[str, str]) -> None:
    assert query_of(query, path) == found


def test_no_parameter_hides_behind_others() -> None:
    assert query_of("x=1&" * 900 + "Action=ListOrders", "/")["Action"] == "ListOrders"
    assert query_of("x=" + "a" * 60_000 + "&Action=ListOrders", "/")["Action"] == "ListOrders"


@pytest.mark.parametrize("filler", ["&", "a&", "=&", "a=&", "a=1&", "%61=%31&"])
def test_no_parameter_hides_behind_as_many_as_a_proxy_takes(filler: str) -> None:
    request = filler * (16_000 // len(filler)) + "Action=ListOrders"
    assert query_of(request, "/")["Action"] == "ListOrders"


def test_a_query_is_read_to_a_bound_only() -> None:
    assert "b" not in query_of("a=" + "1" * 70_000 + "&b=1", "/")


def test_ids_are_found_in_path_and_query() -> None:
    found = named_subjects("/orders/v0/orders/902%2D1/", "/orders/v0/orders/{}", {
        "AmazonOrderIds": "1,2", "BuyerEmail": "a@example.com", "NextToken": "x", "OrderId.1": "3",
        "customer_id": 7, "buyer_id": ["4 ", 5, "6"],
    })  # fmt: skip
    assert list(found) == ["902-1", "1", "2", "a@example.com", "3", "4", "6"]
