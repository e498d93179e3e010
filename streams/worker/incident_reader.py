"""Reads the incidents topic in all partitions, for what every worker has to know of them."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError
from mode import Service

from models.errors import SellerwatchError
from models.incidents.incident import Incident
from streams.kafka.clients import assign_since, make_consumer
from streams.settings.settings import Settings

log = logging.getLogger("sellerwatch")
_POLL_MILLISECONDS: Final = 250
_SECONDS_BETWEEN_TRIES: Final = 2.0
_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, TypeError)


class IncidentReader(Service):
    """Hands every incident's newest state to `take`, in a thread of its own.

    It belongs to no consumer group: each worker knows all incidents, so that metrics, pages
    and web pages go on without a gap when a worker ends. What the topic held at the start is
    handed on only when its end is reached: an incident that is closed by now must not be open
    for a moment again, which would page. It begins `worker.incident_history_days` ago, so that
    a start takes no longer with the years.

    Parameters
    ----------
    settings
        Where the cluster and its topics are.
    take
        Called with each incident, in the reader's thread.
    skip
        Called for each message that holds no incident.
    clock
        Seconds since 1970-01-01 UTC.
    """

    def __init__(
        self,
        settings: Settings,
        take: Callable[[Incident], None],
        skip: Callable[[], None],
        clock: Callable[[], float] = time.time,
        **options: Any,
    ) -> None:
        self._settings, self._take, self._skip = settings, take, skip
        self._clock = clock
        self._decoder = msgspec.json.Decoder(Incident)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="incident-reader", daemon=True)
        super().__init__(**options)

    async def on_start(self) -> None:
        """Begin to read."""
        self._thread.start()

    async def on_stop(self) -> None:
        """End soon, and wait for it."""
        self._ended.set()
        await asyncio.to_thread(self._thread.join, 5.0)

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self._read()
            except (KafkaError, SellerwatchError, OSError) as error:
                log.warning("incidents are not read: %s", " ".join(str(error).split())[:200])
                self._ended.wait(_SECONDS_BETWEEN_TRIES)

    def _read(self) -> None:
        consumer = make_consumer(self._settings)
        try:
            topic = self._settings.topics.incidents
            count = self._settings.topics.partitions
            partitions = [TopicPartition(topic, number) for number in range(count)]
            since = self._settings.worker.history_since(self._clock())
            assign_since(consumer, partitions, since)
            self._catch_up(consumer, partitions)
            while not self._ended.is_set():
                for incident in self._poll(consumer):
                    self._take(incident)
        finally:
            consumer.close()

    def _catch_up(self, consumer: KafkaConsumer, partitions: list[TopicPartition]) -> None:
        ends = consumer.end_offsets(partitions)
        newest: dict[str, Incident] = {}
        started = time.monotonic()
        while not self._ended.is_set() and any(
            consumer.position(partition) < ends[partition] for partition in partitions
        ):
            for incident in self._poll(consumer):
                newest[incident.incident_id] = incident
        for incident in newest.values():
            self._take(incident)
        log.info("read %d incidents in %.1f s", len(newest), time.monotonic() - started)

    def _poll(self, consumer: KafkaConsumer) -> Iterable[Incident]:
        polled = consumer.poll(timeout_ms=_POLL_MILLISECONDS)
        for messages in polled.values():
            for message in messages:
                try:
                    yield self._decoder.decode(message.value)
                except _UNREADABLE:
                    self._skip()
