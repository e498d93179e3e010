from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.catalogue.request_resource import named_resource

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("parameters", "names", "expected"),
    [
        ({"tableName": "Orders"}, ["tableName"], "Orders"),
        ({"tableName": "arn:aws:dynamodb:eu-west-1:1:table/Orders"}, ["tableName"], "Orders"),
        ({"names": ["/a", "/b", "/a"]}, ["name", "names"], "/a,/b"),
        ({"requestItems": {"A": {}, "B": {}}}, ["requestItems"], "A,B"),
        ({"requestItems": [{"statement": "SELECT * FROM A"}]}, ["requestItems"], "A"),
        ({"transactItems": [{"get": {"tableName": "A"}}]}, ["transactItems"], "A"),
        ({"identifiers": [{"featureGroupName": "A"}]}, ["identifiers"], "A"),
        ({"context": {"database": "shop"}}, ["context.database"], "shop"),
        ({"x-amz-copy-source": "orders/jane.csv"}, ["x-amz-copy-source"], "orders"),
        ({"shardIterator": "arn:aws:dynamodb:e:1:table/A/stream/x|1|zz"}, ["shardIterator"], "A"),
        ({"tableName": None, "other": 7}, ["tableName", "other"], None),
        ({}, ["tableName"], None),
    ],
)
def test_the_first_parameter_that_names_it_wins(
    parameters: dict[str, Any], names: list[str], expected: str | None
) -> None:
    assert named_resource(parameters, names) == expected


def test_of_a_statement_only_the_tables_are_taken() -> None:
    sql = "select o.* from shop.orders o join \"Buyers\" b on o.b = b.id where mail = 'j@x.org'"
    assert named_resource({"queryString": sql}, ["queryString"]) == "shop.orders,Buyers"


def test_a_key_of_an_object_is_cut() -> None:
    found = named_resource({"resourceArn": "arn:aws:s3:::orders/jane@x.org.csv"}, ["resourceArn"])
    assert found == "orders"


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(["a", "statement", "x-amz-copy-source"]), JSON))
def test_anything_is_answered(parameters: dict[str, Any]) -> None:
    found = named_resource(parameters, ["a", "a.b", "statement", "x-amz-copy-source"])
    assert found is None or isinstance(found, str)
