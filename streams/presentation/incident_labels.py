"""The labels that make an incident one alert, wherever it comes from."""

from models.incidents.incident import Incident
from streams.presentation.alert_texts import ALERT_TEXTS, page_kind
from streams.presentation.untrusted_text import sanitize_name

TEXT_CHARACTERS = 240


def series_labels(incident: Incident) -> dict[str, str]:
    """Return the labels of an incident's series; none of them changes while it is open.

    A changed label would make a second alert and a second page.
    """
    return {
        "incident_id": incident.incident_id,
        "tenant": sanitize_name(incident.tenant, TEXT_CHARACTERS),
        "principal": sanitize_name(incident.principal, TEXT_CHARACTERS),
        "kind": page_kind(incident),
    }


def alert_labels(incident: Incident) -> dict[str, str]:
    """Return the labels that Prometheus gives the alert of an incident that pages."""
    return {
        "alertname": ALERT_TEXTS[page_kind(incident)].name,
        "detector": "sellerwatch",
        "severity": "critical",
        **series_labels(incident),
    }
