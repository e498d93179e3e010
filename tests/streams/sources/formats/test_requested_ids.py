"""Tests of sequential ids."""

from hypothesis import given
from hypothesis import strategies as st

from streams.sources.formats.requested_ids import RequestedIds


def total(ids: list[str], caller: str = "app") -> int:
    requested = RequestedIds()
    return sum(requested.count(caller, [name]) for name in ids)


@given(st.integers(0, 10**12), st.integers(1, 10), st.sampled_from(("{}", "PO-{}-DE", "{:014d}")))
def test_each_small_step_counts_up_or_down(first: int, step: int, shape: str) -> None:
    walk = [shape.format(first + step * number) for number in range(30)]
    assert total(walk) == total(walk[::-1]) == 29


@given(st.lists(st.text(max_size=30), max_size=30))
def test_any_text_is_survived_and_counts_once_at_most(ids: list[str]) -> None:
    requested = RequestedIds()
    assert 0 <= requested.count("app", ids) <= len(set(ids))
    assert requested.count("app", ids[-1:]) == 0


@given(st.permutations(range(5)))
def test_calls_that_overtake_one_another_hide_little(order: list[int]) -> None:
    walk = [str(5000 + 5 * block + place) for block in range(20) for place in order]
    assert total(walk) == 99


@given(st.lists(st.uuids(), max_size=50))
def test_random_ids_do_not_follow_one_another(ids: list) -> None:
    assert total([str(one) for one in ids]) <= 1


def test_the_same_id_again_or_in_turn_is_no_walk() -> None:
    assert total(["7", "7", "7"]) == 0
    assert total(["41", "7000", "41", "7000"]) == 0


def test_two_numbers_that_change_are_no_step() -> None:
    assert total(["902-1", "903-2"]) == 0


def test_a_check_digit_hides_nothing() -> None:
    assert total([f"902-{1234567 + n}-{n * 7919 % 97:02d}" for n in range(10)]) == 9


def test_callers_do_not_follow_one_another_and_the_oldest_is_forgotten() -> None:
    requested = RequestedIds()
    assert requested.count("one", ["1"]) == 0
    assert requested.count("two", ["2"]) == 0
    for number in range(5000):
        requested.count(f"other-{number}", ["1"])
    assert requested.count("one", ["2"]) == 0


def test_an_id_of_any_length_is_survived() -> None:
    assert total(["9" * 100_000, "9" * 100_000 + "1", "1" * 128, "1" * 127 + "2"]) == 1
