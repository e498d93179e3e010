"""What wakes a person: attacks on a regular fleet, and what must not."""

import random
from datetime import timedelta

import pytest
from simulated_week import DAY, event, fleet, pages

from models.detector import Detector
from models.detector_settings import DetectorSettings, PrincipalProfile
from models.domain.access_event import Outcome, PrincipalKind
from models.domain.data_class import DataClass
from models.incidents.feedback import Verdict, feedback_on
from models.incidents.incident import IncidentKind, Severity
from models.incidents.usual_range import UsualRange


def trained(days: float = 10, **options) -> Detector:
    detector = Detector(DetectorSettings(), options.pop("profiles", {}), **options)
    detector.process_batch(fleet(days))
    return detector


def test_a_regular_fleet_pages_hardly_anybody() -> None:
    detector = Detector(DetectorSettings(), {})
    found = pages(detector.process_batch(fleet(21)))
    assert len(found) <= 0.015 * 21 * 12


def test_a_growth_of_ten_percent_a_day_for_two_weeks_is_paged() -> None:
    def growth(name: str, day: float) -> float:
        return 1.1 ** max(0.0, day - 14) if name == "app-3" else 1.0

    detector = Detector(DetectorSettings(), {})
    incidents = detector.process_batch(fleet(28.5, growth=growth))
    found = [i for i in pages(incidents).values() if i.principal == "app-3"]
    assert found
    assert any(IncidentKind.SLOW_EXFILTRATION in i.kinds for i in found)


def test_a_canary_is_one_critical_page_whatever_the_outcome() -> None:
    detector = trained(3, canaries=frozenset({77}))
    read = event(3 * DAY, 1, subject_ids=(5, 77), outcome=Outcome.DENIED)
    (incident,) = pages(detector.process(read)).values()
    assert incident.severity is Severity.CRITICAL
    assert incident.page_kind is IncidentKind.CANARY
    assert "000000000000004d" in incident.reasons[0].text


def test_a_key_used_from_two_networks_at_once_is_a_page() -> None:
    detector = trained()
    found = {}
    for step in range(6):
        address = "203.0.113.9" if step % 2 else "192.0.2.7"
        found |= pages(detector.process(event(10 * DAY + 60 * step, 20, source_ip=address)))
    assert any(IncidentKind.CREDENTIAL_SHARING in i.kinds for i in found.values())


def test_people_roam_and_machines_do_not() -> None:
    profile = PrincipalProfile(kind="staff", expected_networks=("192.0.2.0/24",))
    away = {"source_ip": "203.0.113.9"}
    machine = Detector(DetectorSettings(), {"app-1": profile})
    assert pages(machine.process(event(0, 1, **away)))
    person = Detector(DetectorSettings(), {"app-1": profile})
    assert not pages(person.process(event(0, 1, principal_kind=PrincipalKind.USER, **away)))


def test_a_run_of_ids_that_are_not_found_is_a_page() -> None:
    detector = trained()
    found = {}
    for step in range(60):
        tried = event(10 * DAY + 5 * step, None, outcome=Outcome.ERROR, bytes=180)
        found |= pages(detector.process(tried))
    assert [i.page_kind for i in found.values()] == [IncidentKind.ENUMERATION]


def test_an_outage_of_the_service_is_no_search_for_ids() -> None:
    detector = trained()
    found = []
    for step in range(240):
        failed = event(
            10 * DAY + 5 * step, None, f"app-{step % 4}", outcome=Outcome.ERROR, is_fault=True
        )
        found += detector.process(failed)
    assert found == []


def test_a_stranger_on_a_raw_key_that_scrapes_is_paged_by_its_second_call() -> None:
    detector = trained()
    found = {}
    for step in range(2):
        found |= pages(
            detector.process(
                event(10 * DAY + 20 * step, 100, "app-new", grant="secret_key",
                      user_agent="curl/8.5.0", source_ip="203.0.113.9")
            )
        )  # fmt: skip
    assert [i.page_kind for i in found.values()] == [IncidentKind.NEW_PRINCIPAL]


