"""Reasons as bars: the observed value against the usual range."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from models.incidents.incident import Reason
from streams.presentation.wording import count, humanize, of_principal, percent, sanitize

# Bars are drawn on a canvas of this width; the page stretches it.
CANVAS_WIDTH: Final = 1000.0
_NUMBER: Final = r"(\d[\d,]*(?:\.\d+)?)"
_RANGE: Final = re.compile(rf"{_NUMBER}(?: \({_NUMBER} to {_NUMBER}\))?")
_WINDOWS: Final = {
    "hour": "in an hour",
    "day": "in a day",
    "7d": "in 7 days",
    "30d": "in 30 days",
    "event": "",
}


@dataclass(frozen=True)
class UsualRange:
    """The usual values of a feature: the median, and the range of nine in ten."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class ReasonBar:
    """One reason, ready to be drawn.

    Lengths and positions are in units of the canvas, from its left edge. `bar` is None where the
    observed value is not a number but one that is new or not allowed. `is_new` marks a value that
    was never seen for the principal.
    """

    title: str
    text: str
    observed: str
    usual: str
    times_usual: str
    share_percent: int
    is_new: bool
    bar: float | None
    band: tuple[float, float] | None
    median: float | None


def usual_range(expected: str) -> UsualRange | None:
    """Read the numbers out of a reason's expected value, such as ``"50 (20 to 90)"`` or ``"0"``.

    Examples
    --------
    >>> usual_range("1,050 (20 to 9,000)")
    UsualRange(median=1050.0, low=20.0, high=9000.0)
    >>> usual_range("one of those seen before") is None
    True
    """
    text = "0" if expected.strip() == "none" else expected.strip()
    found = _RANGE.fullmatch(text)
    if found is None:
        return None
    median, low, high = (float((number or found[1]).replace(",", "")) for number in found.groups())
    return UsualRange(median, low, max(low, high))


def reason_bars(reasons: Sequence[Reason], principal: str = "") -> list[ReasonBar]:
    """Lay out the reasons of an incident; the page names the principal only once."""
    return [_bar(reason, of_principal(reason.text, principal)) for reason in reasons]


def _bar(reason: Reason, text: str) -> ReasonBar:
    usual = usual_range(reason.expected)
    number = reason.observed if isinstance(reason.observed, int | float) else None
    if number is not None and not math.isfinite(number):
        number = None
    bar = band = median = None
    if number is not None:
        longest = max(number, usual.high if usual else 0.0, 1.0)
        bar = _place(number, longest)
        if usual is not None:
            band = _place(usual.low, longest), _place(usual.high, longest)
            median = _place(usual.median, longest)
    return ReasonBar(
        title=humanize(reason.feature) if number is None else _title(reason),
        text=sanitize(text, 400),
        observed=_observed(reason, number),
        usual=sanitize(reason.expected, 160),
        times_usual=_times(number, usual),
        share_percent=round(100 * min(1.0, max(0.0, reason.contribution))),
        is_new=number is None and reason.window == "event",
        bar=bar,
        band=band,
        median=median,
    )


def _observed(reason: Reason, number: float | None) -> str:
    if number is None:
        return sanitize(reason.observed, 120)
    return percent(number) if reason.feature.startswith("share_of_") else count(number)


def _title(reason: Reason) -> str:
    window = _WINDOWS.get(reason.window, humanize(reason.window))
    return f"{humanize(reason.feature)} {window}".strip()


def _place(value: float, longest: float) -> float:
    return round(CANVAS_WIDTH * (max(0.0, value) / longest), 1)


def _times(number: float | None, usual: UsualRange | None) -> str:
    if number is None or usual is None or usual.median < 1:
        return ""
    factor = number / usual.median
    if factor < 1.05:
        return ""
    return f"{factor:,.0f}×" if factor >= 10 else f"{factor:.1f}×"
