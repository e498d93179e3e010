import pytest

from models.domain.data_class import DataClass
from models.incidents.incident import IncidentKind, Severity
from models.incidents.severity_grading import graded_severity

BULK = [IncidentKind.BULK_READ]
PAGE = {
    "paged": True,
    "secrets": False,
    "certain": False,
    "by_raw_key": False,
    "records": 5000,
    "p_value": 1e-6,
}
TICKET = PAGE | {"paged": False, "records": 10, "p_value": 0.01}


def test_many_buyers_that_hardly_anybody_reads_by_chance_are_critical() -> None:
    assert graded_severity(BULK, [DataClass.CUSTOMER], **PAGE) is Severity.CRITICAL


@pytest.mark.parametrize("change", [{"records": 999}, {"p_value": 1e-3}])
def test_a_page_on_few_records_or_not_so_rare_is_high(change: dict) -> None:
    assert graded_severity(BULK, [DataClass.CUSTOMER], **PAGE | change) is Severity.HIGH


def test_what_concerns_no_person_is_high_at_most() -> None:
    assert graded_severity(BULK, [DataClass.SUPPLIER], **PAGE) is Severity.HIGH


def test_a_rule_or_a_raw_key_makes_a_small_page_graver() -> None:
    few = PAGE | {"records": 5, "p_value": 0.5, "certain": True}
    assert graded_severity(BULK, [DataClass.CUSTOMER], **few) is Severity.HIGH
    by_key = few | {"by_raw_key": True}
    assert graded_severity(BULK, [DataClass.CUSTOMER], **by_key) is Severity.CRITICAL


def test_a_planted_id_is_critical_whatever_else() -> None:
    assert graded_severity([IncidentKind.CANARY], [], **TICKET) is Severity.CRITICAL


@pytest.mark.parametrize(
    ("classes", "change", "severity"),
    [
        ([], {}, Severity.INFORMATIONAL),
        ([DataClass.CATALOG], {"certain": True}, Severity.LOW),
        ([DataClass.CUSTOMER], {}, Severity.LOW),
        ([DataClass.CUSTOMER], {"p_value": 1e-4}, Severity.MEDIUM),
        ([DataClass.CUSTOMER], {"by_raw_key": True}, Severity.MEDIUM),
        ([], {"secrets": True}, Severity.MEDIUM),
    ],
)
def test_what_wakes_nobody_is_medium_at_most(classes, change, severity) -> None:
    assert graded_severity(BULK, classes, **TICKET | change) is severity


@pytest.mark.parametrize("paged", [True, False])
@pytest.mark.parametrize("certain", [True, False])
@pytest.mark.parametrize("by_raw_key", [True, False])
@pytest.mark.parametrize("p_value", [1e-6, 0.01])
def test_what_nobody_has_classified_is_one_below_a_named_class(
    paged: bool, certain: bool, by_raw_key: bool, p_value: float
) -> None:
    facts = PAGE | {
        "paged": paged,
        "certain": certain,
        "by_raw_key": by_raw_key,
        "p_value": p_value,
    }
    named = graded_severity(BULK, [DataClass.SUPPLIER], **facts)
    unknown = graded_severity(BULK, [DataClass.UNCLASSIFIED], **facts)
    assert unknown.rank == named.rank - 1
    both = [DataClass.UNCLASSIFIED, DataClass.SUPPLIER]
    assert graded_severity(BULK, both, **facts) is named


def test_secrets_are_secrets_whatever_lies_beside_them() -> None:
    facts = PAGE | {"secrets": True}
    assert graded_severity(BULK, [DataClass.UNCLASSIFIED], **facts) is Severity.HIGH
