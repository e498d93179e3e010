"""The detectors of a worker: one for each partition, fed with messages."""

import time
from collections.abc import Callable

from models.detector import Detector
from models.event_batch import decode_batch
from models.incident import Incident
from streams.exporters.worker_metrics import WorkerMetrics


class PartitionDetectors:
    """Decodes messages, scores their events and counts both; knows nothing of Kafka.

    Parameters
    ----------
    make_detector
        Makes the detector of a partition when its first message comes.
    metrics
        What is counted.
    idle_advance_seconds
        A partition that was silent for so long lets event time follow the clock, so that
        its quiet incidents close.
    clock
        Seconds that only go forward.
    """

    def __init__(
        self,
        make_detector: Callable[[int], Detector],
        metrics: WorkerMetrics,
        idle_advance_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._make_detector = make_detector
        self._metrics = metrics
        self._idle_advance_seconds = idle_advance_seconds
        self._clock = clock
        self._detectors: dict[int, Detector] = {}
        # Partition -> newest event time, and when its last message came.
        self._newest: dict[int, tuple[float, float]] = {}

    def process(self, partition: int, value: bytes) -> list[Incident]:
        """Score one message and return the incidents that changed.

        Raises
        ------
        WireFormatError
            If the message is no batch of events.
        """
        started = self._clock()
        batch = decode_batch(value)
        detector = self._detectors.get(partition)
        if detector is None:
            detector = self._detectors[partition] = self._make_detector(partition)
        incidents = detector.process_batch(batch.events)
        self._observe(partition, detector, started)
        self._metrics.count_events(batch.events)
        self._metrics.calibration.count_days(detector.take_closed_days())
        self._metrics.calibration.count_incidents(incidents)
        return incidents

    def published(self, stamped_seconds: float) -> None:
        """Observe that all incidents of a message are out, which Kafka stamped at that time."""
        self._metrics.observe_latency(stamped_seconds)

    def _observe(self, partition: int, detector: Detector, started: float) -> None:
        now = self._clock()
        newest = detector.newest_event_seconds
        if newest is not None:
            self._newest[partition] = (newest, now)
            self._metrics.event_time.labels(str(partition)).set(newest)
        self._metrics.messages.inc()
        self._metrics.principals.labels(str(partition)).set(detector.principals_known)
        self._metrics.batch_seconds.observe(now - started)

    def advance_idle(self) -> list[Incident]:
        """Let event time follow the clock on partitions that have been silent for long."""
        incidents: list[Incident] = []
        now = self._clock()
        for partition, (newest, seen) in self._newest.items():
            silence = now - seen
            if silence >= self._idle_advance_seconds:
                incidents += self._detectors[partition].advance(newest + silence)
        self._metrics.calibration.count_incidents(incidents)
        return incidents

    def drop(self, partitions: set[int]) -> None:
        """Forget partitions that another worker has taken over."""
        for partition in partitions:
            self._detectors.pop(partition, None)
            self._newest.pop(partition, None)
