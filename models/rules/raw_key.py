"""A raw secret key where a delegated grant would do: a standing risk."""

from typing import Final

from models.domain.access_event import AccessEvent, Grant, Outcome, PrincipalKind
from models.domain.time_units import day_of
from models.incidents.credential_text import further_raw_keys_text, raw_key_text, raw_keys_text
from models.incidents.finding import Finding, certain_reason
from models.incidents.incident import IncidentKind, Reason
from models.incidents.standing_risk import StandingRisk
from models.incidents.usual_range import UsualRange
from models.state.principal_state import PrincipalState
from models.tuning.rules import RAW_KEY_CREDENTIALS_KEPT, RAW_KEY_REPORTED_AGAIN_SECONDS

_FEATURE: Final = "grant"


def raw_key_read(event: AccessEvent, state: PrincipalState) -> StandingRisk | None:
    """Find a read of sensitive data by a raw key, once in 30 days for each credential.

    The keys of a day are one incident. Of more than a few only the number of reads is told, each
    time it has doubled.

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
    if last is not None and event.time < last + RAW_KEY_REPORTED_AGAIN_SECONDS:
        return None
    day = day_of(event.time)
    today = [name for name, seconds in told.items() if day_of(seconds) >= day]
    if len(today) >= RAW_KEY_CREDENTIALS_KEPT:
        reason = _further_read(event, state, day)
    else:
        told.pop(credential, None)
        if len(told) >= RAW_KEY_CREDENTIALS_KEPT:
            del told[next(name for name in told if name not in today)]
        told[credential] = event.time
        today.append(credential)
        reason = _of_key(event, credential, len(today))
    if reason is None:
        return None
    finding = Finding(IncidentKind.CREDENTIAL_SHARING, reason, page=False)
    return StandingRisk(finding, min(told[name] for name in today), tuple(today))


def _of_key(event: AccessEvent, credential: str, keys: int) -> Reason:
    name, data_class, instead = event.principal, event.data_classes[0], _instead(event)
    text = raw_key_text(name, data_class, credential[:80], instead)
    if keys > 1:
        text = raw_keys_text(name, data_class, keys, credential[:80], instead)
    usual = UsualRange("a delegated grant")
    return certain_reason(_FEATURE, Grant.SECRET_KEY.value, usual, text, window="event")


def _further_read(event: AccessEvent, state: PrincipalState, day: int) -> Reason | None:
    """Count a read by a key of which no more is told today; tell the count when it has doubled."""
    facts = state.facts
    if day > facts.raw_key_day:
        facts.raw_key_day, facts.raw_key_reads = day, 0
    facts.raw_key_reads += 1
    reads = facts.raw_key_reads
    if reads & (reads - 1):
        return None
    name, data_class = event.principal, event.data_classes[0]
    text = further_raw_keys_text(name, data_class, reads, _instead(event))
    usual = UsualRange("a delegated grant")
    return certain_reason(_FEATURE, Grant.SECRET_KEY.value, usual, text, window="day")


def _instead(event: AccessEvent) -> str:
    if event.principal_kind is PrincipalKind.APPLICATION:
        return "a delegated grant (Login with Amazon)"
    return "a role session"
