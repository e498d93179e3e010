"""What the detector thinks of a window after an event."""

from typing import NamedTuple

from models.incidents.finding import Finding
from models.incidents.incident import IncidentKind


class HourAssessment(NamedTuple):
    """Scores by channel, calibrated p-value and its channel, whether to page, and findings."""

    scores: dict[str, float]
    p_value: float
    channel: str
    page: bool
    findings: list[Finding]

    @property
    def paging_kinds(self) -> list[IncidentKind]:
        """Kinds of the findings that page."""
        return [finding.kind for finding in self.findings if finding.page]

    @property
    def score(self) -> float:
        """The hour's score."""
        return self.scores.get("hour", 0.0)
