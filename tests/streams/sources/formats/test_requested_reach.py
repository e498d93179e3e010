import json
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.ingest.parser_factory import make_parser
from streams.settings.settings import Settings
from streams.sources.formats.requested_reach import (
    REACH_NAMES,
    reach_of_aws,
    reach_of_object,
    reach_of_request,
)

DAY = 86_400.0
NOW = 20_420 * DAY  # 2025-11-28
TWO_YEARS = "2023-11-29T00:00:00Z"


def days(query: dict, body: dict | None = None) -> float | None:
    reach = reach_of_request(query, body or {}, NOW)
    return None if reach is None else reach / DAY


@pytest.mark.parametrize(
    "value",
    [
        "2023-11-29", TWO_YEARS, "2023-11-29T00:00:00.000+00:00", "20231129T000000Z",
        "2023%2D11%2D29", "\uff12\uff10\uff12\uff13-11-29", "2023-11-29T02:00:00+02:00",
        "2023-11-29T00:00:00-00:00--2025-11-28T00:00:00Z", "2025-11-27,2023-11-29",
    ],
)  # fmt: skip
def test_every_spelling_of_a_date_is_read(value: str) -> None:
    assert days({"CreatedAfter": value}) == 730.0
    assert days({"created_after": value}) == 730.0
    assert days({"CREATEDAFTER": [value]}) == 730.0


def test_a_small_reach_beside_a_large_one_hides_nothing() -> None:
    query = {"shippedAfter": "2025-11-28", "CreatedAfter": TWO_YEARS}
    assert days(query) == days(dict(reversed(query.items()))) == 730.0


@pytest.mark.parametrize("value", ["1970-01-01", "0001-01-01", "1066-10-14T00:00:00Z"])
def test_whoever_asks_for_all_there_is_reaches_fifty_years(value: str) -> None:
    assert days({"CreatedAfter": value}) == pytest.approx(50 * 365.25)


@pytest.mark.parametrize(
    "query",
    [
        {}, {"NextToken": "2019-01-01"}, {"CreatedAfter": "yesterday"}, {"CreatedAfter": None},
        {"CreatedAfter": 7}, {"CreatedBefore": "2019-01-01"}, {"query": "orders of 2019-01-01"},
        {"CreatedAfter": "120230101999"},
    ],
)  # fmt: skip
def test_what_says_nothing_has_no_reach(query: dict) -> None:
    assert days(query) is None


def test_the_future_and_days_that_no_calendar_has() -> None:
    assert days({"CreatedAfter": "2999-01-01"}) == 0.0
    assert days({"CreatedAfter": "2023-11-31"}) == 758.0


def test_bodies_of_reports_and_of_data_kiosk() -> None:
    assert days({}, {"dataStartTime": TWO_YEARS}) == 730.0
    text = 'query Q { analytics_2023_11_15 { a(endDate: "2024-01-01", startDate: "2023-11-29") } }'
    assert days({}, {"query": text}) == 730.0
    assert days({}, {"query": "{a(d: $d)}", "variables": {"startDate": "2023-11-29"}}) == 730.0
    assert days({}, {"timeInterval": {"startDate": TWO_YEARS}}) == 730.0


@pytest.mark.parametrize(
    "key",
    [
        "a/2023-11-29/part-7.csv", "a/2023/11/29/7", "a/year=2023/month=11/day=29/x", "20231129.gz",
        "dt=2023-11-29/written-2025-11-20.gz", "a_20231129T101112_7.csv", "a_2023_11_29.csv",
    ],
)  # fmt: skip
def test_the_date_in_a_key_tells_its_age(key: str) -> None:
    assert reach_of_object({"key": key}, NOW) == 730 * DAY
    assert reach_of_object({"prefix": key}, NOW) == 730 * DAY


@pytest.mark.parametrize(
    "key",
    [
        "orders/1720231129.csv", "20231129-0ab1-4c3d-8000-000000000000", "a/20239929", "x20231129",
        "902-2023112-1129000", "2023/1129", "a/19311129.csv", "1.2.3", "4111-11-29", "",
    ],
)  # fmt: skip
def test_numbers_are_no_dates(key: str) -> None:
    assert reach_of_object({"key": key}, NOW) is None


