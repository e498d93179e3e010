import gzip
import time
from collections.abc import Callable

import msgspec
import pytest
from prometheus_client import CollectorRegistry, generate_latest

from models.domain.data_class import DataClass
from models.incidents.incident import Incident, IncidentKind, IncidentStatus, Severity
from streams.exporters.incident_collector import IncidentCollector

MakeIncident = Callable[..., Incident]


def scrape(collector: IncidentCollector) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(collector)
    return registry


def test_an_open_page_is_one_series_with_the_labels_of_its_alert(incident: MakeIncident) -> None:
    collector = IncidentCollector(top=5)
    collector.update(incident(1, principal="app-1"))
    registry = scrape(collector)
    labels = {
        "incident_id": "0000000000000001",
        "tenant": "A1SELLER",
        "principal": "app-1",
        "kind": "bulk_read",
    }
    assert registry.get_sample_value("sellerwatch_incident_page", labels) == 1
    key = {"incident_id": "0000000000000001"}
    assert registry.get_sample_value("sellerwatch_incident_records", key) == 5000
    assert registry.get_sample_value("sellerwatch_incident_subjects", key) == 4100
    deadline = "sellerwatch_notification_deadline_timestamp_seconds"
    assert registry.get_sample_value(deadline) == 1767225600 + 24 * 3600


def test_a_closed_incident_leaves(incident: MakeIncident) -> None:
    collector = IncidentCollector(top=5)
    collector.update(incident(1))
    collector.update(incident(1, status=IncidentStatus.CLOSED))
    registry = scrape(collector)
    assert b"0000000000000001" not in generate_latest(registry)
    open_now = {"severity": "high", "page": "true"}
    assert registry.get_sample_value("sellerwatch_open_incidents", open_now) == 0


def test_one_that_nothing_is_heard_of_leaves_in_the_end(incident: MakeIncident) -> None:
    now = 0.0
    collector = IncidentCollector(top=5, expiry_seconds=100.0, clock=lambda: now)
    collector.update(incident(1))
    now = 60.0
    collector.update(incident(2))
    now = 120.0
    text = generate_latest(scrape(collector)).decode()
    assert "0000000000000001" not in text
    assert "0000000000000002" in text
    assert 'open_incidents{page="true",severity="high"} 1' in text


def test_what_changes_while_it_is_open_changes_no_label(incident: MakeIncident) -> None:
    collector = IncidentCollector(top=5)
    collector.update(incident(1))
    before = [page.alert for page in collector.pages()]
    collector.update(
        incident(
            1,
            severity=Severity.CRITICAL,
            kinds=(IncidentKind.NEW_NETWORK, IncidentKind.BULK_READ),
            data_classes=(DataClass.CUSTOMER, DataClass.SUPPLIER),
        )
    )
    assert [page.alert for page in collector.pages()] == before


def test_only_the_worst_have_series_and_the_rest_is_counted(incident: MakeIncident) -> None:
    collector = IncidentCollector(top=5)
    for number in range(200):
        severity = Severity.CRITICAL if number == 3 else Severity.HIGH
        collector.update(incident(number, severity=severity))
    registry = scrape(collector)
    text = generate_latest(registry).decode()
    assert text.count("sellerwatch_incident_page{") == 5
    assert f'incident_id="{3:016x}"' in text
    assert registry.get_sample_value("sellerwatch_hidden_incidents") == 195
    assert [page.severity for page in collector.pages()][0] is Severity.CRITICAL


def test_a_ticket_gives_way_to_a_page(incident: MakeIncident) -> None:
    collector = IncidentCollector(top=1)
    collector.update(incident(1, page=False, severity=Severity.MEDIUM, score=99.0))
    collector.update(incident(2, score=1.0))
    assert [page.incident_id for page in collector.pages()] == [f"{2:016x}"]


def test_classes_are_counted_each(incident: MakeIncident) -> None:
    collector = IncidentCollector(top=5)
    collector.update(incident(1))
    collector.update(incident(2, data_classes=(DataClass.PAYMENT,)))
    name = "sellerwatch_open_incidents_by_data_class"
    registry = scrape(collector)
    assert registry.get_sample_value(name, {"data_class": "customer"}) == 1
    assert registry.get_sample_value(name, {"data_class": "payment"}) == 2
    assert registry.get_sample_value(name, {"data_class": "supplier"}) == 0


def test_the_info_says_who_what_why_and_from_where(incident: MakeIncident) -> None:
    collector = IncidentCollector(top=5)
    collector.update(incident(1))
    text = generate_latest(scrape(collector)).decode()
    info = next(line for line in text.splitlines() if line.startswith("sellerwatch_incident_info{"))
    assert 'data_classes="customer, payment"' in info
    assert 'source="AS64500 (DE)"' in info
    assert 'since="2026-01-01 00:00 UTC"' in info
    assert "usual: 50 (20 to 90)." in info


def test_the_reading_has_the_usual_range_beside_it(incident: MakeIncident) -> None:
    collector = IncidentCollector(top=5)
    collector.update(incident(1))
    registry = scrape(collector)
    labels = {"incident_id": f"{1:016x}", "feature": "customer_records"}
    found = {
        bound: registry.get_sample_value("sellerwatch_incident_reading", labels | {"bound": bound})
        for bound in ("observed", "median", "low", "high")
    }
    assert found == {"observed": 5000, "median": 50, "low": 20, "high": 90}


def test_reasons_and_classes_are_there_to_draw(incident: MakeIncident) -> None:
    collector = IncidentCollector(top=5)
    collector.update(incident(1))
    value, key = scrape(collector).get_sample_value, {"incident_id": f"{1:016x}"}
    share = "sellerwatch_incident_reason_contribution_ratio"
    assert value(share, key | {"feature": "customer_records"}) == 0.5
    assert value(share, key | {"feature": "network"}) == 0.3
    name = "sellerwatch_incident_class_records"
    assert value(name, key | {"data_class": "customer"}) == 5000


@pytest.mark.parametrize("number", [200_000])
def test_any_number_of_open_incidents_stays_a_small_scrape(
    incident: MakeIncident, number: int, say: Callable[[str], None]
) -> None:
    collector = IncidentCollector(top=30)
    one = incident(number)
    for index in range(number):
        # Making each from the beginning would cost more than what is tested.
        own = {"incident_id": f"{index:016x}", "principal": f"{one.principal[:-12]}{index:012}"}
        collector.update(msgspec.structs.replace(one, **own, score=float(index)))
    registry = scrape(collector)
    started = time.perf_counter()
    text = generate_latest(registry)
    seconds = time.perf_counter() - started
    say(f"{number:,} open incidents: {len(text):,} bytes in {seconds * 1000:.0f} ms")
    assert len(text) < 35_000
    assert len(gzip.compress(text)) < 10_000
