"""Teaches the detectors people's verdicts."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import faust
from faust.types import TP

from models.domain.redaction import SubjectHasher
from models.errors import WireFormatError
from streams.kafka.feedback_topic import decode_feedback
from streams.kafka.raw_topic import raw_topic
from streams.settings.sections import TopicSettings
from streams.worker.agents.unreadable_message import unreadable_message
from streams.worker.outbox import Outbox
from streams.worker.partition_detectors import PartitionDetectors

_SECONDS_BETWEEN_LOOKS: Final = 0.1


class ApplyFeedbackAgent:
    """Applies each verdict to the detector of its partition.

    A verdict counts as read once the checkpoint that includes it is acknowledged. A worker that
    stops before that reads it again, which changes nothing.

    Parameters
    ----------
    app
        The Faust app to add it to.
    detectors
        The detectors to teach.
    save
        Writes the checkpoint of a partition.
    outbox
        Delivers dead letters.
    names
        Names of the topics and their number of partitions.
    hasher
        Hashes unreadable messages.
    """

    def __init__(
        self,
        app: faust.App,
        *,
        detectors: PartitionDetectors,
        save: Callable[[int], Awaitable[None]],
        outbox: Outbox,
        names: TopicSettings,
        hasher: SubjectHasher,
    ) -> None:
        self._app, self._detectors, self._save = app, detectors, save
        self._outbox, self._names, self._hasher = outbox, names, hasher

    def add(self) -> None:
        """Add the agent to the app."""
        topic = raw_topic(self._app, self._names.feedback, self._names.partitions)
        self._app.agent(topic, name="apply-feedback", concurrency=1)(self.apply)

    async def apply(self, stream: faust.StreamT[bytes]) -> None:
        """Apply every verdict; any other message becomes a dead letter."""
        async for event in stream.events():
            tp, offset, value = event.message.tp, event.message.offset, event.value or b""
            try:
                feedback = decode_feedback(value)
            except WireFormatError as error:
                topic, reason = self._names.dead_letters, str(error)
                letter = unreadable_message(
                    tp, offset, value, reason, topic=topic, hasher=self._hasher
                )
                self._outbox.put([letter])
                continue
            if await self._is_open(tp) and self._detectors.apply_feedback(tp.partition, feedback):
                await self._save(tp.partition)

    async def _is_open(self, tp: TP) -> bool:
        """Wait for the detector of a partition; False if another worker owns it by then."""
        while tp.partition not in self._detectors.partitions:
            if self._app.should_stop or tp not in self._app.consumer.assignment():
                return False
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
        return True
