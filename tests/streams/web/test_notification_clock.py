from datetime import timedelta

from models.incidents.feedback import Verdict, feedback_on
from streams.web.notification_clock import duties


def test_personal_data_starts_both_clocks_at_the_page(make_incident) -> None:
    incident = make_incident()
    marketplace, authority = duties(incident, None, incident.paged_at + timedelta(hours=18))
    assert marketplace.due_at == incident.paged_at + timedelta(hours=24)
    assert (marketplace.left, marketplace.used_permille) == (timedelta(hours=6), 750)
    assert (authority.left, authority.used_permille) == (timedelta(hours=54), 250)


def test_a_clock_that_ran_out_says_by_how_much(make_incident) -> None:
    incident = make_incident()
    marketplace, authority = duties(incident, None, incident.paged_at + timedelta(hours=30))
    assert marketplace.is_over
    assert (marketplace.left, marketplace.used_permille) == (timedelta(hours=-6), 1000)
    assert not authority.is_over


def test_no_clock_runs_before_the_detector_starts_it(make_incident) -> None:
    assert duties(make_incident(notification=None), None, make_incident().updated_at) == ()


def test_a_benign_verdict_stops_the_clocks(make_incident) -> None:
    incident = make_incident()
    now = incident.updated_at
    verdict = feedback_on(incident, Verdict.BENIGN, note="", decided_at=now, by="maria")
    assert duties(incident, verdict, now) == ()
    guilty = feedback_on(incident, Verdict.MALICIOUS, note="", decided_at=now, by="maria")
    assert len(duties(incident, guilty, now)) == 2
