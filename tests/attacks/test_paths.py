"""The caller chooses the spelling of its requests; the event must come out the same."""

import copy
import itertools
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import pytest
from account import KEY, Account
from msgspec.structs import replace

from models.domain.access_event import AccessEvent
from models.domain.data_class import DataClass
from models.domain.seller_notice import NOTICE_SERVICE
from streams.ingest.parser_factory import make_parser
from streams.settings.settings import Settings
from streams.simulation import Simulation, SimulationSettings

Spelling = Callable[[str], str]


def encoded(text: str) -> str:
    return "".join(
        character if character == "/" else f"%{ord(character):02x}" for character in text
    )


def mixed(text: str) -> str:
    return "".join(
        f"%25{ord(character):02X}" if place % 3 == 1 and character != "/" else character
        for place, character in enumerate(text)
    )


def in_another_case(path: str) -> str:
    """Change the case of literal segments; ids, in which case may matter, have digits."""
    return "/".join(
        part if any(character.isdigit() for character in part) else part.upper()
        for part in path.split("/")
    )


SPELLINGS: dict[str, Spelling] = {
    "encoded": encoded,
    "encoded once more": mixed,
    "one letter": lambda path: path.replace("o", "%6F"),
    "here": lambda path: path.replace("/", "/./"),
    "there and back": lambda path: "/x/.." + path.replace("/", "/y/%2e%2e/"),
    "parameters": lambda path: path.replace("/", ";a=1/") + ";b=2;c",
    "parent with a parameter": lambda path: "/x/..;/" + path[1:],
    "doubled slashes": lambda path: path.replace("/", "//") + "//",
    "encoded slashes": lambda path: "/" + path[1:].replace("/", "%2F"),
    "twice encoded slashes": lambda path: "/" + path[1:].replace("/", "%252F"),
    "trailing dot": lambda path: path + ".",
    "dots behind segments": lambda path: path.replace("/", "./")[1:] + "./",
    "absolute": lambda path: "HTTPS://user@example.com:443" + path + "?a=%2F",
    "backslashes": lambda path: path.replace("/", "\\"),
    "encoded backslashes": lambda path: "/" + path[1:].replace("/", "%5c"),
    "fragment": lambda path: path + "#/../../catalog",
    "encoded question mark": lambda path: path + "%3Fa=/../..",
    "case": in_another_case,
    "wide letters": lambda path: path.replace("o", "ｏ"),
    "IIS": lambda path: path.replace("r", "%u0072"),
    "overlong": lambda path: "/" + path[1:].replace("/", "%c0%af"),
    "null": lambda path: path + "%00",
    "blank": lambda path: path + "%20",
    "padded": lambda path: "/." * 3_000 + path,
    "long query": lambda path: path + "?x=" + "a" * 50_000,
    "all at once": lambda path: (
        "https://e.x//.;a/" + mixed(in_another_case(path)).replace("/", "\\;b/./") + ".;%25"
    ),
}  # fmt: skip


def seller_records(account: Account) -> list[dict[str, Any]]:
    return [record for record in account.records if "path" in record]


def forged(
    records: Iterable[dict[str, Any]], **changes: Callable[[Any], Any]
) -> list[dict[str, Any]]:
    copies = []
    for record in records:
        changed = copy.copy(record)
        for name, change in changes.items():
            if changed.get(name) is not None:
                changed[name] = change(changed[name])
        copies.append(changed)
    return copies


def some_of_each_path(account: Account) -> list[dict[str, Any]]:
    seen: dict[tuple[str, str], int] = {}
    chosen = []
    for record in seller_records(account):
        key = (record["method"], str(record["path"])[:24])
        seen[key] = seen.get(key, 0) + 1
        if seen[key] <= 12:
            chosen.append(record)
    return chosen


def the_event(**fields: Any) -> AccessEvent:
    record = {
        "time": "2026-01-01T00:00:00Z", "request_id": "r", "seller_id": "A1", "status": 200,
        "application_id": "app-1", "method": "GET", "path": "/orders/v0/orders/902-1",
        "response_bytes": 5_000,
    }  # fmt: skip
    event, *notes = make_parser(Settings(), "auto", KEY).parse(
        record | fields, source="log", position="line 1"
    )
    assert isinstance(event, AccessEvent), event
    # A call that asks for a report is noted where the reports' notices arrive.
    assert all(isinstance(note, AccessEvent) and note.service == NOTICE_SERVICE for note in notes)
    return meaning(event)


def meaning(event: AccessEvent) -> AccessEvent:
    """Leave out the hash of the log's words, which tells spellings apart."""
    return replace(event, content=0)


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_respelled_request_becomes_the_same_event(account: Account, name: str) -> None:
    plain = some_of_each_path(account)
    assert len(plain) > 100
    respelled = account.parse(forged(plain, path=SPELLINGS[name]))
    assert list(map(meaning, respelled)) == list(map(meaning, account.parse(plain)))


