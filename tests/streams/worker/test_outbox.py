import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest
from aiokafka.errors import KafkaTimeoutError, NotEnoughReplicasError

from streams.worker import outbox as module
from streams.worker.outbox import Outbox, OutgoingMessage


class Producer:
    """Acknowledges what it is told to, and keeps what was acknowledged."""

    def __init__(self, refusals: int, at_once: bool = False) -> None:
        self.refusals, self.at_once = refusals, at_once
        self.acknowledged: list[bytes] = []

    async def send(self, topic: str, key: bytes, value: bytes, *_: Any) -> Awaitable[None]:
        future = asyncio.get_running_loop().create_future()
        if self.refusals:
            self.refusals -= 1
            if self.at_once:
                raise KafkaTimeoutError
            future.set_exception(NotEnoughReplicasError())
        else:
            self.acknowledged.append(value)
            future.set_result(None)
        return future


async def deliver(producer: Producer, count: int) -> None:
    outbox = Outbox(lambda: producer, lambda _: None)
    await outbox.start()
    outbox.put([OutgoingMessage("topic", str(n).encode()) for n in range(count)])
    await asyncio.wait_for(outbox.delivered(outbox.mark), 10)
    assert not outbox.is_full
    await outbox.stop()


def test_everything_is_delivered_in_order() -> None:
    producer = Producer(refusals=0)
    asyncio.run(deliver(producer, 1200))
    assert producer.acknowledged == [str(n).encode() for n in range(1200)]


@pytest.mark.parametrize("at_once", [True, False])
def test_what_is_refused_is_sent_again(monkeypatch: pytest.MonkeyPatch, at_once: bool) -> None:
    monkeypatch.setattr(module, "_RETRY_SECONDS", 0.01)
    producer = Producer(refusals=3, at_once=at_once)
    asyncio.run(deliver(producer, 5))
    last = {value: at for at, value in enumerate(producer.acknowledged)}
    assert sorted(last) == [b"0", b"1", b"2", b"3", b"4"]
    assert sorted(last, key=last.__getitem__) == [b"0", b"1", b"2", b"3", b"4"]


def test_it_says_when_it_is_full() -> None:
    async def fill() -> bool:
        outbox = Outbox(lambda: Producer(0), lambda _: None)
        outbox.put([OutgoingMessage("topic", b"")] * 2000)
        return outbox.is_full

    assert asyncio.run(fill())
