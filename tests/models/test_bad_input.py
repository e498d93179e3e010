"""Wrong numbers, long names and jumping clocks leave the detector as it was."""

import gc
import tracemalloc

import pytest
from simulated_week import DAY, event, fleet, pages

from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.incidents.incident import IncidentStatus

YEAR = 365 * DAY


@pytest.mark.parametrize("records", [-1, 0, 10**18, 10**30])
def test_a_wrong_count_does_not_poison_the_baseline(records: int) -> None:
    detector = Detector(DetectorSettings(), {})
    detector.process_batch(fleet(5))
    detector.process(event(5 * DAY, records))
    later = detector.process_batch(
        event(5 * DAY + 7200 + seconds, 20, "app-2") for seconds in range(3)
    )
    assert not [i for i in pages(later).values() if i.principal == "app-2"]
    Detector(DetectorSettings(), {}).restore(detector.take_changes())


@pytest.mark.parametrize("jump", [-YEAR, YEAR, float("nan"), float("inf"), -1e300])
def test_one_event_of_another_year_moves_nobody_s_time(jump: float) -> None:
    detector = Detector(DetectorSettings(), {})
    detector.process_batch(fleet(2))
    newest = detector.newest_event_seconds
    detector.process(event(2 * DAY + jump, 20))
    assert detector.newest_event_seconds is not None
    assert abs(detector.newest_event_seconds - newest) < 60.5
    later = detector.process_batch(event(2 * DAY + n, 20, f"app-{n}") for n in range(2, 9))
    assert detector.late_events_total <= 1
    assert not pages(later)


def test_time_that_has_moved_on_for_two_is_believed() -> None:
    detector = Detector(DetectorSettings(), {})
    detector.process_batch(fleet(2))
    detector.process_batch(event(YEAR + n, 20, f"app-{n % 2}") for n in range(200))
    assert detector.newest_event_seconds == event(YEAR + 198, 20).time


def test_a_name_of_ten_kilobytes_is_cut() -> None:
    detector = Detector(DetectorSettings(), {}, canaries=frozenset({7}))
    (incident,) = detector.process(event(0, 1, "x" * 10_000, subject_ids=(7,)))
    assert all(len(reason.text) < 400 for reason in incident.reasons)
    assert max(map(len, detector.take_changes())) < 700


def test_the_least_recent_of_too_many_principals_fold_into_their_cohort() -> None:
    detector = Detector(DetectorSettings(max_principals=500), {})
    sizes = set()
    for number in range(100_000):
        detector.process(event(number * 0.036, 5, f"app-{number}"))
        if number % 5000 == 4999:
            sizes.add(detector.principals_known)
    assert sizes == {500}
    assert detector.evicted_principals_total == 99_500
    kept = [key for key in detector.take_changes() if key.startswith(b"principal")]
    assert sorted(kept) == sorted(b"principal\0A1\0app-%d" % n for n in range(99_500, 100_000))


def test_so_many_principals_take_no_more_memory_than_few() -> None:
    detector = Detector(DetectorSettings(max_principals=200), {})
    detector.process_batch(event(number * 0.1, 5, f"app-{number}") for number in range(2000))
    gc.collect()
    tracemalloc.start()
    detector.process_batch(event(200 + number * 0.1, 5, f"new-{number}") for number in range(5000))
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    # The states of 200 principals, which were there before, were replaced.
    assert grown < 200 * 15_000


def test_the_incident_of_a_forgotten_principal_is_closed() -> None:
    detector = Detector(DetectorSettings(max_principals=100), {}, canaries=frozenset({7}))
    incidents = []
    for number in range(400):
        read = event(number, 1, f"app-{number}", subject_ids=(7,))
        incidents += detector.process(read)
    incidents += detector.finish()
    last = {incident.incident_id: incident.status for incident in incidents}
    assert len(last) == 400
    assert set(last.values()) == {IncidentStatus.CLOSED}


def test_who_has_an_open_incident_is_forgotten_last() -> None:
    detector = Detector(DetectorSettings(max_principals=10), {}, canaries=frozenset({7}))
    detector.process(event(0, 1, "thief", subject_ids=(7,)))
    detector.process_batch(event(1 + number, 5, f"app-{number}") for number in range(50))
    assert [i.principal for i in detector.open_incidents()] == ["thief"]
