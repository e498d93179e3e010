"""The partitions of a worker: their detectors and metrics."""

import time
from collections.abc import Callable
from typing import Final

import msgspec

from models.incidents.feedback import Feedback
from models.incidents.incident import Incident, IncidentStatus
from models.incidents.planned_change import PlannedChange
from models.tuning.state import SNAPSHOT_LARGEST_BYTES
from streams.exporters.worker_metrics import WorkerMetrics
from streams.worker.checkpoints.partition_state import PartitionState
from streams.worker.partition import DetectorProtocol, Partition

_NO_OFFSET: Final = -1


class PartitionDetectors:
    """Scores messages and counts what they hold, independently of Kafka's clients.

    Parameters
    ----------
    make_detector
        Makes the detector of a partition.
    metrics
        The metrics to count in.
    quiet_seconds
        How long an incident must be quiet to count as closed.
    idle_seconds
        A partition that is silent for this long shows its quiet incidents as closed. Its
        detector's state does not change, because it may depend only on events: if events
        follow, the incident continues under the same id.
    clock
        Monotonic seconds.
    """

    def __init__(
        self,
        make_detector: Callable[[int], DetectorProtocol],
        metrics: WorkerMetrics,
        quiet_seconds: float,
        idle_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._make_detector = make_detector
        self._metrics = metrics
        self._quiet_seconds, self._idle_seconds = quiet_seconds, idle_seconds
        self._clock = clock
        self._partitions: dict[int, Partition] = {}
        self._seen_at: dict[int, float] = {}
        # Partition -> incidents that were shown as closed while it was silent.
        self._shown_closed: dict[int, set[str]] = {}

    @property
    def partitions(self) -> tuple[int, ...]:
        """The partitions that are open."""
        return tuple(sorted(self._partitions))

    @property
    def newest_event_seconds(self) -> float | None:
        """Newest event time of all partitions; None before the first event."""
        times = (work.detector.newest_event_seconds for work in self._partitions.values())
        return max((time for time in times if time is not None), default=None)

    def open(
        self,
        partition: int,
        next_offset: int,
        snapshot: PartitionState | None = None,
        largest_state_bytes: int = SNAPSHOT_LARGEST_BYTES,
    ) -> None:
        """Open a partition, anew or from a snapshot that inflates to no more than a limit.

        Raises
        ------
        WireFormatError
            If the snapshot cannot be read.
        """
        detector = self._make_detector(partition)
        self._partitions[partition] = Partition(
            detector, next_offset, snapshot, largest_state_bytes=largest_state_bytes
        )
        self._seen_at[partition] = self._clock()
        self._shown_closed[partition] = set()

    def next_offset(self, partition: int) -> int:
        """Return the offset that comes next; -1 if the partition is not open."""
        known = self._partitions.get(partition)
        return _NO_OFFSET if known is None else known.next_offset

    def skip_to(self, partition: int, offset: int) -> None:
        """Continue at an offset, because there are no messages before it."""
        self._partitions[partition].next_offset = offset

    def process(
        self, partition: int, offset: int, value: bytes, arrived_seconds: float | None = None
    ) -> list[Incident]:
        """Score one message and return the incidents that changed.

        Raises
        ------
        WireFormatError
            If the message is not a batch of events.
        """
        started = self._clock()
        work = self._partitions[partition]
        detector, recent = work.detector, work.recent
        duplicates, reused = recent.duplicates_total, recent.reused_ids_total
        late, jumps = detector.late_events_total, detector.time_jumps_total
        evicted, future = detector.evicted_principals_total, detector.future_events_total
        events, incidents = work.take(offset, value, arrived_seconds)
        runtime = self._metrics.runtime
        runtime.duplicate_events.inc(recent.duplicates_total - duplicates)
        self._metrics.reused_request_ids.inc(recent.reused_ids_total - reused)
        self._metrics.late_events.inc(detector.late_events_total - late)
        self._metrics.future_events.inc(detector.future_events_total - future)
        self._metrics.time_jumps.inc(detector.time_jumps_total - jumps)
        evicted = detector.evicted_principals_total - evicted
        self._metrics.evicted_principals.inc(evicted)
        self._metrics.folded_principals.inc(evicted)
        self._observe(partition, work, started)
        self._metrics.count_events(tuple(events))
        self._metrics.calibration.count_days(work.detector.take_closed_days())
        self._metrics.calibration.count_incidents(incidents)
        if self._shown_closed[partition]:
            incidents += self._reopened(partition, incidents)
        return incidents

    def apply_feedback(self, partition: int, told: Feedback | PlannedChange) -> bool:
        """Tell a partition's detector; False if that changes nothing that it remembers.

        Raises
        ------
        VerdictError
            If the verdict does not belong to the incident that it names.
        PlannedChangeError
            If the detector refuses the planned change.
        """
        detector = self._partitions[partition].detector
        if isinstance(told, PlannedChange):
            return detector.apply_planned(told)
        is_known = detector.apply_verdict(told)
        self._metrics.calibration.count_verdict(told.verdict)
        return is_known

    def _observe(self, partition: int, work: Partition, started: float) -> None:
        now = self._seen_at[partition] = self._clock()
        runtime, label = self._metrics.runtime, str(partition)
        newest = work.detector.newest_event_seconds
        if newest is not None:
            runtime.event_time.labels(label).set(newest)
        runtime.principals.labels(label).set(work.detector.principals_known)
        runtime.stage_seconds.labels("decode").inc(work.decode_seconds)
        runtime.stage_seconds.labels("detect").inc(work.detect_seconds)
        work.decode_seconds = work.detect_seconds = 0.0
        self._metrics.messages.inc()
        self._metrics.batch_seconds.observe(now - started)

    def _reopened(self, partition: int, changed: list[Incident]) -> list[Incident]:
        """Return the incidents that continue although they were shown as closed."""
        shown, self._shown_closed[partition] = self._shown_closed[partition], set()
        shown -= {incident.incident_id for incident in changed}
        standing = self._partitions[partition].detector.open_incidents()
        return [incident for incident in standing if incident.incident_id in shown]

    def quiet_incidents(self) -> list[tuple[int, Incident]]:
        """Return the incidents to show as closed on silent partitions, each once."""
        found: list[tuple[int, Incident]] = []
        now = self._clock()
        for partition, work in self._partitions.items():
            silence, newest = now - self._seen_at[partition], work.detector.newest_event_seconds
            if newest is None or silence < self._idle_seconds:
                continue
            for incident in work.detector.open_incidents():
                quiet_at = incident.updated_at.timestamp() + self._quiet_seconds
                known = incident.incident_id in self._shown_closed[partition]
                if not known and quiet_at <= newest + silence:
                    self._shown_closed[partition].add(incident.incident_id)
                    closed = msgspec.structs.replace(incident, status=IncidentStatus.CLOSED)
                    found.append((partition, closed))
        return found

    def unsaved_bytes(self, partition: int) -> int:
        """Return how many bytes of messages no checkpoint holds yet."""
        return self._partitions[partition].unsaved_bytes

    def take_changes(self, partition: int) -> PartitionState:
        """Return what changed since the last call, for a checkpoint."""
        return self._partitions[partition].take_changes()

    def close(self, partition: int) -> None:
        """Drop a partition that was revoked."""
        del self._partitions[partition], self._seen_at[partition], self._shown_closed[partition]
        self._metrics.runtime.forget(partition)
