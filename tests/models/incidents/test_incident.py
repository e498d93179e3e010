from collections.abc import Callable

import msgspec
from simulated_week import event

from models.incidents.incident import Evidence, Incident


def test_hashes_of_subjects_are_not_shown() -> None:
    shown = msgspec.json.encode(Evidence.of(event(0, 3, subject_ids=(123456789,)))).decode()
    assert "123456789" not in shown
    assert '"records":3' in shown
    assert '"time":"2026-01-01T00:00:00Z"' in shown


def test_what_is_usual_is_written_as_numbers(make_incident: Callable[..., Incident]) -> None:
    incident = make_incident()
    written = msgspec.json.decode(msgspec.json.encode(incident))
    (reason,) = written["reasons"]
    assert (reason["expected"], reason["low"], reason["high"]) == (42.0, 8.0, 115.0)
    assert msgspec.json.decode(msgspec.json.encode(incident), type=Incident) == incident


def test_an_incident_of_an_earlier_release_is_read(make_incident: Callable[..., Incident]) -> None:
    older = msgspec.json.decode(msgspec.json.encode(make_incident()))
    (reason,) = older["reasons"]
    del reason["low"], reason["high"]
    reason["expected"] = "42 (8 to 115)"
    (read,) = msgspec.json.decode(msgspec.json.encode(older), type=Incident).reasons
    assert (read.expected, read.low, read.high) == ("42 (8 to 115)", None, None)
    assert read.usual.text() == "42 (8 to 115)"
