from datetime import UTC, datetime

import pytest

from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.data_class import DataClass
from models.domain.partitioner import partition_of
from models.incidents.incident import Incident
from models.incidents.planned_change import PlannedChange
from models.state.detector_memory import DetectorMemory
from models.state.fleet_state import FleetState
from models.state.repartition import agreed_clock, repartition

START = 1_767_225_600.0  # 2026-01-01 00:00 UTC
SETTINGS = DetectorSettings()
APPS = 9


def event(seconds: float, records: int, principal: str, network: int = 2) -> AccessEvent:
    return AccessEvent(
        event_id=f"{principal}-{seconds}-{records}",
        time=START + seconds,
        tenant="A1",
        principal=principal,
        principal_kind=PrincipalKind.APPLICATION,
        service="orders",
        operation="getOrders",
        outcome=Outcome.SUCCESS,
        data_classes=(DataClass.CUSTOMER,),
        records=records,
        subject_ids=(2**64 - 1, network),
        source_ip=f"192.0.{network}.7",
        credential_id="key-1",
    )


USUAL = [
    event(hour * 3600 + 60 * index, 20 + (hour + index) % 5, f"app-{index}")
    for hour in range(9 * 24)
    for index in range(APPS)
]
BURST = [
    event(9 * 86_400 + 60 * call + index, 900 if index == 1 else 1, f"app-{index}")
    for call in range(50)
    for index in sorted({1, 2, call % APPS})
]
EVENTS = USUAL + BURST


def fleet(partitions: int) -> list[Detector]:
    return [Detector(SETTINGS, {}, number) for number in range(partitions)]


def feed(detectors: list[Detector], events: list[AccessEvent]) -> list[Incident]:
    return [
        incident
        for event in events
        for incident in detectors[
            partition_of(event.tenant, event.principal, len(detectors))
        ].process(event)
    ]


def memories_of(detectors: list[Detector]) -> list[DetectorMemory]:
    """Restore what the detectors remember, at the time that all of them reach."""
    entries = [detector.take_changes() for detector in detectors]
    seconds = agreed_clock(_restored(entries))[1]
    for place, detector in enumerate(detectors):
        detector.advance(seconds or 0.0)
        entries[place] |= detector.take_changes()
    return _restored(entries)


def _restored(entries: list[dict[bytes, bytes]]) -> list[DetectorMemory]:
    found = []
    for known in entries:
        memory = DetectorMemory(SETTINGS.threshold_prior_days, SETTINGS.cohort_weight)
        memory.restore({key: value for key, value in known.items() if value})
        found.append(memory)
    return found


def moved(detectors: list[Detector], partitions: int) -> list[Detector]:
    new = fleet(partitions)
    for detector, entries in zip(new, repartition(memories_of(detectors), partitions), strict=True):
        detector.restore(entries)
    return new


def outcome(incident: Incident) -> tuple[object, ...]:
    return incident.incident_id, incident.page, incident.paged_at, incident.exposure.records


@pytest.mark.parametrize("cut", [0, 1, 100, len(USUAL) - 4, len(USUAL), len(USUAL) + 200])
def test_a_move_to_the_same_number_changes_nothing(cut: int) -> None:
    plain = fleet(1)
    expected = feed(plain, EVENTS) + plain[0].finish()
    detectors = fleet(1)
    found = feed(detectors, EVENTS[:cut])
    detectors = moved(detectors, 1)
    found += feed(detectors, EVENTS[cut:]) + detectors[0].finish()
    assert {outcome(i)[0]: outcome(i) for i in found} == {
        outcome(i)[0]: outcome(i) for i in expected
    }
    assert any(incident.page for incident in found)


@pytest.mark.parametrize(("before", "after"), [(1, 4), (4, 7), (3, 1)])
def test_a_theft_in_the_midst_of_a_move_is_one_incident_with_one_page(
    before: int, after: int
) -> None:
    cut = len(USUAL) + len(BURST) // 2
    detectors = fleet(before)
    first = feed(detectors, EVENTS[:cut])
    detectors = moved(detectors, after)
    second = feed(detectors, EVENTS[cut:]) + [i for d in detectors for i in d.finish()]
    pages = {i.incident_id: i for i in first + second if i.principal == "app-1" and i.page}
    assert len(pages) == 1
    (last,) = pages.values()
    assert {i.paged_at for i in first + second if i.page} == {last.paged_at}
    assert last.exposure.records is not None
    assert last.exposure.records >= 900 * 49


def test_everybody_gets_a_new_home_and_what_is_common() -> None:
    detectors = fleet(2)
    feed(detectors, USUAL)
    old = memories_of(detectors)
    new = _restored(repartition(old, 5))
    for number, memory in enumerate(new):
        assert all(partition_of(*key, 5) == number for key in memory.states)
        assert memory.everybody.state.expected == len(memory.states)
        assert sum(memory.calibration.state["tails"]["hour"].counts.values()) == pytest.approx(
            sum(sum(one.calibration.state["tails"]["hour"].counts.values()) for one in old)
        )
        assert memory.fleet.mature_days == sum(one.fleet.mature_days for one in old)
        assert memory.clock.newest_seconds == EVENTS[len(USUAL) - 1].time - 60
    assert sum(len(memory.states) for memory in new) == APPS
    assert sum(memory.fleet.events_total for memory in new) == len(USUAL)


def test_whoever_adds_to_what_a_partition_knows_says_what_a_move_does_with_it() -> None:
    """A new field needs a place in `repartition`, and then in one of these lists."""
    common = {
        "cohort", "thresholds", "subjects", "seen", "recent_pages", "delegates", "delegates_since",
        "usual_reaches", "reports", "shared_networks", "newcomers", "mature_days",
        "strange_newcomers", "newest_event_seconds", "clock", "started", "swept", "day",
    }  # fmt: skip
    of_its_principals = {"planned", "sequence"}
    where_it_was = {
        "surge", "strangers", "events_total", "late_events_total", "time_jumps_total",
        "future_events_total", "evicted_principals_total", "principal_days_total", "pages_total",
        "jumps_in_a_row",
    }  # fmt: skip
    assert set(FleetState.__struct_fields__) == common | of_its_principals | where_it_was


def test_a_planned_change_follows_its_principal() -> None:
    detectors = fleet(2)
    feed(detectors, USUAL)
    now = datetime.fromtimestamp(START + 9 * 86_400, UTC)
    change = PlannedChange(
        tenant="A1", principal="app-1", starts_at=now, until=now.replace(hour=23), records=10_000,
        reference="4711", why="load", declared_at=now, by="ann",
    )  # fmt: skip
    assert detectors[partition_of("A1", "app-1", 2)].apply_planned(change)
    new = repartition(memories_of(detectors), 5)
    homes = [
        number for number, one in enumerate(_restored([dict(e) for e in new])) if one.fleet.planned
    ]
    assert homes == [partition_of("A1", "app-1", 5)]


def test_the_clock_is_what_two_principals_have_reached() -> None:
    detectors = fleet(2)
    feed(detectors, [event(10.0, 1, "app-0"), event(20.0, 1, "app-1"), event(30.0, 1, "app-2")])
    clock, newest = agreed_clock(memories_of(detectors))
    assert (clock.leader, clock.follower) == ("app-2", "app-1")
    assert newest == START + 20.0
