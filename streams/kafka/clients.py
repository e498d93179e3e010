"""Makes kafka-python's clients from the settings; nothing else knows its options."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

from models.errors import BrokerError, SettingsError
from streams.settings.secrets import sasl_password
from streams.settings.settings import Settings


def security_options(settings: Settings) -> dict[str, Any]:
    """Return the options that every kafka-python client needs to reach the cluster.

    Raises
    ------
    SettingsError
        If a secret or certificate file cannot be read.
    """
    kafka = settings.kafka
    options: dict[str, Any] = {
        "bootstrap_servers": list(kafka.brokers),
        "security_protocol": kafka.security_protocol,
        "client_id": "sellerwatch",
        "bootstrap_timeout_ms": int(kafka.request_timeout_seconds * 1000),
    }
    if kafka.security_protocol.startswith("SASL"):
        options["sasl_mechanism"] = kafka.sasl_mechanism
        options["sasl_plain_username"] = kafka.sasl_username
        options["sasl_plain_password"] = sasl_password(settings.kafka)
    for setting, option in (
        ("tls_ca_file", "ssl_cafile"),
        ("tls_certificate_file", "ssl_certfile"),
        ("tls_key_file", "ssl_keyfile"),
    ):
        path = getattr(kafka, setting)
        if path is None:
            continue
        if not path.is_file():
            message = f"kafka.{setting}: {path} is no file: name the PEM file"
            raise SettingsError(message)
        options[option] = str(path)
    return options


@contextmanager
def broker_errors(settings: Settings) -> Iterator[None]:
    """Turn kafka-python's errors into one line that names the brokers.

    Raises
    ------
    BrokerError
        If the cluster cannot be reached, or it refused.
    """
    try:
        yield
    except (KafkaError, OSError) as error:
        brokers = ",".join(settings.kafka.brokers)
        detail = " ".join(str(error).split())[:200] or type(error).__name__
        message = (
            f"Kafka at {brokers}: {detail}: check kafka.brokers, kafka.security_protocol "
            "and that the broker runs"
        )
        raise BrokerError(message) from error


def quiet_client_logs() -> None:
    """Keep kafka-python's connection chatter away from the terminal."""
    logging.getLogger("kafka").setLevel(logging.CRITICAL)


def make_admin(settings: Settings) -> KafkaAdminClient:
    """Connect an admin client; `BrokerError` says why it could not."""
    options = security_options(settings)
    with broker_errors(settings):
        return KafkaAdminClient(**options)


def make_producer(settings: Settings, *, one_record_a_batch: bool = False) -> KafkaProducer:
    """Connect a producer that waits for all replicas and keeps the order.

    Parameters
    ----------
    settings
        Where the cluster is.
    one_record_a_batch
        True for the embedded broker, whose offsets are wrong with larger batches. A record
        here is a batch of events already, so little is lost.
    """
    options = security_options(settings)
    if one_record_a_batch:
        options |= {"batch_size": 0, "linger_ms": 0}
    else:
        # A seventh of gzip's time here, a third of it in the worker, and smaller.
        options |= {"compression_type": "zstd", "linger_ms": 5}
    with broker_errors(settings):
        return KafkaProducer(
            **options,
            acks="all",
            retries=2**31 - 1,
            max_request_size=1_048_576,
            delivery_timeout_ms=120_000,
            max_block_ms=int(settings.kafka.request_timeout_seconds * 1000),
        )


def make_consumer(settings: Settings, *topics: str, **options: Any) -> KafkaConsumer:
    """Connect a consumer that reads from the beginning and commits nothing by itself."""
    options = {"auto_offset_reset": "earliest", "enable_auto_commit": False} | options
    with broker_errors(settings):
        return KafkaConsumer(*topics, **security_options(settings), **options)


def assign_since(
    consumer: KafkaConsumer, partitions: Sequence[TopicPartition], since_seconds: float
) -> None:
    """Let a consumer read partitions from the first message at or after a time.

    Parameters
    ----------
    consumer
        In no group.
    partitions
        What it reads.
    since_seconds
        Since 1970-01-01 UTC, by the messages' own stamps.
    """
    consumer.assign(partitions)
    stamp = max(0, int(since_seconds * 1000))
    first = consumer.offsets_for_times(dict.fromkeys(partitions, stamp))
    for partition in partitions:
        found = first.get(partition)
        if found is None:
            consumer.seek_to_end(partition)
        else:
            consumer.seek(partition, found.offset)
