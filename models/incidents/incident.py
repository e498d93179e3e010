"""What sellerwatch reports: an incident, as its topic and files hold it."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, Self

import msgspec

from models.domain.access_event import AccessEvent, Outcome
from models.domain.data_class import DataClass
from models.incidents.incident_day import IncidentDay
from models.incidents.notification import Notification
from models.incidents.planned_change import PlannedChange
from models.incidents.timeline import Timeline
from models.incidents.usual_range import UsualRange
from models.tuning.incidents import REASON_FAR_FACTOR

SHARE_PREFIX: Final = "share_of_"


class IncidentStatus(StrEnum):
    """Whether the incident is still going on."""

    OPEN = "open"
    CLOSED = "closed"


class Severity(StrEnum):
    """How bad, from lowest to highest."""

    INFORMATIONAL = "informational"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for informational to 4 for critical.

        Examples
        --------
        >>> Severity.HIGH.rank > Severity.MEDIUM.rank
        True
        """
        return list(Severity).index(self)


class IncidentKind(StrEnum):
    """What happened."""

    BULK_READ = "bulk_read"
    SLOW_EXFILTRATION = "slow_exfiltration"
    NEW_NETWORK = "new_network"
    NEW_OPERATION = "new_operation"
    PURPOSE_VIOLATION = "purpose_violation"
    OFF_HOURS = "off_hours"
    NEW_PRINCIPAL = "new_principal"
    CREDENTIAL_SHARING = "credential_sharing"
    CANARY = "canary"
    ENUMERATION = "enumeration"
    DELEGATION = "delegation"


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why an incident was opened: one feature, what was seen and what is usual.

    Parameters
    ----------
    feature
        Name of the feature, such as ``records`` or ``network``.
    window
        What it covers: ``hour``, ``day``, ``3d``, ``7d``, ``30d`` or ``event``.
    observed
        A number in the feature's unit, or the value that is new.
    expected
        The usual value: the median, or words such as ``one network``. None if nothing is usual,
        or if there is only a limit. Earlier releases wrote ``"50 (20 to 90)"``.
    low, high
        The usual range: the 5th and 95th percentile of hours, or the smallest and largest day.
        A limit has `high` alone.
    p_value
        Chance of a value at least this extreme in normal operation, 0 to 1.
    contribution
        Share of the score, 0 to 1; the reasons of an incident sum to at most 1.
    text
        One sentence for a person.
    days_above
        Of a window of several days, how many were above the usual day before them. `observed` is
        then the usual one of these days, and the usual range that of the days before.

    Examples
    --------
    >>> Reason(
    ...     feature="records", window="hour", observed=900.0, expected=50.0, low=20.0, high=90.0,
    ...     p_value=0.001, contribution=0.5, text="app-1 read 900 records in an hour.",
    ... ).usual.text()
    '50 (20 to 90)'
    """

    feature: str
    window: str
    observed: float | str
    expected: float | str | None
    low: float | None = None
    high: float | None = None
    p_value: float
    contribution: float
    text: str
    days_above: int | None = None

    @property
    def usual(self) -> UsualRange:
        """What is usual, in one value."""
        return UsualRange(self.expected, self.low, self.high)

    @property
    def is_beyond_usual(self) -> bool:
        """Whether its number is above the usual range, or nothing is usual."""
        if isinstance(self.observed, str):
            return False
        if isinstance(self.expected, str):
            return True
        bound = self.expected if self.high is None else self.high
        return bound is None or self.observed > bound

    @property
    def is_far_beyond_usual(self) -> bool:
        """Whether it is so by a factor that a person calls far."""
        if not self.is_beyond_usual or isinstance(self.observed, str):
            return False
        bound = self.expected if self.high is None else self.high
        if bound is None or isinstance(bound, str):
            return True
        return self.observed >= REASON_FAR_FACTOR * bound

    @property
    def is_share(self) -> bool:
        """Whether its numbers are shares of one, not counts."""
        return self.feature.startswith(SHARE_PREFIX)


class Exposure(msgspec.Struct, frozen=True, kw_only=True):
    """How much was read since the incident began (`since`).

    `records` and `bytes` are None until a log gives a number.
    """

    calls: int
    records: int | None
    distinct_subjects: int | None
    bytes: int | None
    since: datetime


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One redacted event that shows what happened, without subjects' ids or their hashes."""

    event_id: str
    time: datetime
    operation: str
    resource: str | None
    data_classes: tuple[DataClass, ...]
    outcome: Outcome
    records: int | None
    bytes: int | None
    source_ip: str | None
    country: str | None
    asn: int | None
    user_agent: str | None
    credential_id: str | None

    @classmethod
    def of(cls, event: AccessEvent) -> Self:
        """Take from an event what an incident may show.

        Examples
        --------
        >>> from models.domain.access_event import PrincipalKind
        >>> event = AccessEvent(
        ...     event_id="r-1", time=60.0, tenant="A1", principal="app-1", service="orders",
        ...     principal_kind=PrincipalKind.APPLICATION, operation="getOrders",
        ...     outcome=Outcome.SUCCESS, records=50, subject_ids=(7,),
        ... )
        >>> Evidence.of(event).time.isoformat(), Evidence.of(event).records
        ('1970-01-01T00:01:00+00:00', 50)
        """
        return cls(
            event_id=event.event_id,
            time=datetime.fromtimestamp(event.time, UTC),
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


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """An incident; all times are event time, UTC.

    Its JSON form is one line of the incidents file and one value of the incidents topic.
    `paged_at` is the event time of the page, None if it never paged. `page_kind` is the kind
    that paged; it never changes afterwards. `p_value` is that of the statistics; of a page that a
    rule made, whatever the statistics say, it is 0.
    `attack` holds MITRE ATT&CK technique ids. `timeline` begins with the event that opened it.
    `notification` is set once a page concerns personal data. `known_share` is the share of all
    known buyers, suppliers or transactions that the principal has read, 0 to 1: today, and under
    names such as ``buyers_in_7_days`` in the last 7 and 30 days. `planned` is the planned change
    that the reads stay inside, or exceed if it pages.
    A cause that goes on after its incident was closed reopens it (`reopened_at`), and `days` shows
    how much was read on each of its days. Whoever was paged is paged again only for what is ten
    times graver, or of another kind: by an incident of its own, which `continues` the first.
    """

    incident_id: str
    status: IncidentStatus
    page: bool
    severity: Severity
    opened_at: datetime
    paged_at: datetime | None
    updated_at: datetime
    tenant: str
    principal: str
    credential_ids: tuple[str, ...]
    kinds: tuple[IncidentKind, ...]
    data_classes: tuple[DataClass, ...]
    p_value: float
    score: float
    exposure: Exposure
    reasons: tuple[Reason, ...]
    evidence: tuple[Evidence, ...]
    attack: tuple[str, ...]
    runbook_url: str
    timeline: Timeline = Timeline()
    page_kind: IncidentKind | None = None
    notification: Notification | None = None
    known_share: dict[str, float] = {}
    planned: PlannedChange | None = None
    reopened_at: datetime | None = None
    days: tuple[IncidentDay, ...] = ()
    continues: str | None = None

    @property
    def is_paging(self) -> bool:
        """Whether somebody is to be told now: it is open, and has paged since it was opened."""
        if not self.page or self.paged_at is None or self.status is not IncidentStatus.OPEN:
            return False
        return self.reopened_at is None or self.paged_at >= self.reopened_at
