"""Follows a topic in a thread of its own."""

import logging
import time
from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar

from models.errors import BrokerError, WireFormatError
from streams.kafka.topic_message import TopicMessage
from streams.kafka.topic_reader import TopicReader
from streams.settings.sections import KafkaSettings
from streams.threads.supervised_thread import SupervisedThread

log = logging.getLogger("sellerwatch")
Decoded = TypeVar("Decoded")


class TopicFollower(SupervisedThread):
    """Hands on all messages of a topic since a time, and then the new ones.

    It belongs to no consumer group: each worker reads every partition. If the cluster is away,
    it retries and reads again from that time.

    Parameters
    ----------
    thread_name
        Its name in logs, metrics and readiness.
    kafka
        Where the cluster is.
    topic
        Name of the topic.
    since_seconds
        Returns when to start, in seconds since 1970; called at each start.
    decode
        Decodes a value, or raises `WireFormatError`.
    take
        Called with each decoded value, in the thread.
    skip
        Called for each message that cannot be decoded.
    newest_of
        Names the thing that a message is about. The messages that the topic held at the start
        are then handed on only at its end, and only the newest of each name, whichever partition
        it is in. With None, each message is handed on as it comes.
    count_failure
        Called each time the thread fails unexpectedly.
    """

    def __init__(
        self,
        thread_name: str,
        kafka: KafkaSettings,
        topic: str,
        *,
        since_seconds: Callable[[], float],
        decode: Callable[[bytes], Decoded],
        take: Callable[[Decoded], None],
        skip: Callable[[], None],
        newest_of: Callable[[Decoded], Hashable] | None,
        count_failure: Callable[[], None],
        **options: Any,
    ) -> None:
        self._kafka, self._topic, self._since = kafka, topic, since_seconds
        self._skip, self._has_caught_up = skip, False
        # The parameters' types make sure that these match.
        self._decode: Callable[[bytes], Any] = decode
        self._take: Callable[[Any], None] = take
        self._newest_of: Callable[[Any], Hashable] | None = newest_of
        super().__init__(thread_name, count_failure, **options)

    @property
    def readiness(self) -> str:
        """`ready` once it has caught up, else what it is doing."""
        found = super().readiness
        return "catching up" if found == "ready" and not self._has_caught_up else found

    def work(self) -> None:
        """Catch up, then follow."""
        self._has_caught_up = False
        with TopicReader(self._kafka, self._topic) as reader:
            if not reader.bounds():
                message = f"topic {self._topic} is missing: run 'sellerwatch topics create'"
                raise BrokerError(message)
            reader.from_time(self._since())
            self._catch_up(reader)
            while not self.ended.is_set():
                for _, found in self._decoded(reader.poll()):
                    self._take(found)

    def _catch_up(self, reader: TopicReader) -> None:
        started, count = time.monotonic(), 0
        held: dict[Hashable, tuple[TopicMessage, Any]] = {}
        while not reader.has_caught_up:
            if self.ended.is_set():
                return
            for message, found in self._decoded(reader.poll()):
                count += 1
                if self._newest_of is None:
                    self._take(found)
                    continue
                name = self._newest_of(found)
                if name not in held or message.is_newer_than(held[name][0]):
                    held[name] = message._replace(value=None), found
        for _, found in held.values():
            self._take(found)
        self._has_caught_up = True
        seconds = time.monotonic() - started
        log.info("%s has read %d messages in %.1f s", self.thread_name, count, seconds)

    def _decoded(self, messages: Iterable[TopicMessage]) -> Iterable[tuple[TopicMessage, Any]]:
        for message in messages:
            try:
                found = self._decode(message.value or b"")
            except WireFormatError:
                self._skip()
            else:
                yield message, found
