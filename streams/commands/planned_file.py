"""Planned changes that a file declares, for logs that are read without a broker."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from models.detector import Detector
from models.domain.partitioner import partition_of
from models.errors import PlannedChangeError, SettingsError
from models.incidents.planned_change import PlannedChange
from streams.presentation.planned_form import moment, planned_change
from streams.presentation.untrusted_text import sanitize
from streams.settings.yaml_file import read_yaml

_LIST: Final = "planned_changes"
_NEEDED: Final = ("tenant", "principal", "from", "until", "records", "reference", "why")
_KNOWN: Final = (*_NEEDED, "classes", "by")
_MOMENTS: Final = ("from", "until")
# YAML reads 18:00 without quotes as a number, and nobody knows of which day it is.
_CLOCK_CHARACTERS: Final = 5
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def read_planned(path: Path, by: str) -> list[PlannedChange]:
    """Read the planned changes of a YAML file, in the order of their beginnings.

    Parameters
    ----------
    path
        A file with a list ``planned_changes``; each entry names what the command ``planned`` asks
        for.
    by
        Who declares those that name nobody.

    Raises
    ------
    SettingsError
        If the file cannot be read, or an entry is no planned change.
    """
    values = read_yaml(path)
    entries = values.get(_LIST)
    if set(values) != {_LIST} or not isinstance(entries, list):
        message = f"{path}: expected a list '{_LIST}' and nothing else: see docs/incident-pages.md"
        raise SettingsError(message)
    changes = []
    for number, entry in enumerate(entries, start=1):
        try:
            changes.append(_change(entry, by))
        except PlannedChangeError as error:
            message = f"{path}: entry {number}: {error}"
            raise SettingsError(message) from error
    _check_references(path, changes)
    return sorted(changes, key=lambda one: one.starts_at)


class PlannedFile:
    """Declares each change to its detector when event time reaches its beginning.

    Parameters
    ----------
    changes
        In the order of their beginnings.

    Examples
    --------
    >>> PlannedFile([]).apply_until(0.0, [])
    """

    def __init__(self, changes: Iterable[PlannedChange]) -> None:
        self._waiting = list(changes)[::-1]
        self.refused: list[tuple[PlannedChange, str]] = []

    @property
    def never_began(self) -> list[PlannedChange]:
        """Those that begin after the newest event."""
        return self._waiting[::-1]

    def apply_until(self, seconds: float, detectors: Sequence[Detector]) -> None:
        """Declare the changes that have begun at a moment of event time."""
        while self._waiting and self._waiting[-1].starts_at.timestamp() <= seconds:
            change = self._waiting.pop()
            home = detectors[partition_of(change.tenant, change.principal, len(detectors))]
            try:
                home.apply_planned(change)
            except PlannedChangeError as error:
                self.refused.append((change, str(error)))


def _change(entry: object, by: str) -> PlannedChange:
    if not isinstance(entry, dict):
        message = "not a planned change: expected 'name: value' pairs"
        raise PlannedChangeError(message)
    for name in entry:
        if name not in _KNOWN:
            known = ", ".join(_KNOWN)
            message = f"not a planned change: '{sanitize(str(name), 40)}' is not one of {known}"
            raise PlannedChangeError(message)
    told = {name: _plain(name, value) for name, value in entry.items()}
    for name in _NEEDED:
        if told.get(name) in {None, ""}:
            message = f"not a planned change: {name}: it is missing"
            raise PlannedChangeError(message)
    begin = moment("from", str(told["from"]), _EPOCH)
    return planned_change(told, now=begin, declared_at=begin, by=str(told.get("by") or by))


def _plain(name: str, value: object) -> object:
    """Return a value as a person writes it on the page, where YAML makes more of it."""
    if isinstance(value, datetime):
        return value.isoformat()
    is_day_alone = isinstance(value, date | int)
    is_clock_alone = isinstance(value, str) and len(value) <= _CLOCK_CHARACTERS
    if name in _MOMENTS and value and (is_day_alone or is_clock_alone):
        message = f"not a planned change: {name}: write day and time, such as 2026-01-31T18:00"
        raise PlannedChangeError(message)
    if name == "classes" and isinstance(value, list):
        return ",".join(str(one) for one in value)
    return value


def _check_references(path: Path, changes: list[PlannedChange]) -> None:
    seen: set[str] = set()
    for change in changes:
        if change.change_id in seen:
            message = f"{path}: reference {change.reference}: two entries of one principal have it"
            raise SettingsError(message)
        seen.add(change.change_id)
