"""A planned change as a person writes it, on the page, in a command or as JSON."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, NoReturn

from models.domain.data_class import DataClass
from models.errors import PlannedChangeError
from models.incidents.planned_change import PlannedChange, check_planned
from models.tuning.incidents import PLANNED_RECORDS_AT_MOST
from streams.presentation.untrusted_text import sanitize

_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2})")
_NUMBER: Final = re.compile(r"\d{1,3}(?:[,_ ]?\d{3})*|\d{1,10}")
_SHOWN: Final = 40


def planned_change(
    told: Mapping[str, object], *, now: datetime, declared_at: datetime, by: str
) -> PlannedChange:
    """Read a planned change from texts.

    Parameters
    ----------
    told
        ``tenant``, ``principal``, ``until`` (``18:00`` or RFC 3339, UTC unless it says a zone),
        ``records``, ``reference``, ``why``; and, if they are told, ``from`` and ``classes``,
        separated by commas.
    now
        What time it is for the principal: event time.
    declared_at, by
        When and by whom it is declared.

    Raises
    ------
    PlannedChangeError
        If a value is missing, cannot be read, or is impossible.

    Examples
    --------
    >>> told = dict(tenant="A1", principal="erp-prod", until="18:00", records="200,000",
    ...             reference="4711", why="backfill")
    >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    >>> change = planned_change(told, now=noon, declared_at=noon, by="alice")
    >>> change.records, change.until.isoformat()
    (200000, '2026-01-01T18:00:00+00:00')
    """
    starts = _text(told, "from")
    starts_at = now if not starts else moment("from", starts, now)
    until = moment("until", _needed(told, "until"), starts_at)
    if until <= now:
        _refuse(f"until: {until:%Y-%m-%d %H:%M} UTC is over already")
    change = PlannedChange(
        tenant=_needed(told, "tenant"),
        principal=_needed(told, "principal"),
        starts_at=starts_at,
        until=until,
        records=_records(_needed(told, "records")),
        reference=_needed(told, "reference"),
        why=_needed(told, "why"),
        declared_at=declared_at,
        by=by,
        data_classes=tuple(
            _class(name.strip()) for name in _text(told, "classes").split(",") if name.strip()
        ),
    ).redacted()
    check_planned(change, declared_at.timestamp())
    return change


def ended(change: PlannedChange, *, now: datetime, declared_at: datetime, by: str) -> PlannedChange:
    """Return the declaration that ends a planned change now."""
    starts_at = min(change.starts_at, now - timedelta(seconds=1))
    return PlannedChange(
        tenant=change.tenant,
        principal=change.principal,
        starts_at=max(starts_at, now - timedelta(days=1)),
        until=min(change.until, now),
        records=change.records,
        reference=change.reference,
        why=change.why,
        declared_at=declared_at,
        by=by,
        data_classes=change.data_classes,
    ).redacted()


def _text(told: Mapping[str, object], name: str) -> str:
    value = told.get(name, "")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        _refuse(f"{name}: expected a text")
    return str(value).strip()


def _needed(told: Mapping[str, object], name: str) -> str:
    text = _text(told, name)
    if not text:
        _refuse(f"{name}: it is missing")
    return text


def moment(name: str, text: str, after: datetime) -> datetime:
    """Read a moment; a clock time alone is its next one after another moment.

    Raises
    ------
    PlannedChangeError
        If it cannot be read.

    Examples
    --------
    >>> moment("until", "18:00", datetime(2026, 1, 1, 19, tzinfo=UTC)).isoformat()
    '2026-01-02T18:00:00+00:00'
    """
    clock = _CLOCK.fullmatch(text)
    try:
        if clock is not None:
            day = after.astimezone(UTC)
            read = day.replace(hour=int(clock[1]), minute=int(clock[2]), second=0, microsecond=0)
            return read if read > after else read + timedelta(days=1)
        read = datetime.fromisoformat(text)
    except ValueError:
        read = None
    if read is None:
        _refuse(f"{name}: '{sanitize(text, _SHOWN)}' is no time such as 18:00 or 2026-01-31T18:00")
    return read if read.tzinfo is not None else read.replace(tzinfo=UTC)


def _records(text: str) -> int:
    number = int(re.sub(r"[,_ ]", "", text)) if _NUMBER.fullmatch(text) else 0
    if not 1 <= number <= PLANNED_RECORDS_AT_MOST:
        _refuse(f"records: '{sanitize(text, _SHOWN)}' is no number such as 200000")
    return number


def _class(name: str) -> DataClass:
    try:
        return DataClass(name)
    except ValueError as error:
        message = f"not a planned change: classes: '{sanitize(name, _SHOWN)}' is none"
        raise PlannedChangeError(message) from error


def _refuse(message: str) -> NoReturn:
    message = f"not a planned change: {message}"
    raise PlannedChangeError(message)
