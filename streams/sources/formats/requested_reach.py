"""Tells how far back a request reaches: the age of the oldest data that it asks for."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from models.catalogue.statement_tables import statement_start
from models.domain.decoded_text import decoded
from models.domain.time_units import DAY_SECONDS

# Parameters of the seller API, of MWS and of the bodies of reports: the oldest data that a call
# asks for. tests/streams/sources/formats/test_requested_reach.py compares them with the models.
REACH_NAMES: Final = frozenset(
    {
        "asofdate", "availablefromdate", "changedafter", "createdafter", "createdsince",
        "datastarttime", "datestart", "earliestdeliverydateafter", "estimateddeliveryafter",
        "financialeventgroupstartedafter", "fromissuedate", "interval", "invoicesmodifiedafter",
        "labelcreatedafter", "lastupdatedafter", "lastupdatedsince", "latestdeliverydateafter",
        "packagelabelcreatedafter", "periodstart", "postedafter", "querystartdate",
        "querystartdatetime", "requestedfromdate", "requestedpickupafter", "schedulestartdate",
        "scheduledpickupafter", "shipmentconfirmedafter", "shipmentdeliveryafter", "shippedafter",
        "startdate", "startdatetime", "starttime", "submittedfromdate", "updatedafter",
    }
)  # fmt: skip
# Whoever asks for data since 1970 asks for all there is.
_LONGEST_SECONDS: Final = 50 * 365.25 * DAY_SECONDS
_S3: Final = "s3.amazonaws.com"
_SQL: Final = frozenset(
    {
        "athena.amazonaws.com", "dynamodb.amazonaws.com", "rds-data.amazonaws.com",
        "rdsdata.amazonaws.com", "redshift-data.amazonaws.com",
    }
)  # fmt: skip
_STATEMENTS: Final = ("queryString", "sql", "sqls", "statement")
_TEXT_CHARACTERS: Final = 16_384
_KEY_CHARACTERS: Final = 1_024
_VALUES: Final = 16
_DATES: Final = 64
_MOMENT: Final = re.compile(
    r"(?<![0-9])([0-9]{4})-?([01][0-9])-?([0-3][0-9])"
    r"(?:[T ]([0-2][0-9]):?([0-5][0-9])(?::?([0-5][0-9]))?"
    r"(?:[.,][0-9]{1,9})?(Z|[+-][0-9]{2}:?[0-9]{2})?)?(?![0-9])",
    re.ASCII | re.IGNORECASE,
)
# A date of GraphQL is a text: names of data sets have dates in them, too.
_QUOTED: Final = re.compile(r"[\"']\s*([0-9]{4}-[01][0-9]-[0-3][0-9][^\"']{0,32})", re.ASCII)
_KEY_DATES: Final = (
    re.compile(
        r"(?:^|[/_.\-])y(?:ear)?=((?:19|20)[0-9]{2})"
        r"(?:/m(?:onth)?=([01]?[0-9])(?:/d(?:ay)?=([0-3]?[0-9]))?)?(?![0-9])",
        re.ASCII | re.IGNORECASE,
    ),
    re.compile(
        r"(?<![0-9A-Za-z])((?:19|20)[0-9]{2})([/_.\-])([01][0-9])\2([0-3][0-9])"
        r"(?![0-9A-SU-Za-su-z])",
        re.ASCII,
    ),
    # Eight digits that begin a UUID are no date.
    re.compile(
        r"(?<![0-9A-Za-z])((?:19|20)[0-9]{2})([01][0-9])([0-3][0-9])"
        r"(?![0-9A-SU-Za-su-z])(?!-[0-9a-f]{4}-)",
        re.ASCII | re.IGNORECASE,
    ),
)


def reach_of_request(
    query: Mapping[str, Any], body: Mapping[str, Any], seconds: float
) -> float | None:
    """Return how far back the parameters of a request reach; None if they do not say.

    Of several the one that reaches furthest counts, because one that the operation ignores
    restricts nothing. A date in the future reaches back 0 seconds.

    Parameters
    ----------
    query, body
        The request, as far as it was logged.
    seconds
        Time of the request, in seconds since 1970-01-01 UTC.

    Examples
    --------
    >>> reach_of_request({"CreatedAfter": "1970-01-02"}, {}, 3 * 86_400.0) / 86_400.0
    2.0
    >>> graphql = 'query { a_2023_11_15(startDate: "1970-01-01") { units } }'
    >>> reach_of_request({}, {"query": graphql}, 86_400.0)
    86400.0
    """
    found = (_reach(moment, seconds) for values in (query, body) for moment in _moments(values))
    return max(found, default=None)


def reach_of_object(parameters: Mapping[str, Any], seconds: float) -> float | None:
    """Return the age that the date in an object's key tells; None if there is none.

    The first date counts: it names the partition, later ones when it was written. Months and years
    count from their end, and a date more than 50 years ago is a number.

    Examples
    --------
    >>> day = 86_400.0
    >>> [
    ...     reach_of_object({"key": key}, 20_000 * day) / day
    ...     for key in ("a/2024-03-01.csv", "year=2024/month=02/a", "20240301/a", "2024/03/01/1")
    ... ]
    [217.0, 218.0, 217.0, 217.0]
    >>> reach_of_object({"key": "orders/1720240301.csv"}, 20_000 * day) is None
    True
    """
    for name in ("x-amz-copy-source", "key", "prefix"):
        text = parameters.get(name)
        if isinstance(text, str) and text:
            moment = _key_moment(decoded(text[:_KEY_CHARACTERS]) or "")
            age = None if moment is None else max(0.0, seconds - moment)
            return None if age is None or age > _LONGEST_SECONDS else age
    return None


def reach_of_statement(parameters: Mapping[str, Any], seconds: float) -> float | None:
    """Return how far back the SQL statements of a call reach; None if they do not say.

    Examples
    --------
    >>> sql = "SELECT * FROM orders WHERE day >= '1970-01-02'"
    >>> reach_of_statement({"queryString": sql}, 3 * 86_400.0)
    172800.0
    """
    reaches: list[float] = []
    for name in _STATEMENTS:
        value = parameters.get(name)
        for text in value[:_VALUES] if isinstance(value, list) else (value,):
            if isinstance(text, str):
                earliest, longest = statement_start(text)
                if earliest is not None:
                    reaches.append(_reach(earliest, seconds))
                if longest is not None:
                    reaches.append(min(_LONGEST_SECONDS, longest))
    return max(reaches, default=None)


def reach_of_aws(source: str, parameters: Mapping[str, Any], seconds: float) -> float | None:
    """Return how far back a call of AWS reaches, by its object's key or its statements.

    Examples
    --------
    >>> reach_of_aws("s3.amazonaws.com", {"key": "2024/01/02/a.gz"}, 19_725 * 86_400.0)
    86400.0
    """
    if source == _S3:
        return reach_of_object(parameters, seconds)
    return reach_of_statement(parameters, seconds) if source in _SQL else None


def _reach(moment: float, seconds: float) -> float:
    return min(_LONGEST_SECONDS, max(0.0, seconds - moment))


def _moments(values: Mapping[str, Any]) -> Iterator[float]:
    for name, value in values.items():
        if not isinstance(name, str):
            continue
        folded = name.lower().replace("_", "")
        if folded in REACH_NAMES:
            for text in _texts(value):
                yield from map(_seconds, _MOMENT.finditer(text))
        elif folded == "query":
            for text in _texts(value):
                for found in list(_QUOTED.finditer(text))[:_DATES]:
                    yield from map(_seconds, _MOMENT.finditer(found[1]))
        elif isinstance(value, dict) and folded in ("filters", "timeinterval", "variables"):
            yield from _moments(value)


def _texts(value: object) -> Iterator[str]:
    for text in value[:_VALUES] if isinstance(value, list) else (value,):
        if isinstance(text, str):
            yield decoded(text[:_TEXT_CHARACTERS]) or ""


def _seconds(found: re.Match[str]) -> float:
    """Return a moment in seconds; one that no calendar has is now at the latest."""
    year, month, day, hour, minute, second = (int(found[n] or 0) for n in range(1, 7))
    return _clock(year, month, day) + 3600.0 * hour + 60.0 * minute + second - _offset(found[7])


def _offset(zone: str | None) -> float:
    if zone is None or zone in "Zz":
        return 0.0
    digits = zone[1:].replace(":", "")
    seconds = 3600.0 * int(digits[:2]) + 60.0 * int(digits[2:])
    return -seconds if zone[0] == "-" else seconds


def _clock(year: int, month: int, day: int) -> float:
    try:
        return datetime(year, month, day, tzinfo=UTC).timestamp()
    except ValueError:
        # Servers read 31 February as they like, but not as another month.
        month, year = min(12, max(1, month)), max(1, year)
        return datetime(year, month, 1, tzinfo=UTC).timestamp()


def _key_moment(key: str) -> float | None:
    best: tuple[int, float] | None = None
    for number, form in enumerate(_KEY_DATES):
        for found in form.finditer(key):
            moment = _partition_end(found) if number == 0 else _calendar(found)
            if moment is not None and (best is None or found.start() < best[0]):
                best = found.start(), moment
                break
    return None if best is None else best[1]


def _calendar(found: re.Match[str]) -> float | None:
    groups = found.groups()
    try:
        return datetime(int(groups[0]), int(groups[-2]), int(groups[-1]), tzinfo=UTC).timestamp()
    except ValueError:
        return None


def _partition_end(found: re.Match[str]) -> float | None:
    year, month, day = int(found[1]), found[2], found[3]
    try:
        if day is not None:
            return datetime(year, int(month), int(day), tzinfo=UTC).timestamp()
        after = (year + 1, 1) if month is None or int(month) == 12 else (year, int(month) + 1)
        return datetime(*after, 1, tzinfo=UTC).timestamp() - DAY_SECONDS
    except ValueError:
        return None
