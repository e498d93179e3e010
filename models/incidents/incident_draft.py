"""An incident while it is open."""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import blake2b

import msgspec

from models.domain.access_event import AccessEvent, Grant, Outcome
from models.domain.data_class import DataClass
from models.domain.time_units import day_of
from models.incidents.attack_techniques import techniques_of
from models.incidents.hour_assessment import HourAssessment
from models.incidents.incident import (
    Evidence,
    Exposure,
    Incident,
    IncidentKind,
    IncidentStatus,
    Reason,
    Severity,
)
from models.incidents.incident_day import count_on_day, told_days
from models.incidents.notification import Notification, notification_clock
from models.incidents.planned_change import PlannedChange
from models.incidents.reason_kind import kind_of, with_each_kind
from models.incidents.severity_grading import graded_severity, is_unclassified
from models.incidents.timeline import TimelineDraft
from models.observation.features import BYTES, CALLS, CLASS_OF, RECORDS, SECRETS
from models.observation.subject_sketch import SubjectSketch
from models.observation.window import LARGEST_COUNT, Window, sane_count
from models.tuning.incidents import (
    INCIDENT_CREDENTIAL_CHARACTERS,
    INCIDENT_CREDENTIALS_KEPT,
    INCIDENT_EVIDENCE_KEPT,
)


