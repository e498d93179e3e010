from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_week import START, event

from models.detector import Detector
from models.detector_settings import DetectorSettings, PrincipalProfile
from models.domain.access_event import AccessEvent, PrincipalKind
from models.domain.data_class import DataClass
from models.incidents.incident import IncidentKind, IncidentStatus, Severity
from models.observation.features import CALLS
from models.observation.tokens import token_of


def quiet_days(days: int, principals: int = 5) -> list[AccessEvent]:
    return [
        event(hour * 3600 + index, 20 + hour % 5, f"app-{index}")
        for hour in range(days * 24)
        for index in range(principals)
    ]


def burst(days: int, calls: int = 60) -> list[AccessEvent]:
    return [event(days * 86_400 + 60 * call, 500) for call in range(calls)]


def test_a_burst_after_quiet_days_becomes_a_page_early() -> None:
    detector = Detector(DetectorSettings(), {})
    assert [i for i in detector.process_batch(quiet_days(7)) if i.page] == []
    incidents = detector.process_batch(burst(7))
    page = next(i for i in incidents if i.page)
    assert page.principal == "app-1"
    assert page.paged_at is not None
    assert page.paged_at.timestamp() - (START + 7 * 86_400) < 1800
    assert page.data_classes == (DataClass.CUSTOMER,)
    assert IncidentKind.BULK_READ in page.kinds
    assert "app-1 read" in page.reasons[0].text
    assert page.severity in {Severity.HIGH, Severity.CRITICAL}


def test_an_incident_closes_when_it_is_quiet_with_all_its_records() -> None:
    detector = Detector(DetectorSettings(), {})
    detector.process_batch(quiet_days(7))
    detector.process_batch(burst(7))
    assert len(detector.open_incidents()) == 1
    closed = detector.advance(START + 8 * 86_400)
    assert [i.status for i in closed] == [IncidentStatus.CLOSED]
    assert closed[0].exposure.records == 60 * 500
    assert detector.open_incidents() == []


def test_the_same_events_give_the_same_incidents() -> None:
    events = quiet_days(7) + burst(7)
    runs = []
    for _ in range(2):
        detector = Detector(DetectorSettings(), {})
        runs.append([*detector.process_batch(events), *detector.finish()])
    assert runs[0] == runs[1]
    assert runs[0] != []


def test_a_read_outside_the_declared_purpose_pages_at_any_volume() -> None:
    profile = PrincipalProfile(
        kind="payment_processor", allowed_data_classes=frozenset({DataClass.PAYMENT})
    )
    detector = Detector(DetectorSettings(), {"app-1": profile})
    incidents = detector.process(event(0, 1, data_classes=(DataClass.SUPPLIER,)))
    assert [i.kinds[0] for i in incidents] == [IncidentKind.PURPOSE_VIOLATION]
    assert incidents[0].page
    assert "supplier" in incidents[0].reasons[0].text


def test_a_violation_stays_the_first_reason_whatever_follows() -> None:
    profile = PrincipalProfile(kind="erp", allowed_data_classes=frozenset({DataClass.CUSTOMER}))
    detector = Detector(DetectorSettings(), {"app-1": profile})
    detector.process_batch(quiet_days(7))
    detector.process(event(7 * 86_400, 1, data_classes=(DataClass.SUPPLIER,)))
    detector.process_batch(burst(7))
    (incident,) = detector.open_incidents()
    assert incident.reasons[0].feature == "purpose"
    assert len(incident.reasons) > 1


def test_an_allowed_read_is_no_violation() -> None:
    profile = PrincipalProfile(kind="erp", allowed_data_classes=frozenset({DataClass.CUSTOMER}))
    detector = Detector(DetectorSettings(), {"app-1": profile})
    assert detector.process(event(0, 1)) == []


def test_what_paged_is_not_learnt() -> None:
    detector = Detector(DetectorSettings(), {})
    detector.process_batch(quiet_days(7))
    detector.process_batch(burst(7))
    # Within three days it would be told again only if it were worse.
    detector.advance(START + 11 * 86_400)
    again = detector.process_batch(burst(11))
    assert any(i.page for i in again)


def test_ten_secrets_in_the_first_hour_are_an_incident() -> None:
    detector = Detector(DetectorSettings(), {})
    events = [
        event(n, None, data_classes=(), restricted=True, operation="GetSecretValue")
        for n in range(20)
    ]
    incidents = detector.process_batch(events)
    assert incidents != []
    assert "secrets" in incidents[0].reasons[0].text


def test_the_services_of_the_cloud_itself_are_no_principals() -> None:
    detector = Detector(DetectorSettings(), {})
    detector.process(event(0, 1, principal_kind=PrincipalKind.SERVICE))
    assert detector.principals_known == 0


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(allow_nan=True, allow_infinity=True) | st.floats(-1e8, 1e8),
            st.none() | st.integers(-(10**18), 10**18),
            st.text(max_size=3),
        ),
        max_size=30,
    )
)
def test_no_event_breaks_it(rows: list[tuple[float, int | None, str]]) -> None:
    detector = Detector(DetectorSettings(), {})
    for seconds, records, principal in rows:
        detector.process(event(seconds, records, principal))
    detector.finish()
    assert detector.events_total == len(rows)
    assert detector.time_jumps_total <= len(rows)


def test_an_event_of_a_closed_hour_is_late_and_opens_no_second_hour() -> None:
    detector = Detector(DetectorSettings(allowed_lateness_seconds=900), {})
    detector.process(event(3590, 20))
    # The first hour closes with its lateness.
    detector.process(event(3600 + 900, 20))
    detector.process(event(3600 + 900 + 300, 20))
    detector.process(event(3595, 20))
    assert detector.late_events_total == 1
    detector.advance(START + 10 * 3600)
    (state,) = detector._memory.states.values()
    assert state.volume.state.totals[CALLS] == 2


def test_an_event_within_the_allowed_lateness_is_counted_into_its_hour() -> None:
    detector = Detector(DetectorSettings(allowed_lateness_seconds=900), {})
    detector.process(event(3000, 20))
    for seconds in range(3600, 4500, 60):
        detector.process(event(seconds, 20))
        detector.process(event(seconds - 900, 20))
    assert detector.late_events_total == 0


def test_a_canary_in_a_closed_hour_pages() -> None:
    detector = Detector(DetectorSettings(), {}, canaries=frozenset({77}))
    detector.process(event(0, 20))
    detector.process(event(20 * 3600, 20))
    (incident,) = detector.process(event(60, 1, subject_ids=(77,)))
    assert incident.page
    assert detector.late_events_total == 1


def test_what_is_shown_each_day_stays_known_and_counts_once_in_its_cohort() -> None:
    detector = Detector(DetectorSettings(), {})
    for hour in range(20 * 24):
        for index in range(3):
            resource = f"report-{index}-{hour}"
            detector.process(event(3600 * hour + index, 20, f"app-{index}", resource=resource))
    network = token_of("network", "192.0.2.0/24")
    memory = detector._memory
    assert all(network in state.novelty.known for state in memory.states.values())
    assert memory.everybody.novelty.state.known[network] == 3
