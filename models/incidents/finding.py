"""What a rule finds in an event."""

from typing import NamedTuple

from models.incidents.incident import IncidentKind, Reason
from models.incidents.usual_range import UsualRange


class Finding(NamedTuple):
    """What a rule found: what happened, why, and whether it pages."""

    kind: IncidentKind
    reason: Reason
    page: bool


def certain_reason(
    feature: str, observed: float | str, usual: UsualRange, text: str, window: str = "hour"
) -> Reason:
    """Make a reason that leaves nothing to chance.

    Examples
    --------
    >>> certain_reason("secrets", 12.0, UsualRange(0.0), "app-1 read 12 secrets.").expected
    0.0
    """
    return Reason(
        feature=feature,
        window=window,
        observed=observed,
        expected=usual.expected,
        low=usual.low,
        high=usual.high,
        p_value=0.0,
        contribution=0.0,
        text=text,
    )
