"""What stays inside a planned change does not page, what exceeds it does."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from simulated_week import DAY, START, event, fleet, pages

from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent, Outcome
from models.domain.data_class import DataClass
from models.errors import PlannedChangeError
from models.incidents.feedback import Verdict, feedback_on
from models.incidents.incident import Incident, IncidentStatus
from models.incidents.planned_change import PlannedChange

NOON = 10.5 * DAY
HOUR = 3600.0


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(START + seconds, UTC)


def change(**fields: object) -> PlannedChange:
    values = {
        "tenant": "A1",
        "principal": "app-1",
        "starts_at": at(NOON),
        "until": at(NOON + 2 * HOUR),
        "records": 30_000,
        "reference": "4711",
        "why": "backfill after the outage",
        "declared_at": at(NOON - HOUR),
        "by": "alice",
    }
    return PlannedChange(**(values | fields))


def trained() -> Detector:
    detector = Detector(DetectorSettings(), {})
    detector.process_batch(fleet(10.5))
    return detector


def backfill(calls: int = 40, start: float = NOON + 60, **fields: object) -> list[AccessEvent]:
    return [event(start + 60 * call, 600, **fields) for call in range(calls)]


def planned(incidents: list[Incident]) -> list[Incident]:
    return [incident for incident in incidents if incident.planned is not None]


def test_what_stays_inside_is_an_incident_that_does_not_page() -> None:
    assert pages(trained().process_batch(backfill()))
    detector = trained()
    assert detector.apply_planned(change())
    found = detector.process_batch(backfill())
    assert found and not pages(found)
    newest = found[-1]
    assert newest.status is IncidentStatus.OPEN
    assert newest.planned == change()
    assert newest.reasons[0].text == (
        "app-1 read 16,800 of the 30,000 records that the planned change 4711 allows until "
        "2026-01-11 14:00 UTC."
    )
    assert newest.attack == ()
    assert len({incident.incident_id for incident in found}) == 1


def test_it_closes_when_the_change_is_over_with_all_that_was_read() -> None:
    detector = trained()
    detector.apply_planned(change())
    (name,) = {i.incident_id for i in detector.process_batch(backfill())}
    later = detector.process_batch(fleet_after(13 * HOUR - 60))
    (closed,) = [i for i in later if i.incident_id == name]
    assert (closed.status, closed.exposure.records) == (IncidentStatus.CLOSED, 24_000)
    assert not detector.open_incidents()


def fleet_after(seconds: float) -> list[AccessEvent]:
    return [event(NOON + seconds + i, 20, f"app-{i}") for i in range(12)]


def test_what_exceeds_its_size_pages_and_says_who_declared_what() -> None:
    detector = trained()
    detector.apply_planned(change(records=12_000))
    found = detector.process_batch(backfill())
    (page,) = pages(found).values()
    assert page.paged_at == at(NOON + 60 + 60 * 20)
    assert page.planned is not None
    assert (page.planned.by, page.planned.reference) == ("alice", "4711")
    text = "app-1 read 12,600 records under the planned change 4711, which allows 12,000."
    assert text in [reason.text for reason in page.reasons]
    # What was inside is the other incident's, which tells its whole size at that moment.
    inside = [i for i in found if i.planned is not None and not i.page][-1]
    assert inside.exposure.records == 12_000
    last = [i for i in found if i.incident_id == page.incident_id][-1]
    assert (last.exposure.records or 0) <= 12_000
    assert len({i.incident_id for i in planned(found)}) == 2


def test_it_pages_beyond_its_size_although_the_principal_has_just_paged() -> None:
    detector = trained()
    assert pages(detector.process_batch(backfill(start=9.5 * DAY + 24 * HOUR)))
    detector.process_batch(fleet_after(5 * HOUR))
    detector.finish()
    for state in detector.open_incidents():
        detector.apply_verdict(
            feedback_on(state, Verdict.BENIGN, note="", decided_at=state.updated_at, by="maria")
        )
    start = NOON + 10 * HOUR
    detector.apply_planned(change(starts_at=at(start), until=at(start + 2 * HOUR), records=1_000))
    beyond = [i for i in detector.process_batch(backfill(4, start + 60)) if i.page]
    assert any("which allows 1,000" in reason.text for i in beyond for reason in i.reasons)


def test_after_its_end_the_same_reads_page() -> None:
    detector = trained()
    detector.apply_planned(change(until=at(NOON + 600)))
    assert not pages(detector.process_batch(backfill(10)))
    (page,) = pages(detector.process_batch(backfill(40, NOON + 660))).values()
    assert page.planned is None


def test_usual_reads_after_its_end_in_the_same_hour_do_not_page() -> None:
    detector = trained()
    detector.apply_planned(change(until=at(NOON + 1200)))
    detector.process_batch(backfill(20))
    assert not detector.process_batch([event(NOON + 1500, 21)])


@pytest.mark.parametrize(
    "fields",
    [
        {"source_ip": "203.0.113.9"},
        {"tenant": "A2"},
        {"principal": "app-2"},
        {"data_classes": (DataClass.CUSTOMER, DataClass.PAYMENT)},
    ],
)
def test_it_covers_nobody_else_no_other_network_and_no_other_class(fields: dict) -> None:
    detector = trained()
    detector.process_batch(event(NOON + i, 20, **fields) for i in range(2))
    detector.apply_planned(change(data_classes=(DataClass.CUSTOMER,)))
    found = detector.process_batch(backfill(**fields))
    assert not planned(found)
    assert pages(found) or fields.get("tenant")


def test_what_is_refused_is_not_covered() -> None:
    detector = trained()
    detector.apply_planned(change())
    found = detector.process_batch(backfill(200, outcome=Outcome.DENIED))
    assert not planned(found)


@pytest.mark.parametrize("cut", [5, 25])
def test_it_survives_a_restart(cut: int) -> None:
    events = backfill() + fleet_after(13 * HOUR)
    steady, first = trained(), trained()
    for detector in (steady, first):
        detector.apply_planned(change(records=12_000))
    expected = steady.process_batch(events)
    found = first.process_batch(events[:cut])
    second = Detector(DetectorSettings(), {})
    second.restore(first.take_changes())
    assert not second.apply_planned(change(records=12_000)), "it was delivered twice"
    found += second.process_batch(events[cut:])
    assert msgspec.json.encode(found) == msgspec.json.encode(expected)


def test_a_newer_declaration_changes_it_and_an_ended_one_withdraws_it() -> None:
    detector = trained()
    detector.apply_planned(change(records=6_000))
    assert detector.apply_planned(change(records=30_000, declared_at=at(NOON)))
    assert not detector.apply_planned(change(records=6_000)), "it is older"
    assert not pages(detector.process_batch(backfill(20)))
    ended = change(until=at(NOON + 1260), declared_at=at(NOON + 1260))
    assert detector.apply_planned(ended)
    assert pages(detector.process_batch(backfill(40, NOON + 1320)))


def test_one_that_is_over_is_not_kept() -> None:
    assert not trained().apply_planned(change(until=at(NOON - 7200), starts_at=at(0)))


@pytest.mark.parametrize("fields", [{"principal": "erp-prd"}, {"tenant": "A9"}])
def test_nobody_by_this_name_is_refused(fields: dict) -> None:
    with pytest.raises(PlannedChangeError, match="no such principal"):
        trained().apply_planned(change(**fields))


def test_too_many_are_refused() -> None:
    detector = trained()
    for number in range(5):
        assert detector.apply_planned(change(reference=f"c{number}"))
    with pytest.raises(PlannedChangeError, match="too many"):
        detector.apply_planned(change(reference="c5"))


def test_it_does_not_teach_the_baseline() -> None:
    detector = trained()
    detector.apply_planned(change(until=at(NOON + 2 * HOUR)))
    detector.process_batch(backfill())
    detector.process_batch(e for e in fleet(12.5) if e.time > START + NOON + 3 * HOUR)
    later = NOON + timedelta(days=2).total_seconds() + 1800
    assert pages(detector.process_batch(backfill(40, later)))
