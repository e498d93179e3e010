from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from models.domain.data_class import DataClass
from models.estimators.cohort import Cohort
from models.incidents.incident_draft import IncidentDraft
from models.observation.features import CALLS, CLASS_OF
from models.observation.window import Window
from models.state.eviction_order import EvictionOrder, rank_of
from models.state.principal_state import PrincipalFacts, PrincipalState
from models.tuning.state import EVICTION_CANDIDATES

Key = tuple[str, str]


def state(touched: int, hours: int = 0) -> PrincipalState:
    facts = PrincipalFacts(cohort="user", first_seen=0.0, last_seen=0.0, touched=touched)
    made = PrincipalState(facts, Cohort(), 2.0)
    made.volume.state.totals[CALLS] = hours
    return made


def order_of(states: dict[Key, PrincipalState]) -> EvictionOrder:
    order = EvictionOrder(states)
    for key, one in states.items():
        order.add(key, one)
    return order


def leave_in_order(order: EvictionOrder, states: dict[Key, PrincipalState]) -> list[str]:
    names = []
    while (key := order.next_key()) is not None:
        order.discard(key, states.pop(key))
        names.append(key[1])
    return names


def test_who_has_less_history_goes_first_and_then_the_least_recent() -> None:
    states = {
        ("A1", "old"): state(1, hours=30),
        ("A1", "new"): state(3),
        ("A1", "younger"): state(2, hours=3),
        ("A1", "newest"): state(4),
    }
    assert leave_in_order(order_of(states), states) == ["new", "newest", "younger", "old"]


def test_the_tenant_with_most_of_the_least_known_gives_up_one() -> None:
    states = {("A1", "first"): state(1), ("A2", "second"): state(2), ("A2", "third"): state(3)}
    assert order_of(states).next_key() == ("A2", "second")


def test_who_was_active_since_or_learnt_an_hour_goes_later() -> None:
    states = {("A1", name): state(place) for place, name in enumerate("abcd", 1)}
    order = order_of(states)
    states["A1", "a"].facts.touched = 9
    states["A1", "b"].volume.state.totals[CALLS] = 1
    order.refresh(("A1", "b"), states["A1", "b"])
    assert leave_in_order(order, states) == ["c", "d", "a", "b"]


def test_an_open_incident_outweighs_no_history() -> None:
    with_incident, with_hour = state(1), state(2, hours=1)
    with_incident.draft = IncidentDraft(
        tenant="A1", principal="a", service="orders", opened_at=0.0, updated_at=0.0
    )
    assert rank_of(state(3)) < rank_of(with_incident) < rank_of(with_hour)


def test_of_the_least_recent_the_one_with_the_fewest_records_goes() -> None:
    states = {("A1", f"app-{n}"): state(n) for n in range(1, EVICTION_CANDIDATES + 1)}
    for number, one in enumerate(states.values()):
        window = one.windows[0] = Window(index=0)
        window.values[CLASS_OF[DataClass.CUSTOMER]] = 100.0 - number
    assert order_of(states).next_key() == ("A1", f"app-{EVICTION_CANDIDATES}")


def test_names_that_come_and_go_again_and_again_are_each_known_once() -> None:
    states: dict[Key, PrincipalState] = {}
    order = EvictionOrder(states)
    for number in range(5000):
        key = ("A1", f"app-{number % 7}")
        if key in states:
            order.discard(key, states.pop(key))
        states[key] = state(number)
        order.add(key, states[key])
    assert leave_in_order(order, states) == [f"app-{number % 7}" for number in range(4993, 5000)]


def next_by_definition(states: dict[Key, PrincipalState]) -> Key:
    rank = min(rank_of(one) for one in states.values())
    lowest = {key: one for key, one in states.items() if rank_of(one) == rank}
    counts = Counter(tenant for tenant, _ in lowest)
    tenant = min(counts, key=lambda name: (-counts[name], name))
    recent = sorted((one.facts.touched, key) for key, one in lowest.items() if key[0] == tenant)
    return recent[0][1]


STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "touch", "learn", "evict", "evict"]), st.integers(0, 99)),
    max_size=120,
)


@given(STEPS)
def test_the_next_one_is_the_least_whatever_came_went_and_was_active(steps) -> None:
    states: dict[Key, PrincipalState] = {}
    order = EvictionOrder(states)
    for touched, (step, number) in enumerate(steps, 1):
        if step == "add":
            key = (f"A{number % 2}", f"app-{number}")
            if key not in states:
                states[key] = state(touched, hours=number % 3 // 2)
                order.add(key, states[key])
        elif states:
            key = list(states)[number % len(states)]
            if step == "touch":
                states[key].facts.touched = touched
            elif step == "learn":
                states[key].volume.state.totals[CALLS] += 1
                order.refresh(key, states[key])
            else:
                key = next_by_definition(states)
                assert order.next_key() == key
                order.discard(key, states.pop(key))
