"""The worker's own metrics."""

from collections.abc import Callable, Iterable, Mapping
from time import time
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric, ProcessCollector

from models.domain.access_event import AccessEvent
from models.incidents.incident import Incident
from streams.exporters.access_totals import AccessTotals
from streams.exporters.calibration_metrics import CalibrationMetrics
from streams.exporters.incident_collector import IncidentCollector
from streams.exporters.runtime_metrics import RuntimeMetrics
from streams.exporters.thread_metrics import ThreadMetrics
from streams.version import __version__

_LATENCIES: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300)
_BATCHES: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5)


class WorkerMetrics:
    """All metrics of one worker, in a registry of their own.

    Parameters
    ----------
    top_incidents
        How many open incidents have series of their own.
    kinds
        Principal -> declared kind of integration.
    links
        Base addresses of runbooks, incidents and dashboards; the alert rules query them.
    nominal_false_pages
        False pages per principal and day that the settings allow.
    clock
        Seconds since 1970, by the clock that stamps messages in Kafka.

    Examples
    --------
    >>> metrics = WorkerMetrics(top_incidents=50)
    >>> metrics.dead_letters.inc()
    >>> metrics.registry.get_sample_value("sellerwatch_dead_letters_total")
    1.0
    """

    def __init__(
        self,
        top_incidents: int,
        kinds: Mapping[str, str] | None = None,
        links: Mapping[str, str] | None = None,
        nominal_false_pages: float = 0.01,
        clock: Callable[[], float] = time,
        *,
        owner_of: Callable[[str], str] = lambda _: "",
    ) -> None:
        self._clock = clock
        self.registry = PlainRegistry()
        self.incidents = IncidentCollector(top_incidents, kinds=kinds, owner_of=owner_of)
        self.registry.register(self.incidents)
        ProcessCollector(registry=self.registry)
        self.accesses = AccessTotals(kinds or {}, self.registry)
        self.calibration = CalibrationMetrics(nominal_false_pages, self.registry)
        build = self._gauge("build_info", "Always 1.", ["version"])
        build.labels(__version__).set(1)
        places = self._gauge(
            "links_info", "Base addresses of the links in alerts.", list(links or {})
        )
        (places.labels(**links) if links else places).set(1)
        self.messages = self._counter("messages", "Kafka messages that were decoded.")
        self.dead_letters = self._counter("dead_letters", "Records that could not be read.")
        self.refused_verdicts = self._counter(
            "refused_verdicts", "Verdicts that do not belong to the incident that they name."
        )
        self.audit_failures = self._counter(
            "audit_failures", "Accesses to the pages that were not written to the audit topic."
        )
        self.push_failures = self._counter(
            "alert_push_failures", "Pushes to Alertmanager and PagerDuty that were not accepted."
        )
        self.late_events = self._counter(
            "late_events", "Events that arrived too late for their window."
        )
        self.future_events = self._counter(
            "future_events", "Events timed after their arrival, scored at their arrival."
        )
        self.time_jumps = self._counter(
            "time_jumps", "Events with an impossible time, or one far ahead of all others."
        )
        self.reused_request_ids = self._counter(
            "reused_request_ids", "Events with the id of another event; they are scored."
        )
        self.evicted_principals = self._counter(
            "evicted_principals", "Principals evicted because there were too many."
        )
        # The name in 0.1, kept for one release so that other people's dashboards can follow.
        self.folded_principals = self._counter(
            "folded_principals", "Deprecated: read sellerwatch_evicted_principals_total."
        )
        self.runtime = RuntimeMetrics(self.registry)
        self.threads = ThreadMetrics(self.registry)
        self.batch_seconds = self._histogram(
            "batch_seconds", "Time to decode and score one message.", _BATCHES
        )
        self.latency_seconds = self._histogram(
            "event_to_incident_seconds",
            "Time from a message's arrival in Kafka until its incidents were acknowledged.",
            _LATENCIES,
        )

    def count_events(self, events: tuple[AccessEvent, ...]) -> None:
        """Add a batch to the totals of events, records and subjects."""
        self.accesses.count(events)

    def take_incident(self, incident: Incident) -> None:
        """Show the newest state of an incident."""
        self.incidents.update(incident)

    def observe_latency(self, stamped_seconds: float) -> None:
        """Observe the latency of a message, once its incidents are acknowledged."""
        self.latency_seconds.observe(max(0.0, self._clock() - stamped_seconds))

    def _counter(self, name: str, text: str) -> Counter:
        return Counter(f"sellerwatch_{name}", text, registry=self.registry)

    def _gauge(self, name: str, text: str, labels: list[str]) -> Gauge:
        return Gauge(f"sellerwatch_{name}", text, labels, registry=self.registry)

    def _histogram(self, name: str, text: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(f"sellerwatch_{name}", text, registry=self.registry, buckets=buckets)


class PlainRegistry(CollectorRegistry):
    """Leaves out the ``_created`` series: nobody reads them, and they double every counter.

    Examples
    --------
    >>> from prometheus_client import Counter, generate_latest
    >>> registry = PlainRegistry()
    >>> _ = Counter("calls", "Calls.", registry=registry)
    >>> b"_created" in generate_latest(registry)
    False
    """

    def collect(self) -> Iterable[Metric]:
        """Yield every metric family without its ``_created`` samples."""
        for metric in super().collect():
            metric.samples = [s for s in metric.samples if not s.name.endswith("_created")]
            yield metric
