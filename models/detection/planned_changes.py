"""Reads under a planned change: an incident of their own, which does not page."""

import math
from typing import Final

from msgspec.structs import replace

from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent, Outcome
from models.domain.time_units import hour_of
from models.errors import PlannedChangeError
from models.incidents.finding import Finding, certain_reason
from models.incidents.hour_assessment import HourAssessment
from models.incidents.incident import Incident, IncidentKind, IncidentStatus, Severity
from models.incidents.incident_draft import open_incident
from models.incidents.planned_change import PlannedChange
from models.incidents.reason_text import beyond_plan_text, planned_text
from models.incidents.usual_range import UsualRange
from models.observation.tokens import EventTokens
from models.observation.window import Window, sane_count
from models.rules.sharing import credential_sharing
from models.state.detector_memory import DetectorMemory, key_of
from models.state.planned_state import PlannedState
from models.state.principal_state import PrincipalState
from models.tuning.detection import PLANNED_CHANGES_KEPT, PLANNED_CHANGES_OF_A_PRINCIPAL

PLANNED_RECORDS: Final = "planned_records"
_RUNBOOK: Final = "planned_change"


class PlannedChanges:
    """Keeps the planned changes of a partition, in its memory.

    What a change covers is not counted into the principal's hours: it neither pages nor teaches.
    It covers successful reads of sensitive data by a known principal from a known network, until
    one of them exceeds its size; what a rule finds in an event stays as it is.

    Parameters
    ----------
    memory
        What the detector remembers.
    settings
        How late an event may be, and where the runbooks are.
    """

    def __init__(self, memory: DetectorMemory, settings: DetectorSettings) -> None:
        self._memory, self._settings = memory, settings

    def apply(self, change: PlannedChange) -> bool:
        """Take a declaration; False if it is over, or a newer one of its reference is known.

        Raises
        ------
        PlannedChangeError
            If its principal was never seen here, or has too many.
        """
        planned = self._memory.fleet.planned
        known = next((p for p in planned if p.change.change_id == change.change_id), None)
        if known is not None:
            return self._renew(known, change)
        if change.until.timestamp() <= (self._memory.clock.newest_seconds or 0.0):
            return False
        if key_of(change) not in self._memory.states:
            message = "not a planned change: no such principal was ever seen in this tenant"
            raise PlannedChangeError(message)
        own = sum(key_of(p.change) == key_of(change) for p in planned)
        if own >= PLANNED_CHANGES_OF_A_PRINCIPAL or len(planned) >= PLANNED_CHANGES_KEPT:
            message = "not a planned change: there are too many of them, end one first"
            raise PlannedChangeError(message)
        planned.append(PlannedState(change=change))
        self._memory.mark_fleet()
        return True

    def _renew(self, known: PlannedState, change: PlannedChange) -> bool:
        if change.declared_at <= known.change.declared_at:
            return False
        known.change, known.is_exceeded = change, False
        self._memory.mark_fleet()
        return True

    def take(
        self,
        event: AccessEvent,
        state: PrincipalState,
        tokens: EventTokens,
        findings: list[Finding],
    ) -> list[Incident] | PlannedChange | None:
        """Take an event that a planned change covers; return the incidents that changed.

        Returns
        -------
        list of Incident, PlannedChange or None
            The change if the event exceeds it, with the finding added to `findings`; None if no
            change covers the event.
        """
        active = [p for p in self._memory.fleet.planned if _covers(p, event)]
        if not active or findings or not _is_usual_place(event, state, tokens):
            return None
        if tokens.network is not None:
            sharing = credential_sharing(event, state, tokens.network, is_new=False)
            if sharing is not None:
                findings.append(sharing)
                return None
        size = _size_of(event)
        for planned in active:
            if planned.read + size <= planned.change.records:
                planned.read += size
                return self._add(planned, event)
        first = active[0]
        first.is_exceeded = True
        findings.append(_beyond(first, event, first.read + size))
        return first.change

    def close_ended(self, newest_seconds: float) -> list[Incident]:
        """Close the changes that are over; infinity closes all."""
        planned = self._memory.fleet.planned
        limit = newest_seconds - self._settings.allowed_lateness_seconds
        over = [p for p in planned if p.change.until.timestamp() <= limit]
        if not over:
            return []
        self._memory.fleet.planned = [p for p in planned if p not in over]
        self._memory.mark_fleet()
        return [self._build(p, IncidentStatus.CLOSED) for p in over if p.draft is not None]

    def finish(self) -> list[Incident]:
        """Close all: the input has ended."""
        return self.close_ended(math.inf)

    def open_incidents(self) -> list[Incident]:
        """Return the incidents of the changes that are not over."""
        planned = self._memory.fleet.planned
        return [self._build(p, IncidentStatus.OPEN) for p in planned if p.draft is not None]

    def _add(self, planned: PlannedState, event: AccessEvent) -> list[Incident]:
        if planned.draft is None:
            window = Window(index=hour_of(event.time))
            window.add(event)
            draft = planned.draft = open_incident(event, window)
            draft.take(HourAssessment({}, 1.0, "hour", False, []), {}, ())
        else:
            draft = planned.draft
            draft.add(event)
        if any(name.is_personal for name in draft.classes):
            draft.severity = Severity.LOW
        return [self._build(planned, IncidentStatus.OPEN)] if draft.take_news() else []

    def _build(self, planned: PlannedState, status: IncidentStatus) -> Incident:
        change, draft = planned.change, planned.draft
        if draft is None:
            message = "no read under this change"
            raise ValueError(message)
        text = planned_text(
            change.principal, planned.read, change.records, change.reference, change.until
        )
        usual = UsualRange.at_most(change.records)
        reason = certain_reason(PLANNED_RECORDS, float(planned.read), usual, text, window="event")
        built = draft.build(status, self._settings.runbook_base_url)
        return replace(
            built,
            incident_id=planned.incident_id,
            reasons=(reason,),
            attack=(),
            runbook_url=self._settings.runbook_base_url + _RUNBOOK,
            planned=change,
        )


def _covers(planned: PlannedState, event: AccessEvent) -> bool:
    change = planned.change
    if event.principal != change.principal or event.tenant != change.tenant:
        return False
    sensitive = [name for name in event.data_classes if name.is_sensitive]
    return (
        not planned.is_exceeded
        and event.outcome is Outcome.SUCCESS
        and bool(sensitive)
        and change.starts_at.timestamp() <= event.time <= change.until.timestamp()
        and (not change.data_classes or all(name in change.data_classes for name in sensitive))
    )


def _is_usual_place(event: AccessEvent, state: PrincipalState, tokens: EventTokens) -> bool:
    """Whether the event comes from a network that the principal is known to use."""
    network = tokens.network
    return event.source_ip is None or (
        network is not None and network.number in state.novelty.known
    )


def _size_of(event: AccessEvent) -> int:
    records = sane_count(event.records)
    return 1 if records is None else records


def _beyond(planned: PlannedState, event: AccessEvent, total: int) -> Finding:
    change = planned.change
    text = beyond_plan_text(event.principal, total, change.records, change.reference)
    usual = UsualRange.at_most(change.records)
    reason = certain_reason(PLANNED_RECORDS, float(total), usual, text, window="event")
    return Finding(IncidentKind.BULK_READ, reason, page=True)
