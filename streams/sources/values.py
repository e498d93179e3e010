"""Reads values of log records, whatever type they came as."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import parse_qsl

from models.access_event import Outcome

_MAX_COUNT: Final = 2**53
_MIN_SECONDS: Final = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
_MAX_SECONDS: Final = datetime(2100, 1, 1, tzinfo=UTC).timestamp()
_MILLISECONDS: Final = 1e11
_HOST: Final = re.compile(r"(?=.{4,100}$)[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?")
_QUERY_KEYS: Final = 200
_DENIED: Final = re.compile(r"denied|unauthori[sz]ed|forbidden|not authori[sz]ed|^40[13]$", re.I)
_THROTTLED: Final = re.compile(
    r"throttl|slow ?down|limit ?exceeded|toomanyrequests|throughputexceeded|quotaexceeded|^429$",
    re.I,
)
_STATUS_DENIED: Final = frozenset({401, 403})
_STATUS_THROTTLED: Final = 429
_STATUS_ERROR: Final = 400


def as_count(value: object) -> int | None:
    """Return a number of rows or bytes, or None if it is missing or no such number.

    Examples
    --------
    >>> as_count("500.0"), as_count(12), as_count(True), as_count("many"), as_count(-1)
    (500, 12, None, None, None)
    """
    if isinstance(value, str):
        try:
            value = float(value) if len(value) <= 32 else None  # noqa: PLR2004
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return int(value) if 0 <= value <= _MAX_COUNT else None


def as_time(value: object) -> float | None:
    """Return seconds since 1970-01-01 UTC, or None if it is no time of this century.

    Text without an offset is UTC; numbers are seconds or milliseconds.

    Examples
    --------
    >>> as_time("2020-09-14T00:44:23Z") == as_time("2020-09-14 00:44:23.000000000")
    True
    >>> as_time("redacted") is None
    True
    """
    if isinstance(value, str):
        seconds = _parsed(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        seconds = value / 1000 if value > _MILLISECONDS else float(value)
    else:
        return None
    return seconds if seconds is not None and _MIN_SECONDS <= seconds < _MAX_SECONDS else None


def _parsed(text: str) -> float | None:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return moment.timestamp()
    except (ValueError, OverflowError):
        return None


def as_text(value: object, limit: int = 256) -> str | None:
    """Return text or a whole number as text cut to `limit` characters; None if empty.

    Examples
    --------
    >>> as_text(" a "), as_text(7), as_text(""), as_text({})
    ('a', '7', None, None)
    """
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) <= _MAX_COUNT else None
    if not isinstance(value, str):
        return None
    # Lone surrogates can be in JSON, but in no UTF-8 message.
    clean = value.strip()[:limit].encode("utf-8", "replace").decode()
    return clean or None


def as_query(value: object) -> dict[str, str]:
    """Return a query, given as text or mapping, as its first values by name.

    Examples
    --------
    >>> as_query("?a=1&b=x%40y"), as_query({"a": ["1", "2"]})
    ({'a': '1', 'b': 'x@y'}, {'a': '1,2'})
    """
    if isinstance(value, str):
        if not value:
            return {}
        try:
            pairs = parse_qsl(value.lstrip("?"), max_num_fields=_QUERY_KEYS)
        except ValueError:
            return {}
        return dict(reversed(pairs))
    if not isinstance(value, Mapping):
        return {}
    return {str(key): _joined(item) for key, item in list(value.items())[:_QUERY_KEYS]}


def _joined(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ",".join(str(item) for item in value[:_QUERY_KEYS])
    return "" if value is None else str(value)


def as_address(value: object) -> str | None:
    """Return an IP address, an AWS host name or ``AWS Internal``; None for all else.

    Examples
    --------
    >>> as_address("192.0.2.1"), as_address("s3.amazonaws.com"), as_address("jane.example.com")
    ('192.0.2.1', 's3.amazonaws.com', None)
    """
    if not isinstance(value, str):
        return None
    text = value.strip()
    if text == "AWS Internal" or _HOST.fullmatch(text):
        return text
    try:
        return str(ip_address(text))
    except ValueError:
        return None


def outcome_of_status(status: int | None) -> Outcome:
    """Return how a call with this HTTP status ended; without one it counts as a success."""
    if status is None or status < _STATUS_ERROR:
        return Outcome.SUCCESS
    if status in _STATUS_DENIED:
        return Outcome.DENIED
    return Outcome.THROTTLED if status == _STATUS_THROTTLED else Outcome.ERROR


def outcome_of_error(code: str | None, text: str | None) -> Outcome:
    """Return how a call ended by its error code, else by its message.

    Examples
    --------
    >>> outcome_of_error("AccessDenied", None), outcome_of_error(None, None)
    (<Outcome.DENIED: 'denied'>, <Outcome.SUCCESS: 'success'>)
    """
    said = code or text
    if said is None:
        return Outcome.SUCCESS
    if _DENIED.search(said):
        return Outcome.DENIED
    return Outcome.THROTTLED if _THROTTLED.search(said) else Outcome.ERROR
