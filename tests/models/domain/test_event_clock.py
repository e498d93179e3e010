import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.event_clock import ClockState, EventClock


def clock() -> EventClock:
    return EventClock(alone_seconds=3600.0, alone_events=100)


def test_one_principal_alone_has_its_own_time() -> None:
    time = clock()
    assert all(time.advance("erp", seconds) for seconds in (100.0, 200.0, 150.0))
    assert time.newest_seconds == 200.0


def test_of_two_the_one_behind_says_how_late_it_is() -> None:
    time = clock()
    for principal, seconds in (("erp", 100.0), ("bi", 90.0), ("erp", 120.0), ("bi", 130.0)):
        time.advance(principal, seconds)
    assert time.newest_seconds == 120.0


@pytest.mark.parametrize("ahead", [60.0, 86_000.0, 5e6, 2e9])
def test_a_principal_that_forges_its_time_moves_nobody_s(ahead: float) -> None:
    time = clock()
    for step in range(1000):
        for principal in ("erp", "bi", "repricer"):
            time.advance(principal, float(step))
            time.advance("thief", step + ahead)
    assert time.newest_seconds == 999.0


def test_a_first_event_of_the_year_2090_is_forgotten_when_others_come() -> None:
    time = clock()
    time.advance("thief", 3.8e9)
    time.advance("erp", 1000.0)
    time.advance("bi", 1010.0)
    assert time.newest_seconds == 1010.0


def test_one_that_stays_alone_pulls_time_along_where_arrival_bounds_it() -> None:
    time = clock()
    time.advance("bi", 0.0)
    for step in range(200):
        time.advance("erp", 60.0 * step, is_bounded=True)
    assert time.newest_seconds == 60.0 * 199 - 3600.0
    time.advance("bi", 100.0, is_bounded=True)
    assert time.newest_seconds == 100.0


def test_one_that_stays_alone_moves_nothing_in_a_file() -> None:
    time = clock()
    time.advance("bi", 0.0)
    assert all(time.advance("erp", 60.0 * step) for step in range(200))
    assert time.newest_seconds == 0.0


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), -1.0, 1e300])
def test_an_impossible_time_is_refused(seconds: float) -> None:
    time = clock()
    assert not time.advance("erp", seconds)
    assert time.newest_seconds is None


def test_a_time_of_an_earlier_release_goes_on() -> None:
    time = clock()
    time.restore(ClockState(), 500.0)
    time.advance("erp", 510.0)
    assert time.newest_seconds == 500.0
    time.advance("bi", 520.0)
    assert time.newest_seconds == 510.0


events = st.lists(st.tuples(st.sampled_from("abcd"), st.floats(0.0, 1e5)), min_size=1)


@given(events)
def test_no_principal_alone_is_ahead_of_the_clock_s_second(reads: list[tuple[str, float]]) -> None:
    time = clock()
    newest: dict[str, float] = {}
    for principal, seconds in reads:
        time.advance(principal, seconds)
        newest[principal] = max(seconds, newest.get(principal, 0.0))
    ordered = sorted(newest.values(), reverse=True)
    assert time.newest_seconds == (ordered[1] if len(ordered) > 1 else ordered[0])


@given(events, events)
def test_a_restored_clock_goes_on(first: list[tuple[str, float]], rest: list) -> None:
    one = clock()
    for principal, seconds in first:
        one.advance(principal, seconds)
    two = clock()
    kept = msgspec.msgpack.decode(msgspec.msgpack.encode(one.state), type=ClockState)
    two.restore(kept, one.newest_seconds)
    for principal, seconds in rest:
        one.advance(principal, seconds)
        two.advance(principal, seconds)
    assert (one.state, one.newest_seconds) == (two.state, two.newest_seconds)
