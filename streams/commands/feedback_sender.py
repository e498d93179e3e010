"""Sends what a person says from the command line."""

import getpass
from typing import Final

from streams.kafka.clients import broker_errors, make_producer
from streams.kafka.feedback_topic import Told, encode_feedback
from streams.settings.settings import Settings

_SEND_SECONDS: Final = 30.0


def send_feedback(settings: Settings, told: Told, *, one_record_a_batch: bool) -> None:
    """Write what a person says to the feedback topic, and wait until Kafka has it.

    Raises
    ------
    BrokerError
        If Kafka cannot be reached, or refuses.
    """
    names = settings.topics
    message = encode_feedback(told, names.partitions)
    producer = make_producer(settings.kafka, one_record_a_batch=one_record_a_batch)
    try:
        with broker_errors(settings.kafka):
            sent = producer.send(
                names.feedback, key=message.key, value=message.value, partition=message.partition
            )
            sent.get(timeout=_SEND_SECONDS)
    finally:
        producer.close()


def login_name() -> str:
    """Return the name that the person is logged in as."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # In a container, the user may have only a number.
        return "unknown"
