"""What a report says, for a page and for a PDF."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from models.domain.data_class import DataClass
from models.incidents.incident import Incident
from streams.exposure.exposure_count import ExposureCount
from streams.exposure.period import Period
from streams.exposure.policy_controls import Control, Facts, policy_controls
from streams.exposure.reader_exposure import ClassExposure, ReaderExposure, by_class

_READERS_TOLD: Final = 100
_PAGES_TOLD: Final = 50


@dataclass(frozen=True)
class ExposureReport:
    """Who read what in a period, and which control of Amazon's policy shows it.

    Parameters
    ----------
    period, tenant
        What it covers; None for all tenants.
    made_at, made_by
        When, UTC, and by whom.
    source
        Where the events come from, in words.
    gaps
        What is missing, in words.
    events
        How many events were counted.
    classes
        The totals by data class, the gravest first.
    readers
        The principals that read most; `other_readers` are all others together.
    kinds
        Principal -> declared kind.
    pages
        Incidents of the period that paged, the newest first, and how many there are.
    tickets
        How many others there are; None if nobody knows of incidents.
    controls
        The controls, each with what shows it.
    """

    period: Period
    tenant: str | None
    made_at: datetime
    made_by: str
    source: str
    gaps: tuple[str, ...]
    events: int
    classes: Mapping[DataClass, ClassExposure]
    readers: tuple[ReaderExposure, ...]
    other_readers: tuple[ReaderExposure, ...]
    kinds: Mapping[str, str]
    pages: tuple[Incident, ...]
    pages_found: int
    tickets: int | None
    controls: tuple[Control, ...]

    @property
    def sensitive_records(self) -> int:
        """Records of sensitive classes."""
        return sum(one.records for kind, one in self.classes.items() if kind.is_sensitive)

    @property
    def readers_found(self) -> int:
        """How many principals read anything."""
        return len(self.readers) + len(self.other_readers)


def exposure_report(
    count: ExposureCount,
    incidents: Sequence[Incident] | None,
    facts: Facts,
    *,
    made_at: datetime,
    made_by: str,
    source: str,
    gaps: Sequence[str] = (),
) -> ExposureReport:
    """Put a report together.

    Parameters
    ----------
    count
        What was read.
    incidents
        All that are known, of any period and tenant; None if nobody knows.
    facts
        What the settings say.
    made_at, made_by, source, gaps
        As in `ExposureReport`.
    """
    readers = [one for one in count.readers() if one.calls or one.refused_calls]
    found = None if incidents is None else [one for one in incidents if _is_of(one, count)]
    pages = sorted(
        (one for one in found or () if one.paged_at is not None),
        key=lambda one: one.opened_at,
        reverse=True,
    )
    return ExposureReport(
        period=count.period,
        tenant=count.tenant,
        made_at=made_at,
        made_by=made_by,
        source=source,
        gaps=tuple(gaps),
        events=count.events,
        classes=by_class(readers),
        readers=tuple(readers[:_READERS_TOLD]),
        other_readers=tuple(readers[_READERS_TOLD:]),
        kinds=facts.kinds,
        pages=tuple(pages[:_PAGES_TOLD]),
        pages_found=len(pages),
        tickets=None if found is None else len(found) - len(pages),
        controls=policy_controls(facts, found, readers),
    )


def _is_of(incident: Incident, count: ExposureCount) -> bool:
    is_theirs = count.tenant in (None, incident.tenant)
    return is_theirs and count.period.holds(incident.opened_at.timestamp())
