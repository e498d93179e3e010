"""What the detector remembers about all principals of a partition together."""

import msgspec

from models.domain.event_clock import ClockState
from models.estimators.cohort import CohortState
from models.estimators.tail_threshold import ThresholdState
from models.incidents.incident_draft import IncidentDraft
from models.observation.seen_subjects import SeenState
from models.state.planned_state import PlannedState
from models.state.report_ledger import ReportLedger
from models.state.shared_networks import SharedNetworks
from models.state.strangers import Strangers


class FleetState(msgspec.Struct, array_like=True, kw_only=True):
    """What is known about all principals of a partition together; times are event time."""

    newest_event_seconds: float | None = None
    started: float | None = None
    swept: float | None = None
    day: int = 0
    newcomers: int = 0
    mature_days: float = 0.0
    sequence: int = 0
    events_total: int = 0
    late_events_total: int = 0
    time_jumps_total: int = 0
    evicted_principals_total: int = 0
    principal_days_total: int = 0
    pages_total: int = 0
    # Kept in its place: earlier releases wrote it.
    jumps_in_a_row: int = 0
    cohort: CohortState = msgspec.field(default_factory=CohortState)
    thresholds: dict[str, dict[str, ThresholdState]] = {}
    # Registers of the distinct subjects that all principals have read.
    subjects: dict[str, bytearray] = {}
    # Time, tenant, principal and new network (0 if none) of the last statistical pages.
    recent_pages: list[tuple[float, str, str, int]] = []
    surge: IncidentDraft | None = None
    clock: ClockState = msgspec.field(default_factory=ClockState)
    future_events_total: int = 0
    strangers: Strangers = msgspec.field(default_factory=Strangers)
    # What any principal has read.
    seen: SeenState = msgspec.field(default_factory=SeenState)
    # Short numbers of those who were given access, the most recent last; and since when they are
    # learnt.
    delegates: dict[int, None] = {}
    delegates_since: float | None = None
    # Cohort -> the median of how far back its principals usually reach, in seconds.
    usual_reaches: dict[str, float] = {}
    # Planned changes that are not over.
    planned: list[PlannedState] = []
    # Reports that were asked for, and notices of those that nobody was seen to ask for.
    reports: ReportLedger = msgspec.field(default_factory=ReportLedger)
    # Newcomers of which a rule found a search of storage or a scrape.
    strange_newcomers: int = 0
    # Networks of the last day that nobody used before, and who uses them.
    shared_networks: SharedNetworks = msgspec.field(default_factory=SharedNetworks)
