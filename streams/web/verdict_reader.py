"""Reads every verdict from Kafka into the store."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError
from mode import Service

from models.errors import BrokerError, WireFormatError
from streams.kafka.clients import assign_since, make_consumer
from streams.kafka.feedback_topic import decode_feedback
from streams.settings.settings import Settings
from streams.web.incident_store import IncidentStore

log = logging.getLogger("sellerwatch")
_POLL_MILLISECONDS = 250
_RECORDS_A_POLL = 500
_SECONDS_BETWEEN_TRIES = 3.0


class VerdictReader(Service):
    """Follows the feedback topic, all partitions, in no group, as far back as the incidents.

    A worker's agents see the partitions that they are assigned; a person may ask any worker
    for any verdict. Kafka's absence leaves the pages as they are and is tried again: the
    pages never end a worker.

    Parameters
    ----------
    settings
        Where the cluster is.
    store
        What is filled.
    clock
        Seconds since 1970-01-01 UTC.
    """

    def __init__(
        self,
        settings: Settings,
        store: IncidentStore,
        clock: Callable[[], float] = time.time,
        **options: Any,
    ) -> None:
        self._settings, self._store, self._clock = settings, store, clock
        super().__init__(**options)

    @Service.task
    async def _follow(self) -> None:
        while not self.should_stop:
            try:
                await self._read()
            except (BrokerError, KafkaError) as error:
                log.warning("verdicts are not read: %s", error)
                await self.sleep(_SECONDS_BETWEEN_TRIES)

    async def _read(self) -> None:
        # kafka-python blocks: a thread waits for it, the loop takes what it brings.
        consumer: KafkaConsumer = await asyncio.to_thread(make_consumer, self._settings)
        try:
            await asyncio.to_thread(self._assign, consumer)
            while not self.should_stop:
                polled = await asyncio.to_thread(
                    consumer.poll, timeout_ms=_POLL_MILLISECONDS, max_records=_RECORDS_A_POLL
                )
                for messages in polled.values():
                    for message in messages:
                        self.take(message.value)
        finally:
            with suppress(KafkaError):
                await asyncio.to_thread(consumer.close)

    def _assign(self, consumer: KafkaConsumer) -> None:
        topics = self._settings.topics
        partitions = [TopicPartition(topics.feedback, n) for n in range(topics.partitions)]
        since = self._settings.worker.history_since(self._clock())
        assign_since(consumer, partitions, since)

    def take(self, value: bytes | None) -> None:
        """Take in one message; what is no verdict is left to the agents."""
        with suppress(WireFormatError):
            self._store.take_verdict(decode_feedback(value or b""))
