import msgspec
from simulated_week import event

from models.incident_evidence import evidence_of


def test_hashes_of_subjects_are_not_shown() -> None:
    shown = msgspec.json.encode(evidence_of(event(0, 3, subject_ids=(123456789,)))).decode()
    assert "123456789" not in shown
    assert '"records":3' in shown
    assert '"time":"2026-01-01T00:00:00Z"' in shown
