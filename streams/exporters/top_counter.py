"""A counter with unbounded labels that exports only the busiest label sets."""

import heapq
from collections.abc import Iterator
from typing import Final

from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

_KEPT_FOR_EACH_SHOWN: Final = 20
# Share of its weight that a label set keeps from one scrape to the next.
_DECAY: Final = 0.98


class TopCounter(Collector):
    """Counts by labels and exports the `top` label sets that grew most recently.

    A silent label set keeps its count, so it can continue where it stopped. Memory is bounded: at
    20 times `top`, the quieter half is evicted. An evicted label set that returns starts at zero,
    which Prometheus reads as a counter reset.

    Parameters
    ----------
    name, text
        Name of the metric without ``_total``, and its help text.
    labels
        Names of the labels.
    top
        How many label sets are exported.

    Examples
    --------
    >>> counter = TopCounter("rows", "Rows.", ("country",), top=1)
    >>> counter.add(("DE",), 5)
    >>> counter.add(("FR",), 9)
    >>> [sample.labels for metric in counter.collect() for sample in metric.samples]
    [{'country': 'FR'}]
    """

    def __init__(self, name: str, text: str, labels: tuple[str, ...], top: int) -> None:
        self._name, self._text, self._labels, self._top = name, text, labels, top
        self._counts: dict[tuple[str, ...], float] = {}
        self._weights: dict[tuple[str, ...], float] = {}

    def add(self, values: tuple[str, ...], amount: float) -> None:
        """Add to one label set."""
        if values not in self._counts and len(self._counts) >= _KEPT_FOR_EACH_SHOWN * self._top:
            self._forget()
        self._counts[values] = self._counts.get(values, 0.0) + amount
        self._weights[values] = self._weights.get(values, 0.0) + amount

    @property
    def hidden(self) -> int:
        """How many label sets are counted but not exported."""
        return max(0, len(self._counts) - self._top)

    def collect(self) -> Iterator[Metric]:
        """Yield the family of one scrape."""
        family = CounterMetricFamily(self._name, self._text, labels=self._labels)
        # Another thread scrapes: work on copies.
        weights = self._weights.copy()
        shown = heapq.nlargest(self._top, weights.items(), key=lambda item: (item[1], item[0]))
        for values, _ in sorted(shown):
            family.add_metric(values, self._counts.get(values, 0.0))
        for values, weight in weights.items():
            if values in self._counts:
                self._weights[values] = weight * _DECAY
        yield family

    def _forget(self) -> None:
        ordered = sorted(self._weights, key=self._weights.__getitem__)
        for values in ordered[: len(ordered) // 2]:
            self._counts.pop(values, None)
            self._weights.pop(values, None)
