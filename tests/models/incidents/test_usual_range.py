from hypothesis import example, given
from hypothesis import strategies as st

from models.incidents.usual_range import UsualRange

volumes = st.floats(0, 1e12)


@example((15.2, 14.9, 15.0))
@given(st.tuples(volumes, volumes, volumes))
def test_the_numbers_are_those_of_the_text(bounds: tuple[float, float, float]) -> None:
    low, median, high = sorted(bounds)
    usual = UsualRange.of((low, median, high))
    band = "" if usual.low == usual.high else f" ({low:,.0f} to {high:,.0f})"
    assert usual.text() == f"{median:,.0f}{band}"
    assert all(value == round(value) for value in usual)


def test_what_is_unknown_is_none() -> None:
    assert UsualRange.of(None) == UsualRange(None, None, None)
    assert UsualRange.of(None).text() == "none"


def test_a_limit_is_no_range() -> None:
    assert UsualRange.at_most(3) == UsualRange(None, None, 3.0)
    assert UsualRange(3.0, None, 9.0).text() == "3"
    assert UsualRange.at_most(0).text() == "none"
