import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.event_clock import EventClock


def test_time_goes_on_and_never_back() -> None:
    clock = EventClock(jump_seconds=3600.0, jumps_believed=5)
    assert all(clock.advance(seconds) for seconds in (100.0, 200.0, 150.0))
    assert clock.newest_seconds == 200.0


def test_a_wrong_clock_among_right_ones_is_never_believed() -> None:
    clock = EventClock(jump_seconds=3600.0, jumps_believed=5)
    for step in range(100):
        assert clock.advance(float(step))
        assert not clock.advance(1e6 + step)
    assert clock.newest_seconds == 99.0


def test_jumps_in_a_row_are_time_that_has_moved_on() -> None:
    clock = EventClock(jump_seconds=3600.0, jumps_believed=5)
    clock.advance(0.0)
    assert [clock.advance(1e6 + step) for step in range(7)] == [False] * 5 + [True] * 2
    assert clock.newest_seconds == 1e6 + 6


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), -1.0, 1e300])
def test_an_impossible_time_moves_nothing(seconds: float) -> None:
    clock = EventClock(jump_seconds=3600.0, jumps_believed=0)
    assert not clock.advance(seconds)
    assert clock.newest_seconds is None


@given(st.lists(st.floats(0.0, 3599.0), min_size=1))
def test_without_jumps_the_newest_is_the_latest(times: list[float]) -> None:
    clock = EventClock(jump_seconds=3600.0, jumps_believed=1)
    assert all(clock.advance(seconds) for seconds in times)
    assert clock.newest_seconds == max(times)
