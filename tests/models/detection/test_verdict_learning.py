"""A benign verdict teaches, a malicious one does not."""

import pytest
from simulated_week import DAY, event, fleet, pages

from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.incidents.feedback import Feedback, Verdict, feedback_on
from models.incidents.incident import Incident


def trained(days: float) -> Detector:
    detector = Detector(DetectorSettings(), {})
    detector.process_batch(fleet(days))
    return detector


def verdict_on(incident: Incident, verdict: Verdict) -> Feedback:
    return feedback_on(incident, verdict, note="", decided_at=incident.updated_at, by="maria")


def burst(day: float) -> list:
    return [event(day * DAY + 60 * call, 600) for call in range(40)]


@pytest.mark.parametrize("restart", [False, True])
def test_a_benign_verdict_teaches_what_was_held_back(restart: bool) -> None:
    detector = trained(10)
    (incident,) = pages(detector.process_batch(burst(10))).values()
    assert detector.apply_verdict(verdict_on(incident, Verdict.BENIGN))
    if restart:
        later = Detector(DetectorSettings(), {})
        kept = detector.take_changes()
        later.restore(kept)
        detector = later
    detector.advance(event(14 * DAY, 1).time)
    # Time moves on for two.
    detector.process_batch(event(15 * DAY + 1000, 1, f"app-{n}") for n in (2, 3))
    assert not pages(detector.process_batch(burst(15)))


def test_a_malicious_verdict_keeps_it_out_of_the_baseline() -> None:
    detector = trained(10)
    (incident,) = pages(detector.process_batch(burst(10))).values()
    assert detector.apply_verdict(verdict_on(incident, Verdict.MALICIOUS))
    detector.advance(event(14 * DAY, 1).time)
    assert pages(detector.process_batch(burst(15)))


def test_a_verdict_on_an_unknown_incident_is_none_of_ours(make_incident) -> None:
    assert not trained(1).apply_verdict(verdict_on(make_incident(), Verdict.BENIGN))
