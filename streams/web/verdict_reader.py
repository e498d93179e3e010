"""Reads what people say from Kafka into the store: verdicts, planned changes, logs."""

import time
from collections.abc import Callable
from typing import Any

from models.errors import ActivityError, PlannedChangeError, VerdictError
from models.incidents.activity import Activity
from models.incidents.planned_change import PlannedChange
from streams.kafka.feedback_topic import Told, decode_feedback
from streams.kafka.topic_follower import TopicFollower
from streams.settings.sections import KafkaSettings, WorkerSettings
from streams.web.incident_store import IncidentStore


class VerdictReader(TopicFollower):
    """Follows all partitions of the feedback topic, as far back as the incidents.

    A worker's agents see the partitions that they are assigned; a person may ask any worker
    for any verdict. What is no verdict is left to the agents, and one that does not belong to its
    incident is never shown. Kafka's absence leaves the pages
    as they are and is tried again: the pages never end a worker.

    Parameters
    ----------
    kafka
        Where the cluster is.
    topic
        Name of the feedback topic.
    worker
        Says how far back to read.
    store
        What is filled.
    refuse
        Called for each verdict that does not belong to its incident.
    count_failure
        Called each time the thread fails unexpectedly.
    clock
        Seconds since 1970-01-01 UTC.
    """

    def __init__(
        self,
        kafka: KafkaSettings,
        topic: str,
        worker: WorkerSettings,
        store: IncidentStore,
        *,
        refuse: Callable[[], None],
        count_failure: Callable[[], None],
        clock: Callable[[], float] = time.time,
        **options: Any,
    ) -> None:
        def take(told: Told) -> None:
            try:
                if isinstance(told, PlannedChange):
                    store.planned.take(told)
                elif isinstance(told, Activity):
                    store.activities.take(told, store.incident(told.incident_id))
                else:
                    store.take_verdict(told)
            except (VerdictError, PlannedChangeError, ActivityError):
                refuse()

        super().__init__(
            "verdict-reader",
            kafka,
            topic,
            since_seconds=lambda: worker.history_since(clock()),
            decode=decode_feedback,
            take=take,
            skip=lambda: None,
            # The store keeps the newest by the time of the decision.
            newest_of=None,
            count_failure=count_failure,
            **options,
        )
