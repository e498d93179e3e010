from streams.web.incident_store import IncidentStore
from streams.web.page_clock import PageClock
from streams.web.person import Person, Role
from streams.web.responder_desk import ResponderDesk


def test_only_who_may_judge_gets_commands(make_incident) -> None:
    clock = PageClock(lambda: None, lambda: 1_769_400_000.0)
    desk = ResponderDesk(IncidentStore(10), clock, (), None)
    assert desk.view(make_incident(), Person("alice")).commands
    assert desk.view(make_incident(), Person("vera", Role.VIEWER)).commands == ()
    assert desk.view(make_incident(), None).commands == ()
    assert desk.view(make_incident(), Person("alice")).reach is None
