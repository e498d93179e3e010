"""What the marketplace's own notifications say, as events beside those of callers.

Such an event has the kind `service`, which no caller of the seller API can have, and a principal
of its own, so that all notices and requests of reports of a tenant meet in one partition.
"""

from typing import Final

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.data_class import DataClass
from models.domain.redaction import SubjectHasher

NOTICE_SERVICE: Final = "seller-notices"
NOTICE_PRINCIPAL: Final = "unknown-report-requester"
REPORT_FINISHED: Final = "REPORT_PROCESSING_FINISHED"
QUERY_FINISHED: Final = "DATA_KIOSK_QUERY_PROCESSING_FINISHED"
ORDER_CHANGED: Final = "ORDER_CHANGE"
FINISHED: Final = frozenset({REPORT_FINISHED, QUERY_FINISHED})
# Requests that a log shows, by the operation that made them.
REPORT_ASKED: Final = "report asked for"
REPORT_SCHEDULED: Final = "report scheduled"
QUERY_ASKED: Final = "query asked for"
ASKING: Final = {
    "createReport": REPORT_ASKED,
    "RequestReport": REPORT_ASKED,
    "createReportSchedule": REPORT_SCHEDULED,
    "ManageReportSchedule": REPORT_SCHEDULED,
    "createQuery": QUERY_ASKED,
}
_NOTES: Final = frozenset(ASKING.values())
# The ids that a request returns and a notice names; MWS returned the id of the request.
_SAME_IDS: Final = frozenset({"createReport", "createQuery"})


def is_notice(event: AccessEvent) -> bool:
    """Whether an event is of the marketplace, or notes a request of a report."""
    return event.service == NOTICE_SERVICE and event.principal_kind is PrincipalKind.SERVICE


def is_request_note(event: AccessEvent) -> bool:
    """Whether an event only notes a request that is an event of its own beside it."""
    return event.service == NOTICE_SERVICE and event.operation in _NOTES and is_notice(event)


def request_notice(event: AccessEvent, hasher: SubjectHasher) -> AccessEvent | None:
    """Note a call that asks for a report, where the reports' notices arrive; None for others.

    Examples
    --------
    >>> call = AccessEvent(
    ...     event_id="r-1", time=1.0, tenant="A1", principal="app-1",
    ...     principal_kind=PrincipalKind.APPLICATION, service="reports", operation="createReport",
    ...     outcome=Outcome.SUCCESS, subject_ids=(7,),
    ... )
    >>> noted = request_notice(call, SubjectHasher(b"sixteen bytes of key"))
    >>> noted.operation, noted.principal, noted.subject_ids
    ('report asked for', 'unknown-report-requester', (7,))
    """
    asked = ASKING.get(event.operation)
    if asked is None or event.outcome is not Outcome.SUCCESS:
        return None
    return AccessEvent(
        event_id=hasher.event_id(f"asked {event.event_id}"),
        time=event.time,
        tenant=event.tenant,
        principal=NOTICE_PRINCIPAL,
        principal_kind=PrincipalKind.SERVICE,
        service=NOTICE_SERVICE,
        operation=asked,
        outcome=Outcome.SUCCESS,
        data_classes=(DataClass.NONE,),
        resource=event.resource,
        subject_ids=event.subject_ids if event.operation in _SAME_IDS else (),
        content=event.content,
    )
