"""What the detector remembers about one principal."""

from typing import Final

import msgspec

from models.domain.time_units import HOURS_A_DAY
from models.estimators.cohort import Cohort
from models.estimators.drift import Drift
from models.estimators.hour_volume import HourState, HourVolume
from models.estimators.new_days import NewDays
from models.estimators.novelty import Novelty
from models.estimators.rolling_volume import DaysState, RollingVolume
from models.incidents.incident_draft import IncidentDraft
from models.observation.features import DAY_FEATURES
from models.observation.seen_subjects import SeenState, SeenSubjects
from models.observation.window import Window
from models.tuning.detection import LEAST_FIRST_READS_DAYS, SUDDEN_HOURS
from models.tuning.observation import SEEN_SUBJECTS_PRINCIPAL_BYTES
from models.tuning.state import (
    PRINCIPAL_STATE_LEADERS_KEPT,
    PRINCIPAL_STATE_UNTOLD_RECORDS,
    PRINCIPAL_STATE_VERDICTS_KEPT,
)

_NO_VOLUMES: Final = [0.0] * DAY_FEATURES


class QuarantinedHour(msgspec.Struct, array_like=True, frozen=True):
    """A quarantined hour: until when, and what it would have taught the baseline."""

    due_seconds: float
    incident_id: str | None
    bins: dict[int, int]
    tokens: tuple[int, ...]


class LastPage(msgspec.Struct, array_like=True, frozen=True):
    """The last page of a principal; the next one must be ten times worse."""

    incident_id: str
    until_seconds: float
    p_value: float
    records: float
    kinds: tuple[str, ...]
    scores: dict[str, float]
    # Event time at which the incident opened, and its records, or calls without a count.
    opened_at: float = 0.0
    size: float = 0.0


class AcceptedIncident(msgspec.Struct, array_like=True, frozen=True):
    """What a benign verdict accepts: the scores of an incident, and the size that was judged."""

    incident_id: str
    records: float
    scores: dict[str, float]


class PrincipalFacts(msgspec.Struct, array_like=True, kw_only=True):
    """The simple part of a principal's state; times are event time in seconds."""

    cohort: str
    first_seen: float
    last_seen: float
    touched: int = 0
    day: int = 0
    # The best scores of today, by channel.
    maxima: dict[str, float] = {}
    # Volumes of today's closed hours.
    today: list[float] = msgspec.field(default_factory=_NO_VOLUMES.copy)
    # Scores of the closed days: channel -> (score, feature, number of days).
    slow: dict[str, tuple[float, int, int]] = {}
    new_today: dict[str, None] = {}
    # Its most frequent operations; the leading one names the cohort.
    leaders: dict[str, int] = {}
    # Calls of today so far, as a share of a usual day.
    ratio: float = 0.0
    gated_today: bool = False
    quarantine: list[QuarantinedHour] = []
    last_page: LastPage | None = None
    # What benign verdicts accepted at any size, in snapshots of earlier releases; empty since.
    accepted: dict[str, float] = {}
    # Credential -> its last two networks with their times, newest first.
    credential_networks: dict[str, list[tuple[int, float]]] = {}
    grant: str | None = None
    is_person: bool = False
    # Kind of subject -> sketches of 64 registers for a day, a week and 30 days, one after the
    # other; and the day that the first one counts.
    subjects: dict[str, bytearray] = {}
    subject_day: int = 0
    # Share of all known buyers, suppliers or transactions: today, and on the fullest days.
    shares: dict[str, float] = {}
    usual_shares: dict[str, float] = {}
    # Raw secret key -> when it was last reported.
    raw_keys: dict[str, float] = {}
    # Sequential ids requested in the fullest hour: today, and on a usual day.
    sequential_today: int = 0
    usual_sequential: float = 0.0
    # The last day on which it was scored.
    scored_day: int = 0
    # Reads by further raw keys of the day of which as many were told as may be.
    raw_key_day: int = 0
    raw_key_reads: int = 0
    # What benign verdicts accept, the newest last.
    accepted_incidents: list[AcceptedIncident] = []
    # Days with a page, which are not learnt; `gated_today` says so in earlier snapshots.
    gated_days: list[int] = []
    # What it has read, and the logarithm of new subjects on its largest days; None if unknown.
    seen: SeenState = msgspec.field(default_factory=SeenState)
    usual_new: float | None = None
    # Whether a call of today named objects without records or bytes, and how suddenly the closed
    # hours of today read new ones.
    has_objects: bool = False
    most_sudden: float = 0.0
    # New objects of its fullest hours, whatever else was logged of them; they fade by day.
    usual_new_objects: float = 0.0
    # Old credentials that were told of on a day.
    old_credential_day: int = 0
    old_credentials: list[str] = []
    # Closed hour -> its new subjects, for the last few of them.
    new_by_hour: dict[int, float] = {}
    # New networks after its first day; they fade by day.
    network_changes: float = 0.0
    # How far back its requests reach at most, in seconds: today (-1 if none told), and usually;
    # and how many days have taught that.
    reach_today: float = -1.0
    usual_reach: float = 0.0
    reach_days: int = 0
    # Parts of closed hours that came too late to be learnt, the last used last; and how many were
    # opened since the last day closed.
    late_hours: dict[int, Window] = {}
    late_hours_today: int = 0
    # Closed incidents whose cause may go on, the newest last.
    resting: list[IncidentDraft] = []
    # Features that showed something new today, after its first day, and the habit of that.
    own_new_today: dict[str, None] = {}
    new_days: NewDays | None = None
    # Whether it counts among the fleet's strange newcomers.
    is_strange_newcomer: bool = False

    def __post_init__(self) -> None:
        """Bind what an earlier release accepted at any size to that of a small page."""
        if self.accepted:
            self.accept(AcceptedIncident("", PRINCIPAL_STATE_UNTOLD_RECORDS, self.accepted))
            self.accepted = {}

    def gate(self, day: int) -> None:
        """Keep a day out of the baseline: somebody was paged for it."""
        if day not in self.gated_days:
            self.gated_days.append(day)

    def ungate(self) -> None:
        """Let the days that were kept out be learnt after all."""
        self.gated_today = False
        self.gated_days.clear()

    def accept(self, accepted: AcceptedIncident) -> None:
        """Keep what a benign verdict accepts; the newest verdict on an incident holds."""
        self.revoke(accepted.incident_id)
        self.accepted_incidents.append(accepted)
        del self.accepted_incidents[:-PRINCIPAL_STATE_VERDICTS_KEPT]

    def revoke(self, incident_id: str) -> None:
        """Forget what a verdict on an incident accepted."""
        self.accepted_incidents = [
            known for known in self.accepted_incidents if known.incident_id != incident_id
        ]


