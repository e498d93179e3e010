import msgspec
from hypothesis import given
from hypothesis import strategies as st
from sample_account import incidents

from models.incidents.incident import Reason
from streams.web.reason_bars import CANVAS_WIDTH, UsualRange, reason_bars, usual_range

counts = st.integers(0, 10**12)


def reason(observed: float | str, expected: str, window: str = "hour") -> Reason:
    return Reason(
        feature="records",
        window=window,
        observed=observed,
        expected=expected,
        p_value=0.001,
        contribution=0.5,
        text="more than usual",
    )


def test_a_number_is_drawn_against_what_is_usual() -> None:
    bar = reason_bars([reason(500.0, "50 (20 to 100)")])[0]
    assert (bar.title, bar.observed, bar.times_usual) == ("records in an hour", "500", "10×")
    assert (bar.bar, bar.band, bar.median) == (1000.0, (40.0, 200.0), 100.0)
    assert (bar.share_percent, bar.is_new) == (50, False)


def test_less_than_usual_is_drawn_too() -> None:
    bar = reason_bars([reason(10.0, "50 (20 to 100)")])[0]
    assert (bar.bar, bar.band, bar.times_usual) == (100.0, (200.0, 1000.0), "")


def test_a_new_value_has_no_bar() -> None:
    bar = reason_bars([reason("203.0.113", "one of those seen before", "event")])[0]
    assert (bar.bar, bar.is_new, bar.title) == (None, True, "records")
    assert reason_bars([reason("customer", "payment")])[0].is_new is False


def test_a_share_is_a_part_of_the_whole() -> None:
    share = msgspec.structs.replace(reason(0.56, "at most 50%", "day"), feature="share_of_buyers")
    bar = reason_bars([share])[0]
    assert (bar.title, bar.observed, bar.bar) == ("share of buyers in a day", "56 %", 560.0)


def test_none_is_zero() -> None:
    assert usual_range("none") == usual_range("0") == UsualRange(0.0, 0.0, 0.0)
    assert reason_bars([reason(3.0, "none")])[0].times_usual == ""


@given(low=counts, middle=counts, high=counts)
def test_a_range_is_read_back(low: int, middle: int, high: int) -> None:
    text = f"{middle:,} ({low:,} to {high:,})"
    assert usual_range(text) == UsualRange(float(middle), float(low), float(max(low, high)))


@given(
    observed=st.floats() | st.text(max_size=20),
    expected=st.text(max_size=30) | st.sampled_from(["1 (0 to 2)", "9,999 (1 to 99,999)"]),
    window=st.sampled_from(["hour", "day", "7d", "30d", "event", "fortnight"]),
)
def test_whatever_the_detector_says_stays_on_the_canvas(
    observed: float | str, expected: str, window: str
) -> None:
    bar = reason_bars([reason(observed, expected, window)])[0]
    places = [bar.bar, bar.median, *(bar.band or ())]
    assert all(0 <= place <= CANVAS_WIDTH for place in places if place is not None)


def test_what_the_detector_really_writes_is_understood() -> None:
    reasons = [r for i in incidents() for r in i.reasons if isinstance(r.observed, float)]
    assert len(reasons) >= 3
    assert all(usual_range(r.expected) is not None for r in reasons)
