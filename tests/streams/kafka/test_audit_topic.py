import json
from datetime import UTC, datetime

from streams.kafka.audit_topic import AuditAction, AuditRecord, audit_key, encode_audit


def test_a_record_is_json_without_more_than_is_documented(root) -> None:
    record = AuditRecord(
        time=datetime(2026, 1, 1, tzinfo=UTC),
        person="alice",
        role="viewer",
        action=AuditAction.READ,
        incident_id="i-1",
        network="192.0.2.0/24",
    )
    told = json.loads(encode_audit(record))
    assert told["action"] == "read"
    page = (root / "docs/incident-pages.md").read_text()
    assert all(f'"{name}":' in page for name in told)
    assert all(f"`{action}`" in page for action in AuditAction)


def test_any_name_of_a_tenant_is_a_key() -> None:
    assert audit_key("\ud800") == b"\xed\xa0\x80"
