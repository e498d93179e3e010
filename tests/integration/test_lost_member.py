"""A consumer that has lost its way into its group must not wait for ever."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest
from kafka import KafkaConsumer
from kafka.admin import NewTopic
from real_parts import wait_for

from models.domain.access_event import AccessEvent
from streams.ingest.parser_factory import make_parser
from streams.kafka.clients import make_admin, make_consumer, make_producer
from streams.kafka.topic_growth import count_members
from streams.settings.sections import KafkaSettings
from streams.settings.settings import Settings
from streams.sources.queues import kafka_source
from streams.sources.queues.kafka_source import KafkaSource

LINE = (
    b'{"time": "2026-01-01T00:00:00Z", "request_id": "r-1", "seller_id": "A1", '
    b'"application_id": "a", "path": "/orders/v0/orders", "status": 200}'
)


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def settings(kafka: str) -> KafkaSettings:
    return KafkaSettings(brokers=(kafka,))


@pytest.fixture
def topic(settings: KafkaSettings) -> str:
    name = f"t{uuid4().hex[:10]}-raw"
    with closing(make_admin(settings)) as admin:
        admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1)])
    with closing(make_producer(settings)) as producer:
        producer.send(name, LINE)
        producer.flush()
    return name


@pytest.fixture
def lost(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[KafkaConsumer]]:
    """Have the first consumer that is made never join its group."""
    made: list[KafkaConsumer] = []

    def make(kafka: KafkaSettings, **options: Any) -> KafkaConsumer:
        consumer = make_consumer(kafka, **options)
        if not made:
            monkeypatch.setattr(consumer, "subscribe", lambda *_, **__: None)
        made.append(consumer)
        return consumer

    monkeypatch.setattr(kafka_source, "make_consumer", make)
    yield made


def read(source: KafkaSource) -> list[str]:
    return [item.event_id for item, _ in source.poll() if isinstance(item, AccessEvent)]


def test_a_consumer_outside_of_its_empty_group_joins_anew(
    settings: KafkaSettings, topic: str, lost: list[KafkaConsumer]
) -> None:
    clock, parser = Clock(), make_parser(Settings(), "auto", b"x" * 32)
    source = KafkaSource([topic], parser, settings, f"{topic}-group", clock=clock)
    assert read(source) == []
    clock.seconds = 29.0
    assert read(source) == []
    assert len(lost) == 1
    found: list[str] = []

    def goes_on() -> bool:
        # Also where the new one joins before it knows the topic.
        clock.seconds += 1.0
        found.extend(read(source))
        return bool(found)

    clock.seconds = 31.0
    wait_for("the event", goes_on)
    assert len(lost) >= 2
    assert len(found) == 1
    source.close()


def test_a_member_more_than_partitions_stays_without_one(
    settings: KafkaSettings, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, parser = Clock(), make_parser(Settings(), "auto", b"x" * 32)
    group = f"{topic}-group"
    owner = KafkaSource([topic], parser, settings, group)
    idle = KafkaSource([topic], parser, settings, group, clock=clock)
    with closing(make_admin(settings)) as admin:

        def are_two() -> bool:
            read(owner)
            read(idle)
            return count_members(admin, settings, group) == 2

        wait_for("two members", are_two)
    made: list[str] = []
    monkeypatch.setattr(kafka_source, "make_consumer", lambda *_, **__: made.append("another"))
    clock.seconds = 31.0
    read(idle)
    assert not made
    idle.close()
    owner.close()
