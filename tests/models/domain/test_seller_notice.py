import msgspec
import pytest

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.redaction import SubjectHasher
from models.domain.seller_notice import (
    NOTICE_PRINCIPAL,
    NOTICE_SERVICE,
    QUERY_ASKED,
    REPORT_ASKED,
    REPORT_SCHEDULED,
    is_notice,
    is_request_note,
    request_notice,
)

HASHER = SubjectHasher(b"sixteen bytes of key")
CALL = AccessEvent(
    event_id="r-1", time=9.0, tenant="A1", principal="app-1", service="reports",
    principal_kind=PrincipalKind.APPLICATION, operation="createReport", outcome=Outcome.SUCCESS,
    resource="GET_X", subject_ids=(7,), content=3,
)  # fmt: skip


def change(**fields: object) -> AccessEvent:
    return msgspec.structs.replace(CALL, **fields)


@pytest.mark.parametrize(
    ("operation", "noted", "ids"),
    [
        ("createReport", REPORT_ASKED, (7,)),
        ("createQuery", QUERY_ASKED, (7,)),
        ("RequestReport", REPORT_ASKED, ()),
        ("createReportSchedule", REPORT_SCHEDULED, ()),
        ("ManageReportSchedule", REPORT_SCHEDULED, ()),
    ],
)
def test_a_request_is_noted_where_notices_arrive(
    operation: str, noted: str, ids: tuple[int, ...]
) -> None:
    found = request_notice(change(operation=operation), HASHER)
    assert found is not None
    assert (found.operation, found.subject_ids, found.resource) == (noted, ids, "GET_X")
    assert (found.tenant, found.principal, found.time) == ("A1", NOTICE_PRINCIPAL, 9.0)
    assert found.event_id != CALL.event_id
    assert is_notice(found)
    assert is_request_note(found)
    assert not is_request_note(CALL)


@pytest.mark.parametrize(
    "fields",
    [{"operation": "getReport"}, {"outcome": Outcome.DENIED}, {"outcome": Outcome.ERROR}],
)
def test_nothing_else_is_noted(fields: dict[str, object]) -> None:
    assert request_notice(change(**fields), HASHER) is None


def test_a_caller_cannot_pass_for_a_notice() -> None:
    forged = change(service=NOTICE_SERVICE, principal=NOTICE_PRINCIPAL, operation=REPORT_ASKED)
    assert not is_notice(forged)
