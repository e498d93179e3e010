"""Tests of the mapping that forgets what is old."""

from hypothesis import given
from hypothesis import strategies as st

from models.domain.generational_map import GenerationalMap

KEYS = st.lists(st.integers(0, 40), max_size=120)


def put(recent: GenerationalMap[int], key: int) -> bool:
    if recent.get(key) is not None:
        return False
    recent.put(key, key * 2)
    return True


@given(KEYS)
def test_the_latest_are_known_and_no_more_than_two_generations(keys: list[int]) -> None:
    recent = GenerationalMap[int](capacity=5)
    added: list[int] = []
    for key in keys:
        added += [key] if put(recent, key) else []
        assert all(recent.get(one) == one * 2 for one in added[-5:])
        assert sum(map(len, recent.generations)) < 2 * 5


@given(KEYS, st.integers(0, 120))
def test_it_goes_on_from_its_generations(keys: list[int], cut: int) -> None:
    whole = GenerationalMap[int](capacity=5)
    expected = [put(whole, key) for key in keys]
    first = GenerationalMap[int](capacity=5)
    found = [put(first, key) for key in keys[:cut]]
    second = GenerationalMap[int](5, *first.generations)
    assert found + [put(second, key) for key in keys[cut:]] == expected


def test_an_update_stays_in_one_generation() -> None:
    recent = GenerationalMap[int](capacity=3)
    recent.put(0, 1)
    assert recent.has_room(1)
    assert not recent.has_room(2)
    recent.update([(1, 1), (2, 1), (3, 1), (4, 1)])
    assert recent.turns == 1
    assert recent.generations == (dict.fromkeys(range(5), 1), {})
    assert recent.isdisjoint([5, 6])
    assert not recent.isdisjoint([4, 5])


def test_what_is_discarded_is_unknown() -> None:
    recent = GenerationalMap[int](capacity=2)
    recent.update([(1, 1), (2, 1)])
    recent.put(3, 1)
    for key in (1, 3, 9):
        recent.discard(key)
    assert [recent.get(key) for key in (1, 2, 3)] == [None, 1, None]
