from collections.abc import Callable
from datetime import timedelta

import msgspec
from prometheus_client import generate_latest

from models.incidents.incident import Incident, IncidentKind, IncidentStatus
from streams.exporters.worker_metrics import WorkerMetrics


def test_a_page_counts_once_under_its_kind(incident: Callable[..., Incident]) -> None:
    metrics = WorkerMetrics(50)
    page = incident(1, page_kind=IncidentKind.CANARY)
    metrics.calibration.count_incidents([page, page])
    closed = msgspec.structs.replace(page, status=IncidentStatus.CLOSED)
    metrics.calibration.count_incidents([closed])
    value = metrics.registry.get_sample_value
    assert value("sellerwatch_pages_total", {"kind": "canary"}) == 1
    assert value("sellerwatch_pages_total", {"kind": "bulk_read"}) == 0
    assert value("sellerwatch_incidents_closed_total", {"page": "true"}) == 1


def test_only_verdicts_that_exist_are_counted() -> None:
    metrics = WorkerMetrics(50)
    for verdict in ("benign", "malicious", "malicious", "jane@example.com"):
        metrics.calibration.count_verdict(verdict)
    value = metrics.registry.get_sample_value
    assert value("sellerwatch_verdicts_total", {"verdict": "malicious"}) == 2
    assert b"jane" not in generate_latest(metrics.registry)


def test_days_fall_into_the_buckets_of_their_score_and_p_value() -> None:
    metrics = WorkerMetrics(50, nominal_false_pages=0.02)
    metrics.calibration.count_days([(0.5, 0.7), (7.0, 0.002), (30.0, 1e-9)])
    value = metrics.registry.get_sample_value
    assert value("sellerwatch_day_score_bucket", {"le": "1.0"}) == 1
    assert value("sellerwatch_day_score_count") == 3
    assert value("sellerwatch_day_p_value_ratio_bucket", {"le": "0.01"}) == 2
    assert value("sellerwatch_false_page_budget_ratio") == 0.02


def test_an_incident_that_goes_on_counts_once(incident: Callable[..., Incident]) -> None:
    metrics = WorkerMetrics(50)
    page = incident(1, page_kind=IncidentKind.CANARY)
    later = {"reopened_at": page.paged_at + timedelta(hours=5)}
    closed = msgspec.structs.replace(page, status=IncidentStatus.CLOSED)
    states = [page, closed, *(msgspec.structs.replace(one, **later) for one in (page, closed))]
    metrics.calibration.count_incidents(states)
    value = metrics.registry.get_sample_value
    assert value("sellerwatch_pages_total", {"kind": "canary"}) == 1
    assert value("sellerwatch_incidents_closed_total", {"page": "true"}) == 1
