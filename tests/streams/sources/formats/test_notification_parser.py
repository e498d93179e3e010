import json

import pytest
from seller_notices import RESTRICTED, order, report

from models.domain.access_event import AccessEvent, Outcome
from models.domain.data_class import DataClass
from models.domain.dead_letter import DeadLetter
from models.domain.redaction import SubjectHasher
from models.domain.seller_notice import (
    NOTICE_PRINCIPAL,
    QUERY_ASKED,
    REPORT_ASKED,
    REPORT_FINISHED,
    is_notice,
)
from streams.catalogue.catalogue_files import load_catalogue
from streams.sources.formats.event_parser import EventParser, Parsed
from streams.sources.formats.skipped import Skipped

HASHER = SubjectHasher(b"sixteen bytes of key")
PARSER = EventParser(load_catalogue(), HASHER)


def parse(record: object) -> list[Parsed]:
    return PARSER.parse(json.dumps(record).encode(), source="queue", position="message 1")


def event_of(record: object) -> AccessEvent:
    (found,) = parse(record)
    assert isinstance(found, AccessEvent), found
    return found


def test_a_finished_report_is_an_event_of_the_marketplace() -> None:
    event = event_of(report())
    assert is_notice(event)
    assert (event.tenant, event.principal) == ("A1EXAMPLE", NOTICE_PRINCIPAL)
    assert (event.operation, event.resource) == (REPORT_FINISHED, RESTRICTED)
    assert (event.restricted, event.data_classes) == (True, (DataClass.CUSTOMER,))
    assert event.subject_ids == (HASHER.subject("50001"),)
    assert event.event_id == HASHER.event_id("n-1")
    assert event.time == 1767254400.0


def test_a_second_delivery_is_the_same_event_and_a_forged_one_is_not() -> None:
    assert event_of(report()) == event_of(report())
    assert event_of(report()).content != event_of(report(reportId="50002")).content


@pytest.mark.parametrize("status", ["CANCELLED", "FATAL", None, 7])
def test_a_report_without_data_is_no_success(status: object) -> None:
    assert event_of(report(processingStatus=status)).outcome is Outcome.ERROR


def test_an_account_stands_for_the_seller() -> None:
    event = event_of(report(sellerId=None, accountId="amzn1.merchant.o.A1EXAMPLE"))
    assert event.tenant == "A1EXAMPLE"


def test_an_unknown_type_is_unclassified_and_hashed() -> None:
    event = event_of(report(reportType="GET_JANE_DOE"))
    assert event.data_classes == (DataClass.UNCLASSIFIED,)
    assert "JANE" not in str(event.resource)


def test_a_query_of_data_kiosk_keeps_nothing_of_the_query() -> None:
    payload = {"accountId": "amzn1.merchant.o.A1EXAMPLE", "queryId": "77", "query": "{jane}",
               "processingStatus": "DONE"}  # fmt: skip
    record = report() | {"payload": payload}
    record["notificationType"] = "DATA_KIOSK_QUERY_PROCESSING_FINISHED"
    event = event_of(record)
    assert event.subject_ids == (HASHER.subject("77"),)
    assert (event.data_classes, event.resource) == ((DataClass.FINANCIAL,), None)
    assert "jane" not in str(event)


def test_an_order_is_a_hash_and_no_place_of_it_is_read() -> None:
    event = event_of(order())
    assert event.subject_ids == (HASHER.subject("902-1845936-5435065"),)
    assert event.data_classes == (DataClass.NONE,)
    assert "99999" not in str(event)


def test_it_is_found_in_the_envelopes_of_sns_and_sqs() -> None:
    inner = event_of(report())
    assert event_of({"Type": "Notification", "Message": json.dumps(report())}) == inner
    assert event_of({"Messages": [{"Body": json.dumps(report())}]}) == inner


def test_other_types_are_skipped() -> None:
    assert parse(report() | {"notificationType": "FEED_PROCESSING_FINISHED"}) == [
        Skipped("other notification", "queue", "message 1")
    ]


@pytest.mark.parametrize(
    "record",
    [
        report(reportId=None), report(reportId=True), report(sellerId=None), report(sellerId=7),
        report(reportType=[]), report() | {"payload": None}, report() | {"payload": [1]},
        report() | {"eventTime": "yesterday"}, report() | {"notificationType": 7},
        {"notificationType": REPORT_FINISHED}, {"NotificationType": None},
        report() | {"payload": {"reportProcessingFinishedNotification": 1}},
    ],
)  # fmt: skip
def test_a_bad_notification_is_a_dead_letter_or_a_skip(record: object) -> None:
    (found,) = parse(record)
    assert isinstance(found, DeadLetter | Skipped), found


def call(path: str, **fields: object) -> dict[str, object]:
    return {
        "time": "2026-01-01T07:00:00Z", "request_id": "r-1", "seller_id": "A1EXAMPLE",
        "application_id": "erp", "method": "POST", "path": path, "status": 200,
    } | fields  # fmt: skip


def test_a_request_of_a_restricted_report_is_noted_beside_the_call() -> None:
    path = "/reports/2021-06-30/reports"
    record = call(path, report_type=RESTRICTED, record_ids=["50001"])
    made, noted = parse(record)
    assert isinstance(made, AccessEvent)
    assert isinstance(noted, AccessEvent)
    assert (made.principal, noted.principal) == ("erp", NOTICE_PRINCIPAL)
    assert noted.operation == REPORT_ASKED
    assert noted.subject_ids == event_of(report()).subject_ids
    (_, also) = parse({"Records": [record]})
    assert also == noted


def test_requests_of_what_is_not_restricted_or_refused_are_not_noted() -> None:
    path = "/reports/2021-06-30/reports"
    harmless = call(path, report_type="GET_MERCHANT_LISTINGS_ALL_DATA")
    assert len(parse(harmless)) == 1
    assert len(parse(call(path, report_type=RESTRICTED, status=403))) == 1


def test_a_query_that_is_asked_for_is_noted() -> None:
    _, noted = parse(call("/dataKiosk/2023-11-15/queries"))
    assert isinstance(noted, AccessEvent)
    assert noted.operation == QUERY_ASKED
