"""What slow growth is told as: the last days beside the days before."""

from models.detection.slow_reason import slow_days, slow_reason
from models.estimators.rolling_volume import RollingVolume
from models.incidents.counted import Counted
from models.observation.features import RECORDS


def habit(*volumes: float) -> RollingVolume:
    days = RollingVolume()
    for volume in volumes:
        days.learn_one({"records": volume})
    return days


def test_days_beyond_the_largest_before_are_outside() -> None:
    found = slow_days(habit(*[100.0] * 10, 300.0, 320.0, 310.0), RECORDS, 3)
    assert found.is_outside
    assert found.is_convincing
    assert (found.active, found.above, found.running) == (3, 3, 3)


def test_a_fifth_more_inside_the_usual_range_convinces_nobody() -> None:
    found = slow_days(habit(*[50.0, 100.0, 300.0] * 4, 120.0, 118.0, 125.0), RECORDS, 3)
    assert not found.is_outside
    assert not found.is_convincing


def test_twice_the_usual_on_most_days_is_told_by_its_days() -> None:
    days = habit(*[50.0, 100.0, 300.0] * 4, 200.0, 210.0, 90.0, 220.0, 190.0, 205.0, 215.0)
    found = slow_days(days, RECORDS, 7)
    assert not found.is_outside
    assert found.is_convincing
    assert (found.above, found.running) == (6, 4)
    reason = slow_reason("app-1", found, RECORDS, 7, 0.001, counted=Counted.RECORDS)
    assert "above its usual on 6 of them" in reason.text
    assert (reason.days_above, reason.is_beyond_usual) == (6, False)
