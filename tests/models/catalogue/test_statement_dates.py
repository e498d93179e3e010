from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.statement_tables import statement_start

DAY = 86_400.0
START = datetime(2023, 11, 29, tzinfo=UTC).timestamp()


def start(condition: str) -> tuple[float | None, float | None]:
    earliest, longest = statement_start(f"SELECT * FROM shop.orders WHERE {condition}")
    return earliest, None if longest is None else longest / DAY


@pytest.mark.parametrize(
    "condition",
    [
        "day >= '2023-11-29'", "day > DATE '2023-11-29'", "'2023-11-29' <= day",
        "day BETWEEN DATE '2023-11-29' AND DATE '2025-01-01'", "day = '2023-11-29'",
        "day IN ('2025-01-02', '2023-11-29')", "paid >= timestamp '2023-11-29 00:00:00'",
        "from_iso8601_timestamp('2023-11-29T00:00:00Z') < paid",
        "a = 1 OR (b = 2 AND day >= CAST('2023-11-29' AS date))",
    ],
)  # fmt: skip
def test_a_column_that_is_compared_with_a_date(condition: str) -> None:
    assert start(condition) == (START, None)


@pytest.mark.parametrize(
    ("condition", "days"),
    [
        ("day >= current_date - INTERVAL '730' DAY", 730.0),
        ("day >= now() - INTERVAL '2' YEAR", 730.0),
        ("day >= date_add('day', -730, current_date)", 730.0),
        ("day >= date_add('year', -2, now()) AND day >= now() - INTERVAL '1' MONTH", 730.0),
    ],
)
def test_a_time_before_today(condition: str, days: float) -> None:
    assert start(condition) == (None, days)


@pytest.mark.parametrize("condition", ["year = '2022'", "year = 2022", "year(day) >= 2022"])
def test_a_year_counts_from_its_end(condition: str) -> None:
    assert start(condition) == (datetime(2022, 12, 31, tzinfo=UTC).timestamp(), None)


@pytest.mark.parametrize(
    "condition",
    [
        "day < '2023-11-29'", "'2023-11-29' > day", "note = 'since 2023-11-29'", "size > 2023",
        "day >= '2023-13-29'", "day >= ***redacted***", "1 = 1", "day >= '",
        "day >= concat('2023', '-11-29')",
    ],
)  # fmt: skip
def test_what_does_not_say_since_when(condition: str) -> None:
    assert start(condition) == (None, None)


@given(st.text(alphabet="0123456789-'() <>=;ad\"`", max_size=40))
def test_whatever_is_written_gives_a_number_or_nothing(text: str) -> None:
    for value in start(f"day >= {text}"):
        assert value is None or value == pytest.approx(value)
