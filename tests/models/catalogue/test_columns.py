"""The columns of a query add their classes, and only classes leave."""

import json

import msgspec
import pytest

from models.domain.redaction import SubjectHasher
from streams.catalogue.catalogue_files import load_catalogue
from streams.sources.formats.event_parser import EventParser

CATALOGUE = load_catalogue()


def query(statement: str, database: str = "lake7") -> list[str]:
    parameters = {"queryString": statement, "queryExecutionContext": {"database": database}}
    found = CATALOGUE.aws("athena.amazonaws.com", "StartQueryExecution", database, parameters)
    return [str(one) for one in found.data_classes]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("email", "customer"), ("buyer_phone_number", "customer"), ("kundennummer", "customer"),
        ("shippingAddress", "customer"), ("iban", "payment"), ("card_number", "payment"),
        ("salary", "workforce"), ("supplier_price", "supplier"), ("einkaufspreis", "supplier"),
        ("invoice_total", "financial"), ("qty_on_hand", "inventory"), ("邮箱", "customer"),
        ("colour", "unclassified"), ("lon", "unclassified"),
        ("phonetic", "unclassified"), ("pancake", "unclassified"), ("street_art", "customer"),
    ],
)  # fmt: skip
def test_a_column_says_what_its_table_does_not(column: str, expected: str) -> None:
    assert query(f'SELECT "{column}" FROM t7') == [expected]


def test_columns_add_to_what_the_name_says() -> None:
    assert query("SELECT iban FROM t7", "clientes") == ["customer", "payment"]


def test_people_in_a_table_of_the_workforce_are_the_sellers_own() -> None:
    assert query("SELECT email, iban FROM t7", "payroll") == ["payment", "workforce"]
    assert query("SELECT email, salary FROM t7") == ["workforce"]


def test_a_condition_or_a_count_gives_no_class() -> None:
    assert query("SELECT count(email) FROM t7 WHERE phone = '1'") == ["unclassified"]


def test_only_classes_of_columns_leave() -> None:
    record = {
        "eventTime": "2026-01-01T00:00:00Z", "eventSource": "athena.amazonaws.com",
        "eventName": "StartQueryExecution", "recipientAccountId": "111122223333",
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/bi"},
        "requestParameters": {"queryString": 'SELECT "email_jane_doe" FROM t7'},
    }  # fmt: skip
    parser = EventParser(CATALOGUE, SubjectHasher(b"sixteen bytes of key"))
    (event,) = parser.parse(json.dumps(record).encode(), source="log", position="line 1")
    assert [str(one) for one in event.data_classes] == ["customer"]
    assert b"jane" not in msgspec.json.encode(event)


def test_whoever_describes_a_table_has_read_nothing_of_it() -> None:
    columns = {"storageDescriptor": {"columns": [{"name": "email", "type": "string"}]}}
    parameters = {"tableInput": {"name": "t7"} | columns}
    found = CATALOGUE.aws("glue.amazonaws.com", "CreateTable", "t7", parameters)
    assert [str(one) for one in found.data_classes] == ["none"]
