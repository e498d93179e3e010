"""Who often shows something new does no more than usual with the next new thing."""

from hypothesis import given
from hypothesis import strategies as st

from models.estimators.new_days import NewDays

_RATE = 0.02


def _after(days: int, features: list[str]) -> NewDays:
    habit = NewDays()
    for _ in range(days):
        habit.learn_day(features)
    return habit


def test_who_roams_each_day_surprises_nobody_with_another_network() -> None:
    assert _after(14, ["network"]).chance("network", _RATE) > 0.6


def test_who_never_showed_a_new_one_is_rarer_than_its_cohort() -> None:
    assert _after(14, []).chance("network", _RATE) < _RATE / 2


def test_a_habit_of_networks_says_nothing_of_data_classes() -> None:
    roams, stays = _after(14, ["network"]), _after(14, [])
    assert roams.chance("data_class", _RATE) == stays.chance("data_class", _RATE)


def test_without_days_the_cohort_counts_alone() -> None:
    assert NewDays().chance("network", _RATE) == _RATE


def test_what_is_long_past_is_forgotten() -> None:
    habit = _after(1, ["network"])
    for _ in range(300):
        habit.learn_day([])
    assert habit.new == {}


@given(st.lists(st.lists(st.sampled_from(["network", "hour"]), max_size=2, unique=True)))
def test_a_chance_is_one(days: list[list[str]]) -> None:
    habit = NewDays()
    for features in days:
        habit.learn_day(features)
    assert 0.0 < habit.chance("network", _RATE) < 1.0
