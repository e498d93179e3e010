"""Reads fields of untrusted records."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from models.domain.access_event import Outcome
from models.domain.network import parse_address
from models.domain.time_units import DAY_SECONDS
from models.domain.user_agent import is_service
from models.errors import RecordError

Record = Mapping[str, Any]
# Returns the AS number and the country of an address.
FindNetwork = Callable[[str | None], tuple[int | None, str | None]]
TIME_NAMES: Final = ("eventTime", "time", "@timestamp", "p_event_time")

_TEXT_LIMIT: Final = 1024
_LATEST: Final = 4e9
_MILLISECONDS_FROM: Final = 1e11
_NUMBER: Final = re.compile(r"[0-9]{9,14}(\.[0-9]{1,9})?", re.ASCII)
_COMMON_LOG_TIME: Final = "%d/%b/%Y:%H:%M:%S %z"
_LARGEST: Final = 2**53
_ADDRESS: Final = re.compile(r"[0-9A-Fa-f:.]{2,45}", re.ASCII)
_LARGEST_ASN: Final = 2**32 - 1
_ADDRESSES_REMEMBERED: Final = 8192
_DENIED: Final = ("accessdenied", "unauthorized", "forbidden", "authfailure")
_THROTTLED: Final = ("throttl", "slowdown", "requestlimit", "toomanyrequests", "throughputexceeded")
_DENIED_STATUS: Final = frozenset({401, 403})
_THROTTLED_STATUS: Final = 429
_FIRST_ERROR_STATUS: Final = 400
_FIRST_FAULT_STATUS: Final = 500
_FAULTS: Final = (
    "internalerror", "internalfailure", "internalserver", "internalservice", "serviceunavailable",
)  # fmt: skip


def text(record: Record, name: str) -> str | None:
    """Return a text field, or None if it is missing or empty.

    Raises
    ------
    RecordError
        If it is not a text, or too long.
    """
    value = record.get(name)
    if type(value) is str and 0 < len(value) <= _TEXT_LIMIT:
        return value
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        message = f"{name}: expected text, found {type(value).__name__}"
        raise RecordError(message)
    if len(value) > _TEXT_LIMIT:
        message = f"{name}: longer than {_TEXT_LIMIT} characters"
        raise RecordError(message)
    return value


def loose_text(record: Record, name: str) -> str | None:
    """Return a text field cut to a sane length, or None if it is not a text."""
    value = record.get(name)
    return value[:_TEXT_LIMIT] if isinstance(value, str) and value else None


def mapping(record: Record, name: str) -> Record:
    """Return an object field; anything else counts as an empty object."""
    value = record.get(name)
    return value if isinstance(value, dict) else {}


def count(value: object) -> int | None:
    """Read a number of rows or bytes, whatever its type.

    Examples
    --------
    >>> count("12"), count(3.0), count(-1), count("NaN"), count(True)
    (12, 3, None, None, None)
    """
    if type(value) is int:
        return value if 0 <= value <= _LARGEST else None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and len(value) > 32:  # noqa: PLR2004 - no count is longer
        return None
    try:
        number = value if isinstance(value, int) else float(value)
    except ValueError:
        return None
    if isinstance(number, float) and not math.isfinite(number):
        return None
    return int(number) if 0 <= number <= _LARGEST else None


def time_of(record: Record) -> float:
    """Return the time of a record in seconds since 1970-01-01 UTC.

    A time without an offset is UTC. A number is seconds or milliseconds since 1970. The Common Log
    Format is accepted too.

    Raises
    ------
    RecordError
        If there is no time, or it cannot be read.
    """
    for name in TIME_NAMES:
        value = record.get(name)
        if value is not None and value != "":
            return _time(name, value)
    message = f"no time: expected one of {', '.join(TIME_NAMES)}"
    raise RecordError(message)


def age_days(value: object, now_seconds: float) -> int | None:
    """Return how many whole days ago a time was; None if it cannot be read.

    A time to come is 0 days ago.

    Examples
    --------
    >>> age_days("2026-01-01T00:00:00Z", 1767225600.0 + 3 * 86400.0)
    3
    >>> age_days("yesterday", 0.0) is None
    True
    """
    try:
        seconds = _seconds(value)
    except (ValueError, OverflowError, OSError):
        return None
    if seconds is None or not 0 <= seconds < _LATEST:
        return None
    return max(0, int((now_seconds - seconds) // DAY_SECONDS))


def _time(name: str, value: object) -> float:
    try:
        seconds = _seconds(value)
    except (ValueError, OverflowError, OSError) as error:
        message = f"{name}: not an RFC 3339 time"
        raise RecordError(message) from error
    if seconds is None:
        message = f"{name}: expected text, found {type(value).__name__}"
        raise RecordError(message)
    if not 0 <= seconds < _LATEST:
        message = f"{name}: out of range"
        raise RecordError(message)
    return seconds


def _seconds(value: object) -> float | None:
    if isinstance(value, str):
        text = value.strip()
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            if not _NUMBER.fullmatch(text):
                return datetime.strptime(text, _COMMON_LOG_TIME).astimezone(UTC).timestamp()
            value = float(text)
        else:
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=UTC)
            return moment.timestamp()
    if isinstance(value, datetime):
        return (value if value.tzinfo is not None else value.replace(tzinfo=UTC)).timestamp()
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not math.isfinite(value):
        return -1.0
    return value / 1000 if value > _MILLISECONDS_FROM else float(value)


def nowhere(_address: str | None) -> tuple[None, None]:
    """Find no network, for use without a database."""
    return None, None


def address(value: object) -> str | None:
    """Return an IP address; None for anything else.

    Examples
    --------
    >>> address("192.0.2.7"), address("jane.example.com")
    ('192.0.2.7', None)
    """
    return value if isinstance(value, str) and _is_address(value) else None


def aws_address(value: object) -> str | None:
    """Return an IP address or the host name of an AWS service; None for anything else."""
    if isinstance(value, str) and is_service(value[:_TEXT_LIMIT]):
        return value
    return address(value)


@lru_cache(maxsize=_ADDRESSES_REMEMBERED)
def _is_address(text: str) -> bool:
    return _ADDRESS.fullmatch(text) is not None and parse_address(text) is not None


def network_number(value: object) -> int | None:
    """Return the number of an autonomous system; None for anything else."""
    number = count(value)
    return number if number is not None and number <= _LARGEST_ASN else None


def outcome(status: object, code: object) -> Outcome:
    """Return the outcome of a call from its HTTP status and error code."""
    if status is None and not code:
        return Outcome.SUCCESS
    if isinstance(code, str) and code:
        lowered = code.lower().replace("_", "").replace(" ", "")
        if any(word in lowered for word in _DENIED):
            return Outcome.DENIED
        if any(word in lowered for word in _THROTTLED):
            return Outcome.THROTTLED
    number = count(status if status is not None else code)
    if number in _DENIED_STATUS:
        return Outcome.DENIED
    if number == _THROTTLED_STATUS:
        return Outcome.THROTTLED
    failed = bool(code) or (number is not None and number >= _FIRST_ERROR_STATUS)
    return Outcome.ERROR if failed else Outcome.SUCCESS


def is_fault(status: object, code: object) -> bool:
    """Whether a failed call failed for a fault of the service, from its status and error code.

    Examples
    --------
    >>> is_fault(503, None), is_fault(404, None), is_fault(None, "InternalFailure")
    (True, False, True)
    """
    number = count(status)
    if number is not None:
        return number >= _FIRST_FAULT_STATUS
    lowered = code.lower() if isinstance(code, str) else ""
    return any(word in lowered for word in _FAULTS)
