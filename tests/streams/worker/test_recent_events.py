from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.errors import WireFormatError
from streams.worker.recent_events import RecentEvents, together


def event(number: int, tenant: str = "A1", content: int = 0) -> AccessEvent:
    return AccessEvent(
        event_id=f"r-{number}",
        time=1.0,
        tenant=tenant,
        principal="app",
        principal_kind=PrincipalKind.APPLICATION,
        service="orders",
        operation="getOrders",
        outcome=Outcome.SUCCESS,
        content=content,
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
    assert len(recent.state()) < 8 + 12 * 2 * 10


EVENTS = st.builds(event, st.integers(0, 30), content=st.sampled_from([0, 5, 6, 7]))


def test_other_content_under_a_known_id_is_new_and_counted() -> None:
    recent = RecentEvents(limit=10)
    events = [event(1, content=7), event(1, content=8), event(1, content=8), event(1, content=7)]
    assert recent.fresh(events) == events[:2]
    assert (recent.duplicates_total, recent.reused_ids_total) == (2, 1)


def test_what_ingest_has_marked_is_counted_once() -> None:
    recent = RecentEvents(limit=10)
    marked = replace(event(1, content=8), reused_id=True)
    assert recent.fresh([marked]) == [marked]
    both = [event(2, content=5), replace(event(2, content=6), reused_id=True)]
    assert recent.fresh(both) == both
    assert recent.fresh([marked]) == []
    assert recent.reused_ids_total == 2


@given(st.lists(EVENTS, max_size=200), st.integers(0, 200))
def test_a_restart_changes_nothing(events: list[AccessEvent], cut: int) -> None:
    whole = RecentEvents(limit=10)
    expected = whole.fresh(events)
    first = RecentEvents(limit=10)
    found = first.fresh(events[:cut])
    second = RecentEvents(limit=10, state=first.state())
    assert found + second.fresh(events[cut:]) == expected
    assert second.state() == whole.state()
    assert first.reused_ids_total + second.reused_ids_total == whole.reused_ids_total


@given(st.lists(st.lists(EVENTS, max_size=12), max_size=40))
def test_batches_are_judged_like_single_events(batches: list[list[AccessEvent]]) -> None:
    one_by_one, at_once = RecentEvents(limit=10), RecentEvents(limit=10)
    for events in batches:
        single = [fresh for item in events for fresh in one_by_one.fresh([item])]
        assert at_once.fresh(events) == single
    assert at_once.duplicates_total == one_by_one.duplicates_total
    assert at_once.reused_ids_total == one_by_one.reused_ids_total


def test_a_state_of_an_earlier_release_is_a_count_and_hashes_of_eight_bytes() -> None:
    older, newer = (blake2b(f"A1r-{n}".encode(), digest_size=8).digest() for n in (1, 2))
    recent = RecentEvents(limit=3, state=(8).to_bytes(4, "big") + older + newer)
    # An event of that release is known by its id alone; one that says more is another.
    assert recent.fresh([event(1), event(2), event(3)]) == [event(3)]
    assert recent.fresh([event(2, content=5)]) == [event(2, content=5)]
    assert len(recent.state()) == 8 + 12 * 3


def test_an_event_of_an_earlier_release_is_known_by_its_time() -> None:
    recent = RecentEvents()
    assert recent.fresh([event(1)]) == [event(1)]
    assert recent.fresh([event(1, content=5)]) == []
    later = replace(event(1, content=5), time=2.0)
    assert recent.fresh([later]) == [later]


@pytest.mark.parametrize("content", [-1, 2**48, 2**64 - 1])
def test_a_content_that_no_source_writes_ends_no_checkpoint(content: int) -> None:
    recent = RecentEvents()
    odd = event(1, content=content)
    assert recent.fresh([odd, odd]) == [odd]
    assert RecentEvents(state=recent.state()).fresh([odd]) == []


@pytest.mark.parametrize(
    "state",
    [b"12345", b"\xff\xff\xff\x02", b"\xff\xff\xff\x02\0\0\0\x0c" + bytes(8), b"\0\0\0\x08"],
)
def test_damage_is_noticed(state: bytes) -> None:
    with pytest.raises(WireFormatError):
        RecentEvents(state=state)


def test_what_several_partitions_remember_is_remembered_together() -> None:
    parts = [RecentEvents(), RecentEvents()]
    parts[0].fresh([event(n) for n in range(10)])
    parts[1].fresh([event(n, content=1) for n in range(10, 20)])
    known = RecentEvents(state=together([part.state() for part in parts]))
    again = [event(n) for n in range(10)] + [event(n, content=1) for n in range(10, 20)]
    assert known.fresh([*again, event(99)]) == [event(99)]
    assert known.duplicates_total == 20


def test_of_too_many_the_latest_of_each_partition_stay() -> None:
    parts = []
    for first in range(0, 300_000, 15_000):
        part = RecentEvents()
        part.fresh([event(n) for n in range(first, first + 15_000)])
        parts.append(part.state())
    state = together(parts)
    assert len(state) < 800_000
    known = RecentEvents(state=state)
    assert known.fresh([event(n) for n in range(14_999, 300_000, 15_000)]) == []


@pytest.mark.parametrize("state", [b"x", b"\xff\xff\xff\x02\x00\x00\x00\x05"])
def test_what_is_damaged_cannot_be_put_together(state: bytes) -> None:
    with pytest.raises(WireFormatError):
        together([RecentEvents().state(), state])
