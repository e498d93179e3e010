"""Makes kafka-python's clients from the settings; nothing else knows its options."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.errors import KafkaError

from models.errors import BrokerError
from streams.kafka.connection import KafkaConnection
from streams.kafka.reach import await_a_broker
from streams.settings.sections import KafkaSettings


def client_options(kafka: KafkaSettings) -> dict[str, Any]:
    """Return the options that every kafka-python client needs to reach the cluster.

    Raises
    ------
    SettingsError
        If a secret or certificate file cannot be used.

    Examples
    --------
    >>> client_options(KafkaSettings())["security_protocol"]
    'PLAINTEXT'
    """
    connection = KafkaConnection.of(kafka)
    options: dict[str, Any] = {
        "bootstrap_servers": list(connection.brokers),
        "security_protocol": connection.security_protocol,
        "client_id": "sellerwatch",
        "bootstrap_timeout_ms": int(_patience_seconds(kafka) * 1000),
    }
    if connection.sasl_mechanism is not None:
        options["sasl_mechanism"] = connection.sasl_mechanism
        options["sasl_plain_username"] = connection.username
        options["sasl_plain_password"] = connection.password
    if connection.tls is not None:
        options["ssl_context"] = connection.tls
    return options


@contextmanager
def broker_errors(kafka: KafkaSettings) -> Iterator[None]:
    """Turn kafka-python's errors into one line that names the brokers.

    Raises
    ------
    BrokerError
        If the cluster cannot be reached or refuses.
    """
    try:
        yield
    except (KafkaError, OSError) as error:
        brokers = ",".join(kafka.brokers)
        detail = " ".join(str(error).split())[:200] or type(error).__name__
        message = (
            f"Kafka at {brokers}: {detail}: check kafka.brokers, kafka.security_protocol "
            "and that the broker runs"
        )
        raise BrokerError(message) from error


def quiet_client_logs() -> None:
    """Keep kafka-python's connection chatter away from the terminal."""
    logging.getLogger("kafka").setLevel(logging.CRITICAL)


def make_admin(kafka: KafkaSettings) -> KafkaAdminClient:
    """Connect an admin client; `BrokerError` says why it could not."""
    options = _options_of_a_cluster(kafka)
    with broker_errors(kafka):
        return KafkaAdminClient(**options)


def make_producer(kafka: KafkaSettings, *, one_record_a_batch: bool = False) -> KafkaProducer:
    """Connect a producer that waits for all replicas and keeps the order.

    Parameters
    ----------
    kafka
        Where the cluster is.
    one_record_a_batch
        True for the embedded broker, whose offsets are wrong with larger batches. Each record
        is already a batch of events, so this costs little.
    """
    options = _options_of_a_cluster(kafka)
    if one_record_a_batch:
        options |= {"batch_size": 0, "linger_ms": 0}
    else:
        # Takes a seventh of gzip's time here and a third of it in the worker, and is smaller.
        options |= {"compression_type": "zstd", "linger_ms": 5}
    with broker_errors(kafka):
        return KafkaProducer(
            **options,
            acks="all",
            retries=2**31 - 1,
            max_request_size=1_048_576,
            delivery_timeout_ms=120_000,
            max_block_ms=int(kafka.request_timeout_seconds * 1000),
        )


def make_consumer(kafka: KafkaSettings, *topics: str, **options: Any) -> KafkaConsumer:
    """Connect a consumer that reads from the beginning and never commits by itself."""
    options = {"auto_offset_reset": "earliest", "enable_auto_commit": False} | options
    options |= _options_of_a_cluster(kafka)
    with broker_errors(kafka):
        return KafkaConsumer(*topics, **options)


def _options_of_a_cluster(kafka: KafkaSettings) -> dict[str, Any]:
    """Return a client's options once somebody listens at the brokers' addresses."""
    options = client_options(kafka)
    await_a_broker(kafka.brokers, _patience_seconds(kafka))
    return options


def _patience_seconds(kafka: KafkaSettings) -> float:
    """Return how long a broker may take to come up, which is no longer than an answer may take."""
    return min(kafka.connect_timeout_seconds, kafka.request_timeout_seconds)
