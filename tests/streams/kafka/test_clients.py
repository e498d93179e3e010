import gc
import logging
from collections.abc import Iterator
from pathlib import Path

import aiokafka.codec
import kafka.codec
import pytest
from kafka.errors import KafkaError
from real_parts import free_port

from models.errors import BrokerError
from streams.demo.embedded_broker import EmbeddedBroker
from streams.kafka.clients import (
    broker_errors,
    client_options,
    make_admin,
    make_consumer,
    make_producer,
    quiet_client_logs,
)
from streams.kafka.topics import create_topics
from streams.settings.sections import KafkaSettings
from streams.settings.settings import Settings

# kafka-python leaves its sockets to a broker that is not there to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    yield
    gc.collect()


def test_plaintext_needs_no_secrets() -> None:
    options = client_options(KafkaSettings())
    assert options["security_protocol"] == "PLAINTEXT"
    assert not [name for name in options if name.startswith(("sasl", "ssl"))]


def test_sasl_and_tls_are_handed_on(certificates: Path) -> None:
    kafka = KafkaSettings(
        security_protocol="SASL_SSL",
        sasl_mechanism="SCRAM-SHA-256",
        sasl_username="me",
        sasl_password="hunter2",
        tls_ca_file=certificates / "own.pem",
    )
    options = client_options(kafka)
    assert options["security_protocol"] == "SASL_SSL"
    assert options["sasl_mechanism"] == "SCRAM-SHA-256"
    assert options["sasl_plain_username"] == "me"
    assert options["sasl_plain_password"] == "hunter2"
    assert len(options["ssl_context"].get_ca_certs()) == 1


def test_errors_of_the_client_become_one_line() -> None:
    with pytest.raises(BrokerError, match=r"127\.0\.0\.1:9092: .*check kafka\.brokers") as caught:
        with broker_errors(KafkaSettings()):
            raise KafkaError(*["first\nsecond"])
    assert "\n" not in str(caught.value)


def test_a_cluster_that_is_not_there_is_an_error() -> None:
    kafka = KafkaSettings(brokers=(f"127.0.0.1:{free_port()}",), request_timeout_seconds=0.5)
    quiet_client_logs()
    with pytest.raises(BrokerError):
        make_admin(kafka)
    logging.getLogger("kafka").setLevel(logging.NOTSET)


@pytest.mark.parametrize("name", ["gzip", "snappy", "lz4", "zstd"])
def test_every_compression_of_a_topic_is_understood(name: str) -> None:
    """What either client packs, the other one unpacks."""
    value = b"a line of a log, " * 1000
    for ours, theirs in ((kafka.codec, aiokafka.codec), (aiokafka.codec, kafka.codec)):
        packed = getattr(ours, f"{name}_encode")(value)
        assert len(packed) < len(value)
        assert getattr(theirs, f"{name}_decode")(packed) == value


def test_what_is_sent_is_read(tmp_path: Path) -> None:
    with EmbeddedBroker(tmp_path / "broker.log") as broker:
        settings = Settings(kafka=KafkaSettings(brokers=(broker.address,)))
        admin = make_admin(settings.kafka)
        create_topics(admin, settings)
        admin.close()
        producer = make_producer(settings.kafka, one_record_a_batch=True)
        producer.send("access-events", value=b"one", partition=0)
        producer.flush()
        producer.close()
        consumer = make_consumer(settings.kafka, "access-events", consumer_timeout_ms=5000)
        assert next(consumer).value == b"one"
        consumer.close()
