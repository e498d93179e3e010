"""Whether the threads beside the worker's loop do their work."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge


class ThreadMetrics:
    """Failures and readiness of each thread, by its name.

    Examples
    --------
    >>> registry = CollectorRegistry()
    >>> ThreadMetrics(registry).counter("incident-reader")()
    >>> labels = {"thread": "incident-reader"}
    >>> registry.get_sample_value("sellerwatch_thread_failures_total", labels)
    1.0
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._failures = Counter(
            "sellerwatch_thread_failures",
            "Times that a thread ended unexpectedly and began again.",
            ["thread"],
            registry=registry,
        )
        self._ready = Gauge(
            "sellerwatch_thread_ready",
            "1 while a thread does its work, 0 while it has failed or has yet to catch up.",
            ["thread"],
            registry=registry,
        )

    def counter(self, thread: str) -> Callable[[], None]:
        """Return what counts a thread's failures, which are zero until then."""
        return self._failures.labels(thread).inc

    def watch(self, thread: str, is_ready: Callable[[], bool]) -> None:
        """Ask at each scrape whether a thread does its work."""
        self._ready.labels(thread).set_function(lambda: float(is_ready()))
