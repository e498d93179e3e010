"""Recalls from the events topic what was sent already."""

import time
from collections.abc import Iterator
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.structs import OffsetAndTimestamp

from models.domain.event_batch import decode_batch
from models.errors import WireFormatError
from streams.kafka.clients import broker_errors, make_consumer
from streams.settings.settings import Settings
from streams.sources.flow.event_memory import EventMemory

_MESSAGES_A_PARTITION = 1_000


def recall_sent(settings: Settings, memory: EventMemory, *, span_seconds: float = 1800.0) -> int:
    """Read the end of the events topic, so that nothing in it is sent again.

    The topic is the only place that says for certain what has arrived: between Kafka's
    acknowledgement and the note of a position a process may be killed.

    Parameters
    ----------
    settings
        Where the cluster is.
    memory
        Takes the events' ids.
    span_seconds
        How far back from the last message; never more messages than the memory holds.

    Returns
    -------
    int
        How many events were recalled.

    Raises
    ------
    BrokerError
        If the cluster cannot be reached.
    """
    consumer = make_consumer(settings)
    recalled = 0
    with broker_errors(settings):
        try:
            ends = _seek(consumer, settings, span_seconds)
            for polled in _polls(consumer, ends, settings):
                for messages in polled.values():
                    recalled += sum(_remember(message.value, memory) for message in messages)
        finally:
            consumer.close(autocommit=False)
    return recalled


def _seek(
    consumer: KafkaConsumer, settings: Settings, span_seconds: float
) -> dict[TopicPartition, int]:
    """Go to where the messages begin; return where each partition ends."""
    topic = settings.topics.events
    numbers = sorted(consumer.partitions_for_topic(topic) or ())
    partitions = [TopicPartition(topic, number) for number in numbers]
    if not partitions:
        return {}
    consumer.assign(partitions)
    firsts, ends = consumer.beginning_offsets(partitions), consumer.end_offsets(partitions)
    ends = {tp: end for tp, end in ends.items() if end > firsts[tp]}
    events = settings.sources.remembered_events // len(partitions)
    most = max(_MESSAGES_A_PARTITION, events // settings.packer.batch_events)
    for partition, timed in _spans(consumer, ends, span_seconds, settings).items():
        start = ends[partition] if timed is None else timed.offset
        consumer.seek(partition, max(firsts[partition], ends[partition] - most, start))
    return ends


def _spans(
    consumer: KafkaConsumer,
    ends: dict[TopicPartition, int],
    span_seconds: float,
    settings: Settings,
) -> dict[TopicPartition, OffsetAndTimestamp | None]:
    """Find the offset from which each partition is read: its last message less the span."""
    for partition in consumer.assignment():
        if partition in ends:
            consumer.seek(partition, ends[partition] - 1)
        else:
            consumer.pause(partition)
    times: dict[TopicPartition, int] = {}
    for polled in _polls(consumer, ends, settings):
        for partition, messages in polled.items():
            times[partition] = messages[-1].timestamp - int(span_seconds * 1000)
    return dict(consumer.offsets_for_times(times)) if times else {}


def _polls(
    consumer: KafkaConsumer, ends: dict[TopicPartition, int], settings: Settings
) -> Iterator[dict[TopicPartition, list[Any]]]:
    """Yield messages up to the ends; what does not come within the timeout is not there."""
    wait = settings.kafka.request_timeout_seconds
    deadline = time.monotonic() + wait
    while any(consumer.position(tp) < end for tp, end in ends.items()):
        polled = consumer.poll(timeout_ms=500)
        if polled:
            deadline = time.monotonic() + wait
            yield polled
        elif time.monotonic() > deadline:
            return


def _remember(value: bytes | None, memory: EventMemory) -> int:
    if value is None:
        return 0
    try:
        events = decode_batch(value).events
    except WireFormatError:
        return 0
    for event in events:
        memory.is_new(event)
    return len(events)
