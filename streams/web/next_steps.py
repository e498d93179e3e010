"""What to do about an incident, in the order of doing it."""

from models.incident import Incident
from streams.alert_texts import ALERT_TEXTS, CUT_OFF, FLEET_SURGE, is_of_the_fleet, page_kind
from streams.wording import plain, sequence, short_principal


def next_steps(incident: Incident) -> tuple[str, ...]:
    """Return the steps; the runbook holds their commands."""
    # The gravest sign asks first, whatever woke somebody.
    signs = [page_kind(incident), *incident.kinds]
    text = next(text for sign, text in ALERT_TEXTS.items() if sign in signs)
    if is_of_the_fleet(incident):
        text = ALERT_TEXTS[FLEET_SURGE]
    name = short_principal(incident.principal)
    when = (
        "If it is not explained within minutes," if text.cut_off == CUT_OFF else "Before you ask,"
    )
    cut_off = f"{when} {_cut_off(incident, name)}"
    return (
        text.question,
        text.cut_off if is_of_the_fleet(incident) else cut_off,
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
