"""What a rule found of the credentials of a principal, that has no end to wait for."""

from typing import NamedTuple

from models.incidents.finding import Finding


class StandingRisk(NamedTuple):
    """A finding about one or more credentials of a principal: one incident a day, which grows.

    Parameters
    ----------
    finding
        What the rule found.
    since_seconds
        When the incident of the day began.
    credentials
        Those that are told, in the order in which they were.
    """

    finding: Finding
    since_seconds: float
    credentials: tuple[str, ...]
