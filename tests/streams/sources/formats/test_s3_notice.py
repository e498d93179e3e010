"""Tests of reading object notices."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.sources.formats.s3_notice import S3Object, objects_of

FOUND = [S3Object("logs", "AWSLogs/a b.json.gz")]
S3_EVENT = {
    "Records": [
        {
            "eventSource": "aws:s3",
            "s3": {"bucket": {"name": "logs"}, "object": {"key": "AWSLogs/a+b.json.gz"}},
        }
    ]
}
BRIDGE = {
    "detail-type": "Object Created",
    "detail": {"bucket": {"name": "logs"}, "object": {"key": "AWSLogs/a b.json.gz"}},
}
TRAIL = {"s3Bucket": "logs", "s3ObjectKey": ["AWSLogs/a b.json.gz"]}


@pytest.mark.parametrize("notice", [S3_EVENT, BRIDGE, TRAIL])
def test_the_object_is_found_directly_and_through_sns(notice: dict) -> None:
    body = msgspec.json.encode(notice)
    assert objects_of(body) == FOUND
    assert objects_of(msgspec.json.encode({"Type": "N", "Message": body.decode()})) == FOUND


def test_the_test_notice_names_none() -> None:
    assert objects_of(b'{"Service":"Amazon S3","Event":"s3:TestEvent"}') == []


@pytest.mark.parametrize(
    "body",
    [b"", b"[1]", b'{"a":1}', b'{"s3ObjectKey":7}', b'{"s3ObjectKey":["a"]}',
     b'{"Records":[{"eventSource":"aws:s3","s3":7}]}'],
)  # fmt: skip
def test_what_is_no_notice_is_told_apart(body: bytes) -> None:
    assert objects_of(body) is None


@given(st.binary(max_size=60))
def test_any_message_is_read_or_refused(body: bytes) -> None:
    assert objects_of(body) is None or isinstance(objects_of(body), list)
