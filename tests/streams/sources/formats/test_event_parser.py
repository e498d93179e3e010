"""Tests of parsing single records."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.dead_letter import DeadLetter
from models.domain.redaction import SubjectHasher
from streams.catalogue.catalogue_files import load_catalogue
from streams.sources.formats.event_parser import EventParser, Parsed
from streams.sources.formats.skipped import Skipped

HASHER = SubjectHasher(b"sixteen bytes of key")
PARSER = EventParser(load_catalogue(), HASHER)
MAIL = "planted.person@example.com"
SELLER: dict[str, Any] = {
    "time": "2026-01-01 02:00:00.5+02:00", "request_id": "r-1", "seller_id": "A1",
    "application_id": "app-1", "method": "GET", "path": "/orders/v0/orders/902-1/address",
    "query": {}, "status": 200, "response_bytes": "12", "records": -1, "record_ids": ["902-1"],
}  # fmt: skip
TRAIL: dict[str, Any] = {
    "eventTime": "2026-01-01T00:00:00Z", "eventID": "e-1", "eventSource": "s3.amazonaws.com",
    "eventName": "GetObject", "recipientAccountId": "111122223333",
    "requestParameters": {"bucketName": "customer-master", "key": "a.csv"},
    "userIdentity": {
        "type": "AssumedRole", "arn": f"arn:aws:sts::111122223333:assumed-role/etl/{MAIL}",
    },
    "additionalEventData": {"bytesTransferredOut": 5.0},
}  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def parse(record: bytes | dict[str, Any]) -> list[Parsed]:
    return PARSER.parse(record, source="log", position="line 1")


def event_of(record: dict[str, Any]) -> AccessEvent:
    (event,) = parse(msgspec.json.encode(record))
    assert isinstance(event, AccessEvent)
    return event


def test_a_seller_record_becomes_an_event() -> None:
    event = event_of(SELLER)
    assert event.time == 1767225600.5
    assert (event.operation, event.principal) == ("getOrderAddress", "app-1")
    assert (event.records, event.bytes, len(event.subject_ids)) == (None, 12, 1)


def test_a_session_collapses_into_its_role() -> None:
    event = event_of(TRAIL)
    assert event.principal == "arn:aws:iam::111122223333:role/etl"
    assert (event.resource, event.bytes) == ("customer-master", 5)


def test_an_aws_service_is_named_by_its_host() -> None:
    identity = {"type": "AWSService", "invokedBy": "backup.amazonaws.com"}
    event = event_of(TRAIL | {"userIdentity": identity})
    assert (event.principal, event.principal_kind) == (
        "backup.amazonaws.com",
        PrincipalKind.SERVICE,
    )


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(200, "success"), ("403", "denied"), (401, "denied"), (429, "throttled"), (500, "error")],
)
def test_the_status_decides_the_outcome(status: object, outcome: str) -> None:
    assert event_of(SELLER | {"status": status}).outcome == outcome


def test_an_error_code_decides_the_outcome() -> None:
    assert event_of(TRAIL | {"errorCode": "ThrottlingException"}).outcome is Outcome.THROTTLED
    assert event_of(TRAIL | {"errorCode": "NoSuchKey"}).outcome is Outcome.ERROR


@pytest.mark.parametrize(
    ("status", "is_fault"), [(200, False), (404, False), (429, False), (500, True), ("503", True)]
)
def test_a_status_from_500_on_is_a_fault_of_the_service(status: object, *, is_fault: bool) -> None:
    assert event_of(SELLER | {"status": status}).is_fault is is_fault


@pytest.mark.parametrize(
    ("code", "is_fault"),
    [("InternalFailure", True), ("ServiceUnavailable", True), ("NoSuchKey", False)],
)
def test_an_error_code_tells_a_fault_of_the_service(code: str, *, is_fault: bool) -> None:
    assert event_of(TRAIL | {"errorCode": code}).is_fault is is_fault


@pytest.mark.parametrize(
    "envelope",
    [
        {"Records": [TRAIL]},
        {"Events": [{"CloudTrailEvent": msgspec.json.encode(TRAIL).decode()}]},
        {"detail-type": "AWS API Call via CloudTrail", "detail": TRAIL},
    ],
)
def test_envelopes_are_unwrapped(envelope: dict[str, Any]) -> None:
    assert event_of(envelope).event_id == HASHER.event_id("e-1")


@pytest.mark.parametrize(
    ("record", "reason"),
    [({"Records": []}, "empty"), ({"digestStartTime": "x"}, "digest"),
     (TRAIL | {"eventCategory": "Insight"}, "insight"),
     (TRAIL | {"eventType": "AwsVpceEvent"}, "vpc endpoint event"),
     ({"messageType": "CONTROL_MESSAGE", "logEvents": [{"message": "CWL"}]}, "control message"),
     ({"Records": [{"eventSource": "aws:s3", "s3": {}}]}, "object notice")],
)  # fmt: skip
def test_what_is_no_access_is_skipped(record: dict[str, Any], reason: str) -> None:
    (item,) = parse(record)
    assert isinstance(item, Skipped)
    assert item.reason == reason


@pytest.mark.parametrize(
    ("record", "reason"),
    [(b"{", "not JSON"), (b"7", "not an object"), (b"x" * 1_048_577, "longer than"),
     (msgspec.json.encode(SELLER | {"time": None}), "no time"),
     (msgspec.json.encode(SELLER | {"application_id": ""}), "no principal"),
     (msgspec.json.encode(SELLER | {"path": 7}), "path: expected text")],
)  # fmt: skip
def test_a_bad_record_becomes_a_dead_letter(record: bytes, reason: str) -> None:
    (item,) = parse(record)
    assert isinstance(item, DeadLetter)
    assert item.reason.startswith(reason)


def test_an_unknown_path_keeps_no_identifier() -> None:
    assert event_of(SELLER | {"path": "/orders/v9/jane/1"}).operation == "GET /orders/v9/{}/{}"


@given(st.binary() | JSON.map(lambda value: repr(value).encode()))
def test_any_bytes_become_events_skips_or_dead_letters(record: bytes) -> None:
    items = parse(record)
    assert items != []
    assert all(isinstance(item, AccessEvent | Skipped | DeadLetter) for item in items)


@given(st.sampled_from([SELLER, TRAIL]), st.data())
def test_an_odd_value_loses_no_record(base: dict[str, Any], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(base)))
    items = parse(base | {name: data.draw(JSON)})
    assert items != []
    assert all(isinstance(item, AccessEvent | Skipped | DeadLetter) for item in items)


@given(st.sampled_from([SELLER, TRAIL]), st.data())
def test_a_mail_address_never_comes_out(base: dict[str, Any], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([*sorted(base), "user_id", "userAgent", "user_agent"]))
    value: Any = data.draw(st.sampled_from([MAIL, [MAIL], {"key": MAIL}, f"a {MAIL} b"]))
    assert MAIL not in repr(parse(base | {name: value}))


def test_a_service_role_is_the_service_and_a_forwarded_session_is_the_caller() -> None:
    arn = "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForConfig/x"
    path = "aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
    issuer = {"sessionIssuer": {"arn": f"arn:aws:iam::111122223333:role/{path}"}}
    identity = {"type": "AssumedRole", "arn": arn, "sessionContext": issuer}
    own = event_of(TRAIL | {"userIdentity": identity})
    assert own.principal_kind is PrincipalKind.SERVICE
    lent = TRAIL["userIdentity"] | {"invokedBy": "athena.amazonaws.com"}
    assert event_of(TRAIL | {"userIdentity": lent}).principal_kind is PrincipalKind.ROLE


def test_what_aws_wrote_itself_names_the_service() -> None:
    record = TRAIL | {"eventType": "AwsServiceEvent", "userIdentity": None}
    assert event_of(record).principal == "s3.amazonaws.com"


def test_lower_cased_keys_are_read() -> None:
    def lowered(value: Any) -> Any:
        if isinstance(value, dict):
            return {key.lower(): lowered(inner) for key, inner in value.items()}
        return value

    assert event_of(lowered(TRAIL)).principal == event_of(TRAIL).principal


def test_read_only_is_not_believed_and_a_message_alone_is_an_error() -> None:
    select = TRAIL | {"readOnly": False, "eventName": "CopyObject"}
    assert event_of(select).data_classes[0] == "customer"
    assert event_of(TRAIL | {"errorMessage": "Access Denied."}).outcome is Outcome.DENIED


def test_a_request_names_its_subjects_where_the_log_does_not() -> None:
    silent = SELLER | {"record_ids": None}
    assert event_of(silent).subject_ids == event_of(SELLER).subject_ids
    assert event_of(silent | {"path": "/catalog/2022-04-01/items/B1"}).subject_ids == ()


def test_equal_lines_without_an_id_are_two_requests() -> None:
    bare = msgspec.json.encode({k: v for k, v in SELLER.items() if k != "request_id"})
    ids = [PARSER.parse(bare, source="log", position=f"line {n}")[0].event_id for n in (1, 2, 1)]  # type: ignore[union-attr]
    assert ids[0] != ids[1]
    assert ids[0] == ids[2]


def test_the_report_type_is_found_in_the_query() -> None:
    query = "reportTypes=GET_MERCHANT_LISTINGS_ALL_DATA"
    record = SELLER | {"path": "/reports/2021-06-30/reports", "query": query}
    assert event_of(record).resource == "GET_MERCHANT_LISTINGS_ALL_DATA"


def test_a_report_type_that_nobody_knows_is_not_shown() -> None:
    resource = event_of(SELLER | {"report_type": "JANE_DOE_OF_4_HIGH_STREET"}).resource
    assert resource is not None
    assert resource.startswith("report-")


def numbered(number: int, **fields: Any) -> dict[str, Any]:
    path = f"/orders/v0/orders/SO-{number:08d}/address"
    return SELLER | {"path": path, "record_ids": []} | fields


def test_ids_that_are_asked_for_one_after_another_are_counted_and_not_shown() -> None:
    parser = EventParser(load_catalogue(), SubjectHasher(b"sixteen bytes of key"))
    told = []
    for number in range(4_711_000, 4_711_004):
        (event,) = parser.parse(numbered(number), source="log", position="")
        assert isinstance(event, AccessEvent)
        assert str(number) not in msgspec.json.encode(event).decode()
        told.append(event.sequential_ids)
    assert told == [0, 1, 1, 1]


def test_ids_that_are_only_returned_are_not_counted() -> None:
    parser = EventParser(load_catalogue(), SubjectHasher(b"sixteen bytes of key"))
    for first in range(0, 300, 100):
        ids = [f"SO-{number:08d}" for number in range(first, first + 100)]
        listed = SELLER | {"path": "/orders/v0/orders", "record_ids": ids}
        (event,) = parser.parse(listed, source="log", position="")
        assert isinstance(event, AccessEvent)
        assert (len(event.subject_ids), event.sequential_ids) == (100, 0)


def test_an_event_of_an_older_release_has_no_sequence() -> None:
    old = msgspec.json.encode(event_of(SELLER))
    assert msgspec.json.decode(old, type=AccessEvent).sequential_ids == 0
    fields = msgspec.json.decode(msgspec.json.encode(event_of(SELLER)))
    assert msgspec.convert(fields[:20], AccessEvent).sequential_ids == 0


TOKEN = SELLER | {"method": "POST", "path": "/tokens/2021-03-01/restrictedDataToken"}


def test_a_token_for_another_application_names_it() -> None:
    assert event_of(TOKEN | {"target_application": "app-2"}).delegate == "app-2"
    assert event_of(TOKEN | {"query": {"targetApplication": "app-2"}}).delegate == "app-2"
    assert event_of(TOKEN | {"target_application": "app-1"}).delegate is None
    assert event_of(TOKEN).delegate is None
    assert event_of(SELLER | {"query": {"targetApplication": "app-2"}}).delegate is None


def test_tokens_for_two_applications_are_two_events() -> None:
    one = event_of(TOKEN | {"target_application": "app-2"})
    two = event_of(TOKEN | {"target_application": "app-3"})
    assert one.content != two.content


@pytest.mark.parametrize("name", [MAIL, "Jane Doe", "a,b", "x" * 1024, "app\n2"])
def test_the_name_of_a_delegate_shows_no_person(name: str) -> None:
    delegate = event_of(TOKEN | {"target_application": name}).delegate
    assert delegate is not None
    assert delegate not in {name, name.split(",", maxsplit=1)[0]}
    assert len(delegate) <= 134
    assert "," not in delegate


def test_the_age_of_a_credential_is_told_in_days() -> None:
    def age(issued: object) -> int | None:
        return event_of(SELLER | {"credential_issued_at": issued}).credential_age_days

    assert age("2025-06-01T00:00:00Z") == 214
    assert age("2027-01-01T00:00:00Z") == 0
    assert [age(value) for value in (None, "", "soon", True, [], "9999-12-31T00:00:00Z")] == (
        [None] * 6
    )


def test_a_bucket_opened_to_others_names_them_all() -> None:
    accounts = [f"{number:012d}" for number in range(1, 31)]
    statement = {"Effect": "Allow", "Principal": {"AWS": accounts}}
    opened = TRAIL | {
        "eventName": "PutBucketPolicy",
        "requestParameters": {"bucketName": "b", "bucketPolicy": {"Statement": [statement]}},
    }
    delegate = event_of(opened).delegate
    assert delegate is not None
    *names, rest = delegate.split(",")
    assert names == accounts[:16]
    assert rest.startswith("delegate-")
    assert event_of(TRAIL).delegate is None
