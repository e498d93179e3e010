"""Messages that Kafka has, and a broker that is gone, on the embedded broker."""

from contextlib import closing
from pathlib import Path

import pytest

from models.errors import BrokerError
from streams.demo.embedded_broker import EmbeddedBroker
from streams.kafka.clients import make_admin, make_producer
from streams.kafka.deliver import deliver
from streams.kafka.topic_reader import TopicReader
from streams.kafka.topics import create_topics
from streams.settings.sections import KafkaSettings
from streams.settings.settings import Settings

TOPIC = "access-incidents"


def test_each_message_is_in_its_partition_and_the_newest_of_a_key_counts(tmp_path: Path) -> None:
    with EmbeddedBroker(tmp_path / "broker.log") as broker:
        settings = Settings(kafka=KafkaSettings(brokers=(broker.address,)))
        with closing(make_admin(settings.kafka)) as admin:
            create_topics(admin, settings)
        messages = [
            (0, b"a", b"1"),
            (0, b"a", b"2"),
            (0, b"gone", b"3"),
            (0, b"gone", None),
            (2, b"b", b"4"),
            (2, None, b"5"),
        ]
        with closing(make_producer(settings.kafka, one_record_a_batch=True)) as producer:
            deliver(settings.kafka, producer, TOPIC, messages)
        with TopicReader(settings.kafka, TOPIC) as reader:
            reader.from_beginning()
            assert reader.newest_by_key() == {b"a": b"2", b"b": b"4"}
            assert [end for _, end in reader.bounds().values()] == [4, 0, 2, 0]


def test_a_broker_that_is_gone_is_told(tmp_path: Path) -> None:
    with EmbeddedBroker(tmp_path / "broker.log") as broker:
        kafka = KafkaSettings(brokers=(broker.address,), request_timeout_seconds=2.0)
        producer = make_producer(kafka)
    with pytest.raises(BrokerError):
        deliver(kafka, producer, TOPIC, [(0, b"a", b"1")])
    producer.close(timeout=1)
