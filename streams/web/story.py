"""What happened, in one sentence."""

from typing import Final

from models.domain.data_class import DataClass
from models.incidents.incident import Incident, IncidentKind, Reason
from models.incidents.reason_kind import kind_of
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
    IncidentKind.SLOW_EXFILTRATION: "a little at a time, more than usual for days",
    IncidentKind.BULK_READ: "more than usual",
    IncidentKind.OFF_HOURS: "at an hour when it is usually silent",
    IncidentKind.NEW_OPERATION: "with a call it had never made before",
}
# What a reason says more exactly than its kind, by feature.
_OF_FEATURES: Final = {
    IncidentKind.BULK_READ: {
        "history": "further back than it ever asked",
        "judged_size": "far beyond what was judged benign",
    },
    IncidentKind.NEW_OPERATION: {"data_class": "data of a kind that it had never read before"},
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
    tails = [_tail(incident, sign) for sign in _TAILS if sign in incident.kinds][:_TAILS_SAID]
    if any(reason.feature == "grant" for reason in incident.reasons):
        tails = ["with a raw secret key instead of a delegated grant"]
    elif any(reason.feature == "credential_age_days" for reason in incident.reasons):
        tails = ["with a credential that should have been rotated"]
    if incident.planned is not None:
        place = "beyond" if incident.page else "within"
        tails = [f"{place} the planned change {incident.planned.reference}"]
    end = f", {', '.join(tails)}" if tails else ""
    return f"{who_reads(incident, kind)} {_what(incident)}{time}{end}."


def _tail(incident: Incident, kind: IncidentKind) -> str:
    """Return what a kind adds to the sentence, in the words of the reason that shows it."""
    reasons = [reason for reason in incident.reasons if _shows(reason, kind)]
    for reason in reasons:
        more_exact = _OF_FEATURES.get(kind, {}).get(reason.feature)
        if more_exact is not None and reason.observed != DataClass.NONE:
            return more_exact
        if reason.feature.endswith("_cap"):
            return "beyond its cap"
        if reason.is_share:
            return "a large share of all that is known"
    if kind is IncidentKind.NEW_NETWORK and any(reason.p_value == 0.0 for reason in reasons):
        return "from a network that it is not declared to use"
    beyond = [reason for reason in reasons if reason.is_beyond_usual]
    if kind is IncidentKind.BULK_READ and beyond:
        return _volume(beyond)
    if kind is IncidentKind.SLOW_EXFILTRATION and any(one.is_far_beyond_usual for one in beyond):
        return "a little at a time, far above its usual volume"
    if kind is IncidentKind.SLOW_EXFILTRATION and reasons:
        days = reasons[0].days_above
        return f"a little at a time, above its usual on {days} days" if days else _TAILS[kind]
    return _TAILS[kind]


def _volume(reasons: list[Reason]) -> str:
    """Say how far something is beyond the usual: a small excess is not far above it."""
    first = reasons[0]
    if first.feature == "new_subjects":
        span = "an hour" if first.window == "hour" else "a day"
        return f"with {count(float(first.observed))} objects in {span} never read before"
    far = next((reason for reason in reasons if reason.is_far_beyond_usual), None)
    words, window = ("above", first.window) if far is None else ("far above", far.window)
    return f"{'on a day ' if window == 'day' else ''}{words} its usual volume"


def _shows(reason: Reason, kind: IncidentKind) -> bool:
    if kind is IncidentKind.NEW_NETWORK:
        return reason.feature == "network"
    return kind_of(reason) is kind


def _what(incident: Incident) -> str:
    classes = [c.value for c in incident.data_classes if c is not DataClass.NONE]
    more = len(classes) - _CLASSES_NAMED
    if more > 0:
        classes = [*classes[:_CLASSES_NAMED], f"{more} more"]
    kind = f"{sequence(classes)} " if classes else ""
    exposure = incident.exposure
    if exposure.records:
        records = "record" if exposure.records == 1 else "records"
        return f"read {count(exposure.records)} {kind}{records}"
    if exposure.distinct_subjects:
        objects = "object" if exposure.distinct_subjects == 1 else "objects"
        return f"read about {count(exposure.distinct_subjects)} {kind}{objects}"
    calls = "1 call" if exposure.calls == 1 else f"{count(exposure.calls)} calls"
    return f"made {calls} that read {kind}data" if kind else f"made {calls}"
