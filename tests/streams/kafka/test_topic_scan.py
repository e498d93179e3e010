import time
from collections.abc import Iterator

import pytest

from streams.demo.embedded_broker import EmbeddedBroker
from streams.kafka.clients import make_admin, make_producer
from streams.kafka.topic_scan import ScannedPartition, TopicScan
from streams.kafka.topics import create_topics
from streams.settings.sections import KafkaSettings
from streams.settings.settings import Settings

TOPIC = "access-events"
LATE = float("inf")


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaSettings]:
    with EmbeddedBroker(tmp_path_factory.mktemp("scan") / "broker.log") as broker:
        settings = Settings(kafka=KafkaSettings(brokers=(broker.address,)))
        admin = make_admin(settings.kafka)
        create_topics(admin, settings)
        admin.close()
        producer = make_producer(settings.kafka, one_record_a_batch=True)
        for partition, value in ((0, b"a"), (0, b"b"), (1, b"c"), (2, b"d")):
            producer.send(TOPIC, value=value, partition=partition).get(10)
        producer.close()
        yield settings.kafka


def test_it_reads_to_the_end_and_tells_how_far(kafka: KafkaSettings) -> None:
    scan = TopicScan(kafka, TOPIC, since_seconds=0.0, deadline=LATE, partitions=[0, 2])
    assert sorted(message.value or b"" for message in scan.messages()) == [b"a", b"b", b"d"]
    assert scan.is_whole
    assert scan.partitions == {0: ScannedPartition(0, 0, 2, 2), 2: ScannedPartition(0, 0, 1, 1)}


def test_it_begins_at_a_time(kafka: KafkaSettings) -> None:
    time.sleep(0.05)
    since = time.time()
    time.sleep(0.05)
    producer = make_producer(kafka, one_record_a_batch=True)
    producer.send(TOPIC, value=b"newer", partition=2).get(10)
    producer.close()
    scan = TopicScan(kafka, TOPIC, since_seconds=since, deadline=LATE, partitions=[2])
    assert [message.value for message in scan.messages()] == [b"newer"]
    assert scan.is_whole


def test_it_stops_when_its_time_is_up(kafka: KafkaSettings) -> None:
    scan = TopicScan(kafka, TOPIC, since_seconds=0.0, deadline=1.0, clock=lambda: 2.0)
    assert list(scan.messages()) == []
    assert not scan.is_whole


def test_a_topic_that_is_missing_holds_nothing(kafka: KafkaSettings) -> None:
    scan = TopicScan(kafka, "no-such-topic", since_seconds=0.0, deadline=LATE)
    assert list(scan.messages()) == []
    assert scan.partitions == {}


def test_what_begins_with_the_oldest_message_may_miss_older_ones() -> None:
    assert ScannedPartition(40, 40, 90, 90).has_expired
    assert not ScannedPartition(40, 60, 90, 90).has_expired
    assert not ScannedPartition(0, 0, 90, 90).has_expired
