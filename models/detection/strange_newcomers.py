"""How common newcomers are of which a rule finds something, and whether the next one pages."""

from typing import Final

from models.incidents.finding import Finding
from models.incidents.incident import IncidentKind
from models.state.fleet_state import FleetState
from models.state.principal_state import PrincipalState
from models.tuning.detection import STRANGE_NEWCOMERS_PRIOR_COUNT, STRANGE_NEWCOMERS_PRIOR_DAYS

_OF_NEWCOMERS: Final = frozenset({"records", "listings"})


def strange_newcomers_page(fleet: FleetState, state: PrincipalState, allowed: float) -> bool:
    """Whether newcomers that scrape or search storage are within the allowed false pages.

    Where a fleet takes on new callers all the time, and many of them load much at once, such a
    newcomer is no sign of theft: it is a ticket.

    Parameters
    ----------
    fleet
        Counts them, without the one that is judged.
    state
        The one that is judged.
    allowed
        False pages a principal-day.
    """
    others = fleet.strange_newcomers - int(state.facts.is_strange_newcomer)
    days = fleet.mature_days + STRANGE_NEWCOMERS_PRIOR_DAYS
    return (others + STRANGE_NEWCOMERS_PRIOR_COUNT) / days <= allowed


def count_strange_newcomer(
    fleet: FleetState, state: PrincipalState, findings: list[Finding]
) -> None:
    """Count a newcomer once, when a rule of newcomers first finds something of it."""
    facts = state.facts
    if not facts.is_strange_newcomer and any(
        found.kind in (IncidentKind.NEW_PRINCIPAL, IncidentKind.ENUMERATION)
        and found.reason.feature in _OF_NEWCOMERS
        for found in findings
    ):
        facts.is_strange_newcomer = True
        fleet.strange_newcomers += 1
