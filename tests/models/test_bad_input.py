"""Wrong numbers, long names and jumping clocks leave the detector as it was."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from simulated_week import DAY, event, fleet, pages

from models.detector import Detector
from models.detector_settings import DetectorSettings

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
def test_one_event_of_another_year_changes_nothing(jump: float) -> None:
    detector = Detector(DetectorSettings(), {})
    detector.process_batch(fleet(2))
    newest = detector.newest_event_seconds
    assert detector.process(event(2 * DAY + jump, 10**6)) == []
    assert detector.newest_event_seconds == newest
    assert detector.time_jumps_total + detector.late_events_total == 1


def test_time_that_has_moved_on_for_good_is_believed_in_the_end() -> None:
    detector = Detector(DetectorSettings(), {})
    detector.process_batch(fleet(2))
    detector.process_batch([event(YEAR + seconds, 20) for seconds in range(200)])
    assert detector.newest_event_seconds == event(YEAR + 199, 20).time
    assert detector.time_jumps_total == 5


def test_a_name_of_ten_kilobytes_is_cut() -> None:
    detector = Detector(DetectorSettings(), {}, canaries=frozenset({7}))
    (incident,) = detector.process(event(0, 1, "x" * 10_000, subject_ids=(7,)))
    assert all(len(reason.text) < 400 for reason in incident.reasons)
    assert max(map(len, detector.take_changes())) < 700


def test_the_least_recent_of_too_many_principals_fold_into_their_cohort() -> None:
    detector = Detector(DetectorSettings(max_principals=500), {})
    for number in range(3000):
        detector.process(event(number, 5, f"app-{number}"))
    assert detector.principals_known == 500
    assert detector.folded_principals_total == 2500
    gone = [key for key, value in detector.take_changes().items() if not value]
    assert len(gone) == 2500
