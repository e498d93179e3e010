import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from faust.types import TP

from models.errors import BrokerError
from streams.demo.embedded_broker import EmbeddedBroker
from streams.kafka.clients import make_admin, make_producer
from streams.kafka.topics import create_topics
from streams.settings.sections import KafkaSettings
from streams.settings.settings import Settings
from streams.worker.gap_reader import GapReader


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    with EmbeddedBroker(tmp_path / "broker.log") as broker:
        settings = Settings(
            kafka=KafkaSettings(brokers=(broker.address,), request_timeout_seconds=2.0)
        )
        admin = make_admin(settings.kafka)
        create_topics(admin, settings)
        admin.close()
        producer = make_producer(settings.kafka, one_record_a_batch=True)
        for number in range(10):
            producer.send("access-events", value=str(number).encode(), partition=1)
        producer.flush()
        producer.close()
        yield settings


async def read(settings: Settings, begin: int, end: int) -> list[tuple[int, bytes | None]]:
    reader = GapReader(settings.kafka)
    found = [message async for message in reader.read(TP("access-events", 1), begin, end)]
    assert all(stamped_seconds > 1e9 for _, _, stamped_seconds in found)
    return [(offset, value) for offset, value, _ in found]


def test_a_range_is_read_apart_from_any_group(settings: Settings) -> None:
    assert asyncio.run(read(settings, 3, 6)) == [(3, b"3"), (4, b"4"), (5, b"5")]


def test_what_the_brokers_do_not_deliver_is_an_error(settings: Settings) -> None:
    with pytest.raises(BrokerError, match="access-events: nothing arrived for 2 s"):
        asyncio.run(read(settings, 8, 20))


def test_an_empty_range_is_nothing(settings: Settings) -> None:
    assert asyncio.run(read(settings, 4, 4)) == []