def test_no_reading_of_a_path_hides_a_graver_one() -> None:
    """One server decodes slashes, another does not: the caller knows which of them is asked."""
    harmless = "/catalog/2022-04-01/items"
    assert the_event(path=harmless).data_classes == (DataClass.CATALOG,)
    for climb in (";%2F..%2F..%2F..%2F..", ";%252F%2e%2e%5c..%5c..%2F.."):
        path = f"/orders/v0/orders/902-1{climb}" + harmless.replace("/", "%2F")
        assert the_event(path=path) == the_event()


def test_respelled_rows_page_as_plain_ones(account: Account, honest_pages: set[str]) -> None:
    turn = itertools.cycle(SPELLINGS.values())
    records = [record for plain in account.records for record in forged([plain], path=next(turn))]
    assert account.paged(account.detect(account.parse(records))) == honest_pages


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_respelled_walk_is_still_a_walk(name: str) -> None:
    parser = make_parser(Settings(), "auto", KEY)
    followed = 0
    for number in range(20):
        path = SPELLINGS[name](f"/orders/v0/orders/902-{1000 + number}/address")
        record = {
            "time": 1_767_225_600 + number, "request_id": f"r{number}", "seller_id": "A1",
            "application_id": "app-1", "method": "GET", "path": path, "status": 404,
        }  # fmt: skip
        (event,) = parser.parse(record, source="log", position=f"line {number}")
        assert isinstance(event, AccessEvent)
        assert event.operation == "getOrderAddress"
        followed += event.sequential_ids
    assert followed == 19


@pytest.mark.parametrize("method", ["get", "GeT", " GET ", "get\t", "FETCH", "POST", "P" * 5_000])
def test_a_method_in_any_spelling_that_reads_is_a_read(method: str) -> None:
    assert the_event(method=method) == the_event()


def test_another_method_that_returns_nothing_is_no_read() -> None:
    options = the_event(method="OPTIONS", response_bytes=0)
    assert (options.operation, options.data_classes) == ("OPTIONS /orders/v0/orders/{}", ())


