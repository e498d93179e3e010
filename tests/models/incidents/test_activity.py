from datetime import UTC, datetime, timedelta

import pytest

from models.errors import ActivityError
from models.incidents.activity import Activity, ActivityKind, activity_on, check_activity, ownership

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def entry(
    make_incident, kind: str, minute: int = 0, by: str = "alice", note: str = "x"
) -> Activity:
    moment = NOW + timedelta(minutes=minute)
    return activity_on(make_incident(), ActivityKind(kind), note=note, at=moment, by=by)


def test_it_is_redacted_as_it_is_written(make_incident) -> None:
    written = entry(make_incident, "said", by="al@example.com", note="rang jane@example.com")
    assert (written.note, written.by) == ("rang [mail]", "al")
    assert (written.tenant, written.principal, written.incident_id) == ("A1", "app-1", "i-1")


@pytest.mark.parametrize("kind", ["done", "said"])
def test_what_was_done_or_said_needs_a_note(make_incident, kind: str) -> None:
    with pytest.raises(ActivityError, match=f"say in a note what was {kind}"):
        entry(make_incident, kind, note=" ")
    assert entry(make_incident, "taken", note="").note == ""


@pytest.mark.parametrize(
    "foreign",
    [
        {"incident_id": "i-2"},
        {"tenant": "B2"},
        {"principal": "app-2"},
        {"opened_at": NOW + timedelta(hours=2)},
    ],
)
def test_one_on_another_incident_is_refused(make_incident, foreign: dict) -> None:
    written = entry(make_incident, "taken")
    with pytest.raises(ActivityError, match="are not those of the incident"):
        check_activity(written, NOW.timestamp(), make_incident(**foreign))


def test_one_of_the_future_is_refused(make_incident) -> None:
    with pytest.raises(ActivityError, match="of the future"):
        check_activity(entry(make_incident, "taken", minute=20), NOW.timestamp(), None)


def test_the_newest_move_says_whose_it_is(make_incident) -> None:
    taken = entry(make_incident, "taken", 1)
    over = entry(make_incident, "taken", 2, by="bob")
    back = entry(make_incident, "released", 3, by="bob")
    said = entry(make_incident, "said", 4)
    assert ownership([]) is None
    assert ownership([said, taken]) == taken
    assert ownership([over, said, taken]) == over
    assert ownership([back, over, taken]) is None
