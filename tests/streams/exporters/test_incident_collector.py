from datetime import UTC, datetime

import msgspec
from prometheus_client import CollectorRegistry, generate_latest

from models.data_class import DataClass
from models.incident import Exposure, Incident, IncidentKind, IncidentStatus, Severity
from streams.exporters.incident_collector import IncidentCollector

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def incident(number: int, severity: Severity = Severity.HIGH) -> Incident:
    return Incident(
        incident_id=f"i-{number}",
        status=IncidentStatus.OPEN,
        page=True,
        severity=severity,
        opened_at=NOW,
        paged_at=NOW,
        updated_at=NOW,
        tenant="A1",
        principal=f"app-{number}",
        credential_ids=("key-1",),
        kinds=(IncidentKind.BULK_READ,),
        data_classes=(DataClass.CUSTOMER,),
        p_value=0.001,
        score=float(number),
        exposure=Exposure(calls=1, records=500, distinct_subjects=None, bytes=None, since=NOW),
        reasons=(),
        evidence=(),
        attack=(),
        runbook_url="https://example.com/bulk_read",
    )


def scrape(collector: IncidentCollector) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(collector)
    return registry


def test_a_page_is_one_series_with_its_records() -> None:
    collector = IncidentCollector(top=5)
    collector.update(incident(1))
    labels = {
        "incident_id": "i-1",
        "tenant": "A1",
        "principal": "app-1",
        "severity": "high",
        "data_class": "customer",
        "kind": "bulk_read",
    }
    assert scrape(collector).get_sample_value("sellerwatch_page_records", labels) == 500


def test_a_closed_incident_leaves() -> None:
    collector = IncidentCollector(top=5)
    collector.update(incident(1))
    collector.update(msgspec.structs.replace(incident(1), status=IncidentStatus.CLOSED))
    assert b"i-1" not in generate_latest(scrape(collector))


def test_only_the_worst_have_series_and_the_rest_is_counted() -> None:
    collector = IncidentCollector(top=5)
    for number in range(200):
        severity = Severity.CRITICAL if number == 3 else Severity.HIGH
        collector.update(incident(number, severity))
    registry = scrape(collector)
    text = generate_latest(registry).decode()
    assert text.count("sellerwatch_page_records{") == 5
    assert 'incident_id="i-3"' in text
    assert registry.get_sample_value("sellerwatch_hidden_incidents") == 195
