"""Tells the detectors what people say: verdicts and planned changes."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

import faust
from faust.types import TP

from models.domain.partitioner import partition_of
from models.domain.redaction import SubjectHasher
from models.errors import ActivityError, PlannedChangeError, VerdictError, WireFormatError
from models.incidents.activity import Activity, ActivityKind, check_activity
from models.incidents.feedback import check_incident, check_time
from models.incidents.incident import Incident
from models.incidents.planned_change import PlannedChange, check_planned
from streams.kafka.feedback_topic import Told, decode_feedback
from streams.kafka.raw_topic import raw_topic
from streams.settings.sections import TopicSettings
from streams.worker.agents.unreadable_message import unreadable_message
from streams.worker.outbox import Outbox
from streams.worker.partition_detectors import PartitionDetectors

_SECONDS_BETWEEN_LOOKS: Final = 0.1
_ACKNOWLEDGED_SECONDS: Final = 3600.0


class ApplyFeedbackAgent:
    """Applies each verdict and each planned change to the detector of its partition.

    One counts as read once the checkpoint that includes it is acknowledged. A worker that
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
        Makes the digests of unreadable messages.
    find_incident
        Looks an incident up by its id, among those of all partitions.
    refuse
        Called for each verdict that does not belong to its incident, and for each planned change
        that is foreign or impossible.
    clock
        Seconds since 1970-01-01 UTC.
    acknowledge
        Tells the pager, in a thread, that somebody has taken an incident; None without a pager.
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
        find_incident: Callable[[str], Incident | None],
        refuse: Callable[[], None],
        clock: Callable[[], float] = time.time,
        acknowledge: Callable[[Incident], None] | None = None,
    ) -> None:
        self._app, self._detectors, self._save = app, detectors, save
        self._outbox, self._names, self._hasher = outbox, names, hasher
        self._find_incident, self._refuse, self._clock = find_incident, refuse, clock
        self._acknowledge = acknowledge

    def add(self) -> None:
        """Add the agent to the app."""
        topic = raw_topic(self._app, self._names.feedback, self._names.partitions)
        self._app.agent(topic, name="apply-feedback", concurrency=1)(self.apply)

    async def apply(self, stream: faust.StreamT[bytes]) -> None:
        """Apply every message; what is none of ours, or foreign, becomes a dead letter."""
        async for event in stream.events():
            tp, offset, value = event.message.tp, event.message.offset, event.value or b""
            try:
                told = decode_feedback(value)
                self._check(tp, told)
                if isinstance(told, Activity):
                    # It is for people: the detector learns nothing from it.
                    await self._tell_pager(told)
                    continue
                if await self._is_open(tp) and self._detectors.apply_feedback(tp.partition, told):
                    await self._save(tp.partition)
            except WireFormatError as error:
                if isinstance(error, VerdictError | PlannedChangeError | ActivityError):
                    self._refuse()
                topic, reason = self._names.dead_letters, str(error)
                letter = unreadable_message(
                    tp, offset, value, reason, topic=topic, hasher=self._hasher
                )
                self._outbox.put([letter])

    def _check(self, tp: TP, told: Told) -> None:
        home = partition_of(told.tenant, told.principal, self._names.partitions)
        foreign = "tenant or principal are not those of this partition"
        is_home = home == tp.partition
        if isinstance(told, PlannedChange):
            check_planned(told, self._clock())
            if not is_home:
                message = f"not a planned change: {foreign}"
                raise PlannedChangeError(message)
            return
        incident = self._find_incident(told.incident_id)
        if isinstance(told, Activity):
            check_activity(told, self._clock(), incident)
            if not is_home:
                message = f"not an activity: {foreign}"
                raise ActivityError(message)
            return
        check_time(told, self._clock())
        if not is_home:
            message = f"not a verdict: {foreign}"
            raise VerdictError(message)
        if incident is not None:
            check_incident(told, incident)

    async def _tell_pager(self, told: Activity) -> None:
        incident = self._find_incident(told.incident_id)
        if self._acknowledge is None or incident is None or told.kind is not ActivityKind.TAKEN:
            return
        # After a long standstill, nobody is paged any more for what was taken before it.
        if told.at.timestamp() >= self._clock() - _ACKNOWLEDGED_SECONDS:
            await asyncio.to_thread(self._acknowledge, incident)

    async def _is_open(self, tp: TP) -> bool:
        """Wait for the detector of a partition; False if another worker owns it by then."""
        while tp.partition not in self._detectors.partitions:
            if self._app.should_stop or tp not in self._app.consumer.assignment():
                return False
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
        return True