def test_more_than_the_cap_of_a_class_is_a_page() -> None:
    profile = PrincipalProfile(kind="erp", daily_caps={DataClass.CUSTOMER: 50})
    detector = Detector(DetectorSettings(), {"app-1": profile})
    assert not pages(detector.process(event(0, 50)))
    (incident,) = pages(detector.process(event(1, 1))).values()
    assert incident.reasons[0].feature == "customer_cap"
    assert incident.reasons[0].usual == UsualRange.at_most(50)


def test_a_page_of_personal_data_starts_both_clocks() -> None:
    detector = trained(3, canaries=frozenset({77}))
    (incident,) = pages(detector.process(event(3 * DAY, 9, subject_ids=(77,)))).values()
    clock = incident.notification
    assert clock.marketplace_due_at - incident.paged_at == timedelta(hours=24)
    assert clock.authority_due_at - incident.paged_at == timedelta(hours=72)
    assert clock.data_classes == ("customer",)


def test_the_p_value_of_a_page_says_what_made_it() -> None:
    detector = trained(canaries=frozenset({77}))
    (planted,) = pages(detector.process(event(10 * DAY, 9, subject_ids=(77,)))).values()
    assert planted.p_value == 0.0
    burst = [event(10 * DAY + 60 * step, 600, "app-2") for step in range(20)]
    (large,) = pages(detector.process_batch(burst)).values()
    assert 0.0 < large.p_value <= DetectorSettings().false_pages_per_principal_day


def test_a_page_beyond_a_benign_verdict_says_so() -> None:
    detector = trained()
    burst = [event(10 * DAY + 60 * step, 600) for step in range(20)]
    (judged,) = pages(detector.process_batch(burst)).values()
    verdict = feedback_on(judged, Verdict.BENIGN, note="", decided_at=judged.updated_at, by="me")
    assert detector.apply_verdict(verdict)
    more = [event(10 * DAY + 1800 + step, 6_000) for step in range(30)]
    found = pages(detector.process_batch(more))
    found.pop(judged.incident_id)
    (beyond,) = found.values()
    assert beyond.p_value == 0.0
    assert beyond.reasons[0].feature == "judged_size"
    assert beyond.reasons[0].observed > beyond.reasons[0].high > 10_000


def test_many_at_once_are_one_incident_of_the_fleet() -> None:
    detector = trained()
    found = {}
    for step in range(40):
        for index in range(12):
            found |= pages(detector.process(event(10 * DAY + 60 * step, 600, f"app-{index}")))
    names = [i.principal for i in found.values()]
    assert names.count("fleet") == 1
    surge = next(i for i in found.values() if i.principal == "fleet")
    assert [reason.feature for reason in surge.reasons] == ["principals"]
    assert surge.runbook_url.endswith("fleet_surge")
    assert len(names) <= 5


def burst(day: float, records: int = 600) -> list:
    return [event(day * DAY + 60 * call, records) for call in range(40)]


def test_what_paged_is_told_again_only_if_it_is_worse_by_a_decade() -> None:
    detector = trained()
    assert pages(detector.process_batch(burst(10)))
    detector.advance(event(10.5 * DAY, 1).time)
    again = detector.process_batch(burst(10.6))
    assert {i.reopened_at is None for i in again} == {False}
    assert not any(incident.is_paging for incident in again)


def test_reasons_explain_the_score() -> None:
    detector = trained()
    (incident,) = pages(detector.process_batch(burst(10))).values()
    assert 0.5 < sum(reason.contribution for reason in incident.reasons) <= 1.001
    assert all(reason.text.startswith("app-1 ") for reason in incident.reasons)
    assert f"usual: {incident.reasons[0].usual.text()}." in incident.reasons[0].text
    assert incident.attack


