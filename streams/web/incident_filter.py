"""The filter of the incident list."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self, TypeVar
from urllib.parse import urlencode

from models.domain.data_class import DataClass
from models.incidents.incident import Incident, IncidentStatus, Severity
from streams.presentation.untrusted_text import sanitize

Choice = TypeVar("Choice", bound=StrEnum)
_TEXT_CHARACTERS = 300


class FilterError(ValueError):
    """An unknown filter value."""


@dataclass(frozen=True)
class IncidentFilter:
    """The conditions of an incident list; None and empty text match everything.

    Parameters
    ----------
    severity
        Lowest severity.
    principal
        Part of the principal's name, ignoring case.
    is_exact
        Whether `principal` is the whole name, in its own spelling.

    Examples
    --------
    >>> IncidentFilter.from_query({"severity": "high", "status": ""}).severity
    <Severity.HIGH: 'high'>
    >>> IncidentFilter.from_query({"status": "ajar"})
    Traceback (most recent call last):
    ...
    streams.web.incident_filter.FilterError: status: 'ajar' is not one of open, closed
    """

    status: IncidentStatus | None = None
    severity: Severity | None = None
    data_class: DataClass | None = None
    tenant: str = ""
    principal: str = ""
    page: bool = False
    is_exact: bool = False

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Self:
        """Read the filter from a URL's query; unknown names are ignored.

        Raises
        ------
        FilterError
            If a value is unknown.
        """
        is_exact = _is_on("exact", query)
        name = query.get("principal", "")
        return cls(
            status=_choice(IncidentStatus, "status", query),
            severity=_choice(Severity, "severity", query),
            data_class=_choice(DataClass, "class", query),
            tenant=query.get("tenant", "").strip()[:_TEXT_CHARACTERS],
            principal=name if is_exact else name.strip()[:_TEXT_CHARACTERS],
            page=_is_on("page", query),
            is_exact=is_exact,
        )

    def matches(self, incident: Incident) -> bool:
        """Whether an incident matches."""
        return (
            (self.status is None or incident.status is self.status)
            and (self.severity is None or incident.severity.rank >= self.severity.rank)
            and (self.data_class is None or self.data_class in incident.data_classes)
            and (not self.tenant or incident.tenant == self.tenant)
            and self._has_name(incident.principal)
            and (incident.page or not self.page)
        )

    def _has_name(self, principal: str) -> bool:
        if self.is_exact:
            return principal == self.principal
        return self.principal.casefold() in principal.casefold()

    def to_query(self, **more: object) -> str:
        """Return the filter as a URL query, followed by more parameters."""
        values: dict[str, object] = {
            "status": self.status,
            "severity": self.severity,
            "class": self.data_class,
            "tenant": self.tenant,
            "principal": self.principal,
            "page": "1" if self.page else "",
            "exact": "1" if self.is_exact else "",
        }
        return urlencode({name: str(value) for name, value in (values | more).items() if value})


def _is_on(name: str, query: Mapping[str, str]) -> bool:
    return query.get(name, "") not in {"", "0", "false"}


def _choice(kind: type[Choice], name: str, query: Mapping[str, str]) -> Choice | None:
    value = query.get(name, "")
    if not value:
        return None
    try:
        return kind(value)
    except ValueError as error:
        message = f"{name}: '{sanitize(value, 40)}' is not one of {', '.join(kind)}"
        raise FilterError(message) from error
