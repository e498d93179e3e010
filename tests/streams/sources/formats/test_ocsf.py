"""Tests of reading OCSF API Activity."""

from typing import Any

import msgspec
import pytest

from models.domain.access_event import AccessEvent, Outcome
from models.domain.dead_letter import DeadLetter
from models.domain.redaction import SubjectHasher
from streams.catalogue.catalogue_files import load_catalogue
from streams.sources.formats.event_parser import EventParser
from streams.sources.formats.skipped import Skipped

PARSER = EventParser(load_catalogue(), SubjectHasher(b"sixteen bytes of key"))
ARN = "arn:aws:sts::111122223333:assumed-role/etl/job-7"
RECORD: dict[str, Any] = {
    "class_uid": 6003,
    "time": 1767225600000,
    "metadata": {"uid": "e-1", "product": {"name": "CloudTrail"}},
    "cloud": {"provider": "AWS", "account": {"uid": "111122223333"}},
    "api": {
        "operation": "GetObject",
        "service": {"name": "s3.amazonaws.com"},
        "request": {"uid": "r", "data": '{"bucketName":"customer-master","key":"jane.csv"}'},
        "response": {"error": None},
    },
    "actor": {
        "user": {"type": "AssumedRole", "uid": ARN, "credential_uid": "ASIAEXAMPLE"},
        "session": {"issuer": "arn:aws:iam::111122223333:role/etl"},
    },
    "src_endpoint": {"ip": "192.0.2.7"},
    "http_request": {"user_agent": "aws-cli/2"},
    "unmapped": [["additionalEventData.bytesTransferredOut", "4096.0"]],
}
TRAIL: dict[str, Any] = {
    "eventID": "e-1", "eventTime": "2026-01-01T00:00:00Z", "eventSource": "s3.amazonaws.com",
    "eventName": "GetObject", "recipientAccountId": "111122223333",
    "requestParameters": {"bucketName": "customer-master", "key": "jane.csv"},
    "userIdentity": {"type": "AssumedRole", "arn": ARN, "accessKeyId": "ASIAEXAMPLE"},
    "sourceIPAddress": "192.0.2.7", "userAgent": "aws-cli/2",
    "additionalEventData": {"bytesTransferredOut": 4096},
}  # fmt: skip


def parse(record: dict[str, Any]) -> Any:
    (item,) = PARSER.parse(msgspec.json.encode(record), source="lake", position="record 1")
    return item


def test_both_forms_of_an_access_are_the_same_event() -> None:
    event = parse(RECORD)
    assert isinstance(event, AccessEvent)
    assert event == parse(TRAIL)
    assert event.bytes == 4096


def test_a_failure_is_one() -> None:
    denied = RECORD["api"] | {"response": {"error": "AccessDenied"}}
    assert parse(RECORD | {"api": denied}).outcome is Outcome.DENIED
    assert parse(RECORD | {"status_id": 2}).outcome is Outcome.ERROR


def test_unmapped_may_be_a_mapping() -> None:
    unmapped = {"additionalEventData": {"bytesTransferredOut": 7}, "recipientAccountId": "9"}
    event = parse(RECORD | {"unmapped": unmapped})
    assert (event.bytes, event.tenant) == (7, "9")


def test_other_classes_are_skipped() -> None:
    item = parse(RECORD | {"class_uid": 3002})
    assert isinstance(item, Skipped)
    assert item.reason == "other ocsf class"


@pytest.mark.parametrize("name", ["api", "actor", "time", "cloud"])
def test_a_missing_part_makes_a_dead_letter(name: str) -> None:
    assert isinstance(parse({k: v for k, v in RECORD.items() if k != name}), DeadLetter)
