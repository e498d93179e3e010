"""Writes messages and waits until Kafka has them."""

from collections.abc import Iterable
from typing import Final

from kafka import KafkaProducer

from streams.kafka.clients import broker_errors
from streams.settings.sections import KafkaSettings

_SEND_SECONDS: Final = 30.0
# Partition, key, and value; None deletes a key of a compacted topic.
Message = tuple[int, bytes | None, bytes | None]


def deliver(
    kafka: KafkaSettings, producer: KafkaProducer, topic: str, messages: Iterable[Message]
) -> None:
    """Send all messages, then wait for each.

    Raises
    ------
    BrokerError
        If Kafka cannot be reached, or does not take one within half a minute.
    """
    with broker_errors(kafka):
        sent = [
            producer.send(topic, key=key, value=value, partition=partition)
            for partition, key, value in messages
        ]
        for future in sent:
            future.get(timeout=_SEND_SECONDS)
