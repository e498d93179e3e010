"""Tests of unwrapping records."""

import base64
import gzip
from typing import Any

import msgspec
import pytest

from models.errors import RecordError
from streams.sources.formats.envelopes import is_bare, is_list, unwrap
from streams.sources.formats.mended_json import documents

RECORD = {"eventSource": "s3.amazonaws.com", "eventName": "GetObject"}


def text(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def packed(value: Any) -> str:
    return base64.b64encode(gzip.compress(msgspec.json.encode(value))).decode()


def unwrap_all(value: Any) -> list[Any]:
    inner = unwrap(value)
    if isinstance(inner, list):
        return [found for entry in inner for found in unwrap_all(entry)]
    return [value] if inner is value else unwrap_all(inner)


SUBSCRIPTION = {"messageType": "DATA_MESSAGE", "logEvents": [{"id": "1", "message": text(RECORD)}]}


@pytest.mark.parametrize(
    "envelope",
    [
        {"Records": [RECORD]},
        {"Events": [{"EventId": "1", "CloudTrailEvent": text(RECORD)}]},
        {"detail-type": "AWS API Call via CloudTrail", "detail": RECORD},
        SUBSCRIPTION,
        {"awslogs": {"data": packed(SUBSCRIPTION)}},
        {"Records": [{"kinesis": {"data": packed(SUBSCRIPTION)}}]},
        {"records": [{"recordId": "1", "data": packed(SUBSCRIPTION)}]},
        {"Type": "Notification", "Message": text(RECORD)},
        {"Messages": [{"Body": text({"Type": "Notification", "Message": text(RECORD)})}]},
        {"Records": [{"messageId": "1", "body": text(RECORD)}]},
    ],
)
def test_every_envelope_gives_its_record(envelope: dict[str, Any]) -> None:
    assert unwrap_all(envelope) == [RECORD]


@pytest.mark.parametrize(
    ("envelope", "reason"),
    [
        ({"CloudTrailEvent": "{"}, "CloudTrailEvent: not JSON"),
        ({"awslogs": {"data": "%%"}}, "data: not base64"),
        ({"awslogs": {"data": base64.b64encode(gzip.compress(b"{}")[:-9]).decode()}}, "data: the"),
    ],
)
def test_a_damaged_envelope_says_so(envelope: dict[str, Any], reason: str) -> None:
    with pytest.raises(RecordError, match=reason):
        unwrap(envelope)


def test_a_record_is_its_own_envelope() -> None:
    assert unwrap(RECORD) is RECORD
    assert is_bare(RECORD)
    assert not is_list(RECORD)
    assert not is_list({"CloudTrailEvent": "{"})


def test_documents_behind_one_another_are_told_apart() -> None:
    assert documents(b'{"a": 1}\n {"a": "}{"}', 100) == [{"a": 1}, {"a": "}{"}]
    assert documents(b'{"a": "\xff"}{}', 100) == [{"a": "\ufffd"}, {}]
    for bad in (b"", b"{} x", b"1 2", b'{"a": \xff}{}'):
        with pytest.raises(RecordError, match="not JSON"):
            documents(bad, 100)
