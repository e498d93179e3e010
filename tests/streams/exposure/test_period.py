from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import InputError
from streams.exposure.period import Period


def test_both_days_are_in_it_and_no_more() -> None:
    period = Period.parse("2026-01-01", "2026-01-02")
    inside = datetime(2026, 1, 2, 23, 59, 59, tzinfo=UTC).timestamp()
    assert period.holds(period.begin_seconds)
    assert period.holds(inside)
    assert not period.holds(inside + 1)
    assert not period.holds(period.begin_seconds - 1)
    assert str(period) == "2026-01-01 to 2026-01-02"


def test_a_week_ends_with_its_day() -> None:
    period = Period.week_before(datetime(2026, 1, 7, 23, tzinfo=UTC))
    assert str(period) == "2026-01-01 to 2026-01-07"


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2026-01-02", "2026-01-01", "must not be after"),
        ("2020-01-01", "2026-01-01", "366 days"),
        ("yesterday", "2026-01-01", "is no day"),
        ("2026-01-01", "", "is no day"),
        ("0001-01-01", "0001-01-02", "between 1970"),
        ("9999-12-31", "9999-12-31", "between 1970"),
    ],
)
def test_what_is_no_period_is_told(first: str, last: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        Period.parse(first, last)


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_text_is_a_period_or_one_line(first: str, last: str) -> None:
    try:
        assert Period.parse(first, last).days > 0
    except InputError as error:
        assert "\n" not in str(error)
