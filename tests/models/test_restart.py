import msgspec
from account import Account

from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.state.snapshot import unpack_any

EVENTS_BETWEEN_RESTARTS = 700


def units(changes: dict[bytes, bytes]) -> dict[bytes, object]:
    return {key: unpack_any(value, object) if value else None for key, value in changes.items()}


def test_a_detector_that_is_restored_again_and_again_learns_and_finds_the_same() -> None:
    account = Account()
    events = account.parse(account.records)
    steady, restored = Detector(DetectorSettings(), {}), Detector(DetectorSettings(), {})
    kept: dict[bytes, bytes] = {}
    for begin in range(0, len(events), EVENTS_BETWEEN_RESTARTS):
        part = events[begin : begin + EVENTS_BETWEEN_RESTARTS]
        assert msgspec.json.encode(steady.process_batch(part)) == msgspec.json.encode(
            restored.process_batch(part)
        )
        changes = restored.take_changes()
        assert units(steady.take_changes()) == units(changes)
        kept |= changes
        restored = Detector(DetectorSettings(), {})
        restored.restore(kept)
