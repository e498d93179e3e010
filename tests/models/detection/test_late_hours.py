"""Tests of events that come after their hour was learnt."""

import random

import pytest
from simulated_week import DAY, event, fleet, pages

from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent

HOUR = 3600.0
DAYS = 10
SETTINGS = DetectorSettings(false_pages_per_principal_day=0.01)


def taught() -> Detector:
    detector = Detector(SETTINGS, {})
    detector.process_batch(fleet(DAYS))
    return detector


def theft(behind: list[float], records: int = 500) -> list[AccessEvent]:
    """Read a table in calls whose times lie behind, in seconds."""
    now = DAYS * DAY
    return [event(now - back + n, records, "app-3") for n, back in enumerate(behind)]


@pytest.mark.parametrize(
    "behind",
    [
        pytest.param([6 * HOUR] * 40, id="one hour"),
        pytest.param([(3 + n % 5) * HOUR for n in range(60)], id="some hours in turn"),
        pytest.param([(3 + n % 9) * HOUR for n in range(120)], id="nine hours in turn"),
        pytest.param([(3 + n) * HOUR for n in range(150)], id="another hour with each call"),
        pytest.param([3.0 * DAY] * 40, id="days ago"),
    ],
)
def test_who_backdates_its_reads_is_paged(behind: list[float]) -> None:
    detector = taught()
    found = pages(detector.process_batch(theft(behind)))
    assert {incident.principal for incident in found.values()} == {"app-3"}
    assert detector.late_events_total == len(behind)


def test_an_honest_source_that_is_hours_behind_pages_nobody() -> None:
    detector, found = Detector(SETTINGS, {}), []
    late = {"app-1": 3 * HOUR, "app-2": 7 * HOUR, "app-3": 26 * HOUR}
    events = fleet(2 * DAYS)

    def arrival(one: AccessEvent) -> float:
        return one.time + late.get(one.principal, 0.0)

    for one in sorted(events, key=arrival):
        if arrival(one) <= events[-1].time:
            found += detector.process(one)
    assert detector.late_events_total > 1_000
    assert not pages(found)


def test_a_backlog_of_days_pages_nobody() -> None:
    events, outage = fleet(DAYS + 3), DAYS * DAY - DAY
    start = events[0].time
    held = [e for e in events if e.principal == "app-4" and e.time - start > outage]
    rest = [e for e in events if e.principal != "app-4" or e.time - start <= outage]
    detector = Detector(SETTINGS, {})
    found = detector.process_batch(rest) + detector.process_batch(held)
    assert detector.late_events_total >= len(held) - 2
    assert not pages(found)


def test_late_hours_are_restored_and_stay_few() -> None:
    detector, rng = taught(), random.Random(3)
    many = theft([rng.uniform(3, 200) * HOUR for _ in range(400)], records=3)
    detector.process_batch(many[:200])
    later = Detector(SETTINGS, {})
    later.restore(detector.take_changes())
    assert later.process_batch(many[200:]) == detector.process_batch(many[200:])
    assert later.take_changes() == detector.take_changes()
    assert max(map(len, detector.take_changes().values()), default=0) < 20_000


def test_late_hours_are_not_learnt() -> None:
    detector, other = taught(), taught()
    detector.process_batch(theft([6 * HOUR] * 30, records=1))
    states = [one._memory.states[("A1", "app-3")] for one in (detector, other)]
    for one in (detector, other):
        one.process_batch(theft([0.0], records=20))
        one.advance(one.newest_event_seconds + 3 * DAY)
    assert states[0].volume.state == states[1].volume.state
    assert states[0].facts.late_hours == {}
