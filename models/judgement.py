"""What the detector thinks of a window after an event."""

from typing import NamedTuple

from models.rules.finding import Finding


class Judgement(NamedTuple):
    """Score, calibrated p-value, whether to page, and the rule that speaks, if any."""

    score: float
    p_value: float
    page: bool
    finding: Finding | None
