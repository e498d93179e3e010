import msgspec
from simulated_week import event

from models.incidents.incident import Evidence


def test_hashes_of_subjects_are_not_shown() -> None:
    shown = msgspec.json.encode(Evidence.of(event(0, 3, subject_ids=(123456789,)))).decode()
    assert "123456789" not in shown
    assert '"records":3' in shown
    assert '"time":"2026-01-01T00:00:00Z"' in shown
