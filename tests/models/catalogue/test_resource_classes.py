import re

import pytest

from models.catalogue.resource_classes import ResourceClasses
from models.domain.data_class import DataClass
from models.domain.sensitivity import Sensitivity
from streams.catalogue.catalogue_files import load_resource_classes

SHIPPED = load_resource_classes()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("acme-orders-export", ["customer"]),
        ("Customers", ["customer"]),
        ("supplier-prices", ["supplier"]),
        ("purchase-orders", ["supplier"]),
        ("settlement-archive", ["financial"]),
        ("invoices_2026", ["financial"]),
        ("payments", ["payment"]),
        ("card-vault", ["payment"]),
        ("postcards", []),
        ("payroll", ["workforce"]),
        ("stock-levels", ["inventory"]),
        ("data-warehouse", []),
        ("warehouse-eu", ["inventory"]),
        ("recorder-border", []),
        ("customer-payments", ["customer", "payment"]),
        ("arn:aws:dynamodb:eu-west-1:111122223333:table/Orders/index/byBuyer", ["customer"]),
        ("arn:aws:s3:::acme-logs/customers.csv", []),
        ("Orders,Stock", ["customer", "inventory"]),
        ("", []),
    ],
)
def test_a_name_decides_the_classes(name: str, expected: list[str]) -> None:
    assert [str(one) for one in SHIPPED.of("s3", name).data_classes] == expected


def test_an_override_replaces_the_patterns() -> None:
    nothing = Sensitivity(data_classes=(DataClass.NONE,))
    classes = ResourceClasses([("order", DataClass.CUSTOMER)], {"s3:orders": nothing})
    assert classes.of("s3", "orders") == nothing
    assert classes.of("s3", "arn:aws:s3:::orders") == nothing
    assert classes.of("dynamodb", "orders").data_classes == (DataClass.CUSTOMER,)


def test_an_override_may_be_named_by_its_arn() -> None:
    arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/t7"
    classes = ResourceClasses(overrides={arn: Sensitivity(data_classes=(DataClass.SUPPLIER,))})
    assert classes.of("dynamodb", "t7").data_classes == (DataClass.SUPPLIER,)


def test_several_resources_add_up() -> None:
    secret = Sensitivity(restricted=True)
    classes = ResourceClasses([("order", DataClass.CUSTOMER)], {"keys": secret})
    assert classes.of("s3", "keys,orders") == Sensitivity(
        data_classes=(DataClass.CUSTOMER,), restricted=True
    )


def test_a_wrong_pattern_is_an_error() -> None:
    with pytest.raises(re.error):
        ResourceClasses([("(", DataClass.CUSTOMER)])
