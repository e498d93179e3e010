from collections.abc import Callable
from datetime import timedelta

import pytest
from web_evidence import START, evidence
from web_site import Site

from models.domain.data_class import DataClass
from models.incidents.incident import (
    Exposure,
    Incident,
    IncidentKind,
    IncidentStatus,
    Reason,
    Severity,
)
from models.incidents.notification import notification_clock
from models.incidents.timeline import Timeline, TimelineBucket

MakeIncident = Callable[..., Incident]


def reason(**changes: object) -> Reason:
    values: dict[str, object] = {
        "feature": "customer_records",
        "window": "hour",
        "observed": 5_000.0,
        "expected": 50.0,
        "low": 20.0,
        "high": 90.0,
        "p_value": 1e-6,
        "contribution": 0.6,
        "text": "app-1 read 5,000 customer records in an hour; usual: 50 (20 to 90).",
    }
    return Reason(**(values | changes))


def bucket(minute: int, **records: int) -> TimelineBucket:
    return TimelineBucket(
        start=START + timedelta(minutes=minute),
        calls=3,
        records={DataClass(name): count for name, count in records.items()},
    )


@pytest.fixture
def make_incident() -> MakeIncident:
    def make(**changes: object) -> Incident:
        values: dict[str, object] = {
            "incident_id": "i-1",
            "status": IncidentStatus.OPEN,
            "page": True,
            "severity": Severity.CRITICAL,
            "opened_at": START,
            "paged_at": START + timedelta(minutes=4),
            "updated_at": START + timedelta(minutes=41),
            "tenant": "A1",
            "principal": "app-1",
            "credential_ids": ("key-1",),
            "kinds": (IncidentKind.BULK_READ, IncidentKind.PURPOSE_VIOLATION),
            "data_classes": (DataClass.CUSTOMER,),
            "p_value": 1e-4,
            "score": 5.0,
            "exposure": Exposure(
                calls=103, records=7_631, distinct_subjects=5_760, bytes=6_900_000, since=START
            ),
            "reasons": (reason(),),
            "evidence": (evidence(),),
            "attack": ("T1213",),
            "runbook_url": "https://example.com/runbooks/bulk_read",
            "notification": notification_clock(
                START + timedelta(minutes=4), ("customer",), 7_631, 5_760
            ),
            "timeline": Timeline(buckets=(bucket(0, customer=300), bucket(40, customer=500))),
        }
        return Incident(**(values | changes))

    return make


@pytest.fixture
def site(make_incident) -> Site:
    site = Site()
    site.store.take_incident(make_incident())
    site.store.take_incident(
        make_incident(
            incident_id="i-2",
            status=IncidentStatus.CLOSED,
            severity=Severity.LOW,
            page=False,
            paged_at=None,
            principal="arn:aws:iam::123456789012:role/exporter",
            tenant="B2",
        )
    )
    return site
