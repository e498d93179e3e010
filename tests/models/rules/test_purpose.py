"""A principal that reads data which it was not declared to need."""

import pytest
from simulated_week import event

from models.detector_settings import PrincipalProfile
from models.domain.data_class import DataClass
from models.rules.purpose import purpose_violation

PROFILE = PrincipalProfile(kind="erp", allowed_data_classes=frozenset({DataClass.CUSTOMER}))


@pytest.mark.parametrize(
    ("classes", "told", "page"),
    [
        ((DataClass.SUPPLIER,), DataClass.SUPPLIER, True),
        ((DataClass.UNCLASSIFIED,), DataClass.UNCLASSIFIED, False),
        ((DataClass.UNCLASSIFIED, DataClass.PAYMENT), DataClass.PAYMENT, True),
    ],
)
def test_an_undeclared_class_is_told_and_pages_if_it_has_a_name(
    classes: tuple[DataClass, ...], told: DataClass, page: bool
) -> None:
    finding = purpose_violation(event(1.0, 5, data_classes=classes), PROFILE)
    assert finding is not None
    assert (finding.reason.observed, finding.page) == (told, page)


def test_what_is_declared_and_what_is_harmless_is_nothing() -> None:
    for classes in ((DataClass.CUSTOMER,), (DataClass.CATALOG,), ()):
        assert purpose_violation(event(1.0, 5, data_classes=classes), PROFILE) is None
    anything = PrincipalProfile(kind="erp", allowed_data_classes=None)
    assert purpose_violation(event(1.0, 5, data_classes=(DataClass.PAYMENT,)), anything) is None
