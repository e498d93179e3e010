"""What the detector remembers of one principal."""

from models.incident_draft import IncidentDraft
from models.log_histogram import LogHistogram
from models.novelty import Novelty
from models.window import Window


class PrincipalState:
    """Habits, open hours and the open incident of one principal.

    Parameters
    ----------
    first_seen
        Event time of its first event, seconds.
    habit, novelty
        Its estimators, backed by those of its cohort.
    """

    __slots__ = ("day", "day_maximum", "draft", "first_seen", "habit", "novelty", "windows")

    def __init__(self, first_seen: float, habit: LogHistogram, novelty: Novelty) -> None:
        self.first_seen = first_seen
        self.habit = habit
        self.novelty = novelty
        self.windows: dict[int, Window] = {}
        self.draft: IncidentDraft | None = None
        self.day = int(first_seen // 86400)
        self.day_maximum = 0.0
