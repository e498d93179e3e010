"""An incident while it goes on."""

from datetime import UTC, datetime
from hashlib import blake2b
from typing import Final

from models.access_event import AccessEvent, Outcome
from models.data_class import DataClass
from models.incident import (
    Evidence,
    Exposure,
    Incident,
    IncidentKind,
    IncidentStatus,
    Reason,
    Severity,
)
from models.timeline_draft import TimelineDraft
from models.window import Window, sane_count

_EVIDENCE_KEPT: Final = 10
_CREDENTIALS_KEPT: Final = 20
_TEXT_CHARACTERS: Final = 256
# https://attack.mitre.org: T1530 Data from Cloud Storage, T1213 Data from Information
# Repositories, T1078.004 Valid Accounts: Cloud Accounts, T1619 Cloud Storage Object
# Discovery, T1119 Automated Collection, T1555.006 Cloud Secrets Management Stores.
_ATTACK: Final = {
    IncidentKind.BULK_READ: ("T1213", "T1119"),
    IncidentKind.NEW_NETWORK: ("T1078.004",),
    IncidentKind.NEW_OPERATION: ("T1213",),
    IncidentKind.PURPOSE_VIOLATION: ("T1213",),
    IncidentKind.NEW_PRINCIPAL: ("T1078.004",),
    IncidentKind.ENUMERATION: ("T1619",),
}


class IncidentDraft:
    """Collects what an incident will say.

    Parameters
    ----------
    event
        The event that opened it.
    window
        The hour so far: an incident's exposure begins with it.
    """

    def __init__(self, event: AccessEvent, window: Window, runbook_base_url: str) -> None:
        self._tenant, self._principal = event.tenant, event.principal
        self._opened_at = self.updated_at = event.time
        self._base_url = runbook_base_url
        self.paged_at: float | None = None
        self.page_kind: IncidentKind | None = None
        self.severity = Severity.INFORMATIONAL
        self.kinds: dict[IncidentKind, None] = {}
        # What a rule says stays in front, whatever the statistics add later.
        self.certain: dict[IncidentKind, Reason] = {}
        self.likely: tuple[Reason, ...] = ()
        self.score = 0.0
        self.p_value = 1.0
        self._classes = {c: None for c in window.calls_of}
        self._credentials: dict[str, None] = {}
        self._evidence: list[AccessEvent] = []
        self._subjects: set[int] = set(window.subjects)
        self.calls, self.records, self._bytes = window.calls, window.records, window.bytes
        self._service = event.service
        self._timeline = TimelineDraft()
        self._add_details(event)
        # What was last published: decides when the next state is worth a message.
        self.published: tuple[bool, Severity, int, int] | None = None

    def add(self, event: AccessEvent) -> None:
        """Count a further event."""
        self.updated_at = max(self.updated_at, event.time)
        self.calls += 1
        records, size = sane_count(event.records), sane_count(event.bytes)
        if records is not None:
            self.records = (self.records or 0) + records
        if size is not None:
            self._bytes = (self._bytes or 0) + size
        if len(self._subjects) < 100_000:
            self._subjects.update(event.subject_ids)
        self._add_details(event)

    def _add_details(self, event: AccessEvent) -> None:
        succeeded = event.outcome is Outcome.SUCCESS
        records = sane_count(event.records) if succeeded else None
        self._timeline.add(event.time, event.data_classes, records)
        for name in event.data_classes:
            if name is not DataClass.NONE:
                self._classes[name] = None
        if event.credential_id is not None and len(self._credentials) < _CREDENTIALS_KEPT:
            self._credentials[event.credential_id[:_TEXT_CHARACTERS]] = None
        if len(self._evidence) < _EVIDENCE_KEPT:
            self._evidence.append(event)
            return
        # The first half shows how it began; the rest makes room for larger reads.
        half = _EVIDENCE_KEPT // 2
        least = min(range(half, _EVIDENCE_KEPT), key=lambda i: self._evidence[i].records or 0)
        if (event.records or 0) > (self._evidence[least].records or 0):
            self._evidence[least] = event

    def is_news(self) -> bool:
        """Whether it changed enough since it was last published, and remember that it was."""
        state = (
            self.paged_at is not None,
            self.severity,
            len(self.kinds),
            max(self.records or 0, self.calls).bit_length(),
        )
        changed = state != self.published
        self.published = state
        return changed

    def build(self, status: IncidentStatus) -> Incident:
        """Return the incident as it stands."""
        kinds = tuple(self.kinds)
        order = list(DataClass)
        attack = {t: None for kind in kinds for t in _ATTACK.get(kind, ())}
        if self._service in {"s3", "dynamodb"}:
            attack["T1530"] = None
        evidence = sorted(self._evidence, key=lambda e: (e.time, e.event_id))
        return Incident(
            incident_id=self._incident_id(),
            status=status,
            page=self.paged_at is not None,
            severity=self.severity,
            opened_at=_moment(self._opened_at),
            paged_at=None if self.paged_at is None else _moment(self.paged_at),
            updated_at=_moment(self.updated_at),
            tenant=self._tenant,
            principal=self._principal,
            credential_ids=tuple(self._credentials),
            kinds=kinds,
            data_classes=tuple(sorted(self._classes, key=order.index)),
            p_value=self.p_value,
            score=round(self.score, 4),
            exposure=Exposure(
                calls=self.calls,
                records=self.records,
                distinct_subjects=len(self._subjects) or None,
                bytes=self._bytes,
                since=_moment(self._opened_at),
            ),
            reasons=(*self.certain.values(), *self.likely),
            evidence=tuple(_evidence(event) for event in evidence),
            attack=tuple(attack),
            runbook_url=self._base_url + (self.page_kind or kinds[0]).value,
            page_kind=self.page_kind,
            timeline=self._timeline.build(),
        )

    def _incident_id(self) -> str:
        text = f"{self._tenant}\0{self._principal}\0{self._opened_at!r}"
        return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _evidence(event: AccessEvent) -> Evidence:
    return Evidence(
        event_id=event.event_id,
        time=_moment(event.time),
        operation=event.operation,
        resource=event.resource,
        data_classes=event.data_classes,
        outcome=event.outcome,
        records=event.records,
        bytes=event.bytes,
        source_ip=event.source_ip,
        country=event.country,
        asn=event.asn,
        user_agent=event.user_agent,
        credential_id=event.credential_id,
    )
