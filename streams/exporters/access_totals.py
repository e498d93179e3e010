"""Totals over all principals: who reads what, and where it goes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from prometheus_client import CollectorRegistry, Counter
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.data_class import DataClass
from models.domain.network import network_of
from models.domain.seller_notice import (
    NOTICE_PRINCIPAL,
    NOTICE_SERVICE,
    ORDER_CHANGED,
    is_notice,
)
from models.domain.time_units import DAY_SECONDS
from streams.exporters.distinct_sketch import DistinctSketch
from streams.exporters.top_counter import TopCounter
from streams.gateway.gateway_key import UNKNOWN_KEY
from streams.presentation.untrusted_text import sanitize_name

_SHOWN: Final = 16
_SHOWN_PLACES: Final = 12
_SHOWN_UNCLASSIFIED: Final = 6
_SHOWN_GUESSERS: Final = 6
_SKETCHES: Final = 16
_LABEL_CHARACTERS: Final = 64
_Who: TypeAlias = tuple[str, PrincipalKind, tuple[DataClass, ...]]
# Orders that the marketplace's notices name: they arrive, nobody reads them.
_ARRIVING: Final = (NOTICE_PRINCIPAL, PrincipalKind.SERVICE, (DataClass.CUSTOMER,))
_ORDER_NOTICES: Final = "order notices"
_Subjects: TypeAlias = tuple[_Who, int]
# Reader, tenant, country, address and network.
_Read: TypeAlias = tuple[_Who, str, str | None, str | None, int | None]


class AccessTotals(Collector):
    """Counts events, records and distinct subjects without a label for each principal.

    A record counts once, under the most sensitive class of its event, so classes can be summed.
    The kind of integration is the declared kind of the principal, else the kind of principal.
    Of the kind "order notices" are the orders that the marketplace's notifications name, whoever
    reads them: how many arrive. Distinct subjects restart with each UTC day of event time.

    Parameters
    ----------
    kinds
        Principal -> declared kind of integration.
    registry
        Registry for the metrics.

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
        self._wrong_keys = Counter(
            "sellerwatch_gateway_wrong_keys",
            "Refused calls with a key that nobody has.",
            registry=registry,
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
            "unclassified_reads": _top(
                "unclassified_reads",
                "Successful reads of data that nobody has classified, by tenant and service.",
                ("tenant", "service"),
                _SHOWN_UNCLASSIFIED,
            ),
            "gateway_wrong_keys_by_network": _top(
                "gateway_wrong_keys_by_network",
                "The same, by the caller's network.",
                ("network",),
                _SHOWN_GUESSERS,
            ),
            "service_events": _top(
                "service_events",
                "Events by tenant and service.",
                ("tenant", "service"),
                _SHOWN_PLACES,
            ),
        }
        self._day = 0
        self._subjects: dict[tuple[str, str], DistinctSketch] = {}
        registry.register(self)
        for top in self._tops.values():
            registry.register(top)

    def count(self, events: Sequence[AccessEvent]) -> None:
        """Add a batch of events."""
        # Summing over the batch first costs a third of adding each event on its own.
        calls: dict[tuple[str, str, Outcome], int] = {}
        unknown: dict[tuple[str, str], int] = {}
        reads: dict[_Read, int] = {}
        subjects: dict[_Subjects, list[int]] = {}
        for event in events:
            call = event.tenant, event.service, event.outcome
            calls[call] = calls.get(call, 0) + 1
            if event.outcome is not Outcome.SUCCESS:
                if event.principal == UNKNOWN_KEY:
                    self._count_wrong_key(event)
                continue
            if event.service == NOTICE_SERVICE and is_notice(event):
                if event.operation == ORDER_CHANGED:
                    day = int(event.time // DAY_SECONDS)
                    subjects.setdefault((_ARRIVING, day), []).extend(event.subject_ids)
                continue
            if DataClass.UNCLASSIFIED in event.data_classes:
                place = event.tenant, event.service
                unknown[place] = unknown.get(place, 0) + 1
            who = event.principal, event.principal_kind, event.data_classes
            if event.subject_ids:
                day = int(event.time // DAY_SECONDS)
                subjects.setdefault((who, day), []).extend(event.subject_ids)
            records = event.records
            if records is not None and records > 0:
                read = who, event.tenant, event.country, event.source_ip, event.asn
                reads[read] = reads.get(read, 0) + records
        for (tenant, service, outcome), number in calls.items():
            self._events.labels(outcome.value).inc(number)
            self._add("service_events", number, tenant, service)
        for (tenant, service), number in unknown.items():
            self._add("unclassified_reads", number, tenant, service)
        for read, records in reads.items():
            self._count_read(read, records)
        for (who, day), ids in subjects.items():
            self._count_subjects(self._labels_of(who), day, ids)

    def _add(self, family: str, amount: float, *labels: str) -> None:
        shown = tuple([sanitize_name(label, _LABEL_CHARACTERS) for label in labels])
        self._tops[family].add(shown, amount)

    def _labels_of(self, who: _Who) -> tuple[str, str]:
        principal, principal_kind, classes = who
        if who == _ARRIVING:
            return DataClass.CUSTOMER.value, _ORDER_NOTICES
        name = classes[0] if classes else DataClass.NONE
        return name.value, self._kinds.get(principal, principal_kind.value)

    def _count_read(self, read: _Read, records: int) -> None:
        who, tenant, country, address, asn = read
        self._add("records_read", records, tenant, *self._labels_of(who))
        if who[2] and who[2][0].is_sensitive:
            self._add("records_by_country", records, country or "unknown")
            self._add("records_by_network", records, network_of(address, asn))

    def _count_wrong_key(self, event: AccessEvent) -> None:
        self._wrong_keys.inc()
        self._add("gateway_wrong_keys_by_network", 1, network_of(event.source_ip, event.asn))

    def _count_subjects(self, key: tuple[str, str], day: int, ids: Sequence[int]) -> None:
        if day < self._day:
            return
        if day > self._day:
            self._day, self._subjects = day, {}
        sketch = self._subjects.get(key)
        if sketch is None:
            if len(self._subjects) >= _SKETCHES:
                return
            sketch = self._subjects[key] = DistinctSketch()
        sketch.update(ids)

    def collect(self) -> Iterator[Metric]:
        """Yield the families of one scrape, except the counters."""
        subjects = GaugeMetricFamily(
            "sellerwatch_distinct_subjects",
            "Distinct buyers, orders or suppliers read in the newest UTC day of event time.",
            labels=("data_class", "integration_kind"),
        )
        for (name, kind), sketch in sorted(self._subjects.copy().items()):
            subjects.add_metric((name, sanitize_name(kind, _LABEL_CHARACTERS)), sketch.count())
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
