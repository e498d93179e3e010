"""What a rule says of an event."""

from typing import NamedTuple

from models.incidents.incident import IncidentKind, Reason


class Finding(NamedTuple):
    """A rule's verdict: what happened, why, and whether a person must be woken."""

    kind: IncidentKind
    reason: Reason
    page: bool


def certain_reason(
    feature: str, observed: float | str, expected: str, text: str, window: str = "hour"
) -> Reason:
    """Give a reason that is no matter of chance."""
    return Reason(
        feature=feature,
        window=window,
        observed=observed,
        expected=expected,
        p_value=0.0,
        contribution=0.0,
        text=text,
    )
