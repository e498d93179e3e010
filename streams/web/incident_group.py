"""The incidents of one principal, as the list folds them."""

from collections.abc import Iterable
from dataclasses import dataclass

from models.incidents.incident import Incident, Severity

_FOLDED = 20


@dataclass(frozen=True)
class IncidentGroup:
    """The incidents of a principal in a tenant, the most urgent one first; never empty."""

    incidents: tuple[Incident, ...]

    @property
    def lead(self) -> Incident:
        """The incident that stands for all."""
        return self.incidents[0]

    @property
    def folded(self) -> tuple[Incident, ...]:
        """The others, at most 20: a page stays small whatever one principal does."""
        return self.incidents[1 : 1 + _FOLDED]

    @property
    def severity(self) -> Severity:
        """The highest severity."""
        return max((one.severity for one in self.incidents), key=lambda one: one.rank)

    @property
    def pages_open(self) -> int:
        """How many of them page now."""
        return sum(one.is_paging for one in self.incidents)


def group_by_principal(incidents: Iterable[Incident]) -> list[IncidentGroup]:
    """Return one group for each tenant and principal, in the order of their first incidents."""
    groups: dict[tuple[str, str], list[Incident]] = {}
    for incident in incidents:
        groups.setdefault((incident.tenant, incident.principal), []).append(incident)
    return [IncidentGroup(tuple(group)) for group in groups.values()]
