"""A report that nobody was seen to ask for is told once, whatever the order of arrival."""

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulated_week import DAY, START, event, fleet

from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.data_class import DataClass
from models.domain.seller_notice import (
    NOTICE_PRINCIPAL,
    NOTICE_SERVICE,
    ORDER_CHANGED,
    QUERY_ASKED,
    QUERY_FINISHED,
    REPORT_ASKED,
    REPORT_FINISHED,
    REPORT_SCHEDULED,
)
from models.incidents.incident import Incident, IncidentKind
from models.rules.unasked_report import due_reports, take_notice
from models.state.fleet_state import FleetState
from models.state.report_ledger import ReportLedger
from models.tuning.rules import UNASKED_REPORT_WAITING_KEPT

HOUR = 3_600.0
TYPE = "GET_ORDER_REPORT_DATA_SHIPPING"


def notice(operation: str, seconds: float, *ids: int, **fields: object) -> AccessEvent:
    values: dict = {
        "event_id": f"n-{operation}-{seconds}-{ids}", "time": START + seconds, "tenant": "A1",
        "principal": NOTICE_PRINCIPAL, "principal_kind": PrincipalKind.SERVICE,
        "service": NOTICE_SERVICE, "operation": operation, "outcome": Outcome.SUCCESS,
        "data_classes": (DataClass.CUSTOMER,), "restricted": True, "resource": TYPE,
        "subject_ids": ids,
    }  # fmt: skip
    return AccessEvent(**(values | fields))


def unasked(events: Sequence[AccessEvent], now: float = 10 * HOUR) -> list[str]:
    """The finish times of the reports that are told of, in seconds since the start."""
    ledger = ReportLedger()
    for one in events:
        take_notice(one, ledger)
    return [finding.reason.text for _, finding in due_reports(ledger, START + now)]


FINISHED = notice(REPORT_FINISHED, 2 * HOUR, 7)
VOUCHERS = {
    "id": notice(REPORT_ASKED, HOUR, 7),
    "type": notice(REPORT_ASKED, HOUR),
    "unknown type": notice(REPORT_ASKED, HOUR, resource=None),
    "schedule": notice(REPORT_SCHEDULED, HOUR),
    "late": notice(REPORT_ASKED, 2 * HOUR + 800),
}
STRANGERS = {
    "another id": notice(REPORT_ASKED, HOUR, 8),
    "another type": notice(REPORT_ASKED, HOUR, resource="GET_ORDER_REPORT_DATA_TAX"),
    "another tenant": notice(REPORT_ASKED, HOUR, 7, tenant="A2"),
    "a query": notice(QUERY_ASKED, HOUR, resource=None),
    "too late": notice(REPORT_ASKED, 3 * HOUR),
    "too early": notice(REPORT_ASKED, -3 * DAY),
}


@pytest.mark.parametrize("name", VOUCHERS)
@pytest.mark.parametrize("is_first", [True, False])
def test_a_request_vouches_for_a_report_in_any_order(name: str, is_first: bool) -> None:
    pair = [VOUCHERS[name], FINISHED]
    assert unasked(pair if is_first else pair[::-1]) == []


@pytest.mark.parametrize("name", STRANGERS)
@pytest.mark.parametrize("is_first", [True, False])
def test_another_request_does_not(name: str, is_first: bool) -> None:
    pair = [STRANGERS[name], FINISHED]
    assert len(unasked(pair if is_first else pair[::-1])) == 1


def test_one_request_without_an_id_vouches_for_one_report() -> None:
    reports = [notice(REPORT_FINISHED, 2 * HOUR + n, n) for n in range(3)]
    assert len(unasked([VOUCHERS["type"], *reports, VOUCHERS["type"]])) == 1
    assert unasked([VOUCHERS["schedule"], *reports]) == []


@pytest.mark.parametrize(
    "harmless",
    [
        notice(REPORT_FINISHED, HOUR, 7, outcome=Outcome.ERROR),
        notice(REPORT_FINISHED, HOUR, 7, restricted=False),
        notice(ORDER_CHANGED, HOUR, 7),
    ],
)
def test_what_exposes_nobody_is_not_told(harmless: AccessEvent) -> None:
    assert unasked([harmless]) == []


def test_a_query_is_told_and_does_not_page() -> None:
    ledger = ReportLedger()
    query = notice(QUERY_FINISHED, 3 * DAY, 7, resource=None, restricted=False)
    for one in (notice(QUERY_ASKED, 0.0, 5, resource=None), query):
        take_notice(one, ledger)
    ((_, finding),) = due_reports(ledger, START + 4 * DAY)
    assert not finding.page
    assert "a query of Data Kiosk" in finding.reason.text