@pytest.mark.parametrize(
    ("source", "name"),
    [("athena", "queryString"), ("redshift-data", "sql"), ("dynamodb", "statement")],
)
def test_statements_say_how_far_back_they_reach(source: str, name: str) -> None:
    def reach(condition: str) -> float | None:
        parameters = {name: f"SELECT * FROM orders WHERE {condition}"}
        found = reach_of_aws(f"{source}.amazonaws.com", parameters, NOW)
        return None if found is None else found / DAY

    assert reach("day >= '2023-11-29'") == 730.0
    assert reach("day >= now() - INTERVAL '99' DAY OR day >= '2023-11-29'") == 730.0
    assert reach("day >= now() - INTERVAL '999999999' YEAR") == pytest.approx(50 * 365.25)
    assert reach("day >= '2999-11-29'") == 0.0
    assert reach("day < '2023-11-29'") is None
    assert reach_of_aws("kms.amazonaws.com", {name: "SELECT 1"}, NOW) is None


@given(st.text(max_size=60), st.dictionaries(st.text(max_size=12), st.text(max_size=40)))
def test_whatever_a_caller_writes_is_bounded(text: str, query: dict) -> None:
    for reach in (
        reach_of_object({"key": text}, NOW),
        reach_of_request({**query, "CreatedAfter": text, "query": text}, {}, NOW),
    ):
        assert reach is None or 0.0 <= reach <= 50 * 366 * DAY


def test_every_parameter_of_the_models_is_known(shared_data: Path) -> None:
    found: set[str] = set()
    with tarfile.open(shared_data / "spapi" / "models.tar.gz") as models:
        for member in models.getmembers():
            if member.name.endswith(".json") and (file := models.extractfile(member)):
                found |= starts_of(json.load(file))
    assert len(found) > 20
    assert sorted(name for name in found if name.lower() not in REACH_NAMES) == []


def starts_of(model: dict) -> set[str]:
    ends = ("after", "since", "start", "startdate", "starttime", "startdatetime", "fromissuedate")
    return {
        parameter["name"]
        for path in model.get("paths", {}).values()
        for operation in path.values()
        if isinstance(operation, dict)
        for parameter in operation.get("parameters", ())
        if parameter.get("in") == "query" and parameter["name"].lower().endswith(ends)
    }


def test_both_parsers_tell_it() -> None:
    parser = make_parser(Settings(), "auto", b"k" * 32)
    record = {
        "time": NOW, "request_id": "r", "seller_id": "A1", "application_id": "app-1",
        "path": "/orders/v0/orders", "query": "MarketplaceIds=A&CreatedAfter=2023-11-29",
        "status": 200,
    }  # fmt: skip
    (event,) = parser.parse(record, source="log", position="line 1")
    assert event.reach_seconds == 730 * DAY
    record["query"], record["body"] = "", json.dumps({"dataStartTime": TWO_YEARS})
    (event,) = parser.parse(record, source="log", position="line 1")
    assert event.reach_seconds == 730 * DAY
    trail = {
        "eventID": "e", "eventTime": NOW, "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject", "recipientAccountId": "111122223333",
        "userIdentity": {"type": "Root", "accountId": "111122223333"},
        "requestParameters": {"bucketName": "b", "key": "2023/11/29/jane.csv"},
    }  # fmt: skip
    (event,) = parser.parse(trail, source="log", position="line 1")
    assert event.reach_seconds == 730 * DAY


def test_a_request_id_used_again_with_another_body_is_another_event() -> None:
    parser = make_parser(Settings(), "auto", b"k" * 32)
    record = {
        "time": NOW, "request_id": "r", "seller_id": "A1", "application_id": "app-1",
        "method": "POST", "path": "/reports/2021-06-30/reports", "status": 202,
    }  # fmt: skip
    bodies = (None, {"dataStartTime": TWO_YEARS}, {"dataStartTime": "2025-11-27"})
    events = [
        event
        for body in bodies
        for event in parser.parse(record | {"body": body}, source="log", position="line 1")
    ]
    assert len({event.content for event in events}) == 3
    assert TWO_YEARS not in repr(events)
