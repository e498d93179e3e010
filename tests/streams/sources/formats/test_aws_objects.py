"""Whatever a call names is told apart from what others name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.sources.formats.aws_objects import objects_of

S3, DYNAMO = "s3.amazonaws.com", "dynamodb.amazonaws.com"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("source", "parameters", "objects"),
    [
        (S3, {"bucketName": "b", "key": "a/1.csv"}, ["b/a/1.csv"]),
        (S3, {"bucketName": "b", "prefix": "a/"}, ["b/a/*"]),
        (S3, {"bucketName": "b", "prefix": "a/", "continuation-token": "x"}, ["b/a/*"]),
        (S3, {"bucketName": "mine", "x-amz-copy-source": "/b/a/1.csv"}, ["b/a/1.csv"]),
        (S3, {"bucketName": "b"}, []),
        (S3, {"key": "a"}, []),
        (DYNAMO, {"tableName": "t", "key": {"pk": {"S": "1"}}}, ['{"pk":{"S":"1"}}']),
        (
            DYNAMO,
            {"requestItems": {"t": {"keys": [{"pk": 1}, {"pk": 2}]}}},
            ['{"pk":1}', '{"pk":2}'],
        ),
        (DYNAMO, {"transactItems": [{"get": {"tableName": "t", "key": {"pk": 1}}}]}, ['{"pk":1}']),
        ("athena.amazonaws.com", {"queryString": "select 1"}, ["select 1"]),
        ("ssm.amazonaws.com", {"names": ["/a", "/b"]}, ["/a", "/b"]),
        ("secretsmanager.amazonaws.com", {"secretId": "prod"}, ["prod"]),
        ("logs.amazonaws.com", {"logGroupName": "shop"}, ["shop"]),
        ("iam.amazonaws.com", {"userName": "jane"}, []),
    ],
)
def test_each_call_names_its_objects(source: str, parameters: dict, objects: list[str]) -> None:
    assert objects_of(source, parameters) == objects


def test_keys_that_differ_in_one_character_differ_however_long() -> None:
    long = "k" * 10_240
    (one,) = objects_of(S3, {"bucketName": "b", "key": long + "1"})
    (two,) = objects_of(S3, {"bucketName": "b", "key": long + "2"})
    assert one != two


def test_a_call_names_at_most_a_thousand() -> None:
    assert len(objects_of("ssm.amazonaws.com", {"names": ["/a"] * 5000})) == 1000


@given(
    st.sampled_from([S3, DYNAMO, "ssm.amazonaws.com", "athena.amazonaws.com", "x"]),
    st.dictionaries(
        st.sampled_from(["bucketName", "key", "prefix", "requestItems", "transactItems", "names"]),
        JSON,
    ),
)
def test_any_parameters_are_read(source: str, parameters: dict) -> None:
    assert all(isinstance(name, str) for name in objects_of(source, parameters))
