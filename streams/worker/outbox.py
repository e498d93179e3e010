"""Delivers the worker's messages in order, until they are acknowledged."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiokafka.errors import KafkaError
from faust.exceptions import ProducerSendError
from faust.types import ProducerT
from mode import Service

log = logging.getLogger("sellerwatch")
_ROOM: Final = 2_000
_BATCH: Final = 500
_RETRY_SECONDS: Final = 1.0


@dataclass(frozen=True)
class OutgoingMessage:
    """One message; without a partition, Kafka's hash of the key chooses it.

    `stamped_seconds` is when Kafka received the message that it answers; None if there is none.
    """

    topic: str
    value: bytes
    key: bytes | None = None
    partition: int | None = None
    stamped_seconds: float | None = None


class Outbox(Service):
    """Keeps messages until the brokers acknowledge them, and resends them if they refuse.

    `put` does not wait, so that a state change and its messages are one step. A checkpoint waits
    until all messages before it are delivered.

    Parameters
    ----------
    get_producer
        Returns the app's producer once it exists.
    observe_latency
        Called with `stamped_seconds` of each acknowledged message.
    """

    def __init__(
        self,
        get_producer: Callable[[], ProducerT],
        observe_latency: Callable[[float], None],
        **options: Any,
    ) -> None:
        self._get_producer, self._observe_latency = get_producer, observe_latency
        self._waiting: deque[OutgoingMessage] = deque()
        self._filled = asyncio.Event()
        self._progress = asyncio.Condition()
        self._put_total = self._delivered_total = 0
        super().__init__(**options)

    @property
    def mark(self) -> int:
        """A number to pass to `delivered`: everything put in so far."""
        return self._put_total

    @property
    def is_full(self) -> bool:
        """Whether the caller should wait before it puts in more."""
        return len(self._waiting) >= _ROOM

    def put(self, messages: Sequence[OutgoingMessage]) -> None:
        """Add messages."""
        if messages:
            self._waiting.extend(messages)
            self._put_total += len(messages)
            self._filled.set()

    async def delivered(self, mark: int) -> None:
        """Wait until everything that was put in before the mark is acknowledged."""
        if self._delivered_total < mark:
            async with self._progress:
                await self._progress.wait_for(lambda: self._delivered_total >= mark)

    @Service.task
    async def _deliver(self) -> None:
        while not self.should_stop:
            if not self._waiting:
                self._filled.clear()
                await self._filled.wait()
            batch = [self._waiting[i] for i in range(min(_BATCH, len(self._waiting)))]
            done = await self._send(batch)
            for _ in range(done):
                stamped = self._waiting.popleft().stamped_seconds
                if stamped is not None:
                    self._observe_latency(stamped)
            self._delivered_total += done
            async with self._progress:
                self._progress.notify_all()
            if done < len(batch):
                await self.sleep(_RETRY_SECONDS)

    async def _send(self, batch: Sequence[OutgoingMessage]) -> int:
        """Send in order; return how many were acknowledged, up to the first failure."""
        producer = self._get_producer()
        sent: list[Awaitable[Any]] = []
        failure: BaseException | None = None
        try:
            for m in batch:
                sent.append(await producer.send(m.topic, m.key, m.value, m.partition, None, None))
        except (KafkaError, ProducerSendError) as error:
            failure = error
        results = await asyncio.gather(*sent, return_exceptions=True)
        done = next((i for i, r in enumerate(results) if isinstance(r, BaseException)), len(sent))
        if done < len(batch):
            refusals = [r for r in results if isinstance(r, BaseException)]
            failure = refusals[0] if refusals else failure
            log.warning("a message was not acknowledged and is sent again: %r", failure)
        return done
