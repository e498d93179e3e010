"""Reads from an SQL statement how far back it asks for data."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, NamedTuple

from sqlglot import exp

from models.domain.time_units import DAY_SECONDS, HOUR_SECONDS

_DATE: Final = re.compile(
    r"\s*([12][0-9]{3})-([0-9]{2})-([0-9]{2})(?:[T ]([0-2][0-9]):([0-5][0-9])|\s*$|Z)", re.ASCII
)
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}", re.ASCII)
_YEARS: Final = frozenset({"year", "yr", "y"})
_UNITS: Final = {
    "HOUR": HOUR_SECONDS, "DAY": DAY_SECONDS, "WEEK": 7 * DAY_SECONDS, "MONTH": 30 * DAY_SECONDS,
    "QUARTER": 91 * DAY_SECONDS, "YEAR": 365 * DAY_SECONDS,
}  # fmt: skip
_MOST_DIGITS: Final = 6


class StatementStart(NamedTuple):
    """From when on a statement asks for data.

    Parameters
    ----------
    earliest
        The earliest date that it names, in seconds since 1970-01-01 UTC; None if it names none.
    longest
        The longest time before its run that it names, in seconds; None if it names none.
    """

    earliest: float | None = None
    longest: float | None = None


def start_of(statements: list[exp.Expr]) -> StatementStart:
    """Return from when on statements ask for data: of several conditions the earliest counts.

    Only dates that a column is compared with count, and of ranges only the beginning. A year
    counts from its end, because the months stand in another condition.

    Examples
    --------
    >>> import sqlglot
    >>> sql = "SELECT * FROM t WHERE day >= DATE '1970-01-03' AND day < DATE '1970-01-02'"
    >>> start_of([sqlglot.parse_one(sql, read="trino")])
    StatementStart(earliest=172800.0, longest=None)
    """
    earliest: list[float] = []
    longest: list[float] = []
    for statement in statements:
        for column, value in _bounds(statement):
            earliest.extend(_moments(column, value))
            longest.extend(_times_before(value))
    return StatementStart(min(earliest, default=None), max(longest, default=None))


def _bounds(statement: exp.Expr) -> Iterator[tuple[exp.Expr, exp.Expr]]:
    """Yield columns and the values that they are at least."""
    kinds = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.EQ, exp.Between, exp.In)
    for node in statement.find_all(*kinds):
        column = node.this
        if isinstance(node, exp.Between):
            yield column, node.args["low"]
        elif isinstance(node, exp.In):
            yield from ((column, value) for value in node.expressions)
        else:
            value, turned = node.expression, isinstance(node, exp.LT | exp.LTE)
            if column.find(exp.Column) is None:
                column, value, turned = value, column, not turned
            if not turned or isinstance(node, exp.EQ):
                yield column, value


def _moments(column: exp.Expr, value: exp.Expr) -> Iterator[float]:
    is_year = any(one.name.lower() in _YEARS for one in column.find_all(exp.Column))
    for literal in value.find_all(exp.Literal):
        text = literal.name
        if (is_year or column.find(exp.Year)) and _YEAR.fullmatch(text):
            yield datetime(int(text) + 1, 1, 1, tzinfo=UTC).timestamp() - DAY_SECONDS
        elif found := _DATE.match(text):
            year, month, day, hour, minute = (int(part or 0) for part in found.groups())
            try:
                yield datetime(year, month, day, min(hour, 23), minute, tzinfo=UTC).timestamp()
            except ValueError:
                continue


def _times_before(value: exp.Expr) -> Iterator[float]:
    for node in value.find_all(exp.Sub, exp.DateSub, exp.DateAdd, exp.TimestampSub):
        count, unit = node.expression, node.args.get("unit")
        if isinstance(count, exp.Interval):
            count, unit = count.this, count.args.get("unit")
        digits = "" if count is None else count.sql().strip("-'() ")
        seconds = _UNITS.get("" if unit is None else unit.name.upper().removesuffix("S"))
        if seconds is not None and digits.isascii() and digits.isdecimal():
            yield seconds * int(digits[:_MOST_DIGITS])
