"""Tests of naming the resource of an AWS call."""

from typing import Any

import pytest

from streams.sources.formats.aws_resource import resource_of

S3 = "arn:aws:s3:::customer-master/jane.csv"


@pytest.mark.parametrize(
    ("record", "name"),
    [
        ({"requestParameters": None}, None),
        ({"requestParameters": "HIDDEN"}, None),
        ({"requestParameters": {"bucketName": ["a"]}, "resources": S3}, "customer-master"),
        ({"requestParameters": {"bucketname": "orders"}}, "orders"),
        ({"requestParameters": {"requestItems": {"Orders": {}}}}, "Orders"),
        ({"requestParameters": {"encryptionContext": {"aws:s3:arn": S3}}}, "customer-master"),
        ({"requestParameters": {"statement": "SELECT"},
          "resources": [{"ARN": "arn:aws:dynamodb:eu:1:table/Orders/index/x"}]}, "Orders"),
        ({"resources": [7, {"ARNPrefix": "arn:aws:s3:::orders/"}]}, "orders"),
        ({"resources": [{"ARN": "arn:aws:kms:eu:1:key/1"}]}, None),
        ({"resources": {"arn": S3}}, "customer-master"),
    ],
)  # fmt: skip
def test_every_shape_is_read(record: dict[str, Any], name: str | None) -> None:
    assert resource_of(record) == name
