"""Health of the worker itself: delivery, checkpoints, recovery."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

STAGES: Final = ("decode", "detect", "send")
# As streams.worker.checkpoints.seal names them.
REFUSALS: Final = ("unsigned", "unknown_key", "forged", "stale", "damaged", "too_large")


class RuntimeMetrics:
    """Metrics of the runtime; all but the lag cover the partitions that this worker owns.

    Examples
    --------
    >>> registry = CollectorRegistry()
    >>> RuntimeMetrics(registry).duplicate_messages.inc()
    >>> registry.get_sample_value("sellerwatch_duplicate_messages_total")
    1.0
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self.lag = self._gauge("consumer_lag_messages", "Messages that are not scored yet.")
        self.event_time = self._gauge("event_timestamp_seconds", "Newest event time.")
        self.principals = self._gauge("principals", "Principals in the state.")
        self.saved_at = self._gauge(
            "checkpoint_timestamp_seconds",
            "Time up to which a checkpoint covers all scored events; now, if nothing is unsaved.",
        )
        self.checkpoint_bytes = self._counter("checkpoint_bytes", "Bytes written into checkpoints.")
        self.checkpoints = self._counter("checkpoints", "Checkpoints written.")
        self.checkpoint_failures = self._counter(
            "checkpoint_failures", "Checkpoints that were rejected or could not be read."
        )
        self.refused_checkpoints = Counter(
            "sellerwatch_refused_checkpoints",
            "Checkpoints, and records of them, that are not believed.",
            ["reason"],
            registry=registry,
        )
        for reason in REFUSALS:
            self.refused_checkpoints.labels(reason)
        self.checkpoint_seconds = self._histogram(
            "checkpoint_seconds",
            "Time from the snapshot to the acknowledged checkpoint.",
            (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
        )
        self.recovery_seconds = Gauge(
            "sellerwatch_recovery_seconds",
            "Time that the last takeover of partitions took, from assignment to readiness.",
            registry=registry,
        )
        self.duplicate_messages = self._counter(
            "duplicate_messages", "Messages that the state already covers."
        )
        self.duplicate_events = self._counter(
            "duplicate_events", "Events that were delivered twice."
        )
        self.refetched_messages = self._counter(
            "refetched_messages", "Messages that the stream skipped and the worker read again."
        )
        self.absent_offsets = self._counter(
            "absent_offsets",
            "Offsets without a message, left by retention or a transaction marker.",
        )
        self.stage_seconds = Counter(
            "sellerwatch_stage_seconds",
            "Time spent in each stage of the worker.",
            ["stage"],
            registry=registry,
        )
        for stage in STAGES:
            self.stage_seconds.labels(stage)

    def forget(self, partition: int) -> None:
        """Remove the series of a partition that another worker owns now."""
        for gauge in (self.lag, self.event_time, self.principals, self.saved_at):
            gauge.remove(str(partition))

    def _counter(self, name: str, text: str) -> Counter:
        return Counter(f"sellerwatch_{name}", text, registry=self._registry)

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(f"sellerwatch_{name}", text, ["partition"], registry=self._registry)

    def _histogram(self, name: str, text: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(f"sellerwatch_{name}", text, registry=self._registry, buckets=buckets)
