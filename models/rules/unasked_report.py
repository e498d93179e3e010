"""A report of restricted data, or a query, that none of the seller's own calls asked for."""

from datetime import UTC, datetime
from hashlib import blake2b

from msgspec.structs import replace

from models.domain.access_event import AccessEvent, Outcome
from models.domain.seller_notice import (
    FINISHED,
    QUERY_ASKED,
    QUERY_FINISHED,
    REPORT_ASKED,
    REPORT_SCHEDULED,
)
from models.incidents.finding import Finding, certain_reason
from models.incidents.incident import IncidentKind
from models.incidents.rule_text import unasked_report_text
from models.incidents.usual_range import UsualRange
from models.state.report_ledger import ReportLedger
from models.tuning.rules import (
    UNASKED_REPORT_ASKED_BEFORE_SECONDS,
    UNASKED_REPORT_LOG_KNOWN_SECONDS,
    UNASKED_REPORT_SKEW_SECONDS,
    UNASKED_REPORT_WAITING_KEPT,
    UNASKED_REPORT_WAITS_SECONDS,
)


def take_notice(event: AccessEvent, ledger: ReportLedger) -> None:
    """Note a request or a finished report, in whatever order they arrive."""
    if event.operation in (REPORT_ASKED, QUERY_ASKED, REPORT_SCHEDULED):
        _take_request(event, ledger)
    elif event.operation in FINISHED and event.outcome is Outcome.SUCCESS:
        if event.restricted or event.operation == QUERY_FINISHED:
            _take_finished(event, ledger)


def due_reports(ledger: ReportLedger, now_seconds: float) -> list[tuple[AccessEvent, Finding]]:
    """Judge the reports whose request has not arrived in time; each is judged once.

    The event of a report that is judged late counts from now on: its incident begins when it is
    told.
    """
    due = now_seconds - UNASKED_REPORT_WAITS_SECONDS
    excess = len(ledger.waiting) - UNASKED_REPORT_WAITING_KEPT
    ordered = sorted(ledger.waiting.items(), key=lambda entry: (entry[1].time, entry[0]))
    found = []
    for place, (number, event) in enumerate(ordered):
        if event.time > due and place >= excess:
            break
        del ledger.waiting[number]
        # A second delivery of the notice is not news.
        ledger.note_asked(number, now_seconds)
        found.append((replace(event, time=max(event.time, now_seconds)), _finding(event, ledger)))
    ledger.forget_before(now_seconds - UNASKED_REPORT_ASKED_BEFORE_SECONDS)
    return found


def _take_request(event: AccessEvent, ledger: ReportLedger) -> None:
    ledger.note_log(event.tenant, event.time)
    if event.operation == REPORT_SCHEDULED:
        ledger.note_schedule(_key(event), event.time)
        for number in _waiting_of(event, ledger):
            del ledger.waiting[number]
        return
    for subject in event.subject_ids:
        number = _number(event.tenant, subject)
        ledger.waiting.pop(number, None)
        ledger.note_asked(number, event.time)
    if event.subject_ids:
        return
    waiting = _waiting_of(event, ledger)
    if waiting:
        del ledger.waiting[waiting[0]]
    else:
        ledger.note_request(_key(event), event.time)


def _take_finished(event: AccessEvent, ledger: ReportLedger) -> None:
    number = _number(event.tenant, event.subject_ids[0] if event.subject_ids else 0)
    if number in ledger.asked or number in ledger.waiting:
        return
    if len(ledger.waiting) >= 2 * UNASKED_REPORT_WAITING_KEPT:
        # Those before it are findings soon; only who writes to the seller's queue gets here.
        return
    since = event.time - UNASKED_REPORT_ASKED_BEFORE_SECONDS
    until = event.time + UNASKED_REPORT_SKEW_SECONDS
    # A request whose type no log tells vouches for any.
    for key in (_key(event), _key(replace(event, resource=None))):
        if key in ledger.scheduled or ledger.take_request(key, since, until):
            ledger.note_asked(number, event.time)
            return
    ledger.waiting[number] = event


def _waiting_of(event: AccessEvent, ledger: ReportLedger) -> list[int]:
    """Return the notices that a request without an id may stand for, the oldest first."""
    is_query = event.operation == QUERY_ASKED
    earliest = event.time - UNASKED_REPORT_SKEW_SECONDS
    is_schedule = event.operation == REPORT_SCHEDULED
    latest = float("inf") if is_schedule else event.time + UNASKED_REPORT_ASKED_BEFORE_SECONDS
    found = [
        (notice.time, number)
        for number, notice in ledger.waiting.items()
        if notice.tenant == event.tenant
        and (notice.operation == QUERY_FINISHED) is is_query
        and event.resource in (None, notice.resource)
        and earliest <= notice.time <= latest
    ]
    return [number for _, number in sorted(found)]


def _finding(event: AccessEvent, ledger: ReportLedger) -> Finding:
    """Page only where the log has shown requests before: else it may just not show them."""
    since = ledger.logged_since.get(event.tenant)
    is_logged = since is not None and since + UNASKED_REPORT_LOG_KNOWN_SECONDS <= event.time
    report = event.resource or "a query of Data Kiosk"
    finished = f"{datetime.fromtimestamp(event.time, UTC):%Y-%m-%d %H:%M} UTC"
    text = unasked_report_text(event.principal, report[:100], finished, is_logged=is_logged)
    usual = UsualRange("asked for by a call in the log")
    reason = certain_reason("unasked_report", report[:100], usual, text, window="event")
    page = is_logged and event.restricted
    return Finding(IncidentKind.NEW_PRINCIPAL, reason, page=page)


def _key(event: AccessEvent) -> str:
    is_query = event.operation in (QUERY_ASKED, QUERY_FINISHED)
    return f"{event.tenant}\0{'query' if is_query else 'report'}\0{event.resource or ''}"


def _number(tenant: str, subject: int) -> int:
    text = f"{tenant}\0{subject}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big")
