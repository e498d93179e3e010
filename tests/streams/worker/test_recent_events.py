from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.errors import WireFormatError
from streams.worker.recent_events import RecentEvents


def event(number: int, tenant: str = "A1") -> AccessEvent:
    return AccessEvent(
        event_id=f"r-{number}",
        time=1.0,
        tenant=tenant,
        principal="app",
        principal_kind=PrincipalKind.APPLICATION,
        service="orders",
        operation="getOrders",
        outcome=Outcome.SUCCESS,
    )


def test_a_second_delivery_is_dropped_and_counted() -> None:
    recent = RecentEvents(limit=10)
    assert len(recent.fresh([event(1), event(2), event(1)])) == 2
    assert recent.fresh([event(2), event(3)]) == [event(3)]
    assert recent.duplicates_total == 2


def test_an_id_belongs_to_its_tenant() -> None:
    assert len(RecentEvents().fresh([event(1, "A1"), event(1, "A2")])) == 2


def test_it_forgets_what_is_old() -> None:
    recent = RecentEvents(limit=10)
    recent.fresh([event(n) for n in range(40)])
    assert recent.fresh([event(0)]) == [event(0)]
    assert recent.fresh([event(39)]) == []
    assert len(recent.state()) < 4 + 8 * 2 * 10


@given(st.lists(st.integers(0, 60), max_size=200), st.integers(0, 200))
def test_a_restart_changes_nothing(numbers: list[int], cut: int) -> None:
    events = [event(number) for number in numbers]
    whole = RecentEvents(limit=10)
    expected = whole.fresh(events)
    first = RecentEvents(limit=10)
    found = first.fresh(events[:cut])
    second = RecentEvents(limit=10, state=first.state())
    assert found + second.fresh(events[cut:]) == expected


@given(st.lists(st.lists(st.integers(0, 60), max_size=12), max_size=40))
def test_batches_are_judged_like_single_events(batches: list[list[int]]) -> None:
    one_by_one, at_once = RecentEvents(limit=10), RecentEvents(limit=10)
    for numbers in batches:
        events = [event(number) for number in numbers]
        single = [fresh for item in events for fresh in one_by_one.fresh([item])]
        assert at_once.fresh(events) == single
    assert at_once.duplicates_total == one_by_one.duplicates_total


def test_a_state_is_a_count_and_hashes_of_eight_bytes() -> None:
    older, newer = (blake2b(f"A1r-{n}".encode(), digest_size=8).digest() for n in (1, 2))
    state = (8).to_bytes(4, "big") + older + newer
    recent = RecentEvents(limit=3, state=state)
    assert recent.state() == state
    assert recent.fresh([event(1), event(2), event(3)]) == [event(3)]
    assert len(recent.state()) == 4 + 8 * 3


def test_damage_is_noticed() -> None:
    with pytest.raises(WireFormatError):
        RecentEvents(state=b"12345")
