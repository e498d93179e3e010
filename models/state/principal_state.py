"""What the detector remembers about one principal."""

import msgspec

from models.estimators.cohort import Cohort
from models.estimators.drift import Drift
from models.estimators.hour_volume import HourState, HourVolume
from models.estimators.novelty import Novelty
from models.estimators.rolling_volume import DaysState, RollingVolume
from models.incidents.incident_draft import IncidentDraft
from models.observation.features import DAY_FEATURES
from models.observation.window import Window
from models.tuning.state import (
    PRINCIPAL_STATE_LEADERS_KEPT,
)


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
    today: list[float] = msgspec.field(default_factory=lambda: [0.0] * DAY_FEATURES)
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
    # After a benign verdict, scores up to these never page again.
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
        "days",
        "draft",
        "drift",
        "facts",
        "is_handed_out",
        "novelty",
        "volume",
        "windows",
    )

    def __init__(self, facts: PrincipalFacts, cohort: Cohort, cohort_weight: float) -> None:
        self.facts = facts
        self.volume = HourVolume(cohort.shape, cohort_weight)
        self.days = RollingVolume(cohort.spreads)
        self.drift = Drift(volumes=self.days)
        self.novelty = Novelty(cohort.novelty)
        self.windows: dict[int, Window] = {}
        self.draft: IncidentDraft | None = None
        # Whether an earlier snapshot holds it.
        self.is_handed_out = False

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
        self.volume.forget_derived()
        self.drift.sums = snapshot.drift
        self.novelty.known = dict.fromkeys(snapshot.known)
        self.windows, self.draft = snapshot.windows, snapshot.draft
