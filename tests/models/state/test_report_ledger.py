import pytest

from models.state.report_ledger import ReportLedger
from models.state.snapshot import pack_state, unpack_state
from models.tuning.state import (
    REPORT_LEDGER_ASKED_KEPT,
    REPORT_LEDGER_REQUESTS_KEPT,
    REPORT_LEDGER_TYPES_KEPT,
)


def test_a_request_is_taken_once_and_only_in_its_time() -> None:
    ledger = ReportLedger()
    for seconds in (50.0, 10.0, 30.0):
        ledger.note_request("A1\0X", seconds)
    assert ledger.requests == {"A1\0X": [10.0, 30.0, 50.0]}
    assert ledger.take_request("A1\0X", 20.0, 60.0)
    assert not ledger.take_request("A1\0X", 60.0, 90.0)
    assert not ledger.take_request("A1\0Y", 0.0, 90.0)
    assert [ledger.take_request("A1\0X", 0.0, 90.0) for _ in range(3)] == [True, True, False]
    assert ledger.requests == {}


def test_memory_is_bounded_and_the_oldest_are_forgotten() -> None:
    ledger = ReportLedger()
    for number in range(REPORT_LEDGER_ASKED_KEPT + 5):
        ledger.note_asked(number, float(number))
    for number in range(REPORT_LEDGER_TYPES_KEPT + 5):
        ledger.note_request(str(number), 1.0)
        ledger.note_schedule(str(number), 1.0)
        ledger.note_log(str(number), 1.0)
    for number in range(REPORT_LEDGER_REQUESTS_KEPT + 5):
        ledger.note_request("x", float(number))
    assert len(ledger.asked) == REPORT_LEDGER_ASKED_KEPT
    assert 4 not in ledger.asked
    assert 5 in ledger.asked
    sizes = {len(ledger.requests), len(ledger.scheduled), len(ledger.logged_since)}
    assert sizes == {REPORT_LEDGER_TYPES_KEPT}
    assert len(ledger.requests["x"]) == REPORT_LEDGER_REQUESTS_KEPT
    assert ledger.requests["x"][0] == pytest.approx(5.0)


def test_what_is_old_is_forgotten() -> None:
    ledger = ReportLedger()
    ledger.note_asked(1, 10.0)
    ledger.note_asked(2, 20.0)
    ledger.note_request("a", 10.0)
    ledger.note_request("b", 20.0)
    ledger.forget_before(15.0)
    assert (ledger.asked, ledger.requests) == ({2: 20.0}, {"b": [20.0]})


def test_the_first_sight_of_a_log_is_the_earliest_request() -> None:
    ledger = ReportLedger()
    for seconds in (30.0, 10.0, 20.0):
        ledger.note_log("A1", seconds)
    assert ledger.logged_since == {"A1": 10.0}


def test_a_snapshot_keeps_the_order() -> None:
    ledger = ReportLedger()
    for number in (3, 1, 2):
        ledger.note_asked(number, 1.0)
    restored = unpack_state(pack_state(ledger), ReportLedger)
    assert restored == ledger
    assert list(restored.asked) == [3, 1, 2]
