"""One machine's credential, used from two networks at once."""

from models.domain.access_event import AccessEvent, PrincipalKind
from models.incidents.credential_text import sharing_text
from models.incidents.finding import Finding, certain_reason
from models.incidents.incident import IncidentKind
from models.incidents.usual_range import UsualRange
from models.observation.tokens import Token
from models.state.principal_state import PrincipalState
from models.tuning.rules import (
    SHARING_AT_ONCE_SECONDS,
    SHARING_CREDENTIALS_KEPT,
    SHARING_MOST_CHANGES,
    SHARING_YOUNG_SECONDS,
)


def credential_sharing(
    event: AccessEvent, state: PrincipalState, network: Token, *, is_new: bool
) -> Finding | None:
    """Find a credential that is used from a new network while still used from its usual one.

    People roam, and so do machines behind a pool of addresses: a person's session, and a principal
    whose networks change anyway, are left to the statistics.
    """
    if event.credential_id is None or event.principal_kind is PrincipalKind.USER:
        return None
    credential_networks = state.facts.credential_networks
    seen = credential_networks.get(event.credential_id)
    if seen is None:
        if len(credential_networks) >= SHARING_CREDENTIALS_KEPT:
            del credential_networks[next(iter(credential_networks))]
        credential_networks[event.credential_id] = [(network.number, event.time)]
        return None
    last_network, last_time = seen[0]
    if last_network == network.number:
        if event.time > last_time:
            seen[0] = (last_network, event.time)
        return None
    before = seen[1] if len(seen) > 1 else None
    credential_networks[event.credential_id] = [(network.number, event.time), seen[0]]
    if before is None or before[0] != network.number:
        return None
    # From here to there and back within an hour.
    known = state.novelty.known
    strange = is_new or last_network not in known
    young = event.time - state.facts.first_seen < SHARING_YOUNG_SECONDS
    roams = state.facts.network_changes >= SHARING_MOST_CHANGES
    if young or roams or not strange or event.time - before[1] > SHARING_AT_ONCE_SECONDS:
        return None
    text = sharing_text(event.principal, event.credential_id[:80], network.text)
    usual = UsualRange("one network")
    reason = certain_reason("credential", event.credential_id[:256], usual, text)
    return Finding(IncidentKind.CREDENTIAL_SHARING, reason, page=True)
