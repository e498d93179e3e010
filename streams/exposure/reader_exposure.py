"""What one principal read in a period."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from models.domain.access_event import AccessEvent, Outcome
from models.domain.data_class import DataClass
from models.domain.network import network_of
from models.observation.subject_sketch import SubjectSketch

_MOST_PLACES: Final = 64
OTHER_PLACES: Final = "elsewhere"


@dataclass
class ClassExposure:
    """How much of one data class was read.

    `records` are those that the log counts, and `uncounted_calls` those calls of which it does
    not; `subjects` estimates distinct people, orders or files.
    """

    calls: int = 0
    records: int = 0
    uncounted_calls: int = 0
    subjects: SubjectSketch = field(default_factory=SubjectSketch.of_an_hour)

    def add(self, event: AccessEvent) -> None:
        """Count a successful call."""
        self.calls += 1
        self.records += event.records or 0
        self.uncounted_calls += event.records is None
        if event.subject_ids:
            self.subjects.add(event.subject_ids)

    @property
    def distinct_subjects(self) -> int:
        """Distinct people, orders or files, about."""
        return round(self.subjects.estimate())


@dataclass
class ReaderExposure:
    """What one principal of a tenant read.

    A call that exposes several classes counts in each of them, and once in `calls`.

    Parameters
    ----------
    tenant, principal
        Who; the principal is empty for all those that there was no room for.
    """

    tenant: str
    principal: str
    calls: int = 0
    refused_calls: int = 0
    bytes: int = 0
    classes: dict[DataClass, ClassExposure] = field(default_factory=dict)
    places: Counter[str] = field(default_factory=Counter)

    def add(self, event: AccessEvent) -> None:
        """Count a call; one that failed reads nothing."""
        if event.outcome is not Outcome.SUCCESS:
            self.refused_calls += 1
            return
        self.calls += 1
        self.bytes += event.bytes or 0
        for kind in event.data_classes:
            if kind is not DataClass.NONE:
                self.classes.setdefault(kind, ClassExposure()).add(event)
        if any(kind.is_sensitive for kind in event.data_classes):
            place = _place(event)
            known = place in self.places or len(self.places) < _MOST_PLACES
            self.places[place if known else OTHER_PLACES] += 1

    @property
    def sensitive_records(self) -> int:
        """Records of sensitive classes, one of several classes counted in each."""
        return sum(one.records for kind, one in self.classes.items() if kind.is_sensitive)

    @property
    def weight(self) -> tuple[int, int, int]:
        """What puts it higher in the report."""
        sensitive = [one for kind, one in self.classes.items() if kind.is_sensitive]
        return self.sensitive_records, sum(one.calls for one in sensitive), self.calls


def _place(event: AccessEvent) -> str:
    network = network_of(event.source_ip, event.asn)
    return f"{network} {event.country}" if event.country else network


def by_class(readers: Iterable[ReaderExposure]) -> dict[DataClass, ClassExposure]:
    """Add up the classes of several principals, the gravest class first."""
    found: dict[DataClass, ClassExposure] = {}
    for reader in readers:
        for kind, one in reader.classes.items():
            total = found.setdefault(kind, ClassExposure())
            total.calls += one.calls
            total.records += one.records
            total.uncounted_calls += one.uncounted_calls
            total.subjects.merge(one.subjects)
    return {kind: found[kind] for kind in DataClass if kind in found}
