"""Reasons as bars: the observed value against the usual range."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from models.incidents.incident import Reason
from models.incidents.usual_range import UsualRange
from streams.presentation.untrusted_text import sanitize
from streams.presentation.wording import (
    count,
    humanize,
    of_principal,
    percent,
    usual_range,
)

# Bars are drawn on a canvas of this width; the page stretches it.
CANVAS_WIDTH: Final = 1000.0
_WINDOWS: Final = {
    "hour": "in an hour",
    "day": "in a day",
    "3d": "a day, in 3 days",
    "7d": "a day, in 7 days",
    "30d": "a day, in 30 days",
    "event": "",
}
# Where the name of a feature does not say what its number counts.
_TITLES: Final = {"history": "days of history", "credential_age_days": "days since it was made"}


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


def reason_bars(reasons: Sequence[Reason], principal: str = "") -> list[ReasonBar]:
    """Lay out the reasons of an incident; the page names the principal only once."""
    return [_bar(reason, of_principal(reason.text, principal)) for reason in reasons]


def _bar(reason: Reason, text: str) -> ReasonBar:
    number = _number(reason.observed)
    usual = _drawn(reason.usual)
    bar = band = median = None
    if number is not None:
        longest = max(number, 1.0, *(usual or ()))
        bar = _place(number, longest)
        if usual is not None:
            median, low, high = (_place(value, longest) for value in usual)
            band = low, high
    return ReasonBar(
        title=humanize(reason.feature) if number is None else _title(reason),
        text=sanitize(text, 400),
        observed=_observed(reason, number),
        usual=usual_range(reason),
        times_usual=_times(number, usual[0] if usual else None),
        share_percent=round(100 * min(1.0, max(0.0, reason.contribution))),
        is_new=number is None and reason.window == "event",
        bar=bar,
        band=band,
        median=median,
    )


def _drawn(usual: UsualRange) -> tuple[float, float, float] | None:
    """Return median, low and high; None where words or a limit say what is usual."""
    if usual == UsualRange():
        return 0.0, 0.0, 0.0
    median, low, high = map(_number, usual)
    if median is None:
        return None
    low = median if low is None else low
    return median, low, max(low, median if high is None else high)


def _number(value: float | str | None) -> float | None:
    return value if isinstance(value, int | float) and math.isfinite(value) else None


def _observed(reason: Reason, number: float | None) -> str:
    if number is None:
        return sanitize(reason.observed, 120)
    return percent(number) if reason.is_share else count(number)


def _title(reason: Reason) -> str:
    window = _WINDOWS.get(reason.window, humanize(reason.window))
    if reason.feature in _TITLES:
        return _TITLES[reason.feature]
    what = humanize(reason.feature)
    objects = what.replace(" records", " objects")
    if objects.casefold() in reason.text.casefold():
        what = objects
    return f"{what} {window}".strip()


def _place(value: float, longest: float) -> float:
    return round(CANVAS_WIDTH * (max(0.0, value) / longest), 1)


def _times(number: float | None, median: float | None) -> str:
    if number is None or median is None or median < 1:
        return ""
    factor = number / median
    if factor < 1.05:
        return ""
    return f"{factor:,.0f}×" if factor >= 10 else f"{factor:.1f}×"
