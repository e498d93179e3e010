"""One partition: its detector, its place in the topic, its recent events."""

from collections.abc import Callable, Mapping, Sequence
from time import perf_counter
from typing import Protocol

from models.domain.access_event import AccessEvent
from models.domain.event_batch import decode_batch
from models.incidents.feedback import Feedback
from models.incidents.incident import Incident
from models.incidents.planned_change import PlannedChange
from models.state.inflate_budget import InflateBudget
from models.tuning.state import SNAPSHOT_LARGEST_BYTES
from streams.worker.checkpoints.partition_state import PartitionState
from streams.worker.recent_events import RecentEvents


class DetectorProtocol(Protocol):
    """What a partition needs from `models.detector.Detector`."""

    @property
    def newest_event_seconds(self) -> float | None:
        """Newest event time, seconds."""

    @property
    def late_events_total(self) -> int:
        """Events that were too late for their window."""

    @property
    def time_jumps_total(self) -> int:
        """Events whose time is impossible, or far ahead of all others."""

    @property
    def future_events_total(self) -> int:
        """Events from after their arrival, which count at their arrival."""

    @property
    def evicted_principals_total(self) -> int:
        """Principals that were evicted because there were too many."""

    @property
    def principals_known(self) -> int:
        """How many principals have a state."""

    def process_batch(
        self, events: Sequence[AccessEvent], arrived_seconds: float | None = None
    ) -> list[Incident]:
        """Score and learn events."""

    def take_closed_days(self) -> list[tuple[float, float]]:
        """Return score and p-value of each principal-day that ended since the last call."""

    def open_incidents(self) -> list[Incident]:
        """Return the open incidents as they stand."""

    def apply_verdict(self, feedback: Feedback) -> bool:
        """Learn what a person thinks of an incident."""

    def apply_planned(self, change: PlannedChange) -> bool:
        """Take a planned change."""

    def take_changes(self) -> dict[bytes, bytes]:
        """Return the entries that changed since the last call; an empty value deletes one."""

    def restore(self, entries: Mapping[bytes, bytes], budget: InflateBudget | None = None) -> None:
        """Restore the state of another detector."""


class Partition:
    """Scores the messages of one partition, in order and each once.

    Parameters
    ----------
    detector
        A detector without state.
    next_offset
        Where to start without a snapshot.
    snapshot
        The state to continue from.
    largest_state_bytes
        What the snapshot may inflate to.
    clock
        Monotonic seconds, to time the stages.

    Raises
    ------
    WireFormatError
        If the snapshot cannot be read.
    """

    def __init__(
        self,
        detector: DetectorProtocol,
        next_offset: int,
        snapshot: PartitionState | None = None,
        *,
        largest_state_bytes: int = SNAPSHOT_LARGEST_BYTES,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self.detector = detector
        self.next_offset = next_offset
        self.unsaved_bytes = 0
        self.decode_seconds = self.detect_seconds = 0.0
        self.recent = RecentEvents()
        self._clock = clock
        if snapshot is not None:
            self.next_offset = snapshot.offset
            detector.restore(snapshot.state, InflateBudget(largest_state_bytes))
            self.recent = RecentEvents(state=snapshot.event_ids)

    def take(
        self, offset: int, value: bytes, arrived_seconds: float | None = None
    ) -> tuple[list[AccessEvent], list[Incident]]:
        """Score one message; return its events and the incidents that changed.

        `arrived_seconds` is when Kafka appended it.

        Raises
        ------
        WireFormatError
            If it is not a batch of events; the offset still moves on.
        """
        self.next_offset = offset + 1
        self.unsaved_bytes += len(value)
        started = self._clock()
        batch = decode_batch(value)
        events = self.recent.fresh(batch.events)
        decoded = self._clock()
        incidents = self.detector.process_batch(events, arrived_seconds)
        self.decode_seconds += decoded - started
        self.detect_seconds += self._clock() - decoded
        return events, incidents

    def take_changes(self) -> PartitionState:
        """Return what changed since the last call, for a checkpoint."""
        self.unsaved_bytes = 0
        return PartitionState(self.next_offset, self.detector.take_changes(), self.recent.state())
