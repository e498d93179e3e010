"""Tests of the set that forgets what is old."""

from hypothesis import given
from hypothesis import strategies as st

from models.domain.generational_set import GenerationalSet

ITEMS = st.lists(st.integers(0, 40), max_size=120)


@given(ITEMS)
def test_the_latest_are_known_and_no_more_than_two_generations(items: list[int]) -> None:
    recent = GenerationalSet[int](capacity=5)
    added: list[int] = []
    for item in items:
        known = item in recent
        assert recent.add(item) is not known
        added += [] if known else [item]
        assert all(one in recent for one in added[-5:])
        assert sum(map(len, recent.generations)) < 2 * 5


@given(ITEMS, st.integers(0, 120))
def test_it_goes_on_from_its_generations(items: list[int], cut: int) -> None:
    whole = GenerationalSet[int](capacity=5)
    expected = [whole.add(item) for item in items]
    first = GenerationalSet[int](capacity=5)
    found = [first.add(item) for item in items[:cut]]
    second = GenerationalSet[int](5, *first.generations)
    assert found + [second.add(item) for item in items[cut:]] == expected


def test_an_update_stays_in_one_generation() -> None:
    recent = GenerationalSet[int](capacity=3)
    recent.add(0)
    assert recent.has_room(1)
    assert not recent.has_room(2)
    recent.update([1, 2, 3, 4])
    assert recent.turns == 1
    assert recent.generations == ({0, 1, 2, 3, 4}, set())
    assert recent.isdisjoint([5, 6])
    assert not recent.isdisjoint([4, 5])


def test_what_is_discarded_is_new_again() -> None:
    recent = GenerationalSet[int](capacity=2)
    recent.update([1, 2])
    recent.add(3)
    for item in (1, 3, 9):
        recent.discard(item)
    assert [recent.add(item) for item in (1, 2, 3)] == [True, False, True]
