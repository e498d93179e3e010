"""Open incidents as Prometheus metrics with a bounded number of label sets."""

import heapq
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from models.domain.data_class import DataClass
from models.domain.time_units import DAY_SECONDS
from models.incidents.incident import Incident, IncidentStatus, Severity
from streams.exporters.incident_families import IncidentFamilies
from streams.exporters.open_incident import OpenIncident


class IncidentCollector(Collector):
    """Keeps the open incidents and exports the worst `top` of them one by one.

    A closed incident disappears at the next scrape, which resolves its alert. Principals are labels
    only here, so the number of series is bounded however many there are.

    Parameters
    ----------
    top
        How many incidents get series of their own; the rest are counted as hidden.
    expiry_seconds
        An incident without news for this long is dropped too, in case its end was lost.
    clock
        Monotonic seconds.
    kinds
        Principal -> declared kind of integration.
    owner_of
        Incident's id -> who has taken it; empty if nobody has.

    Examples
    --------
    >>> collector = IncidentCollector(top=40)
    >>> [metric.name for metric in collector.collect()][0]
    'sellerwatch_open_incidents'
    """

    def __init__(
        self,
        top: int,
        expiry_seconds: float = 7 * DAY_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        kinds: Mapping[str, str] | None = None,
        owner_of: Callable[[str], str] = lambda _: "",
    ) -> None:
        self._top = top
        self.owner_of = owner_of
        self._kinds = kinds or {}
        self._expiry_seconds = expiry_seconds
        self._clock = clock
        self._open: dict[str, OpenIncident] = {}
        self._counts: Counter[tuple[Severity, bool]] = Counter()
        self._classes: Counter[DataClass] = Counter()
        # One thread updates incidents, others scrape and page.
        self._lock = threading.Lock()

    def update(self, incident: Incident) -> None:
        """Store the newest state of an incident."""
        with self._lock:
            self._remove(incident.incident_id)
            if incident.status is IncidentStatus.CLOSED:
                return
            shown = OpenIncident.of(
                incident, self._clock(), self._kinds.get(incident.principal, "")
            )
            self._open[incident.incident_id] = shown
            self._counts[shown.severity, shown.page] += 1
            self._classes.update(shown.data_classes)

    def pages(self) -> list[OpenIncident]:
        """Return the open incidents that page, worst first, at most `top`."""
        return [shown for shown in self._worst(self._snapshot()) if shown.page]

    def collect(self) -> Iterator[Metric]:
        """Yield the metric families of one scrape."""
        shown = self._snapshot()
        counts = GaugeMetricFamily(
            "sellerwatch_open_incidents", "Open incidents.", labels=("severity", "page")
        )
        for severity in Severity:
            for page in (True, False):
                count = self._counts[severity, page]
                counts.add_metric((severity.value, str(page).lower()), count)
        yield counts
        classes = GaugeMetricFamily(
            "sellerwatch_open_incidents_by_data_class",
            "Open incidents by exposed data class; an incident with two classes counts in both.",
            labels=("data_class",),
        )
        for name in DataClass:
            if name.is_sensitive:
                classes.add_metric((name.value,), self._classes[name])
        yield classes
        yield GaugeMetricFamily(
            "sellerwatch_hidden_incidents",
            "Open incidents without series of their own.",
            value=max(0, len(shown) - self._top),
        )
        if deadlines := [one.notify_by for one in shown if one.notify_by is not None]:
            yield GaugeMetricFamily(
                "sellerwatch_notification_deadline_timestamp_seconds",
                "Earliest deadline to notify the marketplace of an open incident.",
                value=min(deadlines).timestamp(),
            )
        yield from IncidentFamilies(self._worst(shown), self.owner_of).collect()

    def _worst(self, shown: list[OpenIncident]) -> list[OpenIncident]:
        return heapq.nlargest(self._top, shown, key=lambda one: one.badness)

    def _snapshot(self) -> list[OpenIncident]:
        with self._lock:
            self._expire()
            return list(self._open.values())

    def _remove(self, incident_id: str) -> None:
        shown = self._open.pop(incident_id, None)
        if shown is not None:
            self._counts[shown.severity, shown.page] -= 1
            self._classes.subtract(shown.data_classes)

    def _expire(self) -> None:
        limit = self._clock() - self._expiry_seconds
        # An update moves an incident to the end, so the oldest come first.
        for shown in list(self._open.values()):
            if shown.heard_at > limit:
                return
            self._remove(shown.incident_id)
