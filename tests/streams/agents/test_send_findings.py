"""Tests of sending incidents on as findings."""

from datetime import UTC, datetime

import msgspec

from models.incident import Exposure, Incident, IncidentStatus, Severity
from streams.agents.send_findings import finding_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)
INCIDENT = Incident(
    incident_id="i-1", status=IncidentStatus.OPEN, page=True, severity=Severity.HIGH,
    opened_at=NOW, paged_at=NOW, updated_at=NOW, tenant="A1", principal="app-1",
    credential_ids=(), kinds=(), data_classes=(), p_value=0.0, score=9.0, reasons=(), evidence=(),
    exposure=Exposure(calls=1, records=9, distinct_subjects=None, bytes=None, since=NOW),
    attack=(), runbook_url="https://example.com/runbook",
)  # fmt: skip


def test_an_incident_becomes_a_finding_with_its_id() -> None:
    value = finding_of(msgspec.json.encode(INCIDENT))
    assert msgspec.json.decode(value)["finding_info"]["uid"] == "i-1"


def test_what_is_no_incident_is_left_out() -> None:
    for value in (b"", b"{}", b"\xff"):
        assert finding_of(value) is None
