"""The part of an open incident that metrics and alerts need."""

from datetime import datetime
from typing import Final, Self

import msgspec

from models.domain.data_class import DataClass
from models.domain.network import network_of, parse_address
from models.incidents.incident import Incident, Reason, Severity
from streams.presentation.alert_texts import who_reads
from streams.presentation.incident_labels import alert_labels, series_labels
from streams.presentation.untrusted_text import sanitize, sanitize_name
from streams.presentation.wording import of_principal

_TEXT_CHARACTERS: Final = 300
_LINE_CHARACTERS: Final = 110
_PLACE_CHARACTERS: Final = 80
_REASONS: Final = 3


class OpenIncident(msgspec.Struct, frozen=True, kw_only=True):
    """An open incident without its evidence: who, what, how much, why, from where.

    Parameters
    ----------
    who
        The reader, as the subject of a sentence.
    badness
        Orders incidents: a page before a ticket, then severity, then score.
    reason, brief
        The main reasons in sentences; the first one, cut to a line.
    feature, reading
        The numeric feature that best explains the incident: the observed value, and the usual
        median, low and high where they are known.
    contributions
        Feature -> share of the score, for the main reasons.
    records_by_class
        Data class -> records, as far back as the timeline goes.
    notify_by
        Deadline to notify the marketplace; None if no personal data was read.
    heard_at
        When its last state arrived, in seconds of the collector's clock.
    """

    incident_id: str
    heard_at: float
    badness: tuple[bool, int, float, str]
    labels: dict[str, str]
    alert: dict[str, str]
    who: str
    page: bool
    severity: Severity
    data_classes: tuple[DataClass, ...]
    records: int
    subjects: int | None
    calls: int
    reason: str
    brief: str
    feature: str
    reading: dict[str, float]
    contributions: dict[str, float]
    records_by_class: dict[str, int]
    since: datetime
    notify_by: datetime | None
    source: str
    credentials: str
    runbook_url: str

    @classmethod
    def of(cls, incident: Incident, heard_at: float, kind: str = "") -> Self:
        """Keep what the metrics of an incident need; `kind` is its principal's declared kind."""
        exposure = incident.exposure
        feature, reading = _reading(incident)
        return cls(
            incident_id=incident.incident_id,
            heard_at=heard_at,
            badness=(
                incident.is_paging,
                incident.severity.rank,
                incident.score,
                incident.incident_id,
            ),
            labels=series_labels(incident),
            alert=alert_labels(incident),
            who=who_reads(incident, kind),
            page=incident.is_paging,
            severity=incident.severity,
            data_classes=incident.data_classes,
            records=exposure.records or 0,
            subjects=exposure.distinct_subjects,
            calls=exposure.calls,
            reason=" ".join(_texts(incident))[:_TEXT_CHARACTERS],
            brief=_cut(next(iter(_texts(incident)), "")),
            feature=feature,
            reading=reading,
            contributions={r.feature: r.contribution for r in incident.reasons[:_REASONS]},
            records_by_class=_records_by_class(incident),
            since=exposure.since,
            notify_by=_notify_by(incident),
            source=_source(incident),
            credentials=_some(incident.credential_ids, 2),
            runbook_url=incident.runbook_url,
        )


def _notify_by(incident: Incident) -> datetime | None:
    clock = incident.notification
    return None if clock is None else clock.marketplace_due_at


def _texts(incident: Incident) -> list[str]:
    # The principal is already named, and addresses must not reach outside pagers and chats.
    texts = (_without_address(reason) for reason in incident.reasons[:2])
    return [sanitize(of_principal(text, incident.principal), _TEXT_CHARACTERS) for text in texts]


def _cut(text: str) -> str:
    if len(text) <= _LINE_CHARACTERS:
        return text
    return f"{text[:_LINE_CHARACTERS].rpartition(' ')[0]} …"


def _without_address(reason: Reason) -> str:
    address = reason.observed
    if not isinstance(address, str) or parse_address(address) is None:
        return reason.text
    return reason.text.replace(address, network_of(address, None))


def _reading(incident: Incident) -> tuple[str, dict[str, float]]:
    for reason in incident.reasons:
        if isinstance(reason.observed, str):
            continue
        reading = {"observed": float(reason.observed)}
        median, low, high = reason.usual
        if isinstance(median, int | float) and low is not None and high is not None:
            reading |= {"median": float(median), "low": float(low), "high": float(high)}
        return reason.feature, reading
    return "", {}


def _records_by_class(incident: Incident) -> dict[str, int]:
    totals: dict[str, int] = {}
    for bucket in incident.timeline.buckets:
        for name, records in bucket.records.items():
            totals[name.value] = totals.get(name.value, 0) + records
    return totals


def _source(incident: Incident) -> str:
    # Networks, not addresses: these texts go to outside pagers and chats.
    places: dict[str, None] = {}
    for event in incident.evidence:
        network = network_of(event.source_ip, event.asn)
        places[network if event.country is None else f"{network} ({event.country})"] = None
    return _some(tuple(places), 2)


def _some(values: tuple[str, ...], kept: int) -> str:
    text = ", ".join(sanitize_name(value, _PLACE_CHARACTERS) for value in values[:kept])
    more = len(values) - kept
    return f"{text} and {more} more" if more > 0 else text
