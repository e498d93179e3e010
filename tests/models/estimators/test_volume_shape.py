"""Tails of a cohort's hours, seen and never seen."""

from hypothesis import given
from hypothesis import strategies as st

from models.estimators.hour_volume import HourVolume
from models.estimators.volume_shape import VolumeShape
from models.observation.features import BINS, FEATURES, bin_of

HOURS = st.lists(
    st.tuples(st.integers(0, BINS - 1), st.none() | st.integers(0, BINS - 1)), max_size=60
)


def cohort(hours: int = 500, ratios: tuple[float, ...] = ()) -> HourVolume:
    """A member that reads 80 to 125 records, and others that read so many times as much."""
    shape = VolumeShape(VolumeShape())
    habit = HourVolume(shape)
    for hour in range(hours):
        habit.learn_one({"customer_records": 80.0 + hour % 46})
    for ratio in ratios:
        shape.learn(FEATURES.index("customer_records"), bin_of(100.0 * ratio), bin_of(100.0))
    return habit


def surprise(habit: HourVolume, records: float) -> float:
    return habit.score_one({"customer_records": records})


@given(HOURS)
def test_tails_are_chances_that_never_rise(hours: list[tuple[int, int | None]]) -> None:
    shape = VolumeShape(VolumeShape())
    for index, median in hours:
        shape.learn(3, index, median)
    for table in (3, 3 + len(FEATURES)):
        tails = shape.tails(table)
        assert all(0.0 < chance < 1.0 for chance in tails)
        assert all(a >= b for a, b in zip(tails, tails[1:], strict=False))


def test_beyond_the_largest_hour_seen_more_is_rarer_still() -> None:
    habit = cohort(ratios=(5.0, 7.0, 9.0))
    steps = [surprise(habit, 100.0 * 3**power) for power in range(1, 6)]
    rises = [later - earlier for earlier, later in zip(steps, steps[1:], strict=False)]
    assert all(rise > 0.3 for rise in rises)


def test_a_cohort_with_wild_hours_is_surprised_less() -> None:
    calm, wild = cohort(), cohort(ratios=(5.0, 8.0, 12.0, 20.0, 30.0, 45.0, 60.0) * 2)
    assert surprise(wild, 10_000.0) < surprise(calm, 10_000.0) - 1.0


def test_one_attack_does_not_make_the_next_one_usual() -> None:
    before, after = cohort(), cohort(ratios=(1e7,))
    assert surprise(before, 10_000.0) - 1.0 < surprise(after, 10_000.0)
    assert surprise(after, 10_000.0) > 5.0


def test_load_counts_less_than_whose_data_is_read() -> None:
    habit = HourVolume(VolumeShape())
    for _ in range(100):
        habit.learn_one({"bytes": 1000.0, "customer_records": 1000.0})
    assert habit.score_one({"bytes": 1e6}) < habit.score_one({"customer_records": 1e6})
