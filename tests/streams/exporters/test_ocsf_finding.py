"""Tests of OCSF findings against the schema of OCSF."""

from datetime import UTC, datetime, timedelta
from functools import cache

import jsonschema
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ocsf_json_schema.embedded import OcsfJsonSchemaEmbedded
from ocsf_json_schema.loader import get_ocsf_schema

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
from streams.exporters.ocsf_finding import OCSF_VERSION, detection_finding

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@cache
def validator() -> jsonschema.Draft202012Validator:
    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=OCSF_VERSION))
    return jsonschema.Draft202012Validator(
        schema.get_class_schema("detection_finding", profiles=["security_control"])
    )


TEXTS = st.none() | st.text(max_size=20)
COUNTS = st.none() | st.integers(0, 2**40)
EVIDENCE = st.builds(
    Evidence,
    event_id=st.text(max_size=9), time=st.just(NOW), operation=st.text(max_size=20),
    resource=TEXTS, data_classes=st.tuples(st.sampled_from(DataClass)),
    outcome=st.sampled_from(Outcome), records=COUNTS, bytes=COUNTS,
    source_ip=st.none() | st.ip_addresses().map(str) | st.just("s3.amazonaws.com"),
    country=st.none() | st.just("DE"), asn=st.none() | st.integers(1, 2**32 - 1),
    user_agent=TEXTS, credential_id=TEXTS,
)  # fmt: skip
REASON = Reason(
    feature="records", window="hour", observed=900.0, expected=50.0, low=20.0, high=90.0,
    p_value=0.001, contribution=0.5, text="Read 900 records in an hour; usual: 50.",
)  # fmt: skip
INCIDENTS = st.builds(
    Incident,
    incident_id=st.text(min_size=1, max_size=20), status=st.sampled_from(IncidentStatus),
    page=st.booleans(), severity=st.sampled_from(Severity), opened_at=st.just(NOW),
    paged_at=st.none() | st.just(NOW),
    updated_at=st.integers(0, 9999).map(lambda s: NOW + timedelta(seconds=s)),
    tenant=st.text(max_size=9), principal=st.text(max_size=20),
    credential_ids=st.tuples(st.text(max_size=9)), p_value=st.floats(0, 1), score=st.floats(0, 99),
    kinds=st.lists(st.sampled_from(IncidentKind), max_size=3).map(tuple),
    data_classes=st.lists(st.sampled_from(DataClass), max_size=3).map(tuple),
    exposure=st.builds(
        Exposure, calls=st.integers(0, 2**31 - 1), records=COUNTS, distinct_subjects=COUNTS,
        bytes=COUNTS, since=st.just(NOW),
    ),
    reasons=st.sampled_from([(), (REASON,)]), evidence=st.lists(EVIDENCE, max_size=3).map(tuple),
    attack=st.sampled_from([(), ("T1530", "T1078.004")]),
    runbook_url=st.just("https://example.com/runbook"),
)  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(INCIDENTS)
def test_every_incident_is_a_valid_finding(incident: Incident) -> None:
    finding = msgspec.json.decode(msgspec.json.encode(detection_finding(incident)))
    validator().validate(finding)
    assert finding["finding_info"]["uid"] == incident.incident_id
    assert finding["is_alert"] is incident.page


def test_the_schema_refuses_what_is_no_finding() -> None:
    with pytest.raises(jsonschema.ValidationError):
        validator().validate({"class_uid": 2004, "severity": "high"})


@pytest.mark.parametrize(
    ("status", "seconds", "activity"), [("open", 0, 1), ("open", 5, 2), ("closed", 5, 3)]
)
def test_a_finding_is_created_updated_and_closed(status: str, seconds: int, activity: int) -> None:
    incident = Incident(
        incident_id="i", status=IncidentStatus(status), page=True, severity=Severity.CRITICAL,
        opened_at=NOW, paged_at=NOW, updated_at=NOW + timedelta(seconds=seconds), tenant="A1",
        principal="app-1", credential_ids=(), kinds=(IncidentKind.BULK_READ,), data_classes=(),
        p_value=0.0, score=9.0, reasons=(REASON,), evidence=(), attack=(), runbook_url="https://x",
        exposure=Exposure(calls=1, records=9, distinct_subjects=None, bytes=None, since=NOW),
    )  # fmt: skip
    finding = detection_finding(incident)
    assert finding["activity_id"] == activity
    assert finding["type_uid"] == 200400 + activity
    assert finding["severity_id"] == 5
    assert finding["message"] == "bulk read by app-1"
    assert finding["finding_info"]["desc"] == REASON.text
