"""A raw secret key where a delegated grant would do: a state of affairs, not an event."""

from typing import Final

from models.domain.access_event import AccessEvent, Grant, Outcome, PrincipalKind
from models.domain.time_units import DAY_SECONDS
from models.incidents.finding import Finding, certain_reason
from models.incidents.incident import IncidentKind
from models.state.principal_state import PrincipalState

_TOLD_AGAIN_SECONDS: Final = 30 * DAY_SECONDS
_CREDENTIALS_KEPT: Final = 4


def raw_key_read(event: AccessEvent, state: PrincipalState) -> Finding | None:
    """Find a read of sensitive data by a raw key, once in 30 days for each credential.

    Whoever has a copy of such a key reads under its owner's name for as long as it is not
    rotated; a delegated grant is made out to one party, expires, and can be withdrawn alone.
    """
    credential = event.credential_id
    if (
        event.grant != Grant.SECRET_KEY
        or credential is None
        or event.outcome is not Outcome.SUCCESS
    ):
        return None
    if not any(name.is_sensitive for name in event.data_classes):
        return None
    told = state.facts.raw_keys
    last = told.get(credential)
    if last is not None and event.time < last + _TOLD_AGAIN_SECONDS:
        return None
    told.pop(credential, None)
    if len(told) >= _CREDENTIALS_KEPT:
        del told[next(iter(told))]
    told[credential] = event.time
    text = (
        f"{event.principal[:120]} reads {event.data_classes[0]} data with the raw secret key "
        f"{credential[:80]}: replace it by {_instead(event)}, which expires and can be withdrawn."
    )
    reason = certain_reason(
        "grant", Grant.SECRET_KEY.value, "a delegated grant", text, window="event"
    )
    return Finding(IncidentKind.CREDENTIAL_SHARING, reason, page=False)


def _instead(event: AccessEvent) -> str:
    if event.principal_kind is PrincipalKind.APPLICATION:
        return "a delegated grant (Login with Amazon)"
    return "a role with sessions"
