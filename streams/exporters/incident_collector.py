"""Open incidents as Prometheus metrics with a bounded number of label sets."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from models.incident import Incident, IncidentStatus, Severity

_LABELS = ("incident_id", "tenant", "principal", "severity", "data_class", "kind")
_TEXT_CHARACTERS = 240


class IncidentCollector(Collector):
    """Keeps the open incidents and exports the worst `top` of them one by one.

    A closed incident leaves at the next scrape, which is what resolves its alert. Principals
    appear as labels only here, so the number of series is bounded whatever their number.

    Parameters
    ----------
    top
        How many incidents get labels of their own; the rest are counted as hidden.

    Examples
    --------
    >>> collector = IncidentCollector(top=50)
    >>> [metric.name for metric in collector.collect()][0]
    'sellerwatch_open_incidents'
    """

    def __init__(self, top: int) -> None:
        self._top = top
        self._open: dict[str, Incident] = {}

    def update(self, incident: Incident) -> None:
        """Take in the newest state of an incident."""
        if incident.status is IncidentStatus.CLOSED:
            self._open.pop(incident.incident_id, None)
        else:
            self._open[incident.incident_id] = incident

    def collect(self) -> Iterator[Metric]:
        """Yield the metric families of one scrape."""
        incidents = list(self._open.values())
        counts = GaugeMetricFamily(
            "sellerwatch_open_incidents", "Incidents open now.", labels=("severity", "page")
        )
        for severity in Severity:
            for page in (True, False):
                matching = sum(i.severity is severity and i.page is page for i in incidents)
                counts.add_metric((severity.value, str(page).lower()), matching)
        yield counts
        incidents.sort(key=_badness, reverse=True)
        yield GaugeMetricFamily(
            "sellerwatch_hidden_incidents",
            "Open incidents without a series of their own.",
            value=max(0, len(incidents) - self._top),
        )
        yield from _families(incidents[: self._top])


def _families(incidents: list[Incident]) -> Iterator[Metric]:
    pages = GaugeMetricFamily(
        "sellerwatch_page_records",
        "Records read so far in an open incident that pages.",
        labels=_LABELS,
    )
    opened = GaugeMetricFamily(
        "sellerwatch_incident_opened_timestamp_seconds",
        "When an open incident began, event time.",
        labels=("incident_id",),
    )
    info = InfoMetricFamily(
        "sellerwatch_incident", "What a person needs to know of an open incident."
    )
    for incident in incidents:
        if incident.page:
            pages.add_metric(_label_values(incident), incident.exposure.records or 0)
        opened.add_metric((incident.incident_id,), incident.opened_at.timestamp())
        info.add_metric((), _info(incident))
    yield pages
    yield opened
    yield info


def _badness(incident: Incident) -> tuple[bool, int, float, str]:
    return incident.page, incident.severity.rank, incident.score, incident.incident_id


def _label_values(incident: Incident) -> tuple[str, ...]:
    return (
        incident.incident_id,
        incident.tenant,
        incident.principal[:_TEXT_CHARACTERS],
        incident.severity.value,
        incident.data_classes[0].value if incident.data_classes else "none",
        incident.kinds[0].value if incident.kinds else "bulk_read",
    )


def _info(incident: Incident) -> dict[str, str]:
    texts = [reason.text[:_TEXT_CHARACTERS] for reason in incident.reasons[:3]]
    places = {f"{e.source_ip or 'unknown address'}" for e in incident.evidence}
    return {
        "incident_id": incident.incident_id,
        "reasons": " ".join(texts),
        "data_classes": ", ".join(incident.data_classes),
        "kinds": ", ".join(incident.kinds),
        "credentials": ", ".join(incident.credential_ids[:3]),
        "source_ips": ", ".join(sorted(places)[:3]),
        "since": incident.exposure.since.isoformat(),
        "runbook_url": incident.runbook_url,
    }
