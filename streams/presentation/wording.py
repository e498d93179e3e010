"""Numbers, times and names, formatted for people."""

from datetime import UTC, datetime, timedelta
from typing import Final

from models.domain.time_units import DAY_SECONDS, HOUR_SECONDS
from models.incidents.incident import Reason
from models.incidents.reason_text import told_name
from streams.presentation.untrusted_text import sanitize, sanitize_name

_LARGEST_READ: Final = 10**15
_LONG_ID: Final = 12
_USUAL_CHARACTERS: Final = 160
_UNITS: Final = ("B", "kB", "MB", "GB", "TB", "PB")
_ACRONYMS: Final = {word: word.upper() for word in ("bi", "erp", "etl", "wms")}


def short_principal(principal: str) -> str:
    """Return the short name of a principal: the meaningful end of an ARN or a long id.

    Examples
    --------
    >>> short_principal("arn:aws:iam::123456789012:role/exporter"), short_principal("app-1")
    ('role/exporter', 'app-1')
    >>> short_principal("amzn1.sp.solution.0ca65ac3-6291-274c-93e6-eab8d2a22e12")
    'solution …b8d2a22e12'
    """
    if principal.startswith("arn:"):
        principal = principal.split(":", 5)[-1] or principal
    kind, dot, number = principal.rpartition(".")
    if dot and principal.startswith("amzn1.") and len(number) > _LONG_ID:
        principal = f"{kind.rpartition('.')[2]} …{number[-10:]}"
    return sanitize_name(principal, 60)


def principal_name(principal: str, kind: str = "") -> str:
    """Return a principal's name for a sentence, with its declared kind.

    Examples
    --------
    >>> principal_name("app-1", "payment_processor"), principal_name("app-1")
    ('the payment processor app-1', 'app-1')
    """
    name = short_principal(principal)
    return f"the {sanitize(humanize(kind), 40)} {name}" if kind else name


def of_principal(text: str, principal: str) -> str:
    """Return the text of a reason without the principal, for places that name it already.

    Examples
    --------
    >>> of_principal("app-1 read 3 records.", "app-1")
    'It read 3 records.'
    >>> of_principal("30 of 60 calls of app-1 failed.", "app-1")
    '30 of 60 calls failed.'
    """
    name = told_name(principal)
    if not name:
        return text
    if text.startswith(name):
        return f"It{text[len(name) :]}"
    return text.replace(f" of {name}", "", 1)


def count(number: float | None, unknown: str = "unknown") -> str:
    """Return a whole number with thousands separators; a huge one in scientific notation.

    Examples
    --------
    >>> count(12345), count(None), count(10**18)
    ('12,345', 'unknown', '1.0e+18')
    """
    if number is None:
        return unknown
    return f"{number:,.0f}" if abs(number) < _LARGEST_READ else f"{number:.1e}"


def percent(share: float) -> str:
    """Return a share as a percentage; a small one keeps a significant digit.

    Examples
    --------
    >>> percent(0.56), percent(0.014), percent(0.00004)
    ('56 %', '1.4 %', 'under 0.1 %')
    """
    if share < 0.001:
        return "under 0.1 %"
    return f"{share:.0%}".replace("%", " %") if share >= 0.1 else f"{100 * share:.1f} %"


def usual_range(reason: Reason) -> str:
    """Return what is usual of a reason's feature.

    Examples
    --------
    >>> reason = Reason(
    ...     feature="records", window="hour", observed=900.0, expected=50.0, low=20.0, high=90.0,
    ...     p_value=0.001, contribution=0.5, text="app-1 read 900 records in an hour.",
    ... )
    >>> usual_range(reason)
    '50 (20 to 90)'
    """
    # Words may name networks or classes that somebody wrote.
    return sanitize(reason.usual.text(is_share=reason.is_share), _USUAL_CHARACTERS)


def size(number: int | None, unknown: str = "unknown") -> str:
    """Return a number of bytes in decimal units.

    Examples
    --------
    >>> size(900), size(5_400_000), size(None)
    ('900 B', '5.4 MB', 'unknown')
    """
    if number is None:
        return unknown
    value, unit = float(number), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return (
        f"{value:.0f} {_UNITS[unit]}"
        if unit == 0 or value >= 99.5
        else (f"{value:.1f} {_UNITS[unit]}")
    )


def format_time(time: datetime | None) -> str:
    """Return a time with minute precision.

    Examples
    --------
    >>> format_time(datetime(2026, 1, 2, 3, 4, 59, tzinfo=UTC)), format_time(None)
    ('2 Jan 2026 03:04 UTC', 'never')
    """
    if time is None:
        return "never"
    utc = time.astimezone(UTC)
    return f"{utc.day} {utc:%b %Y %H:%M} UTC"


def duration(span: timedelta) -> str:
    """Return a time span in its two largest units.

    Examples
    --------
    >>> duration(timedelta(hours=26, minutes=5)), duration(timedelta(seconds=61))
    ('1 d 2 h', '1 min')
    """
    seconds = int(abs(span.total_seconds()))
    days, rest = divmod(seconds, int(DAY_SECONDS))
    hours, minutes = rest // int(HOUR_SECONDS), rest % int(HOUR_SECONDS) // 60
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min" if minutes else f"{seconds} s"


def humanize(name: str) -> str:
    """Return the name of a field or kind as words.

    Examples
    --------
    >>> humanize("payment_processor"), humanize("bi_export")
    ('payment processor', 'BI export')
    """
    return " ".join(_ACRONYMS.get(word, word) for word in name.split("_"))


def chance(p_value: float) -> str:
    """Return the chance that a normal day of a principal looks like this.

    Examples
    --------
    >>> chance(0.0004), chance(0.0)
    ('1 normal day in 2,500', 'fewer than 1 normal day in a million')
    """
    if p_value < 1e-6:
        return "fewer than 1 normal day in a million"
    return f"1 normal day in {1 / min(p_value, 1.0):,.0f}"


def sequence(parts: list[str]) -> str:
    """Join parts with commas and "and".

    Examples
    --------
    >>> sequence(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
