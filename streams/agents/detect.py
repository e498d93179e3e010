"""Scores the batches of events and publishes the incidents."""

from collections.abc import Sequence

import faust
import msgspec
from faust.types import TP

from models.dead_letter import DeadLetter
from models.errors import WireFormatError
from models.incident import Incident
from models.redaction import SubjectHasher
from streams.agents.raw_topic import raw_topic
from streams.partition_detectors import PartitionDetectors
from streams.settings import TopicSettings

_SECONDS_BETWEEN_SWEEPS = 1.0


class DetectAgent:
    """Turns messages of the events topic into messages of the incidents topic.

    Parameters
    ----------
    app
        The Faust app that it is added to.
    detectors
        Scores the messages.
    names
        Names of the topics and their number of partitions.
    hasher
        Makes the digests of unreadable messages.
    """

    def __init__(
        self,
        app: faust.App,
        detectors: PartitionDetectors,
        names: TopicSettings,
        hasher: SubjectHasher,
    ) -> None:
        self._app, self._detectors, self._hasher = app, detectors, hasher
        self._events = raw_topic(app, names.events, names.partitions)
        self._incidents = raw_topic(app, names.incidents, names.partitions)
        self._dead_letters = raw_topic(app, names.dead_letters, 1)

    def add(self) -> None:
        """Add the agent, its timer and its part in a rebalance to the app."""
        self._app.agent(self._events, name="detect", concurrency=1)(self.detect)
        self._app.timer(_SECONDS_BETWEEN_SWEEPS)(self.sweep)
        self._app.on_partitions_revoked.connect(self.drop_revoked)

    async def detect(self, stream: faust.StreamT[bytes]) -> None:
        """Score every message; one that cannot be read becomes a dead letter."""
        async for event in stream.events():
            tp, offset = event.message.tp, event.message.offset
            try:
                incidents = self._detectors.process(tp.partition, event.value)
            except WireFormatError as error:
                await self._send_dead_letter(tp, offset, event.value, str(error))
                continue
            await self._publish(incidents)
            self._detectors.published(event.message.timestamp)

    async def sweep(self) -> None:
        """Close what has been quiet on partitions that are silent."""
        await self._publish(self._detectors.advance_idle())

    async def drop_revoked(self, _: object, revoked: set[TP], **__: object) -> None:
        """Forget the partitions that another worker takes over."""
        name = self._events.get_topic_name()
        kept = {tp.partition for tp in self._app.consumer.assignment() if tp.topic == name}
        lost = {tp.partition for tp in revoked if tp.topic == name}
        self._detectors.drop(lost - kept)

    async def _publish(self, incidents: Sequence[Incident]) -> None:
        # Awaiting the acknowledgement keeps an incident from being lost behind its offset.
        for sent in [
            await self._incidents.send(
                key=incident.incident_id.encode(), value=msgspec.json.encode(incident)
            )
            for incident in incidents
        ]:
            await sent

    async def _send_dead_letter(
        self, tp: TP, offset: int, value: bytes | None, reason: str
    ) -> None:
        data = value or b""
        letter = DeadLetter(
            source=tp.topic,
            position=f"partition {tp.partition} offset {offset}",
            reason=reason,
            size_bytes=len(data),
            digest=self._hasher.digest(data),
        )
        await (await self._dead_letters.send(value=msgspec.json.encode(letter)))
