"""Reads every verdict from Kafka into the store."""

import time
from collections.abc import Callable
from typing import Any

from streams.kafka.feedback_topic import decode_feedback
from streams.kafka.topic_follower import TopicFollower
from streams.settings.sections import KafkaSettings, WorkerSettings
from streams.web.incident_store import IncidentStore


class VerdictReader(TopicFollower):
    """Follows all partitions of the feedback topic, as far back as the incidents.

    It belongs to no consumer group: a worker's agents see only their assigned partitions, but
    a person may ask any worker for any verdict. Messages that are not a verdict are left to the
    agents. If Kafka is away, the pages stay as they are and the reader retries: the pages never
    stop a worker.

    Parameters
    ----------
    kafka
        Where the cluster is.
    topic
        Name of the feedback topic.
    worker
        Says how far back to read.
    store
        The store to fill.
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
        count_failure: Callable[[], None],
        clock: Callable[[], float] = time.time,
        **options: Any,
    ) -> None:
        super().__init__(
            "verdict-reader",
            kafka,
            topic,
            since_seconds=lambda: worker.history_since(clock()),
            decode=decode_feedback,
            take=store.take_verdict,
            skip=lambda: None,
            # The store keeps the newest by the time of the decision.
            newest_of=None,
            count_failure=count_failure,
            **options,
        )