class PrincipalSnapshot(msgspec.Struct, array_like=True, frozen=True):
    """The form of a principal's state in a snapshot."""

    facts: PrincipalFacts
    volume: HourState
    days: DaysState
    drift: list[float]
    known: list[int]
    windows: dict[int, Window]
    draft: IncidentDraft | None


class PrincipalState:
    """Habits, open hours and the open incident of one principal.

    Parameters
    ----------
    facts
        Facts of a new principal.
    cohort
        Its cohort's estimators.
    cohort_weight
        Hours of its own that the cohort is worth.
    """

    __slots__ = (
        "_drift",
        "days",
        "draft",
        "facts",
        "is_handed_out",
        "novelty",
        "rank",
        "seen",
        "volume",
        "windows",
    )

    def __init__(self, facts: PrincipalFacts, cohort: Cohort, cohort_weight: float) -> None:
        self.facts = facts
        self.volume = HourVolume(cohort.shape, cohort_weight)
        self.days = RollingVolume(cohort.spreads)
        # None until a day is closed.
        self._drift: Drift | None = None
        self.novelty = Novelty(cohort.novelty)
        self.seen = SeenSubjects(facts.seen, SEEN_SUBJECTS_PRINCIPAL_BYTES)
        self.windows: dict[int, Window] = {}
        self.draft: IncidentDraft | None = None
        # Whether an earlier snapshot holds it.
        self.is_handed_out = False
        # How much is lost with it; `EvictionOrder` keeps it.
        self.rank = 0

    @property
    def drift(self) -> Drift:
        """How far its days have drifted from the earlier ones."""
        if self._drift is None:
            self._drift = Drift(volumes=self.days)
        return self._drift

    def join(self, name: str, cohort: Cohort) -> None:
        """Move to another cohort, which learns the principal's values."""
        before = self.novelty.cohort
        if before is not None:
            before.state.members -= 1.0
            for token in self.novelty.known:
                before.forget_token(token)
        cohort.novelty.state.members += 1.0
        self.facts.cohort = name
        self.volume.shape = cohort.shape
        self.days.spreads = cohort.spreads
        self.novelty.cohort = cohort.novelty
        for token in self.novelty.known:
            cohort.novelty.learn_token(token)

    @property
    def has_first_reads(self) -> bool:
        """Whether first reads say something: in its first days, a machine loads all it needs."""
        return self.facts.is_person or self.days.days >= LEAST_FIRST_READS_DAYS

    def rest_of_day(self, window: Window) -> list[float]:
        """Return the volumes of an hour's day in its other hours, closed or open."""
        day = window.index // HOURS_A_DAY
        today = self.facts.today if self.facts.day == day else _NO_VOLUMES
        if len(self.windows) <= 1:
            return today
        volumes = list(today)
        for index, other in self.windows.items():
            if index != window.index and index // HOURS_A_DAY == day:
                for feature in range(DAY_FEATURES):
                    volumes[feature] += max(0.0, other.values[feature])
        return volumes

    def new_in_hours(self, window: Window) -> float:
        """Return the new subjects of an hour and the few before it, closed or open."""
        first = window.index - SUDDEN_HOURS + 1
        by_hour = {index: other.first_reads for index, other in self.windows.items()}
        by_hour |= self.facts.new_by_hour
        by_hour[window.index] = window.first_reads
        return sum(max(0.0, n) for index, n in by_hour.items() if first <= index <= window.index)

    def count_operation(self, name: str) -> None:
        """Count an operation among the most frequent (Misra and Gries, 1982)."""
        leaders = self.facts.leaders
        count = leaders.get(name)
        if count is not None:
            leaders[name] = count + 1
        elif len(leaders) < PRINCIPAL_STATE_LEADERS_KEPT:
            leaders[name] = 1
        else:
            for other in list(leaders):
                leaders[other] -= 1
                if leaders[other] <= 0:
                    del leaders[other]

    def snapshot(self) -> PrincipalSnapshot:
        """Return what a later run needs to continue."""
        return PrincipalSnapshot(
            self.facts,
            self.volume.state,
            self.days.state,
            self.drift.sums,
            list(self.novelty.known),
            self.windows,
            self.draft,
        )

    def restore(self, snapshot: PrincipalSnapshot) -> None:
        """Continue from a snapshot."""
        self.volume.state, self.days.state = snapshot.volume, snapshot.days
        self.drift.sums = snapshot.drift
        self.novelty.known = dict.fromkeys(snapshot.known)
        self.windows, self.draft = snapshot.windows, snapshot.draft
