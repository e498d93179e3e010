"""Reading a topic to its end, on the embedded broker."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.errors import BrokerError
from streams.demo.embedded_broker import EmbeddedBroker
from streams.kafka.clients import make_admin, make_producer
from streams.kafka.topic_reader import TopicReader
from streams.kafka.topics import create_topics
from streams.settings.sections import KafkaSettings
from streams.settings.settings import Settings

TOPIC = "access-incidents"


@pytest.fixture
def kafka(tmp_path: Path) -> Iterator[KafkaSettings]:
    with EmbeddedBroker(tmp_path / "broker.log") as broker:
        settings = Settings(
            kafka=KafkaSettings(brokers=(broker.address,), request_timeout_seconds=2.0)
        )
        admin = make_admin(settings.kafka)
        create_topics(admin, settings)
        admin.close()
        yield settings.kafka


def send(kafka: KafkaSettings, *values: str, partition: int = 0) -> None:
    producer = make_producer(kafka, one_record_a_batch=True)
    for value in values:
        producer.send(TOPIC, key=b"key", value=value.encode(), partition=partition).get(10)
    producer.close()


def test_it_reads_to_the_end_in_order_and_then_follows(kafka: KafkaSettings) -> None:
    send(kafka, "a", "b", "c", partition=0)
    send(kafka, "x", "y", partition=2)
    with TopicReader(kafka, TOPIC) as reader:
        reader.from_beginning()
        assert not reader.has_caught_up
        found = list(reader.until_end())
        assert reader.has_caught_up
        assert [(m.offset, m.value) for m in found if m.partition == 0] == [
            (0, b"a"), (1, b"b"), (2, b"c"),
        ]  # fmt: skip
        assert [(m.offset, m.value) for m in found if m.partition == 2] == [(0, b"x"), (1, b"y")]
        assert {message.key for message in found} == {b"key"}
        send(kafka, "d")
        assert following(reader) == [b"d"]
        assert reader.has_caught_up


def following(reader: TopicReader) -> list[bytes | None]:
    for _ in range(40):
        if came := reader.poll():
            return [message.value for message in came]
    return []


def test_an_empty_topic_is_at_its_end_and_one_that_is_not_there_has_no_bounds(
    kafka: KafkaSettings,
) -> None:
    with TopicReader(kafka, TOPIC) as reader:
        assert reader.bounds() == dict.fromkeys(range(4), (0, 0))
        reader.from_beginning()
        assert reader.has_caught_up
        assert list(reader.until_end()) == []
    with TopicReader(kafka, "no-such-topic") as reader:
        assert reader.bounds() == {}
        reader.from_time(0.0)
        assert reader.has_caught_up


def test_it_begins_at_an_offset_and_ends_before_another(kafka: KafkaSettings) -> None:
    send(kafka, *"abcdef", partition=1)
    send(kafka, "x", partition=2)
    with TopicReader(kafka, TOPIC) as reader:
        reader.from_offsets({1: (2, 4)})
        found = [m for m in reader.until_end() if m.offset < 4]
        assert [(m.partition, m.value) for m in found] == [(1, b"c"), (1, b"d")]
        reader.from_offsets({1: (5, 6), 2: (0, 1)})
        assert {m.value for m in reader.until_end()} == {b"f", b"x"}


def test_it_begins_at_a_time_and_follows_what_had_nothing_since(kafka: KafkaSettings) -> None:
    send(kafka, "old")
    time.sleep(0.05)
    since = time.time()
    time.sleep(0.05)
    send(kafka, "new")
    with TopicReader(kafka, TOPIC) as reader:
        assert reader.offsets_at({0: since}) == {0: 1}
        reader.from_time(since)
        assert [message.value for message in reader.until_end()] == [b"new"]
        send(kafka, "later", partition=1)
        assert following(reader) == [b"later"]


def test_what_does_not_come_is_an_error_and_no_end(kafka: KafkaSettings) -> None:
    send(kafka, "a")
    with TopicReader(kafka, TOPIC) as reader:
        reader.from_offsets({0: (0, 5)})
        with pytest.raises(BrokerError, match=rf"{TOPIC}: nothing arrived for 2 s"):
            list(reader.until_end())
        assert not reader.has_caught_up


def test_a_cluster_that_is_away_is_an_error(tmp_path: Path) -> None:
    kafka = KafkaSettings(brokers=("127.0.0.1:1",), request_timeout_seconds=0.5)
    with pytest.raises(BrokerError, match=r"Kafka at 127\.0\.0\.1:1"):
        TopicReader(kafka, TOPIC)


def test_silence_after_the_end_is_an_error_only_if_the_cluster_has_gone(tmp_path: Path) -> None:
    with EmbeddedBroker(tmp_path / "broker.log") as broker:
        settings = Settings(
            kafka=KafkaSettings(brokers=(broker.address,), request_timeout_seconds=1.0)
        )
        admin = make_admin(settings.kafka)
        create_topics(admin, settings)
        admin.close()
        with TopicReader(settings.kafka, TOPIC) as reader:
            reader.from_beginning()
            quiet_until = time.monotonic() + 2.5
            while time.monotonic() < quiet_until:
                assert reader.poll() == []
            broker.stop()
            with pytest.raises(BrokerError, match="Kafka at"):
                for _ in range(100):
                    reader.poll()
