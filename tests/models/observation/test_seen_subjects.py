"""What was read before is known, and what is new is counted, however much there is."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.observation.seen_subjects import SeenState, SeenSubjects
from models.tuning.observation import SUBJECTS_AT_ONCE

HASHES = st.lists(st.integers(0, 2**64 - 1), max_size=60)


def subjects(count: int, seed: int = 1) -> list[int]:
    rng = Random(seed)
    return [rng.getrandbits(64) for _ in range(count)]


def new(seen: SeenSubjects, hashes: list[int], day: int) -> float:
    return sum(len(seen.add([value], day)) * seen.weight for value in hashes)


@given(HASHES, HASHES)
def test_what_was_added_is_never_new_again(first: list[int], second: list[int]) -> None:
    seen = SeenSubjects(SeenState(), 1024)
    seen.add(first, 1)
    fresh = seen.add(second, 1)
    assert not set(fresh) & set(first)
    assert seen.add(first + second, 1) == []


@pytest.mark.parametrize("count", [50, 1_000, 20_000, 300_000])
def test_new_subjects_are_counted_within_a_fifth(count: int) -> None:
    seen = SeenSubjects(SeenState(), 1024)
    assert 0.8 * count < new(seen, subjects(count), day=1) < 1.2 * count
    assert len(seen.state.newer) + len(seen.state.older) <= 2048


def test_habits_of_two_weeks_are_known_beside_a_thousand_new_subjects() -> None:
    seen, usual = SeenSubjects(SeenState(), 1024), subjects(700)
    for day in range(14):
        seen.add(usual, day)
    assert 900 < new(seen, subjects(1_000, seed=2), day=14) < 1_100
    assert new(seen, usual, day=15) < 100


def test_a_million_subjects_leave_two_kilobytes_and_a_memory_of_the_last_ones() -> None:
    seen, flood = SeenSubjects(SeenState(), 1024), subjects(1_000_000)
    for begin in range(0, len(flood), 1000):
        seen.add(flood[begin : begin + 1000], 3)
    assert len(seen.state.newer) + len(seen.state.older) <= 2048
    assert new(seen, flood[-20_000:], day=4) < 2_000
    assert 35_000 < new(seen, subjects(50_000, seed=3), day=4) < 65_000


def test_the_sample_is_of_subjects_not_of_reads() -> None:
    seen = SeenSubjects(SeenState(level=4), 1024)
    hashes = subjects(5_000)
    assert set(seen.add(hashes, 1)) <= set(seen.sampled(hashes))
    assert seen.sampled(hashes) == seen.sampled(hashes)
    assert 200 < len(seen.sampled(hashes)) < 430


@given(st.lists(st.integers(SUBJECTS_AT_ONCE, 2000), min_size=1, max_size=4), st.randoms())
def test_many_subjects_at_once_are_noted_like_one_after_the_other(sizes, rng) -> None:
    # Few of them are read again and again, many once: filters fill up within a call.
    pool = [rng.getrandbits(64) for _ in range(rng.choice((200, 2_000, 50_000)))]
    at_once, one_by_one = SeenSubjects(SeenState(), 1024), SeenSubjects(SeenState(), 1024)
    day = 1
    for size in sizes:
        day += rng.choice((0, 20))
        many = rng.choices(pool, k=size)
        assert at_once.add(tuple(many), day) == one_by_one.add(many, day)
        assert at_once.state == one_by_one.state
        assert at_once.weight == one_by_one.weight
