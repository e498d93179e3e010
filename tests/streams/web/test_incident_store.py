from datetime import timedelta

import msgspec

from models.incidents.feedback import Verdict, feedback_on
from models.incidents.incident import IncidentStatus, Severity
from streams.web.incident_filter import IncidentFilter
from streams.web.incident_store import IncidentStore


def names(store: IncidentStore) -> list[str]:
    return [incident.incident_id for incident in store.find(IncidentFilter())]


def test_the_last_state_is_kept(make_incident) -> None:
    store = IncidentStore(kept=10)
    store.take_incident(make_incident())
    store.take_incident(make_incident(status=IncidentStatus.CLOSED))
    assert len(store) == 1
    assert store.find(IncidentFilter())[0].status is IncidentStatus.CLOSED


def test_open_pages_stand_before_the_rest(make_incident) -> None:
    store = IncidentStore(kept=10)
    later = make_incident().updated_at + timedelta(hours=1)
    for number, changes in enumerate(
        (
            {"status": IncidentStatus.CLOSED, "updated_at": later},
            {"severity": Severity.LOW, "page": False},
            {"severity": Severity.HIGH},
            {"severity": Severity.CRITICAL},
        )
    ):
        store.take_incident(make_incident(incident_id=f"i-{number}", **changes))
    assert names(store) == ["i-3", "i-2", "i-1", "i-0"]


def test_a_full_store_lets_the_longest_closed_go(make_incident) -> None:
    store = IncidentStore(kept=50)
    start = make_incident().updated_at
    for number in range(1_000):
        status = IncidentStatus.OPEN if number < 20 else IncidentStatus.CLOSED
        store.take_incident(
            make_incident(
                incident_id=f"i-{number}",
                status=status,
                updated_at=start + timedelta(minutes=number),
            )
        )
    assert len(store) <= 66
    assert {f"i-{number}" for number in range(20)} <= set(names(store))
    assert "i-999" in names(store)
    assert len(names(store)) <= 50


def test_the_newest_verdict_holds_in_whatever_order_they_come(make_incident) -> None:
    store = IncidentStore(kept=10)
    incident = make_incident()
    first = feedback_on(
        incident, Verdict.MALICIOUS, note="", decided_at=incident.updated_at, by="maria"
    )
    second = msgspec.structs.replace(
        first, verdict=Verdict.BENIGN, decided_at=first.decided_at + timedelta(minutes=1)
    )
    store.take_incident(incident)
    store.take_verdict(second)
    store.take_verdict(first)
    assert store.verdict("i-1") == second


def test_verdicts_on_unknown_incidents_are_bounded(make_incident) -> None:
    store = IncidentStore(kept=5)
    store.take_incident(make_incident(incident_id="known"))
    for name in ["known", *(f"i-{number}" for number in range(100))]:
        incident = make_incident(incident_id=name)
        store.take_verdict(
            feedback_on(
                incident, Verdict.BENIGN, note="", decided_at=incident.updated_at, by="maria"
            )
        )
    for number in range(10):
        store.take_incident(make_incident(incident_id=f"i-{number}"))
    assert store.verdict("known") is not None
    assert not any(store.verdict(f"i-{number}") for number in range(10))
