"""Access that is given to somebody who never had any."""

from hashlib import blake2b

from models.domain.access_event import AccessEvent, Outcome
from models.incidents.credential_text import delegate_text
from models.incidents.finding import Finding, certain_reason
from models.incidents.incident import IncidentKind
from models.incidents.usual_range import UsualRange
from models.state.fleet_state import FleetState
from models.tuning.rules import DELEGATION_LEARNING_SECONDS
from models.tuning.state import FLEET_STATE_DELEGATES_KEPT


def new_delegate(event: AccessEvent, fleet: FleetState) -> Finding | None:
    """Find a successful call that gives access to somebody new to the tenant; learn who it was.

    The first days only teach. Of several who are given access by a call, one new one is enough.
    """
    if event.delegate is None or event.outcome is not Outcome.SUCCESS:
        return None
    since = fleet.delegates_since
    is_learning = since is None or event.time - since <= DELEGATION_LEARNING_SECONDS
    new = [name for name in event.delegate.split(",") if not _learn(event.tenant, name, fleet)]
    if is_learning or not new:
        return None
    names = ", ".join(name[:80] for name in new)[:256]
    text = delegate_text(event.principal, event.operation, names)
    usual = UsualRange("one of those known")
    reason = certain_reason("delegate", names, usual, text, window="event")
    return Finding(IncidentKind.DELEGATION, reason, page=True)


def _learn(tenant: str, name: str, fleet: FleetState) -> bool:
    """Make a delegate the most recent one; return whether it was known."""
    text = f"{tenant}\0{name}".encode("utf-8", "surrogatepass")
    number = int.from_bytes(blake2b(text, digest_size=8).digest(), "big")
    known = fleet.delegates
    is_known = number in known
    known.pop(number, None)
    known[number] = None
    if len(known) > FLEET_STATE_DELEGATES_KEPT:
        del known[next(iter(known))]
    return is_known
