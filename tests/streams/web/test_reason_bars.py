import msgspec
from hypothesis import given
from hypothesis import strategies as st
from sample_account import incidents

from models.incidents.incident import Reason
from models.incidents.usual_range import UsualRange
from streams.web.reason_bars import CANVAS_WIDTH, reason_bars

RANGE = UsualRange(50.0, 20.0, 100.0)
numbers = st.none() | st.floats() | st.integers(0, 10**12)


def reason(observed: float | str, usual: UsualRange, window: str = "hour") -> Reason:
    return Reason(
        feature="records",
        window=window,
        observed=observed,
        expected=usual.expected,
        low=usual.low,
        high=usual.high,
        p_value=0.001,
        contribution=0.5,
        text="more than usual",
    )


def test_a_number_is_drawn_against_what_is_usual() -> None:
    bar = reason_bars([reason(500.0, RANGE)])[0]
    assert (bar.title, bar.observed, bar.times_usual) == ("records in an hour", "500", "10×")
    assert (bar.bar, bar.band, bar.median) == (1000.0, (40.0, 200.0), 100.0)
    assert (bar.share_percent, bar.is_new, bar.usual) == (50, False, "50 (20 to 100)")


def test_a_reach_into_history_is_told_in_days() -> None:
    told = msgspec.structs.replace(reason(991.0, RANGE), feature="history")
    assert reason_bars([told])[0].title == "days of history"


def test_less_than_usual_is_drawn_too() -> None:
    bar = reason_bars([reason(10.0, RANGE)])[0]
    assert (bar.bar, bar.band, bar.times_usual) == (100.0, (200.0, 1000.0), "")


def test_a_new_value_has_no_bar() -> None:
    known = UsualRange("one of those seen before")
    bar = reason_bars([reason("203.0.113", known, "event")])[0]
    assert (bar.bar, bar.is_new, bar.title) == (None, True, "records")
    assert reason_bars([reason("customer", UsualRange("payment"))])[0].is_new is False


def test_a_share_is_a_part_of_the_whole() -> None:
    over = reason(0.56, UsualRange.at_most(0.5), "day")
    bar = reason_bars([msgspec.structs.replace(over, feature="share_of_buyers")])[0]
    assert (bar.title, bar.observed, bar.bar) == ("share of buyers in a day", "56 %", 560.0)
    assert (bar.usual, bar.band, bar.median) == ("at most 50%", None, None)


def test_nothing_usual_is_drawn_as_zero() -> None:
    none, zero = reason_bars([reason(3.0, UsualRange()), reason(3.0, UsualRange(0.0))])
    assert (none.usual, none.band, none.median, none.times_usual) == ("none", (0.0, 0.0), 0.0, "")
    assert (zero.usual, zero.band, zero.median, zero.times_usual) == ("0", (0.0, 0.0), 0.0, "")


def test_the_words_of_an_earlier_release_are_shown_without_a_band() -> None:
    bar = reason_bars([reason(500.0, UsualRange("50 (20 to 100)"))])[0]
    assert (bar.usual, bar.bar, bar.band, bar.median) == ("50 (20 to 100)", 1000.0, None, None)
    assert bar.times_usual == ""


@given(
    observed=st.floats() | st.text(max_size=20),
    usual=st.builds(UsualRange, numbers | st.text(max_size=30), numbers, numbers),
    window=st.sampled_from(["hour", "day", "7d", "30d", "event", "fortnight"]),
)
def test_whatever_the_detector_says_stays_on_the_canvas(
    observed: float | str, usual: UsualRange, window: str
) -> None:
    bar = reason_bars([reason(observed, usual, window)])[0]
    places = [bar.bar, bar.median, *(bar.band or ())]
    assert all(0 <= place <= CANVAS_WIDTH for place in places if place is not None)


def test_what_the_detector_really_writes_is_drawn() -> None:
    reasons = [r for i in incidents() for r in i.reasons if isinstance(r.observed, float)]
    assert len(reasons) >= 3
    assert all(bar.band is not None for bar in reason_bars(reasons))
