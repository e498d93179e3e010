"""Reads the incidents topic in all partitions, for what every worker has to know of them."""

import time
from collections.abc import Callable
from typing import Any

from models.incidents.incident import Incident
from streams.kafka.incident_topic import decode_incident
from streams.kafka.topic_follower import TopicFollower
from streams.settings.sections import KafkaSettings, WorkerSettings


class IncidentReader(TopicFollower):
    """Hands every incident's newest state to `take`, in a thread of its own.

    Each worker knows all incidents, so that metrics, pages and web pages go on without a gap
    when a worker ends. What the topic held at the start is handed on only when its end is
    reached: an incident that is closed by now must not be open for a moment again, which would
    page. It begins `worker.incident_history_days` ago, so that a start takes no longer with
    the years.

    Parameters
    ----------
    kafka
        Where the cluster is.
    topic
        Name of the incidents topic.
    worker
        How far back it reads.
    take
        Called with each incident, in the reader's thread.
    skip
        Called for each message that holds no incident.
    count_failure
        Called each time that the thread fails unexpectedly.
    clock
        Seconds since 1970-01-01 UTC.
    """

    def __init__(
        self,
        kafka: KafkaSettings,
        topic: str,
        worker: WorkerSettings,
        *,
        take: Callable[[Incident], None],
        skip: Callable[[], None],
        count_failure: Callable[[], None],
        clock: Callable[[], float] = time.time,
        **options: Any,
    ) -> None:
        super().__init__(
            "incident-reader",
            kafka,
            topic,
            since_seconds=lambda: worker.history_since(clock()),
            decode=decode_incident,
            take=take,
            skip=skip,
            newest_of=lambda incident: incident.incident_id,
            count_failure=count_failure,
            **options,
        )