def test_it_is_judged_after_an_hour_and_told_once() -> None:
    ledger = ReportLedger()
    take_notice(FINISHED, ledger)
    assert due_reports(ledger, START + 2.9 * HOUR) == []
    assert len(due_reports(ledger, START + 3 * HOUR)) == 1
    take_notice(FINISHED, ledger)
    assert due_reports(ledger, START + 9 * HOUR) == []


@pytest.mark.parametrize(("days", "page"), [(0.5, False), (1.5, True)])
def test_it_pages_only_if_the_log_has_shown_requests_for_a_day(days: float, page: bool) -> None:
    ledger = ReportLedger()
    take_notice(notice(REPORT_ASKED, 0.0, 1), ledger)
    take_notice(notice(REPORT_FINISHED, days * DAY, 7), ledger)
    ((_, finding),) = due_reports(ledger, START + 5 * DAY)
    assert finding.page is page
    assert ("has not shown a request" in finding.reason.text) is not page


@given(st.permutations([*VOUCHERS.values(), FINISHED, *STRANGERS.values()]), st.data())
def test_the_order_of_ids_changes_nothing(order: list[AccessEvent], data: st.DataObject) -> None:
    ids = [one for one in order if one.subject_ids]
    missing = data.draw(st.sampled_from([7, 8]))
    kept = [
        one for one in ids if one.operation == REPORT_FINISHED or missing not in one.subject_ids
    ]
    assert len(unasked(kept)) == (1 if missing == 7 else 0)


def test_a_flood_of_notices_is_bounded_and_its_oldest_are_told() -> None:
    ledger = ReportLedger()
    for number in range(3 * UNASKED_REPORT_WAITING_KEPT):
        take_notice(notice(REPORT_FINISHED, number / 1000, number), ledger)
    assert len(ledger.waiting) == 2 * UNASKED_REPORT_WAITING_KEPT
    told = due_reports(ledger, START + 10.0)
    assert len(told) == UNASKED_REPORT_WAITING_KEPT
    assert len(ledger.waiting) == UNASKED_REPORT_WAITING_KEPT


def week() -> list[AccessEvent]:
    """A fleet, its requests and reports, and one report that nobody asked for on day 4."""
    events = list(fleet(5, principals=4))
    for day in range(5):
        asked = notice(REPORT_ASKED, day * DAY + 9 * HOUR, day)
        events += [asked, notice(REPORT_FINISHED, day * DAY + 9.2 * HOUR, day)]
    events.append(notice(REPORT_FINISHED, 4 * DAY + 10 * HOUR, 99))
    return sorted(events, key=lambda one: one.time)


def told(incidents: Sequence[Incident]) -> dict[str, Incident]:
    return {i.incident_id: i for i in incidents if i.principal == NOTICE_PRINCIPAL}


def test_the_detector_pages_for_it_and_for_nothing_else() -> None:
    detector = Detector(DetectorSettings(), {})
    found = told([*detector.process_batch(week()), *detector.finish()])
    (incident,) = found.values()
    assert incident.page
    assert incident.kinds == (IncidentKind.NEW_PRINCIPAL,)
    assert incident.data_classes == (DataClass.CUSTOMER,)
    assert TYPE in incident.reasons[0].text
    assert f"{START + 4 * DAY + 10 * HOUR:.0f}" not in incident.reasons[0].text


def test_where_the_log_shows_no_requests_it_is_a_ticket() -> None:
    detector = Detector(DetectorSettings(), {})
    events = [one for one in week() if one.operation != REPORT_ASKED]
    found = told([*detector.process_batch(events), *detector.finish()])
    assert found
    assert not any(incident.page for incident in found.values())


def test_a_restart_anywhere_finds_the_same() -> None:
    events = week()
    alone = Detector(DetectorSettings(), {})
    whole = [*alone.process_batch(events), *alone.finish()]
    first = next(n for n, one in enumerate(events) if one.subject_ids == (99,))
    for cut in (first, first + 1, first + 20, len(events) - 1):
        kept: dict[bytes, bytes] = {}
        before = Detector(DetectorSettings(), {})
        found = before.process_batch(events[:cut])
        kept |= before.take_changes()
        after = Detector(DetectorSettings(), {})
        after.restore(kept)
        found = [*found, *after.process_batch(events[cut:]), *after.finish()]
        assert told(found) == told(whole), cut


def test_a_caller_that_takes_the_name_is_judged_as_a_caller() -> None:
    detector = Detector(DetectorSettings(), {})
    call = event(0.0, 50, principal=NOTICE_PRINCIPAL, service=NOTICE_SERVICE)
    detector.process(msgspec.structs.replace(call, operation=REPORT_SCHEDULED))
    assert detector.principals_known == 1


def test_a_snapshot_of_an_earlier_release_has_no_ledger() -> None:
    older = msgspec.msgpack.encode(FleetState())
    values = msgspec.msgpack.decode(older)
    restored = msgspec.msgpack.decode(msgspec.msgpack.encode(values[:-1]), type=FleetState)
    assert restored.reports == ReportLedger()
