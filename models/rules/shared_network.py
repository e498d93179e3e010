"""Several machines' credentials, used from one network that nobody used before."""

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.time_units import HOUR_SECONDS
from models.incidents.credential_text import shared_network_text
from models.incidents.finding import Finding, certain_reason
from models.incidents.incident import IncidentKind
from models.incidents.usual_range import UsualRange
from models.observation.tokens import Token
from models.observation.window import Window
from models.state.detector_memory import DetectorMemory, key_of
from models.state.principal_state import PrincipalState
from models.tuning.rules import (
    SHARED_NETWORK_LEAST_PRINCIPALS,
    SHARED_NETWORK_MOST_NEW,
    SHARING_MOST_CHANGES,
    SHARING_YOUNG_SECONDS,
)


def shared_network(
    event: AccessEvent,
    state: PrincipalState,
    window: Window,
    network: Token,
    memory: DetectorMemory,
) -> Finding | None:
    """Find a network, new to all, from which unrelated principals read sensitive data within a day.

    Each of them may stay within its usual volume. People share offices, and machines that change
    their networks anyway meet by chance; applications that shared a network before move together.
    Newcomers do not count: anybody can make names.
    """
    facts = state.facts
    if event.outcome is not Outcome.SUCCESS or not event.data_classes or facts.is_person:
        return None
    if event.principal_kind is PrincipalKind.USER:
        return None
    if event.time - facts.first_seen < SHARING_YOUNG_SECONDS:
        return None
    # One key that shows many networks must not push those of others out of the memory.
    is_flood = window.new_counts.get("network", 0) > SHARED_NETWORK_MOST_NEW
    if is_flood or facts.network_changes >= SHARING_MOST_CHANGES:
        return None
    homes = {n for seen in facts.credential_networks.values() for n, _ in seen} - {network.number}
    if not homes:
        # Nobody can say whom it is related to.
        return None
    is_new = network.number not in memory.everybody.novelty.state.known
    found = memory.fleet.shared_networks.note(
        network.number, key_of(event), sorted(homes), event.time, is_new=is_new
    )
    if found is None:
        return None
    memory.mark_fleet()
    names = found.unrelated()
    if len(names) < SHARED_NETWORK_LEAST_PRINCIPALS or len(names) <= found.told:
        return None
    first, found.told = found.told == 0, len(names)
    hours = (event.time - found.since_seconds) / HOUR_SECONDS
    text = shared_network_text(names, network.text, hours)
    usual = UsualRange("none shares it")
    reason = certain_reason("shared_network", network.text, usual, text, window="day")
    return Finding(IncidentKind.NEW_NETWORK, reason, page=first)
