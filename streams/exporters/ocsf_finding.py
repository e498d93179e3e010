"""Writes incidents as OCSF Detection Findings for any SIEM that reads OCSF."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from models.domain.network import parse_address
from models.incidents.incident import Evidence, Incident, IncidentStatus
from streams.presentation.untrusted_text import sanitize, sanitize_name
from streams.version import __version__

OCSF_VERSION: Final = "1.5.0"

_CLASS: Final = 2004
_CATEGORY: Final = 2
_CREATE, _UPDATE, _CLOSE = 1, 2, 3
_NEW, _RESOLVED = 1, 4
_BEHAVIOURAL: Final = 2
_IP_ADDRESS, _RESOURCE = 2, 10
_TEXT_CHARACTERS: Final = 400


def detection_finding(incident: Incident) -> dict[str, Any]:
    """Write the state of an incident as a Detection Finding (class 2004).

    The finding's uid is the incident's id in every state, so a SIEM with one row per finding sees
    it created, updated and closed. Times are milliseconds since 1970.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from models.incidents.incident import Exposure, Severity
    >>> now = datetime(2026, 1, 1, tzinfo=UTC)
    >>> incident = Incident(
    ...     incident_id="i-1", status=IncidentStatus.OPEN, page=True, severity=Severity.HIGH,
    ...     opened_at=now, paged_at=now, updated_at=now, tenant="A1", principal="app-1",
    ...     credential_ids=(), kinds=(), data_classes=(), p_value=0.01, score=3.0,
    ...     exposure=Exposure(calls=1, records=5, distinct_subjects=None, bytes=None, since=now),
    ...     reasons=(), evidence=(), attack=("T1530",), runbook_url="https://example.com/run",
    ... )
    >>> finding = detection_finding(incident)
    >>> finding["class_uid"], finding["severity_id"], finding["finding_info"]["uid"]
    (2004, 4, 'i-1')
    """
    is_closed = incident.status is IncidentStatus.CLOSED
    activity = _CREATE if incident.updated_at == incident.opened_at else _UPDATE
    activity = _CLOSE if is_closed else activity
    finding: dict[str, Any] = {
        "class_uid": _CLASS,
        "category_uid": _CATEGORY,
        "activity_id": activity,
        "type_uid": _CLASS * 100 + activity,
        "severity_id": incident.severity.rank + 1,
        "severity": incident.severity.value.capitalize(),
        "status_id": _RESOLVED if is_closed else _NEW,
        "is_alert": incident.page,
        "time": _milliseconds(incident.updated_at),
        "start_time": _milliseconds(incident.exposure.since),
        "end_time": _milliseconds(incident.updated_at),
        "count": incident.exposure.calls,
        "message": _title(incident),
        "metadata": _metadata(incident),
        "finding_info": _finding_info(incident),
        "evidences": [_evidence(entry, incident) for entry in incident.evidence],
        "resources": [{"name": name, "uid": name} for name in _resources(incident)],
        "observables": list(_observables(incident)),
        "remediation": {"desc": "Follow the runbook.", "references": [incident.runbook_url]},
        "unmapped": _unmapped(incident),
    }
    return {name: value for name, value in finding.items() if value != []}


def _metadata(incident: Incident) -> dict[str, Any]:
    return {
        "version": OCSF_VERSION,
        "profiles": ["security_control"],
        "product": {"name": "sellerwatch", "vendor_name": "sellerwatch", "version": __version__},
        "tenant_uid": incident.tenant,
        "correlation_uid": incident.incident_id,
    }


def _finding_info(incident: Incident) -> dict[str, Any]:
    return {
        "uid": incident.incident_id,
        "title": _title(incident),
        "desc": _sentences(incident) or _title(incident),
        "types": [kind.value for kind in incident.kinds],
        "analytic": {"name": "sellerwatch detector", "type_id": _BEHAVIOURAL},
        "attacks": [{"technique": {"uid": name}} for name in incident.attack],
        "created_time": _milliseconds(incident.opened_at),
        "modified_time": _milliseconds(incident.updated_at),
        "first_seen_time": _milliseconds(incident.exposure.since),
        "last_seen_time": _milliseconds(incident.updated_at),
        "src_url": incident.runbook_url,
    }


def _evidence(entry: Evidence, incident: Incident) -> dict[str, Any]:
    user: dict[str, Any] = {"uid": incident.principal}
    if entry.credential_id is not None:
        user["credential_uid"] = entry.credential_id
    evidence: dict[str, Any] = {
        "uid": entry.event_id,
        "api": {"operation": entry.operation},
        "actor": {"user": user},
        "data": {
            "time": _milliseconds(entry.time),
            "outcome": entry.outcome.value,
            "data_classes": [name.value for name in entry.data_classes],
            "records": entry.records,
            "bytes": entry.bytes,
        },
    }
    if entry.source_ip is not None:
        evidence["src_endpoint"] = _endpoint(entry, entry.source_ip)
    if entry.user_agent is not None:
        evidence["http_request"] = {"user_agent": entry.user_agent}
    return evidence


def _endpoint(entry: Evidence, address: str) -> dict[str, Any]:
    endpoint: dict[str, Any] = {"ip" if parse_address(address) is not None else "hostname": address}
    if entry.country is not None:
        endpoint["location"] = {"country": entry.country}
    if entry.asn is not None:
        endpoint["autonomous_system"] = {"number": entry.asn}
    return endpoint


def _observables(incident: Incident) -> Iterator[dict[str, Any]]:
    addresses = {entry.source_ip for entry in incident.evidence if entry.source_ip}
    for address in sorted(addresses):
        if parse_address(address) is not None:
            name = "evidences[].src_endpoint.ip"
            yield {"name": name, "type_id": _IP_ADDRESS, "value": address}
    for name in _resources(incident):
        yield {"name": "resources[].uid", "type_id": _RESOURCE, "value": name}


def _resources(incident: Incident) -> list[str]:
    return sorted({entry.resource for entry in incident.evidence if entry.resource})


def _unmapped(incident: Incident) -> dict[str, Any]:
    exposure = incident.exposure
    return {
        "principal": incident.principal,
        "credential_ids": list(incident.credential_ids),
        "data_classes": [name.value for name in incident.data_classes],
        "records": exposure.records,
        "distinct_subjects": exposure.distinct_subjects,
        "bytes": exposure.bytes,
        "p_value": incident.p_value,
        "score": incident.score,
    }


def _title(incident: Incident) -> str:
    what = incident.kinds[0].value.replace("_", " ") if incident.kinds else "unusual access"
    return f"{what} by {sanitize_name(incident.principal)}"


def _sentences(incident: Incident) -> str:
    return " ".join(sanitize(reason.text, _TEXT_CHARACTERS) for reason in incident.reasons)


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
