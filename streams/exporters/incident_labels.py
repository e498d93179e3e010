"""The labels that make an incident one alert, wherever it comes from."""

from models.incident import Incident, IncidentKind

TEXT_CHARACTERS = 240
ALERT_NAMES = {
    IncidentKind.BULK_READ: "SellerDataBulkRead",
    IncidentKind.SLOW_EXFILTRATION: "SellerDataSlowExfiltration",
    IncidentKind.NEW_NETWORK: "SellerAccessFromNewNetwork",
    IncidentKind.NEW_OPERATION: "SellerAccessNewOperation",
    IncidentKind.PURPOSE_VIOLATION: "SellerDataPurposeViolation",
    IncidentKind.OFF_HOURS: "SellerAccessOffHours",
    IncidentKind.NEW_PRINCIPAL: "SellerNewPrincipalScraping",
    IncidentKind.CREDENTIAL_SHARING: "SellerCredentialSharing",
    IncidentKind.CANARY: "SellerCanaryRead",
    IncidentKind.ENUMERATION: "SellerDataEnumeration",
}


def page_kind(incident: Incident) -> IncidentKind:
    """Return the kind that an incident pages under: the one that made it a page.

    It never changes while the incident is open, so that its alert stays the same one.
    """
    if incident.page_kind is not None:
        return incident.page_kind
    return incident.kinds[0] if incident.kinds else IncidentKind.BULK_READ


def series_labels(incident: Incident) -> dict[str, str]:
    """Return the labels of an incident's own series; none of them changes while it is open.

    A label that changed would be a second alert and a second page.
    """
    return {
        "incident_id": incident.incident_id,
        "tenant": incident.tenant[:TEXT_CHARACTERS],
        "principal": incident.principal[:TEXT_CHARACTERS],
        "kind": page_kind(incident).value,
    }


def alert_labels(incident: Incident) -> dict[str, str]:
    """Return the labels that Prometheus gives the alert of an incident that pages."""
    return {
        "alertname": ALERT_NAMES[page_kind(incident)],
        "detector": "sellerwatch",
        "severity": "critical",
        **series_labels(incident),
    }
