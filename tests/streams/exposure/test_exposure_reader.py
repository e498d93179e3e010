from collections.abc import Callable, Iterator

import msgspec
import pytest

from models.domain.event_batch import encode_batch
from models.incidents.incident import Incident
from streams.demo.embedded_broker import EmbeddedBroker
from streams.exposure.exposure_reader import ExposureReader
from streams.exposure.period import Period
from streams.kafka.clients import make_admin, make_producer
from streams.kafka.topics import create_topics
from streams.settings.sections import KafkaSettings
from streams.settings.settings import Settings

WEEK = Period.parse("2026-01-01", "2026-01-07")


@pytest.fixture(scope="module")
def settings(
    tmp_path_factory: pytest.TempPathFactory, make_event, make_incident: Callable[..., Incident]
) -> Iterator[Settings]:
    with EmbeddedBroker(tmp_path_factory.mktemp("exposure") / "broker.log") as broker:
        settings = Settings(kafka=KafkaSettings(brokers=(broker.address,)))
        admin = make_admin(settings.kafka)
        create_topics(admin, settings)
        admin.close()
        producer = make_producer(settings.kafka, one_record_a_batch=True)
        for partition, tenant in ((0, "A1"), (1, "B2")):
            batch = encode_batch([make_event(tenant=tenant)] * 2)
            producer.send("access-events", value=batch, partition=partition).get(10)
        producer.send("access-events", value=b"no batch", partition=2).get(10)
        for score in (1.0, 2.0):
            value = msgspec.json.encode(make_incident(score=score))
            producer.send("access-incidents", key=b"i-1", value=value, partition=0).get(10)
        producer.send("access-incidents", key=b"i-2", value=b"no incident", partition=0).get(10)
        producer.close()
        yield settings


def test_all_partitions_count_and_what_is_unreadable_is_told(settings: Settings) -> None:
    found = ExposureReader(settings).count(WEEK, None, seconds=30.0)
    assert found.count.events == 4
    assert found.gaps == ("1 messages of access-events are unreadable",)
    assert ExposureReader(settings).count(WEEK, "B2", seconds=30.0).count.events == 2


def test_what_takes_too_long_is_told(settings: Settings) -> None:
    found = ExposureReader(settings).count(WEEK, None, seconds=0.0)
    assert found.count.events == 0
    assert "could not be read to its end in 0 s" in found.gaps[0]


def test_the_newest_state_of_each_incident_is_read(settings: Settings) -> None:
    incidents = ExposureReader(settings).incidents(WEEK, seconds=30.0)
    assert [one.score for one in incidents] == [2.0]
