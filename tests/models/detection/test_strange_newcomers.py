"""Strange newcomers page where they are rare, and are tickets where they come all the time."""

from simulated_week import START

from models.detection.strange_newcomers import count_strange_newcomer, strange_newcomers_page
from models.incidents.finding import Finding, certain_reason
from models.incidents.incident import IncidentKind
from models.incidents.usual_range import UsualRange
from models.state.detector_memory import DetectorMemory
from models.state.principal_state import PrincipalState

_TEXT = "app-1 was first seen less than a day ago and read 120 sensitive records in an hour."


def _found(kind: IncidentKind = IncidentKind.NEW_PRINCIPAL, feature: str = "records") -> Finding:
    return Finding(kind, certain_reason(feature, 120.0, UsualRange(0.0), _TEXT), page=True)


def _newcomers(memory: DetectorMemory, number: int) -> list[PrincipalState]:
    return [memory.add(("A1", f"app-{n}"), "application", START) for n in range(number)]


def test_the_first_one_pages_at_a_small_budget_too() -> None:
    memory = DetectorMemory(50.0, 2.0)
    (first,) = _newcomers(memory, 1)
    assert strange_newcomers_page(memory.fleet, first, 0.001)
    count_strange_newcomer(memory.fleet, first, [_found()])
    # It does not count against itself, however long it goes on.
    assert strange_newcomers_page(memory.fleet, first, 0.001)


def test_where_they_come_all_the_time_the_next_one_is_a_ticket() -> None:
    memory = DetectorMemory(50.0, 2.0)
    memory.fleet.mature_days = 400.0
    *known, last = _newcomers(memory, 9)
    for state in known:
        count_strange_newcomer(memory.fleet, state, [_found()])
    assert not strange_newcomers_page(memory.fleet, last, 0.01)
    assert strange_newcomers_page(memory.fleet, last, 0.05)


def test_one_counts_once_and_only_for_what_rules_of_newcomers_find() -> None:
    memory = DetectorMemory(50.0, 2.0)
    one, other = _newcomers(memory, 2)
    for _ in range(5):
        count_strange_newcomer(memory.fleet, one, [_found()])
    count_strange_newcomer(memory.fleet, other, [_found(IncidentKind.CANARY, "subject")])
    assert memory.fleet.strange_newcomers == 1
    count_strange_newcomer(memory.fleet, other, [_found(IncidentKind.ENUMERATION, "listings")])
    assert memory.fleet.strange_newcomers == 2
