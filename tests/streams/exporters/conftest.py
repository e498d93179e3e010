"""Incidents as large as real ones."""

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
import pytest

from models.domain.access_event import Outcome
from models.domain.data_class import DataClass
from models.incidents.incident import (
    Evidence,
    Exposure,
    Incident,
    IncidentKind,
    IncidentStatus,
    Reason,
    Severity,
)
from models.incidents.notification import notification_clock
from models.incidents.timeline import Timeline, TimelineBucket

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def incident() -> Callable[..., Incident]:
    """Make a numbered incident; keyword arguments replace its fields."""
    return _incident


def _incident(number: int, **fields: object) -> Incident:
    principal = f"amzn1.sp.solution.0a1b2c3d-4e5f-6789-abcd-{number:012}"
    base = Incident(
        incident_id=f"{number:016x}",
        status=IncidentStatus.OPEN,
        page=True,
        severity=Severity.HIGH,
        opened_at=NOW,
        paged_at=NOW,
        updated_at=NOW,
        tenant="A1SELLER",
        principal=principal,
        credential_ids=("key-1",),
        kinds=(IncidentKind.BULK_READ,),
        data_classes=(DataClass.CUSTOMER, DataClass.PAYMENT),
        p_value=0.001,
        score=float(number),
        exposure=Exposure(calls=90, records=5000, distinct_subjects=4100, bytes=None, since=NOW),
        reasons=(
            _reason(principal),
            _reason(principal, feature="network", observed="192.0.2", contribution=0.3),
        ),
        evidence=(_evidence(number),),
        attack=("T1213",),
        runbook_url="https://example.com/bulk_read",
        page_kind=IncidentKind.BULK_READ,
        notification=notification_clock(NOW, ("customer", "payment"), 5000, 4100),
        timeline=Timeline(buckets=(_bucket(3000), _bucket(2000))),
    )
    return msgspec.structs.replace(base, **fields)


def _bucket(records: int) -> TimelineBucket:
    return TimelineBucket(start=NOW, calls=10, records={DataClass.CUSTOMER: records})


def _reason(principal: str, **fields: object) -> Reason:
    reason = Reason(
        feature="customer_records",
        window="hour",
        observed=5000.0,
        expected=50.0,
        low=20.0,
        high=90.0,
        p_value=1e-6,
        contribution=0.5,
        text=f"{principal} read 5,000 customer records in an hour; usual: 50 (20 to 90).",
    )
    return msgspec.structs.replace(reason, **fields)


def _evidence(number: int) -> Evidence:
    return Evidence(
        event_id=f"r-{number}",
        time=NOW,
        operation="getOrders",
        resource=None,
        data_classes=(DataClass.CUSTOMER,),
        outcome=Outcome.SUCCESS,
        records=50,
        bytes=None,
        source_ip="192.0.2.10",
        country="DE",
        asn=64500,
        user_agent="bi-export/1.0",
        credential_id="key-1",
    )
