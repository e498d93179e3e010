from datetime import UTC, datetime, timedelta

import pytest

from models.errors import ActivityError
from models.incidents.activity import Activity, ActivityKind, activity_on
from models.incidents.incident import Incident
from streams.web.activity_store import ActivityStore

NOW = datetime(2026, 1, 26, 4, tzinfo=UTC)


def entry(incident: Incident, kind: str, second: int = 0, by: str = "alice") -> Activity:
    moment = NOW + timedelta(seconds=second)
    return activity_on(incident, ActivityKind(kind), note=f"n{second}", at=moment, by=by)


def test_a_log_is_told_in_order_and_each_entry_once(make_incident) -> None:
    store, incident = ActivityStore(10, NOW.timestamp), make_incident()
    for second in (3, 1, 2, 1):
        store.take(entry(incident, "said", second), incident)
    assert [one.note for one in store.log(incident)] == ["n1", "n2", "n3"]


def test_one_that_came_before_its_incident_is_shown_under_its_own_names_only(make_incident) -> None:
    store = ActivityStore(10, NOW.timestamp)
    store.take(entry(make_incident(), "taken"), None)
    assert store.log(make_incident(principal="app-2")) == ()
    taken = store.owner(make_incident())
    assert taken is not None
    assert taken.by == "alice"


def test_one_on_another_incident_is_refused(make_incident) -> None:
    store = ActivityStore(10, NOW.timestamp)
    with pytest.raises(ActivityError):
        store.take(entry(make_incident(), "taken"), make_incident(principal="app-2"))


def test_a_flood_of_notes_hides_nobody_who_has_taken_it(make_incident) -> None:
    store, incident = ActivityStore(10, NOW.timestamp), make_incident()
    store.take(entry(incident, "taken"), incident)
    for second in range(1, 250):
        store.take(entry(incident, "said", second), incident)
    assert len(store.log(incident)) == 200
    assert store.owner(incident) == entry(incident, "taken")


def test_the_longest_silent_log_goes_first(make_incident) -> None:
    store = ActivityStore(2, NOW.timestamp)
    incidents = [make_incident(incident_id=f"i-{number}") for number in range(3)]
    for incident in (*incidents[:2], incidents[0], incidents[2]):
        store.take(entry(incident, "taken"), incident)
    assert [bool(store.log(incident)) for incident in incidents] == [True, False, True]
