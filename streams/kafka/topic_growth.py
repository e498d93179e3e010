"""Adds partitions to topics, and says what a group has read of them."""

import time
from collections.abc import Mapping
from contextlib import closing
from typing import Final

from kafka import TopicPartition
from kafka.admin import KafkaAdminClient
from kafka.errors import CoordinatorNotAvailableError, InvalidPartitionsError

from streams.kafka.clients import broker_errors, make_admin, make_consumer
from streams.settings.sections import KafkaSettings

_LOOK_SECONDS: Final = 0.2


def count_partitions(kafka: KafkaSettings, topic: str) -> int:
    """Return how many partitions a topic has; 0 if there is no such topic.

    Raises
    ------
    BrokerError
        If Kafka cannot be reached.
    """
    with closing(make_admin(kafka)) as admin, broker_errors(kafka):
        if topic not in set(admin.list_topics()):
            return 0
        return len(admin.describe_topics([topic])[0]["partitions"])


def grow(admin: KafkaAdminClient, kafka: KafkaSettings, topic: str, partitions: int) -> bool:
    """Give a topic so many partitions; False if it has them.

    Raises
    ------
    BrokerError
        If Kafka cannot be reached, or refuses.
    """
    with broker_errors(kafka):
        known = len(admin.describe_topics([topic])[0]["partitions"])
        if known >= partitions:
            return False
        try:
            admin.create_partitions({topic: partitions})
        except InvalidPartitionsError:
            # An earlier attempt has got there first, though the answer was older.
            if len(admin.describe_topics([topic])[0]["partitions"]) < partitions:
                raise
    return True


def has_members(admin: KafkaAdminClient, kafka: KafkaSettings, group: str) -> bool:
    """Whether a consumer group has members.

    Raises
    ------
    BrokerError
        If Kafka cannot be reached.
    """
    return count_members(admin, kafka, group) > 0


def count_members(admin: KafkaAdminClient, kafka: KafkaSettings, group: str) -> int:
    """Return how many members a consumer group has.

    Raises
    ------
    BrokerError
        If Kafka cannot be reached.
    """
    deadline = time.monotonic() + kafka.request_timeout_seconds
    with broker_errors(kafka):
        while True:
            try:
                described = admin.describe_groups([group])
            except CoordinatorNotAvailableError:
                # A new cluster chooses one when it is first asked.
                if time.monotonic() >= deadline:
                    raise
                time.sleep(_LOOK_SECONDS)
            else:
                return len(described.get(group, {}).get("members") or ())


def unread(kafka: KafkaSettings, group: str, topic: str) -> dict[int, int]:
    """Return how many messages of each partition a group has yet to read, where there are any.

    Raises
    ------
    BrokerError
        If Kafka cannot be reached.
    """
    timeout = int(kafka.request_timeout_seconds * 1000)
    with closing(make_consumer(kafka, group_id=group)) as consumer, broker_errors(kafka):
        numbers = sorted(consumer.partitions_for_topic(topic) or ())
        places = [TopicPartition(topic, number) for number in numbers]
        firsts: Mapping[TopicPartition, int] = consumer.beginning_offsets(places, timeout)
        ends: Mapping[TopicPartition, int] = consumer.end_offsets(places, timeout)
        read = {
            place: consumer.committed(place, timeout_ms=timeout) or firsts[place]
            for place in places
        }
    left = {place.partition: ends[place] - max(firsts[place], read[place]) for place in places}
    return {partition: count for partition, count in left.items() if count > 0}