@pytest.mark.parametrize(
    "query",
    [
        "Action=ListOrders", "action=listorders", "ACTION=LISTORDERS&x=1",
        "Action=GetServiceStatus&Action=ListOrders", "Action=ListOrders&Action=GetServiceStatus",
        "Action=ListOrders&action=GetReportCount", {"Action": "LISTORDERS"},
        {"Action": ["GetReportCount", "ListOrders"]}, {"ACTION": "GetReportCount,listOrders"},
        "x=1&" * 900 + "Action=ListOrders", "&" * 8_000 + "Action=ListOrders",
        "a&" * 8_000 + "Action=ListOrders",
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/Orders/2013-09-01", "//%4Frders/./2013-09-01/", "/other"])
def test_an_action_in_any_spelling_is_found(query: object, path: str) -> None:
    plain = the_event(method="POST", path="/", query="Action=ListOrders")
    assert plain.operation == "ListOrders"
    assert the_event(method="POST", path=path, query=query) == plain


def test_a_harmless_action_hides_no_unknown_path() -> None:
    event = the_event(path="/orders/v9/orders", query="Action=GetReportCount", records=50)
    assert event.data_classes == (DataClass.UNCLASSIFIED,)


@pytest.mark.parametrize(
    "query",
    [
        "includedData=BUYER", "includeddata=buyer", "includedData=PACKAGES&INCLUDEDDATA=Buyer",
        {"includedData": ["PACKAGES", "buyer"]}, "includedData=PACKAGES&includedData=%42UYER",
        "x=" + "a" * 60_000 + "&includedData=BUYER",
    ],
)  # fmt: skip
def test_a_parameter_in_any_spelling_decides(query: object) -> None:
    path = "/orders/2026-01-01/orders"
    assert not the_event(path=path).restricted
    assert the_event(path=path, query=query).restricted


SHIPPING = "GET_FLAT_FILE_ORDER_REPORT_DATA_SHIPPING"
HARMLESS = "MARKETPLACE_ASIN_PAGE_VIEW_METRICS"


@pytest.mark.parametrize(
    "query",
    [
        f"reportType={SHIPPING}", f"reportType={SHIPPING.lower()}", f"REPORTTYPE={SHIPPING}",
        f"reportType={HARMLESS}&reportType={SHIPPING}", f"reporttype={SHIPPING}&reportType=x",
        {"reportType": [HARMLESS, SHIPPING]}, f"reportType={HARMLESS}&reportTypes={SHIPPING}",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/reports/2021-06-30/reports"), ("GET", "/reports/2021-06-30/documents/d")],
)
def test_a_report_type_in_any_spelling_decides(method: str, path: str, query: object) -> None:
    event = the_event(method=method, path=path, query=query)
    assert (event.data_classes[0], event.restricted) == (DataClass.CUSTOMER, True)


def test_a_report_type_in_the_log_holds_whatever_the_query_says() -> None:
    path = "/reports/2021-06-30/documents/d"
    plain = the_event(path=path, report_type=SHIPPING)
    assert the_event(path=path, report_type=SHIPPING, query=f"reportType={HARMLESS}") == plain
    assert the_event(path=path, report_type=SHIPPING.lower()) == plain


def test_the_caller_cannot_call_a_document_harmless() -> None:
    path = "/reports/2021-06-30/documents/d"
    event = the_event(path=path, query=f"reportType={HARMLESS}")
    assert event.data_classes == (DataClass.UNCLASSIFIED,)


def test_a_subscription_in_any_spelling_is_found() -> None:
    path = "/notifications/v1/subscriptions/"
    plain = the_event(method="POST", path=path + "ORDER_CHANGE")
    assert plain.data_classes == (DataClass.CUSTOMER,)
    respelled = the_event(method="POST", path=path.upper() + "%6Frder_change;x")
    assert (respelled.operation, respelled.data_classes) == (plain.operation, plain.data_classes)


@pytest.mark.parametrize(
    "returned",
    [{"records": 1}, {"records": 100, "response_bytes": 0}, {"response_bytes": 333},
     {"response_bytes": None}],
)  # fmt: skip
def test_an_unknown_call_that_returns_something_is_sensitive(returned: dict[str, Any]) -> None:
    event = the_event(**({"path": "/internal/dump/7", "response_bytes": 0} | returned))
    assert event.data_classes == (DataClass.UNCLASSIFIED,)
    assert event.data_classes[0].is_sensitive
    assert event.operation == "GET /{}/{}/{}"
    assert event.subject_ids


@pytest.mark.parametrize(
    "answer",
    [{"response_bytes": 332}, {"response_bytes": 0, "records": 0}, {"status": 404},
     {"status": 403}, {"status": 500}],
)  # fmt: skip
def test_a_health_check_and_a_failed_call_return_nothing(answer: dict[str, Any]) -> None:
    assert the_event(path="/health/live", **answer).data_classes == ()


def test_rows_behind_an_unknown_path_are_paged() -> None:
    """Nobody knows this path; those that read most by it page all the same.

    In three weeks the thresholds have settled. In the first days they are higher, also for honest
    spellings of this burst, which a rule then pages.
    """
    account = Account(Simulation(SimulationSettings(seed=7, days=21, principals=40)))
    attacker = next(attack for attack in account.attacks if attack.kind == "burst")
    calls = [
        record | {"path": "/export/all", "query": {}}
        if record.get("application_id") == attacker.principal
        and attacker.start <= _seconds(record) <= attacker.end
        else record
        for record in account.records
    ]
    assert "burst" in account.paged(account.detect(account.parse(calls)))


def _seconds(record: dict[str, Any]) -> float:
    return datetime.fromisoformat(record["time"]).timestamp() if "time" in record else 0.0


@pytest.mark.parametrize("source", ["s3", "s3express", "s3-outposts", "s3-object-lambda"])
def test_an_object_that_is_read_another_way_is_the_same_object(source: str) -> None:
    record = TRAIL | {
        "eventName": "GetObject",
        "requestParameters": {"bucketName": "customer-master", "key": "2024/01/02/a.csv"},
    }
    parser = make_parser(Settings(), "auto", KEY)
    events = [
        parser.parse(
            record | {"eventSource": f"{name}.amazonaws.com"}, source="log", position="line 1"
        )[0]
        for name in ("s3", source)
    ]
    plain, other = (replace(event, event_id="", content=0) for event in events)
    assert plain == other
    assert other.data_classes == (DataClass.CUSTOMER,)
    assert other.subject_ids
    assert other.reach_seconds


@pytest.mark.parametrize(
    ("fields", "classes"),
    [
        ({"additionalEventData": {"bytesTransferredOut": 50_000}}, (DataClass.UNCLASSIFIED,)),
        ({"additionalEventData": {"bytesTransferredOut": "50000"}}, (DataClass.UNCLASSIFIED,)),
        ({"additionalEventData": {"bytesTransferredOut": 90}}, ()),
        ({"additionalEventData": {"bytesTransferredOut": 50_000}, "errorCode": "X"}, ()),
        ({}, ()),
    ],
)
def test_an_unknown_call_of_aws_that_returned_bytes_is_sensitive(
    fields: dict[str, Any], classes: tuple[DataClass, ...]
) -> None:
    record = TRAIL | {"eventSource": "neworders.amazonaws.com", "eventName": "FetchAll"} | fields
    parser = make_parser(Settings(), "auto", KEY)
    (event,) = parser.parse(record, source="log", position="line 1")
    assert isinstance(event, AccessEvent)
    assert event.data_classes == classes


TRAIL: dict[str, Any] = {
    "eventTime": "2026-01-01T08:00:00Z", "recipientAccountId": "111122223333",
    "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/etl"},
}  # fmt: skip
