"""What to do about an incident, in the order of doing it."""

from typing import Final

from models.incident import Incident, IncidentKind
from streams.web.wording import plain, sequence, short_principal

_QUESTIONS: Final = {
    IncidentKind.CANARY: "A planted record has no honest reader: treat it as theft until shown.",
    IncidentKind.CREDENTIAL_SHARING: (
        "Ask whether the credential was moved to a second system; if not, somebody else has it."
    ),
    IncidentKind.PURPOSE_VIOLATION: (
        "Ask the owner of the integration why it needs this data; compare config/principals.yaml."
    ),
    IncidentKind.ENUMERATION: (
        "Ask whether a job asks for what is long gone; if not, somebody is trying ids."
    ),
    IncidentKind.NEW_PRINCIPAL: "Find out who granted the access, when, and to whom.",
    IncidentKind.NEW_NETWORK: "Ask the provider whether it moved to the network shown here.",
}
_OTHER_QUESTION: Final = (
    "Ask the owner of the integration: a backfill, an export, a new version that reads more?"
)


def next_steps(incident: Incident) -> tuple[str, ...]:
    """Return the steps; the runbook holds their commands."""
    question = next((q for kind, q in _QUESTIONS.items() if kind in incident.kinds), None)
    name = short_principal(incident.principal)
    return (
        question or _OTHER_QUESTION,
        f"If it is not explained within minutes, {_cut_off(incident, name)}",
        "Keep the evidence: copy the access logs of this time before anything expires.",
        "Give the verdict below; malicious keeps this out of what is held to be normal.",
    )


def _cut_off(incident: Incident, name: str) -> str:
    keys = [plain(key, 40) for key in incident.credential_ids[:3]]
    if incident.principal.startswith("arn:"):
        return f"freeze {name} with a deny-all policy and end its sessions."
    if keys:
        return f"revoke {sequence(keys)} of {name}: reading stops at once."
    return f"revoke the access of {name}: reading stops at once."