class IncidentDraft(msgspec.Struct, array_like=True, kw_only=True):
    """Collects what an incident will say; `open_incident` begins one.

    Times are event time in seconds. `published` is what was last reported, so that the next
    state is reported only if it is news.
    """

    tenant: str
    principal: str
    service: str
    opened_at: float
    updated_at: float
    paged_at: float | None = None
    severity: Severity = Severity.INFORMATIONAL
    kinds: dict[IncidentKind, None] = {}
    # Reasons from rules stay first, whatever the statistics add later.
    certain: dict[IncidentKind, Reason] = {}
    likely: tuple[Reason, ...] = ()
    score: float = 0.0
    p_value: float = 1.0
    calls: int = 0
    records: int | None = None
    bytes: int | None = None
    classes: dict[DataClass, None] = {}
    credentials: dict[str, None] = {}
    evidence: list[AccessEvent] = []
    subjects: dict[str, bytearray] = {}
    known_share: dict[str, float] = {}
    secrets: int = 0
    # Whether a person has said that it is harmless.
    is_benign: bool = False
    # Kinds of the last assessment.
    new_kinds: dict[IncidentKind, None] = {}
    # The highest score of each channel.
    best_scores: dict[str, float] = {}
    timeline: TimelineDraft = msgspec.field(default_factory=TimelineDraft)
    published: tuple[bool, Severity, int, int] | None = None
    page_kind: IncidentKind | None = None
    # What it may grow to under a benign verdict before it pages again.
    accepted_up_to: float = 0.0
    # The planned change that it exceeds.
    planned: PlannedChange | None = None
    # Day -> calls and records.
    days: dict[int, list[int]] = {}
    reopened_at: float | None = None
    # p-value and records when it paged, and the incident whose page it repeats.
    told: tuple[float, float] | None = None
    continues: str | None = None

    @property
    def is_paging(self) -> bool:
        """Whether it has paged since it was last opened."""
        if self.paged_at is None:
            return False
        return self.reopened_at is None or self.paged_at >= self.reopened_at

    @property
    def size(self) -> int:
        """Its records, or its calls if the log counts no records."""
        return self.records or self.calls

    @property
    def is_unclassified(self) -> bool:
        """Whether nobody has said what it read, and it read no secrets."""
        return is_unclassified(self.classes) and not self.secrets

    def tell(self, p_value: float, records: float) -> None:
        """Remember what somebody was told: the rarest, and the most."""
        known = self.told or (1.0, 0.0)
        self.told = min(p_value, known[0]), max(records, known[1])

    def go_on_from(self, before: "IncidentDraft") -> None:
        """Continue an incident that was told as far as it went."""
        self.continues = before.incident_id
        if before.told is not None:
            self.told = before.told
            self.tell(1.0, float(before.records or 0))

    def outgrows_verdict(self, event: AccessEvent) -> bool:
        """Whether an event makes it larger than a benign verdict accepts."""
        # Drafts of earlier releases say no size.
        if not self.is_benign or not self.accepted_up_to or event.time <= self.opened_at:
            return False
        return self.size_with(event) > self.accepted_up_to

    def size_with(self, event: AccessEvent) -> int:
        """Return its size with one event more."""
        return self.size + ((sane_count(event.records) or 0) if self.records else 1)

    def add(self, event: AccessEvent) -> None:
        """Count a further event."""
        self.updated_at = max(self.updated_at, event.time)
        self.calls += 1
        records, size = sane_count(event.records), sane_count(event.bytes)
        if records is not None:
            self.records = (self.records or 0) + records
        if size is not None:
            self.bytes = (self.bytes or 0) + size
        if event.subject_ids:
            registers = self.subjects.setdefault("all", SubjectSketch.of_an_hour().registers)
            SubjectSketch(registers).add(event.subject_ids)
        count_on_day(self.days, day_of(event.time), 1, records or 0)
        self.add_details(event)

    def add_details(self, event: AccessEvent) -> None:
        """Record what an event shows: classes, credential, time line, evidence."""
        succeeded = event.outcome is Outcome.SUCCESS
        records = sane_count(event.records) if succeeded else None
        self.timeline.add(event.time, event.data_classes, records)
        for name in event.data_classes:
            if name is not DataClass.NONE:
                self.classes[name] = None
        if event.credential_id is not None and len(self.credentials) < INCIDENT_CREDENTIALS_KEPT:
            self.credentials[event.credential_id[:INCIDENT_CREDENTIAL_CHARACTERS]] = None
        if (event.records or 0) > LARGEST_COUNT or (event.bytes or 0) > LARGEST_COUNT:
            event = msgspec.structs.replace(
                event, records=sane_count(event.records), bytes=sane_count(event.bytes)
            )
        if len(self.evidence) < INCIDENT_EVIDENCE_KEPT:
            self.evidence.append(event)
            return
        # The first half shows how it began; the rest gives way to larger reads.
        later = range(INCIDENT_EVIDENCE_KEPT // 2, INCIDENT_EVIDENCE_KEPT)
        least = min(later, key=lambda i: self.evidence[i].records or 0)
        if (event.records or 0) > (self.evidence[least].records or 0):
            self.evidence[least] = event

    def take_news(self) -> bool:
        """Whether it changed enough to be published again; if so, mark it as published."""
        state = (
            self.paged_at is not None,
            self.severity,
            len(self.kinds) + len(self.certain),
            max(self.records or 0, self.calls).bit_length(),
        )
        changed = state != self.published
        self.published = state
        return changed

    def take(
        self,
        assessment: HourAssessment,
        kinds: Mapping[IncidentKind, None],
        reasons: tuple[Reason, ...],
    ) -> None:
        """Take kinds and reasons: those of the highest score, and one for each further kind."""
        for found in assessment.findings:
            self.certain[found.kind] = found.reason
            kinds = {found.kind: None, **kinds}
        self.new_kinds = dict(kinds)
        is_best = assessment.p_value <= self.p_value or not self.likely
        best, rest = (reasons, self.likely) if is_best else (self.likely, reasons)
        self.likely = with_each_kind(best, rest)
        told = {*self.certain, *map(kind_of, self.likely)}
        kinds = {**self.kinds, **kinds}
        self.kinds = {kind: None for kind in kinds if kind in told} or {
            IncidentKind.BULK_READ: None
        }
        self.score = max(assessment.score, self.score)
        for name, score in assessment.scores.items():
            self.best_scores[name] = max(score, self.best_scores.get(name, 0.0))
        self.p_value = min(assessment.p_value, self.p_value)

    def raise_severity(self, window: Window) -> None:
        """Grade it by what was read; the severity never falls."""
        graded = graded_severity(
            self.kinds,
            self.classes,
            paged=self.paged_at is not None,
            secrets=self.secrets > 0,
            certain=bool(self.certain),
            by_raw_key=self.by_raw_key,
            records=max(self.records or 0, round(window.sensitive_records)),
            p_value=self.p_value,
        )
        if graded.rank > self.severity.rank:
            self.severity = graded

    def build(self, status: IncidentStatus, runbook_base_url: str) -> Incident:
        """Return the incident's current state."""
        kinds = tuple(self.kinds)
        order = list(DataClass)
        evidence = sorted(self.evidence, key=lambda e: (e.time, e.event_id))
        return Incident(
            incident_id=self.incident_id,
            status=status,
            page=self.paged_at is not None,
            severity=self.severity,
            opened_at=_moment(self.opened_at),
            paged_at=None if self.paged_at is None else _moment(self.paged_at),
            updated_at=_moment(self.updated_at),
            tenant=self.tenant,
            principal=self.principal,
            credential_ids=tuple(self.credentials),
            kinds=kinds,
            data_classes=tuple(sorted(self.classes, key=order.index)),
            p_value=self._told_p_value(),
            score=round(self.score, 4),
            exposure=Exposure(
                calls=self.calls,
                records=self.records,
                distinct_subjects=self._distinct_subjects(),
                bytes=self.bytes,
                since=_moment(self.opened_at),
            ),
            reasons=(*self.certain.values(), *self.likely),
            evidence=tuple(Evidence.of(event) for event in evidence),
            attack=techniques_of(kinds, self.service),
            runbook_url=runbook_base_url + self._runbook(kinds),
            page_kind=self.page_kind,
            timeline=self.timeline.build(),
            notification=self._notification(),
            known_share=self.known_share,
            planned=self.planned,
            reopened_at=None if self.reopened_at is None else _moment(self.reopened_at),
            days=told_days(self.days),
            continues=self.continues,
        )

    def _told_p_value(self) -> float:
        """Return the p-value of what made it: of a page that a rule made, 0."""
        by_rule = self.paged_at is not None and self.page_kind in self.certain
        return 0.0 if by_rule or self._is_of_many() else self.p_value

    def _is_of_many(self) -> bool:
        return any(reason.feature == "principals" for reason in self.likely)

    def _runbook(self, kinds: tuple[IncidentKind, ...]) -> str:
        # An incident of many principals, which pages as a bulk read.
        if self._is_of_many():
            return "fleet_surge"
        return (self.page_kind or kinds[0]).value

    def _distinct_subjects(self) -> int | None:
        registers = self.subjects.get("all")
        return None if registers is None else round(SubjectSketch(registers).estimate())

    def _notification(self) -> Notification | None:
        personal = tuple(name for name in DataClass if name in self.classes and name.is_personal)
        if self.paged_at is None or not personal:
            return None
        subjects = self._distinct_subjects()
        return notification_clock(_moment(self.paged_at), personal, self.records, subjects)

    @property
    def by_raw_key(self) -> bool:
        """Whether one of its events used a raw secret key, which others may also have."""
        return any(event.grant == Grant.SECRET_KEY for event in self.evidence)

    @property
    def incident_id(self) -> str:
        """Equal for equal tenant, principal and start."""
        text = f"{self.tenant}\0{self.principal}\0{self.opened_at!r}"
        return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def open_incident(event: AccessEvent, window: Window) -> IncidentDraft:
    """Open an incident with an event; its exposure starts with the hour so far."""
    values = window.values
    draft = IncidentDraft(
        tenant=event.tenant,
        principal=event.principal,
        service=event.service,
        opened_at=event.time,
        updated_at=event.time,
        calls=int(values[CALLS]),
        records=None if values[RECORDS] < 0.0 else int(values[RECORDS]),
        bytes=None if values[BYTES] < 0.0 else int(values[BYTES]),
        classes={name: None for name, place in CLASS_OF.items() if values[place] > 0.0},
        subjects={"all": _merged(window.subjects)} if window.subjects else {},
        secrets=max(0, int(values[SECRETS])),
    )
    count_on_day(draft.days, day_of(event.time), draft.calls, draft.records or 0)
    draft.add_details(event)
    return draft


def _merged(subjects: Mapping[str, bytearray]) -> bytearray:
    merged = SubjectSketch.of_an_hour()
    for registers in subjects.values():
        merged.merge(SubjectSketch(registers))
    return merged.registers


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
