"""A raw secret key where a delegated grant would do: a standing risk."""

from models.domain.access_event import AccessEvent, Grant, Outcome, PrincipalKind
from models.incidents.finding import Finding, certain_reason
from models.incidents.incident import IncidentKind
from models.incidents.reason_text import raw_key_text
from models.incidents.usual_range import UsualRange
from models.state.principal_state import PrincipalState
from models.tuning.rules import RAW_KEY_CREDENTIALS_KEPT, RAW_KEY_REPORTED_AGAIN_SECONDS


def raw_key_read(event: AccessEvent, state: PrincipalState) -> Finding | None:
    """Find a read of sensitive data by a raw key, once in 30 days for each credential.

    Anybody with a copy of such a key can read under its owner's name until it is rotated. A
    delegated grant is for one party, expires, and can be revoked alone.
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
    if last is not None and event.time < last + RAW_KEY_REPORTED_AGAIN_SECONDS:
        return None
    told.pop(credential, None)
    if len(told) >= RAW_KEY_CREDENTIALS_KEPT:
        del told[next(iter(told))]
    told[credential] = event.time
    data_class, instead = event.data_classes[0], _instead(event)
    text = raw_key_text(event.principal, data_class, credential[:80], instead)
    usual = UsualRange("a delegated grant")
    reason = certain_reason("grant", Grant.SECRET_KEY.value, usual, text, window="event")
    return Finding(IncidentKind.CREDENTIAL_SHARING, reason, page=False)


def _instead(event: AccessEvent) -> str:
    if event.principal_kind is PrincipalKind.APPLICATION:
        return "a delegated grant (Login with Amazon)"
    return "a role session"
