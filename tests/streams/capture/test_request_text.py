import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.capture.request_text import named_in_body, path_and_query

REPORTS = "/reports/2021-06-30/reports"


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("/orders/v0/orders", "/orders/v0/orders", ""),
        ("/a?b=c&d=e,f&d=g", "/a", "b=c&d=e,f&d=g"),
        ("/a?NextToken=s3cret&x=1", "/a", "NextToken=removed&x=1"),
        ("/a?paginationCursor=s3cret", "/a", "paginationCursor=removed"),
        ("/a?X-Amz-Signature=s3cret&X-Amz-Credential=s3cret", "/a",
         "X-Amz-Signature=removed&X-Amz-Credential=removed"),
        ("/a?%41uth%54oken=s3cret", "/a", "%41uth%54oken=removed"),
        ("/a?token=", "/a", "token="),
        ("/a?token", "/a", "token"),
        ("/a?mail=jane%40example.com", "/a", "mail=removed"),
        ("/a?mail=jane%2540example.com", "/a", "mail=removed"),
        ("/a?jane@example.com", "/a", "removed"),
        ("/buyers/jane%40example.com/x", "/buyers/removed/x", ""),
        ("http://u:s3cret@h.example/a?b=c", "/a", "b=c"),
        ("http://h.example", "/", ""),
        ("/a?redirect=https://h.example/", "/a", "redirect=https://h.example/"),
        ("", "", ""),
    ],
)  # fmt: skip
def test_secrets_and_addresses_go_and_the_rest_stays(target: str, path: str, query: str) -> None:
    assert path_and_query(target) == (path, query)


@given(st.text(max_size=200))
def test_no_address_is_left_in_any_target(target: str) -> None:
    path, query = path_and_query(target)
    assert "@" not in path
    assert "@" not in query.replace("=", "")


def test_a_target_has_a_limit() -> None:
    path, query = path_and_query("/" + "a" * 100_000 + "?" + "b" * 100_000)
    assert len(path) + len(query) < 20_000


@pytest.mark.parametrize("encode", [str, str.encode])
def test_of_a_body_only_what_the_log_names_is_taken(encode) -> None:
    said = {
        "reportType": "GET_ORDERS_DATA",
        "dataStartTime": "2026-01-01T00:00:00Z",
        "targetApplication": "amzn1.sp.solution.other",
        "buyer": "Jane",
    }
    assert named_in_body("POST", REPORTS, encode(json.dumps(said))) == {
        "report_type": "GET_ORDERS_DATA",
        "body": {"dataStartTime": "2026-01-01T00:00:00Z"},
        "target_application": "amzn1.sp.solution.other",
    }


@pytest.mark.parametrize(
    "said",
    [
        {"reportType": "Jane Doe"}, {"reportType": 7}, {"reportType": ["GET_X"]},
        {"dataStartTime": "yesterday, says Jane"}, {"targetApplication": "jane@example.com"},
        [], None, "text",
    ],
)  # fmt: skip
def test_what_does_not_look_like_it_is_left(said: object) -> None:
    assert named_in_body("POST", REPORTS, json.dumps(said)) == {}


@pytest.mark.parametrize("body", [b"{", b"[" * 60_000, b"{}" + b" " * 70_000, None, iter([b"{}"])])
def test_what_is_no_small_json_is_left(body: object) -> None:
    assert named_in_body("POST", REPORTS, body) == {}
    assert named_in_body("GET", REPORTS, b'{"reportType": "GET_ORDERS_DATA"}') == {}
