"""What the detector thinks of a window after an event."""

from typing import NamedTuple

from models.incidents.finding import Finding


class HourAssessment(NamedTuple):
    """Scores by channel, calibrated p-value and its channel, whether to page, and findings."""

    scores: dict[str, float]
    p_value: float
    channel: str
    page: bool
    findings: list[Finding]

    @property
    def score(self) -> float:
        """The hour's score."""
        return self.scores.get("hour", 0.0)
