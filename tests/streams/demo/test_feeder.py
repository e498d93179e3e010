import pytest
from kafka.errors import KafkaTimeoutError

from models.domain.access_event import AccessEvent
from models.domain.event_batch import decode_batch
from models.errors import BrokerError
from streams.demo.feeder import Feeder
from streams.ingest.packer import Packer
from streams.ingest.parser_factory import make_parser
from streams.kafka.clients import make_admin, make_consumer, make_producer
from streams.kafka.topics import create_topics
from streams.settings.sections import KafkaSettings
from streams.settings.settings import Settings
from streams.simulation import Simulation, SimulationSettings


def feeder_for(settings: Settings, packer: Packer) -> Feeder:
    simulation = Simulation(SimulationSettings(seed=5, days=8, principals=12))
    parser = make_parser(settings, "auto", bytes(32))
    return Feeder(simulation, parser, packer, settings.kafka, seconds_a_day=0.0)


def events_on(settings: Settings, count: int) -> list[AccessEvent]:
    consumer = make_consumer(settings.kafka, settings.topics.events, consumer_timeout_ms=60_000)
    events: list[AccessEvent] = []
    for message in consumer:
        events += decode_batch(message.value).events
        if len(events) >= count:
            break
    consumer.close()
    return events


def test_the_whole_simulation_arrives(broker_address: str) -> None:
    settings = Settings(kafka=KafkaSettings(brokers=(broker_address,)))
    admin = make_admin(settings.kafka)
    create_topics(admin, settings)
    admin.close()
    producer = make_producer(settings.kafka, one_record_a_batch=True)
    packer = Packer(producer, settings.topics, settings.packer)
    feeder = feeder_for(settings, packer)
    feeder.feed()
    producer.close()
    events = events_on(settings, packer.events_total)
    assert len(events) == packer.events_total > 10_000
    assert len({event.principal for event in events}) >= 12
    assert feeder.simulated_seconds is not None


def test_it_ends_when_it_is_asked_to() -> None:
    class Refuses:
        def send(self, topic: str, **_: object) -> None:
            raise AssertionError

        def flush(self, timeout: float | None = None) -> None:
            raise AssertionError

    settings = Settings()
    feeder = feeder_for(settings, Packer(Refuses(), settings.topics, settings.packer))
    feeder.stop()
    feeder.feed()
    assert feeder.simulated_seconds is None


def test_a_broker_that_is_gone_is_one_line() -> None:
    class Gone:
        def send(self, topic: str, **_: object) -> None:
            message = "Failed to update metadata\nafter 60 s"
            raise KafkaTimeoutError(message)

        def flush(self, timeout: float | None = None) -> None:
            pass

    settings = Settings()
    with pytest.raises(BrokerError, match=r"^Kafka at 127\.0\.0\.1:9092: .* metadata after 60 s: "):
        feeder_for(settings, Packer(Gone(), settings.topics, settings.packer)).feed()
