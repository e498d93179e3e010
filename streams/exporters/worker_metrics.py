"""The worker's own metrics."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from models.access_event import AccessEvent, Outcome
from models.incident import Incident
from streams.exporters.incident_collector import IncidentCollector
from streams.version import __version__


class WorkerMetrics:
    """All metrics of one worker, in a registry of their own.

    Examples
    --------
    >>> metrics = WorkerMetrics(top_incidents=50)
    >>> metrics.dead_letters.inc()
    >>> metrics.registry.get_sample_value("sellerwatch_dead_letters_total")
    1.0
    """

    def __init__(self, top_incidents: int) -> None:
        self.registry = CollectorRegistry()
        self.incidents = IncidentCollector(top_incidents)
        self.registry.register(self.incidents)
        build = Gauge("sellerwatch_build_info", "Always 1.", ["version"], registry=self.registry)
        build.labels(__version__).set(1)
        self.events = self._counter("events", "Events that were scored.", ["outcome"])
        self.records = self._counter("records_read", "Records read.", ["data_class"])
        self.messages = self._counter("messages", "Kafka messages that were decoded.")
        self.dead_letters = self._counter("dead_letters", "Records that could not be read.")
        self.pages = self._counter("pages", "Incidents that became a page.", ["severity"])
        self.principals = self._gauge("principals", "Principals known.", ["partition"])
        self.lag = self._gauge("consumer_lag_messages", "Messages not read yet.", ["partition"])
        self.event_time = self._gauge(
            "event_timestamp_seconds", "Newest event time seen.", ["partition"]
        )
        self.batch_seconds = Histogram(
            "sellerwatch_batch_seconds",
            "Time to decode and score one message.",
            registry=self.registry,
            buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5),
        )
        self._paged: set[str] = set()

    def count_events(self, events: tuple[AccessEvent, ...]) -> None:
        """Add a batch to the counters of events and records."""
        outcomes: dict[Outcome, int] = {}
        records: dict[str, int] = {}
        for event in events:
            outcomes[event.outcome] = outcomes.get(event.outcome, 0) + 1
            if event.records is None or event.records <= 0:
                continue
            name = event.data_classes[0].value if event.data_classes else "none"
            records[name] = records.get(name, 0) + event.records
        for outcome, count in outcomes.items():
            self.events.labels(outcome.value).inc(count)
        for name, count in records.items():
            self.records.labels(name).inc(count)

    def take_incident(self, incident: Incident) -> None:
        """Show the newest state of an incident."""
        self.incidents.update(incident)
        if incident.page and incident.incident_id not in self._paged:
            self._paged.add(incident.incident_id)
            self.pages.labels(incident.severity.value).inc()

    def _counter(self, name: str, text: str, labels: list[str] | None = None) -> Counter:
        return Counter(f"sellerwatch_{name}", text, labels or [], registry=self.registry)

    def _gauge(self, name: str, text: str, labels: list[str]) -> Gauge:
        return Gauge(f"sellerwatch_{name}", text, labels, registry=self.registry)
