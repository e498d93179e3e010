"""State that earlier releases have kept: tests/models/state/snapshots holds what their code wrote.

Six integrations, app-0 to app-5, read about twenty records an hour for ten days from 2026-01-01
on; the last of them is declared, and app-1 reads 20,000 in the last half hour, from a new network.
"""

from pathlib import Path

import msgspec
import pytest
from simulated_week import DAY, START, event, pages

from models.detector import Detector
from models.detector_settings import DetectorSettings, PrincipalProfile
from models.domain.access_event import AccessEvent
from models.domain.data_class import DataClass
from models.errors import WireFormatError
from models.incidents.incident import IncidentStatus
from models.state.snapshot import SNAPSHOT_VERSION, pack_state, version_of
from models.state.snapshot_upgrade import upgrade_fleet, upgrade_principal

SNAPSHOTS = Path(__file__).parent / "snapshots"
ALL = ["version-1-first", "version-1", "version-2"]
# Of these the habits can be read, too.
WITH_HABITS = ALL[1:]
PROFILES = {
    "app-5": PrincipalProfile(kind="erp", allowed_data_classes=frozenset({DataClass.CUSTOMER}))
}
OPEN_INCIDENT = "ab2669c6787c0da9"


def kept(name: str) -> dict[bytes, bytes]:
    raw = (SNAPSHOTS / f"{name}.msgpack").read_bytes()
    return dict(msgspec.msgpack.decode(raw, type=list[tuple[bytes, bytes]]))


def restored(changes: dict[bytes, bytes]) -> Detector:
    detector = Detector(DetectorSettings(), PROFILES)
    detector.restore(changes)
    return detector


def usual_days(first: float, days: int) -> list[AccessEvent]:
    return [
        event((first * 24 + hour) * 3600 + 60 * index, 15 + (hour * 7 + index) % 11, f"app-{index}")
        for hour in range(days * 24)
        for index in range(6)
    ]


def burst(day: float) -> list[AccessEvent]:
    return [event(day * DAY + 60 * call, 500, "app-2") for call in range(40)]


@pytest.mark.parametrize("name", ALL)
def test_the_files_are_of_the_version_that_they_say(name: str) -> None:
    assert {version_of(value) for value in kept(name).values()} == {int(name.split("-")[1])}


@pytest.mark.parametrize("name", ALL)
def test_it_is_known_who_there_is_and_how_far_time_has_come(name: str) -> None:
    detector = restored(kept(name))
    assert detector.principals_known == 6
    newest = detector.newest_event_seconds
    assert newest is not None
    assert START + 10 * DAY - 900 < newest < START + 10 * DAY
    assert {version_of(v) for v in restored(kept(name)).take_changes().values()} <= {
        SNAPSHOT_VERSION
    }


@pytest.mark.parametrize("name", ALL)
def test_nobody_is_paged_by_an_upgrade_and_a_burst_is(name: str) -> None:
    detector = restored(kept(name))
    quiet = pages(detector.process_batch(usual_days(10, 6)))
    assert set(quiet) <= {OPEN_INCIDENT}
    paged = pages(detector.process_batch(burst(16)))
    assert "app-2" in {incident.principal for incident in paged.values()}


@pytest.mark.parametrize("name", WITH_HABITS)
def test_a_burst_on_the_day_of_the_upgrade_is_paged(name: str) -> None:
    paged = pages(restored(kept(name)).process_batch(burst(10.1)))
    assert "app-2" in {incident.principal for incident in paged.values()}


@pytest.mark.parametrize("name", WITH_HABITS)
def test_an_open_incident_goes_on(name: str) -> None:
    detector = restored(kept(name))
    assert [i.incident_id for i in detector.open_incidents()] == [OPEN_INCIDENT]
    (closed,) = detector.finish()
    assert closed.status is IncidentStatus.CLOSED
    assert closed.page
    assert closed.exposure.records is not None
    assert closed.exposure.records >= 20_000


@pytest.mark.parametrize("name", WITH_HABITS)
def test_its_reasons_say_what_is_usual_in_the_words_of_that_release(name: str) -> None:
    (incident,) = restored(kept(name)).open_incidents()
    (reason,) = (r for r in incident.reasons if r.feature == "customer_records")
    assert (reason.expected, reason.low, reason.high) == ("25 (8 to 42)", None, None)
    assert reason.usual.text() == "25 (8 to 42)"


@pytest.mark.parametrize("name", ALL)
def test_the_next_snapshot_is_all_of_this_version_and_goes_on(name: str) -> None:
    first = restored(kept(name))
    first.process_batch(usual_days(10, 1))
    changes = kept(name) | first.take_changes()
    second = restored({k: v for k, v in changes.items() if version_of(v) == SNAPSHOT_VERSION})
    assert second.principals_known == 6
    rest = [*usual_days(11, 3), *burst(14)]
    assert second.process_batch(rest) == first.process_batch(rest)
    assert second.take_changes() == first.take_changes()


def packed(state: object) -> bytes:
    return b"\x01" + pack_state(state)[1:]


@pytest.mark.parametrize(
    "snapshot",
    [b"\x01", b"\x01abc", b"", *map(packed, [[], {}, 7, [{}], [[]], [[], [], []], ["app", "x"]])],
)
def test_what_is_no_snapshot_is_refused(snapshot: bytes) -> None:
    with pytest.raises(WireFormatError):
        upgrade_fleet(snapshot)
    with pytest.raises(WireFormatError):
        upgrade_principal(snapshot, START)
