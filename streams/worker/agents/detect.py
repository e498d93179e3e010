"""Scores the batches of events and publishes the incidents."""

import logging
from collections.abc import Callable
from time import perf_counter
from typing import Final

import faust
import msgspec
from faust.types import TP

from models.domain.redaction import SubjectHasher
from models.errors import WireFormatError
from models.incidents.incident import Incident
from streams.exporters.runtime_metrics import RuntimeMetrics
from streams.kafka.raw_topic import raw_topic
from streams.settings.sections import TopicSettings
from streams.worker.agents.unreadable_message import unreadable_message
from streams.worker.gap_reader import GapReader
from streams.worker.outbox import Outbox, OutgoingMessage
from streams.worker.partition_detectors import PartitionDetectors

log = logging.getLogger("sellerwatch")
_SECONDS_BETWEEN_SWEEPS: Final = 1.0


class DetectAgent:
    """Turns messages of the events topic into messages of the incidents topic.

    Each message is scored once and in order, whatever the stream does. A message that is already
    in the state is skipped; a message that the stream skipped is read again separately.

    Parameters
    ----------
    app
        The Faust app to add it to.
    detectors
        Scores the messages.
    outbox
        Delivers incidents and dead letters.
    gaps
        Reads the messages that the stream skipped.
    names
        Names of the topics and their number of partitions.
    hasher
        Hashes unreadable messages.
    metrics
        The metrics to count in.
    observe_latency
        Called with Kafka's time stamp of each scored message without an incident; the outbox
        does this for the others.
    """

    def __init__(
        self,
        app: faust.App,
        *,
        detectors: PartitionDetectors,
        outbox: Outbox,
        gaps: GapReader,
        names: TopicSettings,
        hasher: SubjectHasher,
        metrics: RuntimeMetrics,
        observe_latency: Callable[[float], None],
    ) -> None:
        self._observe_latency = observe_latency
        self._app, self._detectors, self._outbox, self._gaps = app, detectors, outbox, gaps
        self._names, self._hasher, self._metrics = names, hasher, metrics

    def add(self) -> None:
        """Add the agent and its timer to the app."""
        # The checkpoints commit the group's offsets, not acknowledgements.
        topic = raw_topic(self._app, self._names.events, self._names.partitions, acks=False)
        self._app.agent(topic, name="detect", concurrency=1)(self.detect)
        self._app.timer(_SECONDS_BETWEEN_SWEEPS)(self.sweep)

    async def detect(self, stream: faust.StreamT[bytes]) -> None:
        """Score every message; one that cannot be read becomes a dead letter."""
        async for event in stream.events():
            tp, offset = event.message.tp, event.message.offset
            expected = self._detectors.next_offset(tp.partition)
            if 0 <= expected < offset:
                await self._fill(tp, expected, offset)
            self._take(tp, offset, event.value, event.message.timestamp)
            if self._outbox.is_full:
                await self._outbox.delivered(self._outbox.mark)

    async def sweep(self) -> None:
        """Publish quiet incidents of silent partitions as closed."""
        for partition, incident in self._detectors.quiet_incidents():
            self._outbox.put([self._message(partition, incident)])

    async def _fill(self, tp: TP, begin: int, end: int) -> None:
        async for offset, value, stamped_seconds in self._gaps.read(tp, begin, end):
            self._skip_to(tp.partition, offset)
            self._take(tp, offset, value, stamped_seconds)
            self._metrics.refetched_messages.inc()
        self._skip_to(tp.partition, end)

    def _skip_to(self, partition: int, offset: int) -> None:
        expected = self._detectors.next_offset(partition)
        if 0 <= expected < offset:
            self._metrics.absent_offsets.inc(offset - expected)
            self._detectors.skip_to(partition, offset)

    def _take(
        self, tp: TP, offset: int, value: bytes | None, stamped_seconds: float | None = None
    ) -> None:
        expected = self._detectors.next_offset(tp.partition)
        if expected != offset:
            # It was scored, or the partition is not open yet and will deliver it again.
            self._metrics.duplicate_messages.inc()
            return
        try:
            incidents = self._detectors.process(tp.partition, offset, value or b"", stamped_seconds)
        except WireFormatError as error:
            self._outbox.put([self._dead_letter(tp, offset, value, str(error))])
            return
        except Exception as error:  # noqa: BLE001
            # Faust would otherwise skip the message without a trace.
            log.exception("%s partition %s offset %s", tp.topic, tp.partition, offset)
            reason = f"the detector failed: {type(error).__name__}: see the worker's log"
            self._outbox.put([self._dead_letter(tp, offset, value, reason)])
            return
        if not incidents and stamped_seconds is not None:
            self._observe_latency(stamped_seconds)
        elif incidents:
            started = perf_counter()
            self._outbox.put(
                [self._message(tp.partition, incident, stamped_seconds) for incident in incidents]
            )
            self._metrics.stage_seconds.labels("send").inc(perf_counter() - started)

    def _message(
        self, partition: int, incident: Incident, stamped_seconds: float | None = None
    ) -> OutgoingMessage:
        # An incident stays in the partition of its events, to keep one order and one owner.
        key, value = incident.incident_id.encode(), msgspec.json.encode(incident)
        return OutgoingMessage(self._names.incidents, value, key, partition, stamped_seconds)

    def _dead_letter(
        self, tp: TP, offset: int, value: bytes | None, reason: str
    ) -> OutgoingMessage:
        topic, hasher = self._names.dead_letters, self._hasher
        return unreadable_message(tp, offset, value, reason, topic=topic, hasher=hasher)
