"""Hours of the day, near and far from those that are known."""

from hypothesis import given
from hypothesis import strategies as st

from models.observation.tokens import hour_feature

HOUR = st.integers(0, 23)


@given(HOUR, st.sets(HOUR, min_size=1), st.integers(0, 23))
def test_only_the_distance_around_the_clock_counts(hour: int, known: set[int], turn: int) -> None:
    turned = {(one + turn) % 24 for one in known}
    assert hour_feature(hour, known) == hour_feature((hour + turn) % 24, turned)


@given(HOUR, st.sets(HOUR, min_size=1))
def test_more_known_hours_never_make_an_hour_stranger(hour: int, known: set[int]) -> None:
    order = ["hour_nearby", "hour", "far_hour"]
    for left_out in known:
        fewer = hour_feature(hour, known - {left_out})
        assert order.index(fewer) >= order.index(hour_feature(hour, known))


def test_nothing_known_is_far() -> None:
    assert hour_feature(3, set()) == "far_hour"
