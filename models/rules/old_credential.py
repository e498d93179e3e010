"""A secret that should have been rotated: a standing risk."""

from typing import Final

from models.domain.access_event import AccessEvent, Grant, Outcome
from models.domain.time_units import DAY_SECONDS, day_of
from models.incidents.credential_text import old_credential_text
from models.incidents.finding import Finding, certain_reason
from models.incidents.incident import IncidentKind
from models.incidents.standing_risk import StandingRisk
from models.incidents.usual_range import UsualRange
from models.state.principal_state import PrincipalState
from models.tuning.rules import OLD_CREDENTIAL_DAYS, OLD_CREDENTIAL_KEPT

_SECRETS: Final = frozenset({Grant.LWA.value, Grant.SECRET_KEY.value})


def old_credential_used(event: AccessEvent, state: PrincipalState) -> StandingRisk | None:
    """Find a successful call with an old secret, once a day for each of a principal's first few.

    The secrets of a day are one incident.
    """
    age = event.credential_age_days
    if age is None or age <= OLD_CREDENTIAL_DAYS or event.outcome is not Outcome.SUCCESS:
        return None
    if event.grant not in _SECRETS:
        return None
    facts, day = state.facts, day_of(event.time)
    if day > facts.old_credential_day:
        facts.old_credential_day = day
        facts.old_credentials.clear()
    credential = event.credential_id or ""
    if credential in facts.old_credentials or len(facts.old_credentials) >= OLD_CREDENTIAL_KEPT:
        return None
    facts.old_credentials.append(credential)
    others = len(facts.old_credentials) - 1
    text = old_credential_text(
        event.principal, credential[:80], age, OLD_CREDENTIAL_DAYS, others=others
    )
    usual = UsualRange.at_most(OLD_CREDENTIAL_DAYS)
    reason = certain_reason("credential_age_days", float(age), usual, text, window="event")
    finding = Finding(IncidentKind.CREDENTIAL_SHARING, reason, page=False)
    return StandingRisk(finding, day * DAY_SECONDS, tuple(facts.old_credentials))
