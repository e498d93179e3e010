"""Moves a deployment to more partitions, with all habits, while no worker runs."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import Final

import msgspec

from models.errors import BrokerError, InputError, WireFormatError
from models.incidents.incident import Incident
from models.state.detector_memory import FLEET_KEY, DetectorMemory
from models.state.inflate_budget import InflateBudget
from models.state.repartition import agreed_clock, repartition
from streams.kafka.clients import broker_errors, make_admin, make_consumer, make_producer
from streams.kafka.deliver import deliver
from streams.kafka.topic_growth import count_partitions, grow, has_members, unread
from streams.kafka.topic_reader import TopicReader
from streams.kafka.topics import checkpoint_topic
from streams.settings.settings import Settings
from streams.worker.checkpoints.partition_state import PartitionState
from streams.worker.checkpoints.recovery import Recovery
from streams.worker.checkpoints.staged_move import MovePlan, StagedMove
from streams.worker.checkpoints.stored_checkpoints import StoredCheckpoints
from streams.worker.detector_factory import DetectorFactory
from streams.worker.recent_events import together

_LOOK_SECONDS: Final = 0.2


class Repartition:
    """Makes one move, or takes up one that was interrupted.

    First, all new checkpoints are staged on a topic of their own, and then the plan: until it is
    there, nothing has changed, and the next run stages them anew. From there on, the next run
    writes the staged checkpoints to their places. The topics grow in such an order that neither
    workers with the old number nor those with the new one start in between.

    Parameters
    ----------
    settings
        All settings, as the workers had them until now.
    partitions
        The new number of them.
    tell
        Called with a line for each step.
    """

    def __init__(self, settings: Settings, partitions: int, tell: Callable[[str], None]) -> None:
        self._settings, self._partitions, self._tell = settings, partitions, tell
        self._names, self._kafka = settings.topics, settings.kafka
        self._staged = StagedMove(settings)

    def run(self) -> bool:
        """Move; False if there are as many partitions already.

        Raises
        ------
        InputError
            If workers run, if something is not read yet, or if there would be fewer partitions.
        BrokerError
            If Kafka cannot be reached.
        """
        self._require_stopped()
        plan = self._staged.plan()
        if plan is None:
            before = self._current()
            if before == self._partitions:
                self._grow_others()
                return False
            plan = self._prepare(before)
        elif plan.after != self._partitions:
            message = (
                f"a move from {plan.before} to {plan.after} partitions is not finished: "
                f"run this with --partitions {plan.after} first"
            )
            raise InputError(message)
        else:
            self._tell(f"taking up the move from {plan.before} to {plan.after} partitions")
        self._carry_out(plan)
        self._staged.finish()
        self._grow_others()
        return True

    def _require_stopped(self) -> None:
        group = self._settings.worker.group
        with closing(make_admin(self._kafka)) as admin:
            if not has_members(admin, self._kafka, group):
                return
        message = (
            f"workers of the group {group} are running: stop ingest, let the workers read to the "
            "end, stop all of them, wait "
            f"{self._settings.worker.session_timeout_seconds:g} s, and try again"
        )
        raise InputError(message)

    def _current(self) -> int:
        found, told = count_partitions(self._kafka, self._names.events), self._names.partitions
        if not found:
            message = f"{self._names.events}: missing: run 'sellerwatch topics create'"
            raise InputError(message)
        if self._partitions < found:
            message = (
                f"{self._names.events} has {found} partitions, and Kafka takes none away: "
                f"keep {found}, or begin anew with another worker.group and other topics"
            )
            raise InputError(message)
        states = count_partitions(self._kafka, checkpoint_topic(self._settings))
        is_moved = found == states == self._partitions
        if told != found and not is_moved:
            message = (
                f"topics.partitions is {told}, but {self._names.events} has {found}: use the "
                "settings of the workers"
            )
            raise InputError(message)
        return found

    def _prepare(self, before: int) -> MovePlan:
        """Compute and stage the new checkpoints; nothing else changes but incidents that end."""
        settings = with_partitions(self._settings, before)
        found = StoredCheckpoints(settings).read()
        ends = self._require_read(found)
        states, ended = self._states(settings, found)
        self._send(ended)
        moved = [
            PartitionState(ends.get(number, 0), state, self._recent(found))
            for number, state in enumerate(states)
        ]
        if self._ends() != ends:
            message = f"{self._names.events} has got messages meanwhile: stop ingest, and try again"
            raise InputError(message)
        offsets = tuple(ends[number] for number in sorted(ends))
        plan = MovePlan(before=before, after=self._partitions, offsets=offsets, staged=())
        plan = self._staged.stage(plan, moved)
        self._tell(f"staged the checkpoints of {self._partitions} partitions")
        return plan

    def _require_read(self, found: Mapping[int, Recovery]) -> dict[int, int]:
        """Return where the events end, all of which the checkpoints must hold."""
        bounds = self._bounds()
        behind = {}
        for number, (first, end) in bounds.items():
            recovery = found[number]
            if recovery.snapshot is None and recovery.refused:
                message = (
                    f"partition {number}: its checkpoint is refused: {recovery.told}: "
                    "see docs/runbooks/checkpoints_refused.md"
                )
                raise InputError(message)
            offset = first if recovery.snapshot is None else recovery.snapshot.offset
            if offset < end:
                behind[number] = end - offset
        topic = self._names.events
        if not behind:
            topic = self._names.feedback
            behind = unread(self._kafka, self._settings.worker.group, topic)
        if behind:
            told = ", ".join(f"{count} of partition {number}" for number, count in behind.items())
            message = (
                f"messages of {topic} are not in a checkpoint yet: {told}: stop ingest, let the "
                "workers read to the end, stop them, and try again"
            )
            raise InputError(message)
        return {number: end for number, (_, end) in bounds.items()}

    def _states(
        self, settings: Settings, found: Mapping[int, Recovery]
    ) -> tuple[list[dict[bytes, bytes]], list[tuple[int, Incident]]]:
        """Return the new states, and what ended because all partitions reach one time."""
        factory, limit = DetectorFactory.load(settings), settings.checkpoints.largest_state_bytes
        tuning = factory.settings
        memories, ended = [], []
        now = self._agreed_seconds(found, tuning.threshold_prior_days, tuning.cohort_weight)
        for number, recovery in sorted(found.items()):
            entries = {} if recovery.snapshot is None else dict(recovery.snapshot.state)
            memory = DetectorMemory(tuning.threshold_prior_days, tuning.cohort_weight)
            try:
                if entries and now is not None:
                    detector = factory.make(number)
                    detector.restore(entries, InflateBudget(limit))
                    ended += [(number, incident) for incident in detector.advance(now)]
                    entries |= detector.take_changes()
                memory.restore({k: v for k, v in entries.items() if v}, InflateBudget(limit))
            except WireFormatError as error:
                message = (
                    f"partition {number}: its checkpoint cannot be read: {error}: "
                    "use the release of its workers"
                )
                raise InputError(message) from error
            memories.append(memory)
        return repartition(memories, self._partitions), ended

    def _agreed_seconds(
        self, found: Mapping[int, Recovery], prior_days: float, cohort_weight: float
    ) -> float | None:
        memories = []
        for recovery in found.values():
            fleet = None if recovery.snapshot is None else recovery.snapshot.state.get(FLEET_KEY)
            if fleet:
                memory = DetectorMemory(prior_days, cohort_weight)
                memory.restore({FLEET_KEY: fleet})
                memories.append(memory)
        return agreed_clock(memories)[1]

    def _recent(self, found: Mapping[int, Recovery]) -> bytes:
        snapshots = [recovery.snapshot for recovery in found.values()]
        return together([one.event_ids for one in snapshots if one is not None])

    def _carry_out(self, plan: MovePlan) -> None:
        # Workers with the old number do not start from here on.
        self._grow(checkpoint_topic(self._settings))
        self._grow(self._names.events)
        for topic in (checkpoint_topic(self._settings), self._names.events):
            self._await_partitions(topic)
        states = self._staged.states(plan)
        checkpoints = StoredCheckpoints(with_partitions(self._settings, plan.after))
        found = checkpoints.read()
        self._require_same(plan, found)
        for number, state in enumerate(states):
            checkpoints.replace(number, found[number], state)
            self._tell(f"partition {number}: written")

    def _grow_others(self) -> None:
        names = self._names
        # Workers with the new number do not start before the last one.
        for topic in (names.feedback, names.findings, names.audit, names.incidents):
            self._grow(topic)

    def _require_same(self, plan: MovePlan, found: Mapping[int, Recovery]) -> None:
        """Refuse a plan from before anything that was scored since."""
        for number, recovery in found.items():
            end = plan.offsets[number] if number < plan.before else 0
            snapshot = recovery.snapshot
            if snapshot is not None and snapshot.offset > end:
                message = (
                    f"partition {number} has gone on since the move on {self._staged.topic} was "
                    "planned: delete that topic, and try again"
                )
                raise InputError(message)

    def _grow(self, topic: str) -> None:
        with closing(make_admin(self._kafka)) as admin:
            if grow(admin, self._kafka, topic, self._partitions):
                self._tell(f"{topic}: {self._partitions} partitions")

    def _await_partitions(self, topic: str) -> None:
        """Wait until clients see a topic's new partitions."""
        deadline = time.monotonic() + self._kafka.request_timeout_seconds
        while time.monotonic() < deadline:
            with closing(make_consumer(self._kafka)) as consumer, broker_errors(self._kafka):
                if len(consumer.partitions_for_topic(topic) or ()) >= self._partitions:
                    return
            time.sleep(_LOOK_SECONDS)
        message = f"{topic}: its new partitions do not appear: check the brokers, and try again"
        raise BrokerError(message)

    def _bounds(self) -> dict[int, tuple[int, int]]:
        with TopicReader(self._kafka, self._names.events) as reader:
            return reader.bounds()

    def _ends(self) -> dict[int, int]:
        return {number: end for number, (_, end) in self._bounds().items()}

    def _send(self, ended: Sequence[tuple[int, Incident]]) -> None:
        """Publish what has ended, where its incident has always been."""
        messages = [
            (number, incident.incident_id.encode(), msgspec.json.encode(incident))
            for number, incident in ended
        ]
        with closing(make_producer(self._kafka)) as producer:
            deliver(self._kafka, producer, self._names.incidents, messages)


def with_partitions(settings: Settings, partitions: int) -> Settings:
    """Return the settings with another number of partitions.

    Examples
    --------
    >>> with_partitions(Settings(), 16).topics.partitions
    16
    """
    topics = settings.topics.model_copy(update={"partitions": partitions})
    return settings.model_copy(update={"topics": topics})
