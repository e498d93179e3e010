"""Who reads what, and where it goes: totals over all principals."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from prometheus_client import CollectorRegistry, Counter
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from models.access_event import AccessEvent, Outcome
from models.data_class import DataClass
from streams.exporters.distinct_sketch import DistinctSketch
from streams.exporters.network import network_of
from streams.exporters.top_counter import TopCounter

_DAY_SECONDS: Final = 86_400
_SHOWN: Final = 16
_SHOWN_PLACES: Final = 12
_SKETCHES: Final = 16
_LABEL_CHARACTERS: Final = 64


class AccessTotals(Collector):
    """Counts events, records and distinct subjects without a label for each principal.

    A record counts once, under the most sensitive of the classes that its event exposes, so
    that classes can be summed. The kind of integration is the one declared of the principal,
    else the kind of principal. Distinct subjects start anew with each UTC day of event time.

    Parameters
    ----------
    kinds
        Principal -> declared kind of integration.
    registry
        Where the metrics are registered.

    Examples
    --------
    >>> registry = CollectorRegistry()
    >>> AccessTotals({}, registry).count(())
    >>> registry.get_sample_value("sellerwatch_hidden_series", {"family": "records_read"})
    0
    """

    def __init__(self, kinds: Mapping[str, str], registry: CollectorRegistry) -> None:
        self._kinds = kinds
        self._events = Counter(
            "sellerwatch_events", "Events that were scored.", ["outcome"], registry=registry
        )
        self._tops = {
            "records_read": _top(
                "records_read",
                "Records read, each under the most sensitive class of its event.",
                ("tenant", "data_class", "integration_kind"),
                _SHOWN,
            ),
            "records_by_country": _top(
                "records_by_country",
                "Sensitive records read, by the country of the caller's address.",
                ("country",),
                _SHOWN_PLACES,
            ),
            "records_by_network": _top(
                "records_by_network",
                "Sensitive records read, by the caller's network.",
                ("network",),
                _SHOWN_PLACES,
            ),
            "service_events": _top(
                "service_events",
                "Events by the part of the API that was called.",
                ("tenant", "service"),
                _SHOWN,
            ),
        }
        self._day = 0
        self._subjects: dict[tuple[str, str], DistinctSketch] = {}
        registry.register(self)
        for top in self._tops.values():
            registry.register(top)

    def count(self, events: Sequence[AccessEvent]) -> None:
        """Add a batch of events."""
        outcomes: dict[Outcome, int] = {}
        services: dict[tuple[str, str], int] = {}
        for event in events:
            outcomes[event.outcome] = outcomes.get(event.outcome, 0) + 1
            service = event.tenant, event.service
            services[service] = services.get(service, 0) + 1
            if event.outcome is Outcome.SUCCESS and (event.records or event.subject_ids):
                self._count_read(event)
        for outcome, number in outcomes.items():
            self._events.labels(outcome.value).inc(number)
        for (tenant, name), number in services.items():
            self._tops["service_events"].add(
                (tenant[:_LABEL_CHARACTERS], name[:_LABEL_CHARACTERS]), number
            )

    def _count_read(self, event: AccessEvent) -> None:
        name = event.data_classes[0] if event.data_classes else DataClass.NONE
        kind = self._kinds.get(event.principal, event.principal_kind.value)
        if event.subject_ids:
            self._count_subjects(event, (name.value, kind))
        records = event.records or 0
        if records <= 0:
            return
        tenant = event.tenant[:_LABEL_CHARACTERS]
        self._tops["records_read"].add((tenant, name.value, kind[:_LABEL_CHARACTERS]), records)
        if name.is_sensitive:
            self._tops["records_by_country"].add((event.country or "unknown",), records)
            self._tops["records_by_network"].add((network_of(event.source_ip, event.asn),), records)

    def _count_subjects(self, event: AccessEvent, key: tuple[str, str]) -> None:
        day = int(event.time // _DAY_SECONDS)
        if day < self._day:
            return
        if day > self._day:
            self._day, self._subjects = day, {}
        sketch = self._subjects.get(key)
        if sketch is None:
            if len(self._subjects) >= _SKETCHES:
                return
            sketch = self._subjects[key] = DistinctSketch()
        sketch.update(event.subject_ids)

    def collect(self) -> Iterator[Metric]:
        """Yield the families of one scrape that are not counters."""
        subjects = GaugeMetricFamily(
            "sellerwatch_distinct_subjects",
            "Distinct buyers, orders or suppliers read in the newest UTC day of event time.",
            labels=("data_class", "integration_kind"),
        )
        for (name, kind), sketch in sorted(self._subjects.copy().items()):
            subjects.add_metric((name, kind[:_LABEL_CHARACTERS]), sketch.count())
        yield subjects
        hidden = GaugeMetricFamily(
            "sellerwatch_hidden_series",
            "Label sets that are counted but not exported, because others grow faster.",
            labels=("family",),
        )
        for family, top in self._tops.items():
            hidden.add_metric((family,), top.hidden)
        yield hidden


def _top(name: str, text: str, labels: tuple[str, ...], top: int) -> TopCounter:
    return TopCounter(f"sellerwatch_{name}", text, labels, top)
