"""What the detector remembers of one principal."""

import msgspec

from models.incident_draft import IncidentDraft
from models.log_histogram import HistogramState, LogHistogram
from models.novelty import Novelty, NoveltyState
from models.window import Window


class PrincipalSnapshot(msgspec.Struct, array_like=True, frozen=True):
    """The form of a principal's state in a snapshot."""

    cohort: str
    first_seen: float
    touched: int
    day: int
    day_maximum: float
    habit: HistogramState
    novelty: NoveltyState
    windows: dict[int, Window]
    draft: IncidentDraft | None


class PrincipalState:
    """Habits, open hours and the open incident of one principal.

    Parameters
    ----------
    cohort
        Name of its cohort.
    first_seen
        Event time of its first event, seconds.
    habit, novelty
        Its estimators, backed by those of its cohort.
    """

    __slots__ = (
        "cohort", "day", "day_maximum", "draft", "first_seen", "habit", "novelty", "touched",
        "windows",
    )  # fmt: skip

    def __init__(
        self, cohort: str, first_seen: float, habit: LogHistogram, novelty: Novelty
    ) -> None:
        self.cohort = cohort
        self.first_seen = first_seen
        self.habit = habit
        self.novelty = novelty
        self.windows: dict[int, Window] = {}
        self.draft: IncidentDraft | None = None
        self.day = int(first_seen // 86400)
        self.day_maximum = 0.0
        # Number of the last event, which orders principals by how recent they are.
        self.touched = 0

    def snapshot(self) -> PrincipalSnapshot:
        """Return what a later run needs to go on."""
        return PrincipalSnapshot(
            self.cohort,
            self.first_seen,
            self.touched,
            self.day,
            self.day_maximum,
            self.habit.state,
            self.novelty.state,
            self.windows,
            self.draft,
        )
