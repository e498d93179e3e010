"""What happened, in one sentence."""

from typing import Final

from models.domain.data_class import DataClass
from models.incidents.incident import Incident, IncidentKind
from streams.presentation.alert_texts import who_reads
from streams.presentation.wording import count, duration, sequence

_CLASSES_NAMED: Final = 3
_TAILS_SAID: Final = 2
_TAILS: Final = {
    IncidentKind.CANARY: "including a planted record that nobody should read",
    IncidentKind.PURPOSE_VIOLATION: "outside its declared purpose",
    IncidentKind.CREDENTIAL_SHARING: "with one credential used from several places",
    IncidentKind.DELEGATION: "and gave access to somebody never seen before",
    IncidentKind.NEW_PRINCIPAL: "as a principal never seen before",
    IncidentKind.ENUMERATION: "after probing for data",
    IncidentKind.NEW_NETWORK: "from a network it had never used before",
    IncidentKind.SLOW_EXFILTRATION: "a little at a time, far above its usual volume",
    IncidentKind.BULK_READ: "far above its usual volume",
    IncidentKind.OFF_HOURS: "at an hour when it is usually silent",
    IncidentKind.NEW_OPERATION: "with a call it had never made before",
}


def story(incident: Incident, kind: str = "") -> str:
    """Return one sentence: who read how much of what, in what time, and what is unusual about it.

    It names two signs at most, the most important first.

    Parameters
    ----------
    incident
        The incident to describe.
    kind
        Declared kind of the principal, such as ``payment_processor``.
    """
    span = incident.updated_at - incident.exposure.since
    time = f" in {duration(span)}" if span.total_seconds() >= 60 else ""
    tails = [tail for sign, tail in _TAILS.items() if sign in incident.kinds][:_TAILS_SAID]
    if any(reason.feature == "grant" for reason in incident.reasons):
        tails = ["with a raw secret key instead of a delegated grant"]
    elif any(reason.feature == "credential_age_days" for reason in incident.reasons):
        tails = ["with a credential that should have been rotated"]
    if incident.planned is not None:
        place = "beyond" if incident.page else "within"
        tails = [f"{place} the planned change {incident.planned.reference}"]
    end = f", {', '.join(tails)}" if tails else ""
    return f"{who_reads(incident, kind)} {_what(incident)}{time}{end}."


def _what(incident: Incident) -> str:
    classes = [c.value for c in incident.data_classes if c is not DataClass.NONE]
    more = len(classes) - _CLASSES_NAMED
    if more > 0:
        classes = [*classes[:_CLASSES_NAMED], f"{more} more"]
    kind = f"{sequence(classes)} " if classes else ""
    exposure = incident.exposure
    if exposure.records:
        return f"read {count(exposure.records)} {kind}records"
    if exposure.distinct_subjects:
        return f"read about {count(exposure.distinct_subjects)} {kind}objects"
    calls = "1 call" if exposure.calls == 1 else f"{count(exposure.calls)} calls"
    return f"made {calls} that read {kind}data" if kind else f"made {calls}"
