"""A month against the days before it."""

from models.estimators.rolling_volume import RollingVolume
from models.observation.features import FEATURES

BYTES = FEATURES.index("bytes")


def _month(days: list[float]) -> float:
    habit = RollingVolume()
    for volume in days:
        habit.learn_one({"bytes": volume} if volume else {})
    return habit.month_score(BYTES)


def test_a_month_of_half_as_much_again_stands_out_where_each_day_is_alike() -> None:
    assert _month([1e6] * 40 + [1.5e6] * 30) > 3.0


def test_a_job_that_runs_on_some_days_does_not_stand_out_when_it_runs_more_often() -> None:
    seldom = [1e6 if day % 5 == 0 else 0.0 for day in range(40)]
    often = [1e6 if day % 5 < 2 else 0.0 for day in range(30)]
    assert _month(seldom + often) < 2.0
