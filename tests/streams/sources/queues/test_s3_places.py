"""Tests of where in S3 a notice may lead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.sources.formats.s3_notice import S3Object
from streams.sources.queues.s3_places import S3Places

PLACES = S3Places(["logs/AWSLogs/", "lake/"])


@pytest.mark.parametrize(
    ("bucket", "key"),
    [
        ("logs", "AWSLogs/1/CloudTrail/eu-central-1/2026/01/01/a.json.gz"),
        ("logs", "AWSLogs/a..b/100%/c d.json"),
        ("lake", "ext/region=eu-central-1/eventDay=20260101/a.parquet"),
        ("lake", "a%2Fb"),
    ],
)
def test_ordinary_keys_are_allowed(bucket: str, key: str) -> None:
    assert S3Object(bucket, key) in PLACES


@given(st.text(max_size=20), st.text(max_size=60))
def test_whatever_is_allowed_stands_under_its_place(bucket: str, key: str) -> None:
    place = S3Object(bucket, key)
    if place in PLACES:
        assert bucket == "lake" or (bucket == "logs" and key.startswith("AWSLogs/"))
        assert ".." not in key.split("/")
