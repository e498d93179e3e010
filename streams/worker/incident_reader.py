"""Reads all partitions of the incidents topic, because every worker shows all incidents."""

import time
from collections.abc import Callable
from typing import Any

from models.incidents.incident import Incident
from streams.kafka.incident_topic import decode_incident
from streams.kafka.topic_follower import TopicFollower
from streams.settings.sections import KafkaSettings, WorkerSettings


class IncidentReader(TopicFollower):
    """Hands every incident's newest state to `take`, in a thread of its own.

    Each worker knows all incidents, so that metrics, pages and web pages continue without a gap
    when a worker stops. The messages that the topic held at the start are handed on only at its
    end: a closed incident must not look open again for a moment, because it would page. Reading
    starts `worker.incident_history_days` back, so that a start does not take longer every year.

    Parameters
    ----------
    kafka
        Where the cluster is.
    topic
        Name of the incidents topic.
    worker
        Says how far back to read.
    take
        Called with each incident, in the reader's thread.
    skip
        Called for each message that is not an incident.
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