def test_half_of_all_known_buyers_in_a_day_is_a_page() -> None:
    rng = random.Random(3)
    buyers = [rng.getrandbits(64) for _ in range(2000)]
    detector = Detector(DetectorSettings(), {})
    for day in range(9):
        for hour in range(24):
            few = tuple(rng.sample(buyers, 20))
            detector.process(event(day * DAY + hour * 3600, 20, subject_ids=few))
            detector.process(event(day * DAY + hour * 3600 + 9, 20, "app-2", subject_ids=few))
    for hour in range(12):
        ids = tuple(buyers[hour * 160 : (hour + 1) * 160])
        detector.process(event(9 * DAY + hour * 3600, 160, subject_ids=ids))
        detector.process(event(9 * DAY + hour * 3600 + 30, 1, "app-2"))
        detector.process(event(9 * DAY + hour * 3600 + 60, 1))
    (incident,) = (i for i in detector.open_incidents() if i.principal == "app-1")
    assert incident.page
    (reason,) = (reason for reason in incident.reasons if reason.feature == "share_of_buyers")
    assert reason.usual == UsualRange.at_most(0.5)
    assert reason.is_share
    assert 0.5 < incident.known_share["buyers"] <= 1.0


def test_a_raw_secret_key_is_told_once_a_month_and_wakes_nobody() -> None:
    detector = Detector(DetectorSettings(), {})
    found = []
    for hour in range(35 * 24):
        found += detector.process(event(hour * 3600, 20, grant="secret_key", credential_id="raw-1"))
    standing = [i for i in found if i.reasons[0].feature == "grant"]
    assert len(standing) == len({i.incident_id for i in standing}) == 2
    assert standing[1].opened_at - standing[0].opened_at >= timedelta(days=30)
    first = standing[0]
    assert (first.status, first.page, first.severity) == ("closed", False, Severity.LOW)
    assert first.kinds == (IncidentKind.CREDENTIAL_SHARING,)
    assert "raw-1" in first.reasons[0].text
    assert "delegated grant" in first.reasons[0].text


def test_the_raw_keys_of_a_day_are_one_ticket_and_a_delegated_grant_is_none() -> None:
    detector = Detector(DetectorSettings(), {})
    grants = [("raw-1", "secret_key"), ("raw-2", "secret_key"), ("token", "lwa"), ("raw-1", "lwa")]
    found = []
    for step, (credential, grant) in enumerate(grants):
        found += detector.process(event(step, 20, grant=grant, credential_id=credential))
    assert [i.credential_ids for i in found] == [("raw-1",), ("raw-1", "raw-2")]
    first, second = found
    assert (first.incident_id, first.opened_at) == (second.incident_id, second.opened_at)
    assert (first.exposure.records, second.exposure.records) == (20, 40)
    assert "with 2 raw secret keys, most recently raw-2." in second.reasons[0].text
    (later,) = detector.process(event(DAY, 20, grant="secret_key", credential_id="raw-3"))
    assert later.incident_id != first.incident_id
    assert later.credential_ids == ("raw-3",)


def test_an_aws_user_with_a_raw_key_is_told_to_take_a_role() -> None:
    detector = Detector(DetectorSettings(), {})
    read = event(
        0,
        20,
        grant="secret_key",
        principal_kind=PrincipalKind.USER,
        data_classes=(DataClass.SUPPLIER,),
    )
    (incident,) = detector.process(read)
    assert incident.severity is Severity.INFORMATIONAL
    assert "a role session" in incident.reasons[0].text


@pytest.mark.parametrize(("grant", "severity"), [("lwa", "high"), ("secret_key", "critical")])
def test_a_raw_key_makes_a_page_of_personal_data_critical(grant: str, severity: str) -> None:
    profile = PrincipalProfile(kind="payments", allowed_data_classes=frozenset())
    detector = Detector(DetectorSettings(), {"app-1": profile})
    (incident,) = pages(detector.process(event(0, 1, grant=grant))).values()
    assert incident.severity == severity


def test_a_person_that_exports_in_the_deep_of_night_is_paged_by_the_first_report() -> None:
    detector = Detector(DetectorSettings(false_pages_per_principal_day=0.001), {})
    rng = random.Random(4)
    for day in range(14):
        for index in range(12):
            for hour in range(8, 18):
                time = day * DAY + 3600 * hour + 60 * index + rng.random()
                detector.process(event(time, rng.randint(5, 60), f"user-{index}"))
    export = event(14 * DAY + 3600 * 1.5, 1800, "user-3", operation="getReport")
    (incident,) = pages(detector.process(export)).values()
    assert IncidentKind.OFF_HOURS in incident.kinds
    assert any("hours away" in reason.text for reason in incident.reasons)
